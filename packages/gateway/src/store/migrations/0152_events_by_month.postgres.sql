-- Events by months. What is stored so far stays where it is and becomes the first partition; its bound is proved, so that
-- nothing is read here. The partitions of months are made by the program, ahead of need.
lock table events in access exclusive mode;

-- A partitioned table has no identity column before PostgreSQL 17.
alter sequence events_seq_seq rename to events_first_seq_seq;
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
