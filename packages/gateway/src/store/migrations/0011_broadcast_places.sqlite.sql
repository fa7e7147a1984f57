-- Recipients come in pages, from several callers at once: each page reserves its places here.
alter table broadcasts add column next_n integer not null default 0;
alter table broadcasts add column duplicates integer not null default 0;
