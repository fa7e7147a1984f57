-- Lanes have a cursor: events are appended and never changed, "delivered" is seq <= cursor. What a cursor cannot say
-- stands in owed_events and dead_events. A channel may have several endpoints; each has lanes of its own.

-- begins_after: the place in the stored order after which this endpoint is told.
create table endpoints_new (
  id integer primary key autoincrement,
  channel_id integer not null,
  url text not null,
  secret blob not null,
  previous_secret blob,
  previous_until integer,
  begins_after integer not null default 0,
  state text not null default 'active',
  resting_until integer,
  rests integer not null default 0,
  reason text,
  updated_at integer not null,
  version integer not null default 0,
  epoch integer not null default 0,
  paused_by text,
  since integer not null default 0,
  probe integer,
  probe_until integer
);
insert into endpoints_new (id, channel_id, url, secret, previous_secret, previous_until, begins_after, state,
    resting_until, rests, reason, updated_at, version, epoch, paused_by, since, probe, probe_until)
  select channel_id, channel_id, url, secret, previous_secret, previous_until,
    (select coalesce(max(seq), 0) from events), state, resting_until, rests, reason, updated_at, version, epoch,
    paused_by, since, probe, probe_until
  from endpoints;

-- Replayed, or brought along when two contacts became one: to be delivered although the cursor is past it.
create table owed_events (
  endpoint_id integer not null,
  seq integer not null,
  contact_id integer not null,
  attempts integer not null,
  since integer not null,
  primary key (endpoint_id, seq)
) without rowid;
create index owed_events_lane on owed_events (endpoint_id, contact_id, seq);
insert into owed_events (endpoint_id, seq, contact_id, attempts, since)
  select n.id, e.seq, e.contact_id, e.attempts, e.since
  from events e join endpoints_new n on n.channel_id = e.channel_id where e.state = 'pending';

create table dead_events (
  endpoint_id integer not null,
  seq integer not null,
  channel_id integer not null,
  contact_id integer not null,
  attempts integer not null,
  at integer not null,
  primary key (endpoint_id, seq)
) without rowid;
insert into dead_events (endpoint_id, seq, channel_id, contact_id, attempts, at)
  select n.id, e.seq, e.channel_id, e.contact_id, e.attempts, coalesce(e.done_at, e.created_at)
  from events e join endpoints_new n on n.channel_id = e.channel_id where e.state = 'dead';

-- Kept, because counting a backlog would read all of it. A node adds to its own shard.
create table delivery_counts (
  endpoint_id integer not null,
  shard integer not null,
  pending integer not null,
  dead integer not null,
  primary key (endpoint_id, shard)
) without rowid;
insert into delivery_counts (endpoint_id, shard, pending, dead)
  select n.id, 0, sum(e.state = 'pending'), sum(e.state = 'dead')
  from events e join endpoints_new n on n.channel_id = e.channel_id group by n.id;

-- How far each contact's events have come on each endpoint. due_at is null while nothing waits; with a holder it is when
-- the lease ends. attempts: failures of the next event.
create table lanes_new (
  endpoint_id integer not null,
  contact_id integer not null,
  channel_id integer not null,
  cursor integer not null,
  due_at integer,
  holder text,
  attempts integer not null default 0,
  waiting_since integer,
  primary key (endpoint_id, contact_id)
) without rowid;
insert into lanes_new (endpoint_id, contact_id, channel_id, cursor, due_at, waiting_since)
  select o.endpoint_id, o.contact_id, n.channel_id, n.begins_after,
    coalesce((select l.due_at from lanes l where l.channel_id = n.channel_id and l.contact_id = o.contact_id), 0),
    min(o.since)
  from owed_events o join endpoints_new n on n.id = o.endpoint_id group by o.endpoint_id, o.contact_id;

-- Every attempt, also the one that delivered at once.
create table attempts_new (
  id integer primary key autoincrement,
  endpoint_id integer not null,
  channel_id integer not null,
  seq integer not null,
  number integer not null,
  at integer not null,
  outcome text not null,
  status integer,
  ms integer not null,
  answer text
);
insert into attempts_new (endpoint_id, channel_id, seq, number, at, outcome, status, ms, answer)
  select n.id, a.channel_id, a.seq, a.number, a.at, a.outcome, a.status, a.ms, a.answer
  from (
    select channel_id, seq, number, at, outcome, status, ms, answer from attempts
    union all
    select channel_id, seq, attempts, coalesce(done_at, created_at), state, last_status, coalesce(last_ms, 0), last_answer
    from events where state = 'delivered' and attempts = 1
  ) a
  join endpoints_new n on n.channel_id = a.channel_id
  order by a.at;

create table events_new (
  seq integer primary key autoincrement,
  channel_id integer not null,
  contact_id integer not null,
  kind text not null,
  message_id text,
  body text not null,
  created_at integer not null
);
insert into events_new select seq, channel_id, contact_id, kind, message_id, body, created_at from events order by seq;
-- Places that retention has emptied at the upper end are not given out again.
insert into sqlite_sequence (name, seq)
  select 'events_new', 0 where not exists (select 1 from sqlite_sequence where name = 'events_new');
update sqlite_sequence set seq = coalesce((select seq from sqlite_sequence where name = 'events'), 0)
  where name = 'events_new';

drop table endpoints;
alter table endpoints_new rename to endpoints;
create unique index endpoints_channel on endpoints (channel_id);
drop table lanes;
alter table lanes_new rename to lanes;
-- With waiting_since, so that the oldest of all can be found in the index alone.
create index lanes_due on lanes (endpoint_id, due_at, waiting_since) where due_at is not null;
drop table attempts;
alter table attempts_new rename to attempts;
create index attempts_event on attempts (channel_id, seq, number);
drop table events;
alter table events_new rename to events;
create index events_lane on events (channel_id, contact_id, seq);
create index events_feed on events (channel_id, seq);
create index dead_events_seq on dead_events (seq);
create index owed_events_seq on owed_events (seq);
