-- The catalog is a copy of what Meta has, so the old copy can go: the next sync brings it back.
drop table templates;
drop table catalogs;

-- What webhooks change at once stands in columns; `entry` holds the rest. Times are 0 for never.
-- seen_at: a fetch that began before this may not take the row away for want of it. channel_id: the channel it was created
-- through, when that was ours.
create table templates (
  waba_id text not null,
  id text not null,
  name text not null,
  language text not null,
  status text not null,
  category text not null,
  quality text not null,
  rejected_reason text,
  entry text not null,
  channel_id integer,
  seen_at integer not null,
  created_at integer not null,
  updated_at integer not null,
  status_updated_at integer not null,
  quality_updated_at integer not null,
  category_updated_at integer not null,
  primary key (waba_id, id)
) without rowid;
create index templates_name on templates (waba_id, name);
create index templates_created_here on templates (id) where channel_id is not null;

-- synced_at: when the last fetch of the whole account began. changed_at: anything at all; other nodes look at it.
create table catalogs (
  waba_id text primary key,
  synced_at integer not null,
  changed_at integer not null
) without rowid;

-- Media ids we know of. link: where the file came from, when it was fetched for a send by id.
create table media (
  channel_id integer not null,
  id text not null,
  kind text not null,
  mime_type text not null,
  bytes integer not null,
  filename text,
  link text,
  link_hash text,
  created_at integer not null,
  expires_at integer not null,
  primary key (channel_id, id)
) without rowid;
create index media_link on media (channel_id, link_hash) where link_hash is not null;
create index media_age on media (expires_at);
