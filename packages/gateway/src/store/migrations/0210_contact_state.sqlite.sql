-- Shown names beside phone and user_id; the keys of all names are in contact_keys. state: what else is known of the
-- person, as JSON (domain/contacts/state.ts); null while there is nothing.
alter table contacts add column parent_user_id text;
alter table contacts add column username text;
alter table contacts add column state text;
