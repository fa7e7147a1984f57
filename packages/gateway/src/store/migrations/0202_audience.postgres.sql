-- Which endpoints get an event: a bit for each slot; -1 for all. A constant default writes no row.
alter table events add column audience bigint not null default -1;
