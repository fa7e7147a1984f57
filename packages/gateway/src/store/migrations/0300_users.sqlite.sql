-- People who sign in to the console. channels: JSON of ids, null for all. password: null until the invitation is accepted.
-- totp_secret is sealed; totp_step is the last step whose code was used. recovery: JSON of hashes.
create table users (
  id text primary key,
  email text not null unique,
  name text not null,
  role text not null,
  channels text,
  disabled_at integer,
  password text,
  totp_secret blob,
  totp_step integer not null default 0,
  recovery text not null default '[]',
  invitation_hash blob unique,
  invitation_ends_at integer,
  created_at integer not null,
  updated_at integer not null,
  signed_in_at integer
) without rowid;

-- Whose session it is; null: signed in with the admin token.
alter table console_sessions add column user_id text;
create index console_sessions_user on console_sessions (user_id);
