-- What the sweeps look for: whether a file is the report of a broadcast, broadcasts that ended long ago, and forgotten drafts.
create index broadcasts_report_file on broadcasts (channel_id, report_file) where report_file is not null;
create index broadcasts_finished on broadcasts (finished_at) where finished_at is not null;
create index broadcasts_drafts on broadcasts (updated_at)
  where finished_at is null and (state in ('draft', 'checked') or (state = 'preparing' and file_id is null));
