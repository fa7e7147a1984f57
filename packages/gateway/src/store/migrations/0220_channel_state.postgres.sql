-- What Meta told of a number and its account: a row for each part. value and details are JSON; since is the start of the
-- value, at Meta's time of the newest signal. seen: hashes of the signals of that time, so that a repeat changes nothing.
create table channel_state (
  channel_id bigint not null,
  part text not null,
  value text not null,
  reason text,
  until_at bigint,
  details text,
  since bigint not null,
  at bigint not null,
  seen text not null,
  primary key (channel_id, part)
);
