-- The oldest of what waits, found without reading all lanes.
create index lanes_waiting on lanes (waiting_since) where waiting_since is not null;
-- Counted for the console without reading the bodies.
create index quarantine_reason on quarantine (reason);
