-- Keys of programs. The key itself is not stored. scopes: JSON.
create table api_keys (
  id text primary key,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  scopes text not null,
  created_by text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint
);
