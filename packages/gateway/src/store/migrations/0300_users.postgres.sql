-- People who sign in to the console. channels: JSON of ids, null for all. password: null until the invitation is accepted.
-- totp_secret is sealed; totp_step is the last step whose code was used. recovery: JSON of hashes.
create table users (
  id text primary key,
  email text not null unique,
  name text not null,
  role text not null,
  channels text,
  disabled_at bigint,
  password text,
  totp_secret bytea,
  totp_step bigint not null default 0,
  recovery text not null default '[]',
  invitation_hash bytea unique,
  invitation_ends_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  signed_in_at bigint
);

-- Whose session it is; null: signed in with the admin token.
alter table console_sessions add column user_id text;
create index console_sessions_user on console_sessions (user_id);
