-- file_id, map: the recipients' file of a broadcast and its columns, JSON. content: the hash of what goes to whom.
-- send_at: epoch ms. quiet_hours, stop_when, test_numbers: JSON, as they were given. loaded: rows of the file that are
-- done; skipped: those of them that were left out. report: the last check, JSON; report_file: its rows, a file of ours.
alter table broadcasts add column file_id text;
alter table broadcasts add column map text;
alter table broadcasts add column content text;
alter table broadcasts add column skip_bad integer not null default 0;
alter table broadcasts add column test_numbers text;
alter table broadcasts add column send_at integer;
alter table broadcasts add column quiet_hours text;
alter table broadcasts add column stop_when text;
alter table broadcasts add column checked_at integer;
alter table broadcasts add column tested_at integer;
alter table broadcasts add column report text;
alter table broadcasts add column report_file text;
alter table broadcasts add column loaded integer not null default 0;
alter table broadcasts add column skipped integer not null default 0;
create unique index broadcasts_content on broadcasts (channel_id, name, content) where content is not null;
create index broadcasts_scheduled on broadcasts (send_at) where state = 'scheduled';
create index broadcasts_loading on broadcasts (lease_until) where state = 'preparing' and file_id is not null;
create index broadcasts_file on broadcasts (file_id) where file_id is not null;

-- line: the row's first line in the file. name: of the person, for lists and results.
alter table broadcast_recipients add column line integer;
alter table broadcast_recipients add column name text;

-- A recipients' file as it came, in parts. kind: recipients, or report for the rows that a check found.
create table broadcast_files (
  channel_id integer not null,
  id text not null,
  kind text not null,
  state text not null,
  filename text,
  format text not null,
  delimiter text,
  columns text not null,
  rows integer not null default 0,
  bytes integer not null default 0,
  sha256 text,
  created_at integer not null,
  primary key (channel_id, id)
) without rowid;
create index broadcast_files_age on broadcast_files (created_at);
create table broadcast_file_parts (
  file_id text not null,
  n integer not null,
  body blob not null,
  primary key (file_id, n)
);
