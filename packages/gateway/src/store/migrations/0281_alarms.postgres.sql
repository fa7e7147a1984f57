-- Whom to wake, and how. target: sealed JSON of addresses and secrets; shown: what of it people may see.
create table alarms (
  id text primary key,
  name text not null,
  type text not null,
  target bytea not null,
  shown text not null,
  settings text not null,
  told_at bigint not null default 0,
  last_at bigint,
  last_problem text,
  created_at bigint not null
);

-- What is still to be sent. body: JSON of incidents. attempts is 0 until it was tried: until then more is added to it.
create table alarm_deliveries (
  id text primary key,
  alarm_id text not null,
  body text not null,
  due_at bigint not null,
  attempts bigint not null default 0,
  created_at bigint not null
);
create index alarm_deliveries_due on alarm_deliveries (due_at);
create index alarm_deliveries_alarm on alarm_deliveries (alarm_id);
