-- Whom to wake, and how. target: sealed JSON of addresses and secrets; shown: what of it people may see.
create table alarms (
  id text primary key,
  name text not null,
  type text not null,
  target blob not null,
  shown text not null,
  settings text not null,
  told_at integer not null default 0,
  last_at integer,
  last_problem text,
  created_at integer not null
) without rowid;

-- What is still to be sent. body: JSON of incidents. attempts is 0 until it was tried: until then more is added to it.
create table alarm_deliveries (
  id text primary key,
  alarm_id text not null,
  body text not null,
  due_at integer not null,
  attempts integer not null default 0,
  created_at integer not null
) without rowid;
create index alarm_deliveries_due on alarm_deliveries (due_at);
create index alarm_deliveries_alarm on alarm_deliveries (alarm_id);
