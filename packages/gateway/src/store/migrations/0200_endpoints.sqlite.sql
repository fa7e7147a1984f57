-- Several endpoints a channel. Each has a slot; an event's audience has a bit for each slot that gets it (-1: all).
drop index endpoints_channel;
alter table endpoints add column public_id text;
alter table endpoints add column name text not null default 'webhook';
alter table endpoints add column format text not null default 'postern';
-- JSON: names of events, types of messages, words of statuses; null for all.
alter table endpoints add column filter text;
-- Sealed: JSON of the operator's own headers, and the password that stood in the URL.
alter table endpoints add column headers blob;
alter table endpoints add column password blob;
alter table endpoints add column slot integer not null default 0;
alter table endpoints add column created_at integer not null default 0;
-- Set while events of before are brought: the place from which on they are still to be looked at.
alter table endpoints add column fill_from integer;

-- ULIDs: ten characters of time, sixteen of chance.
update endpoints set created_at = updated_at, public_id = 'ep_' || (
  with recursive digits (n) as (select 0 union all select n + 1 from digits where n < 25)
  select group_concat(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
    1 + case when n < 10 then (endpoints.updated_at >> (45 - 5 * n)) & 31 else random() & 31 end, 1), '') from digits);

create unique index endpoints_public_id on endpoints (public_id);
create unique index endpoints_slot on endpoints (channel_id, slot);

-- How many slots were given: a slot that is freed is not the next one that is given.
alter table channels add column slots_given integer not null default 1;
alter table events add column audience integer not null default -1;
