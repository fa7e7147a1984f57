-- Reads the table once, beside those who write: the bound of the first partition.
alter table events validate constraint events_first_bound;
