-- What is wrong, and what was. One row with until_at null for each key (kind, channel, endpoint, subject).
create table incidents (
  id text primary key,
  kind text not null,
  severity text not null,
  channel_id bigint,
  endpoint_id text,
  subject text,
  since bigint not null,
  until_at bigint,
  cases bigint not null,
  what text not null,
  advice text not null
);
create index incidents_open on incidents (since) where until_at is null;
create index incidents_past on incidents (until_at) where until_at is not null;

-- Small notes that the judging of incidents needs over restarts and nodes: who judges, what each machine saw, the limits
-- that numbers had, the newest audit. value is JSON.
create table incident_notes (
  name text primary key,
  value text not null,
  at bigint not null
);

-- When each template was last sent with.
create table template_uses (
  waba_id text not null,
  name text not null,
  language text not null,
  used_at bigint not null,
  primary key (waba_id, name, language)
);

create index broadcasts_stopped on broadcasts (updated_at) where state = 'stopped';
