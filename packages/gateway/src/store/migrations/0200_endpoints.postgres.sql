-- Several endpoints a channel. Each has a slot; an event's audience has a bit for each slot that gets it (-1: all).
drop index endpoints_channel;
alter table endpoints add column public_id text;
alter table endpoints add column name text not null default 'webhook';
alter table endpoints add column format text not null default 'postern';
-- JSON: names of events, types of messages, words of statuses; null for all.
alter table endpoints add column filter text;
-- Sealed: JSON of the operator's own headers, and the password that stood in the URL.
alter table endpoints add column headers bytea;
alter table endpoints add column password bytea;
alter table endpoints add column slot bigint not null default 0;
alter table endpoints add column created_at bigint not null default 0;
-- Set while events of before are brought: the place from which on they are still to be looked at.
alter table endpoints add column fill_from bigint;

-- ULIDs: ten characters of time, sixteen of chance.
update endpoints set created_at = updated_at, public_id = 'ep_' || (
  select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
    1 + case when n < 10 then ((endpoints.updated_at >> (45 - 5 * n)) & 31)::int else floor(random() * 32)::int end, 1), ''
    order by n)
  from generate_series(0, 25) n);

create unique index endpoints_public_id on endpoints (public_id);
create unique index endpoints_slot on endpoints (channel_id, slot);
