-- Answers kept under a customer's key. message_id names what the call will make, before it is made: after a crash its
-- state tells what became of the call. holder runs it until lease_until; done: answer holds what was said.
drop table if exists idempotency;
create table idempotency (
  channel_id integer not null,
  key text not null,
  body_hash text not null,
  made_id text not null,
  state text not null,
  holder text not null,
  lease_until integer not null,
  http integer,
  answer text,
  created_at integer not null,
  primary key (channel_id, key)
) without rowid;
create index idempotency_age on idempotency (created_at);

-- A number's pace, shared by nodes: all turns before free_at (microseconds) are given away. previous: who asked before.
create table pace_grants (
  channel_id integer primary key,
  free_at integer not null,
  holder text not null,
  previous text
) without rowid;

create table broadcasts (
  channel_id integer not null,
  id text not null,
  name text,
  message text not null,
  state text not null,
  reason text,
  total integer not null default 0,
  accepted integer not null default 0,
  failed integer not null default 0,
  unknown integer not null default 0,
  holder text,
  lease_until integer not null default 0,
  created_at integer not null,
  updated_at integer not null,
  finished_at integer,
  primary key (channel_id, id)
) without rowid;
create index broadcasts_running on broadcasts (lease_until) where state = 'running';

-- message_id is chosen and committed before the send, so that no crash makes anybody get it twice.
create table broadcast_recipients (
  broadcast_id text not null,
  n integer not null,
  person text not null,
  own text,
  state text not null,
  message_id text,
  tries integer not null default 0,
  error text,
  at integer,
  primary key (broadcast_id, n)
) without rowid;
create unique index broadcast_recipients_person on broadcast_recipients (broadcast_id, person);
create index broadcast_recipients_state on broadcast_recipients (broadcast_id, state, n);
create index broadcast_recipients_who on broadcast_recipients (person);

-- The proof that a person was erased. Nothing in it tells who it was.
create table erasures (
  id text primary key,
  channel_id integer not null,
  counts text not null,
  erased_at integer not null
) without rowid;

create index seen_age on seen (at);
create index contacts_merged on contacts (merged_into) where merged_into is not null;
