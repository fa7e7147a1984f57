-- What became of the messages of a broadcast: sums that `broadcast-tally.ts` keeps. sent, delivered, read: messages that
-- are at least there; undelivered: accepted and failed later; stopped: not sent, because the person stopped marketing.
-- micros: prices, in millionths of the currency; expected_micros: of the accepted ones, by the rate card. pace: the runner's pace, JSON. follow_from: the place of
-- the events behind which statuses are read, until followed_until. judge_from: the sums when stop_when stopped it, JSON.
-- retry_of: the broadcast whose failed ones these are.
alter table broadcasts add column sent bigint not null default 0;
alter table broadcasts add column delivered bigint not null default 0;
alter table broadcasts add column read bigint not null default 0;
alter table broadcasts add column answered bigint not null default 0;
alter table broadcasts add column undelivered bigint not null default 0;
alter table broadcasts add column stopped bigint not null default 0;
alter table broadcasts add column micros bigint not null default 0;
alter table broadcasts add column expected_micros bigint not null default 0;
alter table broadcasts add column pace text;
alter table broadcasts add column started_at bigint;
alter table broadcasts add column follow_from bigint;
alter table broadcasts add column followed_until bigint;
alter table broadcasts add column judge_from text;
alter table broadcasts add column retry_of text;
create index broadcasts_followed on broadcasts (followed_until) where followed_until is not null;
create index broadcasts_retries on broadcasts (channel_id, retry_of) where retry_of is not null;

-- status, micros: of the message, as they are in the sums. answered_at: the contact wrote after it. due_at: the end of
-- the quiet hours of a recipient that is `held`.
alter table broadcast_recipients add column status text;
alter table broadcast_recipients add column micros bigint;
alter table broadcast_recipients add column answered_at bigint;
alter table broadcast_recipients add column due_at bigint;
create index broadcast_recipients_held on broadcast_recipients (broadcast_id, due_at) where state = 'held';
create index broadcast_recipients_undelivered on broadcast_recipients (broadcast_id, n) where status = 'failed';

-- How many recipients failed for which reason. code: WhatsApp's, or 0.
create table broadcast_failures (
  broadcast_id text not null,
  reason text not null,
  code bigint not null,
  recipients bigint not null,
  primary key (broadcast_id, reason, code)
);

-- The place of the last event that is in the sums: one row.
create table broadcast_cursor (
  id bigint primary key,
  seq bigint not null
);
insert into broadcast_cursor (id, seq) values (1, 0);
