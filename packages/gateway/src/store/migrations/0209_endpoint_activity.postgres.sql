-- What the attempts of the last hours came to. Each process keeps its own row for five minutes of an endpoint and writes
-- it whole, some seconds late: counts is JSON.
create table endpoint_activity (
  span bigint not null,
  endpoint_id bigint not null,
  holder text not null,
  counts text not null,
  primary key (span, endpoint_id, holder)
);

-- The newest attempt of each endpoint. problem: why no answer came, in our own words.
create table endpoint_answers (
  endpoint_id bigint primary key,
  at bigint not null,
  outcome text not null,
  status bigint,
  ms bigint not null,
  problem text
);
