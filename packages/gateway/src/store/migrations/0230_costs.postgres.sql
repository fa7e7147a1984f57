-- How many messages had which price: by channel, day (of UTC, counted from 1970-01-01), country of the recipient, and
-- WhatsApp's category and type. Written in the commit that writes the status. Each node has rows of its own.
create table cost_sums (
  channel_id bigint not null,
  day bigint not null,
  country text not null,
  category text not null,
  type text not null,
  shard bigint not null,
  messages bigint not null,
  primary key (channel_id, day, country, category, type, shard)
);
