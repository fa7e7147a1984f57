-- Since this step the tables are in the schema postern: migrate.ts makes it, and moves them there, before it looks at
-- steps. A version that does not know this step refuses to work on the store.
select 1;
