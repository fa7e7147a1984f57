-- The health of an endpoint is one row that all nodes change by compare-and-set: see packages/gateway/src/domain/channels/endpoint-health.ts.
alter table endpoints add column version bigint not null default 0;
alter table endpoints add column epoch bigint not null default 0;
alter table endpoints add column paused_by text;
alter table endpoints add column since bigint not null default 0;
alter table endpoints add column probe bigint;
alter table endpoints add column probe_until bigint;
update endpoints set since = updated_at,
  paused_by = case when state <> 'paused' then null when reason = 'paused by an operator' then 'operator' else 'endpoint' end,
  rests = case when state = 'paused' and reason <> 'paused by an operator' and rests = 0 then 1 else rests end;
