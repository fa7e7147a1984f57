-- When a contact wrote something that nobody had answered when it was last looked at; null otherwise. Set with the message,
-- cleared by a look at what was sent since.
alter table contacts add column waiting_since integer;
create index contacts_waiting on contacts (channel_id, waiting_since, id) where waiting_since is not null;

-- What the people who answer note of a conversation. read_id: the newest message that one of them has seen.
create table conversations (
  channel_id integer not null,
  contact_id integer not null,
  assignee text,
  note text,
  labels text,
  read_id text,
  primary key (channel_id, contact_id)
) without rowid;
create index conversations_assignee on conversations (channel_id, assignee, contact_id) where assignee is not null;

create table saved_replies (
  id text primary key,
  name text not null,
  text text not null,
  created_at integer not null,
  updated_at integer not null
) without rowid;
