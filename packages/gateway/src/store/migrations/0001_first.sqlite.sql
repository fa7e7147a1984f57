-- Times are epoch milliseconds. Keys begin with channel_id wherever a row belongs to a channel.

create table meta (
  name text primary key,
  value text not null
) without rowid;

create table channels (
  id integer primary key autoincrement,
  name text not null,
  business_phone text not null,
  phone_number_id text not null,
  waba_id text not null,
  access_token blob not null,
  default_language text,
  window_policy text not null default 'enforce',
  media_check text not null default 'probe',
  media_mode text not null default 'link',
  messages_per_second integer not null default 80,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer
);
create unique index channels_number on channels (phone_number_id) where deleted_at is null;
create index channels_waba on channels (waba_id) where deleted_at is null;

create table certification_codes (
  id text primary key,
  channel_id integer not null,
  hash blob not null unique,
  created_at integer not null,
  revoked_at integer
) without rowid;
create index certification_codes_channel on certification_codes (channel_id);

-- Where a channel's events go. resting: failing on many lanes, probed with one. paused: answered 410, or an operator's wish.
create table endpoints (
  channel_id integer primary key,
  url text not null,
  secret blob not null,
  previous_secret blob,
  previous_until integer,
  state text not null default 'active',
  resting_until integer,
  rests integer not null default 0,
  reason text,
  updated_at integer not null
);

create table contacts (
  id integer primary key autoincrement,
  channel_id integer not null,
  phone text,
  user_id text,
  name text,
  last_inbound_at integer,
  merged_into integer,
  created_at integer not null
);
create index contacts_channel on contacts (channel_id, id);

-- All the ways a person is named on a channel: 'p:<digits>' for phone numbers, 'u:<BSUID>' for business-scoped ids.
create table contact_keys (
  channel_id integer not null,
  key text not null,
  contact_id integer not null,
  primary key (channel_id, key)
) without rowid;
create index contact_keys_contact on contact_keys (channel_id, contact_id);

create table messages (
  channel_id integer not null,
  id text not null,
  contact_id integer not null,
  direction text not null,
  type text not null,
  status text not null,
  wamid text,
  recipient text,
  content text not null,
  error text,
  created_at integer not null,
  accepted_at integer,
  sent_at integer,
  delivered_at integer,
  read_at integer,
  played_at integer,
  failed_at integer
);
create unique index messages_id on messages (channel_id, id);
create unique index messages_wamid on messages (channel_id, wamid) where wamid is not null;
create index messages_contact on messages (channel_id, contact_id, id);
create index messages_troubled on messages (channel_id, status, id) where status in ('sending', 'unknown', 'failed');

-- What customers are told, and how the telling goes. seq is the stored order; since is where the three days of
-- retries begin: when the event was stored, or replayed.
create table events (
  seq integer primary key autoincrement,
  channel_id integer not null,
  contact_id integer not null,
  kind text not null,
  message_id text,
  body text not null,
  created_at integer not null,
  since integer not null,
  state text not null,
  attempts integer not null default 0,
  done_at integer,
  last_status integer,
  last_ms integer,
  last_answer text
);
create index events_lane on events (channel_id, contact_id, seq) where state = 'pending';
create index events_dead on events (channel_id, seq) where state = 'dead';
create index events_feed on events (channel_id, seq);

-- One contact's deliveries in order. due_at is null while nothing waits; a holder has it leased until due_at.
create table lanes (
  channel_id integer not null,
  contact_id integer not null,
  due_at integer,
  holder text,
  primary key (channel_id, contact_id)
) without rowid;
create index lanes_due on lanes (channel_id, due_at) where due_at is not null;

-- Every attempt that did not end its delivery at the first try. The one that did is on the event itself.
create table attempts (
  id integer primary key autoincrement,
  channel_id integer not null,
  seq integer not null,
  number integer not null,
  at integer not null,
  outcome text not null,
  status integer,
  ms integer not null,
  answer text
);
create index attempts_event on attempts (channel_id, seq, number);

-- Webhook facts that are neither a message nor a status have no id of their own; this remembers which were seen.
create table seen (
  channel_id integer not null,
  key text not null,
  at integer not null,
  primary key (channel_id, key)
) without rowid;

create table templates (
  waba_id text not null,
  id text not null,
  name text not null,
  language text not null,
  status text not null,
  entry text not null,
  updated_at integer not null,
  primary key (waba_id, id)
) without rowid;
create index templates_name on templates (waba_id, name);

create table catalogs (
  waba_id text primary key,
  synced_at integer not null
) without rowid;

-- Signed bodies that cannot be read, and those for a number nobody has added. Kept whole, counted, never acknowledged away.
create table quarantine (
  id integer primary key autoincrement,
  reason text not null,
  detail text not null,
  body blob not null,
  received_at integer not null
);

create table idempotency (
  channel_id integer not null,
  key text not null,
  body_hash text not null,
  state text not null,
  http integer,
  answer text,
  created_at integer not null,
  primary key (channel_id, key)
) without rowid;
create index idempotency_age on idempotency (created_at);
