-- How many slots were given: a slot that is freed is not the next one that is given. A step of its own, and the next one
-- too: whoever holds the lock of one table alone is in no deadlock with nodes of before that are at work.
alter table channels add column slots_given bigint not null default 1;
