-- Events are kept by months from 0152 on. All that are stored become the first partition, up to the end of this month.
-- A month begins at a place of its own: 10^11 times its number since 1970 (see store/postgres/months.ts). The bound is
-- only written down here, and proved by the next step, which holds nobody up.
do $$
declare
  at timestamp := to_timestamp(coalesce(nullif(current_setting('postern.now', true), '')::bigint / 1000.0,
    extract(epoch from now()))) at time zone 'UTC';
  next_month bigint := (extract(year from at)::bigint - 1970) * 12 + extract(month from at)::bigint;
  past bigint := (select last_value / 100000000000 + 1 from events_seq_seq);
begin
  execute format('alter table events add constraint events_first_bound check (seq < %s) not valid',
    greatest(next_month, past) * 100000000000);
end $$;
