-- Answers kept under a customer's key. message_id names what the call will make, before it is made: after a crash its
-- state tells what became of the call. holder runs it until lease_until; done: answer holds what was said.
drop table if exists idempotency;
create table idempotency (
  channel_id bigint not null,
  key text not null,
  body_hash text not null,
  made_id text not null,
  state text not null,
  holder text not null,
  lease_until bigint not null,
  http bigint,
  answer text,
  created_at bigint not null,
  primary key (channel_id, key)
);
create index idempotency_age on idempotency (created_at);

-- A number's pace, shared by nodes: all turns before free_at (microseconds) are given away. previous: who asked before.
create table pace_grants (
  channel_id bigint primary key,
  free_at bigint not null,
  holder text not null,
  previous text
);

create table broadcasts (
  channel_id bigint not null,
  id text not null,
  name text,
  message text not null,
  state text not null,
  reason text,
  total bigint not null default 0,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  unknown bigint not null default 0,
  holder text,
  lease_until bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  finished_at bigint,
  primary key (channel_id, id)
);
create index broadcasts_running on broadcasts (lease_until) where state = 'running';

-- message_id is chosen and committed before the send, so that no crash makes anybody get it twice.
create table broadcast_recipients (
  broadcast_id text not null,
  n bigint not null,
  person text not null,
  own text,
  state text not null,
  message_id text,
  tries bigint not null default 0,
  error text,
  at bigint,
  primary key (broadcast_id, n)
);
create unique index broadcast_recipients_person on broadcast_recipients (broadcast_id, person);
create index broadcast_recipients_state on broadcast_recipients (broadcast_id, state, n);
create index broadcast_recipients_who on broadcast_recipients (person);

-- The proof that a person was erased. Nothing in it tells who it was.
create table erasures (
  id text primary key,
  channel_id bigint not null,
  counts text not null,
  erased_at bigint not null
);

create index seen_age on seen (at);
create index contacts_merged on contacts (merged_into) where merged_into is not null;
