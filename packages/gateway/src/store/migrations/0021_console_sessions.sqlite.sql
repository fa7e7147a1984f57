-- Who is signed in to the console. The cookie is signed beside this, so a row alone opens nothing.
create table console_sessions (
  id text primary key,
  created_at integer not null,
  ends_at integer not null
) without rowid;
create index console_sessions_age on console_sessions (created_at);
