-- What the attempts of the last hours came to. Each process keeps its own row for five minutes of an endpoint and writes
-- it whole, some seconds late: counts is JSON.
create table endpoint_activity (
  span integer not null,
  endpoint_id integer not null,
  holder text not null,
  counts text not null,
  primary key (span, endpoint_id, holder)
) without rowid;

-- The newest attempt of each endpoint. problem: why no answer came, in our own words.
create table endpoint_answers (
  endpoint_id integer primary key,
  at integer not null,
  outcome text not null,
  status integer,
  ms integer not null,
  problem text
);
