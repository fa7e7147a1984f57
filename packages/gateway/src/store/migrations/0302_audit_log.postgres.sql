-- Who did what. Rows are added, and removed when they are old; nothing changes one. The JSON has no secrets.
create table audit_log (
  id text primary key,
  at bigint not null,
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  role text,
  action text not null,
  kind text not null,
  channel_id bigint,
  object text not null,
  address text not null,
  outcome text not null,
  before text,
  after text,
  request_id text not null
);
create index audit_log_actor on audit_log (actor_id, id);
create index audit_log_channel on audit_log (channel_id, id);

create function refuse_audit_log_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of the audit log are not changed';
end
$$;
create trigger audit_log_unchanged before update on audit_log
  for each row execute function refuse_audit_log_change();
