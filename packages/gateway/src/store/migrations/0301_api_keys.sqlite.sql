-- Keys of programs. The key itself is not stored. scopes: JSON.
create table api_keys (
  id text primary key,
  name text not null,
  prefix text not null,
  hash blob not null unique,
  scopes text not null,
  created_by text not null,
  created_at integer not null,
  expires_at integer,
  revoked_at integer,
  last_used_at integer
) without rowid;
