-- Events by months. What is stored so far stays where it is and becomes the first partition; its bound is proved, so that
-- nothing is read here. The partitions of months are made by the program, ahead of need.

-- A node of before that has marked the feed waits for the table, and has the sequence that is needed here as well: then
-- both are given back, and asked for again.
do $$
begin
  for i in 1..500 loop
    begin
      perform set_config('lock_timeout', '100ms', true);
      lock table events in access exclusive mode;
      alter sequence events_seq_seq rename to events_first_seq_seq;
      exit;
    exception when lock_not_available or deadlock_detected then
      if i = 500 then raise; end if;
      perform pg_sleep(0.05 + random() * 0.05);
    end;
  end loop;
  perform set_config('lock_timeout', '0', true);
end $$;

-- A partitioned table has no identity column before PostgreSQL 17.
create sequence events_seq_seq;
select setval('events_seq_seq', last_value, is_called) from events_first_seq_seq;
alter table events alter column seq drop identity;

alter table events rename to events_first;
alter index events_pkey rename to events_first_pkey;
alter index events_seq rename to events_first_seq;
alter index events_lane rename to events_first_lane;

create table events (
  seq bigint not null default nextval('events_seq_seq'),
  channel_id bigint not null,
  contact_id bigint not null,
  kind text not null,
  message_id text,
  body text not null,
  created_at bigint not null,
  primary key (channel_id, seq)
) partition by range (seq);
alter sequence events_seq_seq owned by events.seq;
create index events_seq on events (seq);
create index events_lane on events (channel_id, contact_id, (seq + 0));

do $$
begin
  execute format('alter table events attach partition events_first for values from (minvalue) to (%s)', (
    select substring(pg_get_constraintdef(oid) from '\d{11,}') from pg_constraint
    where conrelid = 'events_first'::regclass and conname = 'events_first_bound'));
end $$;
alter table events_first drop constraint events_first_bound;

-- Whoever else may read events goes on.
do $$
declare
  given record;
begin
  for given in
    select a.privilege_type, case a.grantee when 0 then 'public' else a.grantee::regrole::text end as grantee
    from pg_class c, aclexplode(c.relacl) a where c.oid = 'events_first'::regclass and a.grantee <> c.relowner
  loop
    execute format('grant %s on events to %s', given.privilege_type, given.grantee);
  end loop;
end $$;
