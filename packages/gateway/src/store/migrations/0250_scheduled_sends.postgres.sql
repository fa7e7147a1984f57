-- Sends that go out later. body: the send's body as it was given, JSON. due_at: the next try. message_id: the row in
-- messages of the newest try. told: whether the end was reported by an event. Times in epoch ms, of the store's clock.
create table scheduled_sends (
  channel_id bigint not null,
  id text not null,
  state text not null,
  contact text not null,
  body text not null,
  send_at bigint not null,
  expires_at bigint,
  due_at bigint not null,
  message_id text,
  tries bigint not null default 0,
  wamid text,
  sent_as text,
  error text,
  told bigint not null default 0,
  holder text,
  lease_until bigint not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (channel_id, id)
);
create index scheduled_sends_due on scheduled_sends (due_at) where state = 'scheduled';
create index scheduled_sends_sending on scheduled_sends (lease_until) where state = 'sending';
create index scheduled_sends_untold on scheduled_sends (updated_at) where told = 0 and state not in ('scheduled', 'sending');
create index scheduled_sends_contact on scheduled_sends (channel_id, contact);
create index scheduled_sends_ended on scheduled_sends (updated_at) where state not in ('scheduled', 'sending');
