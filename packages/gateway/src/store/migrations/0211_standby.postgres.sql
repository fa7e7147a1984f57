-- idle_at: when to look whether the contact was quiet for a day, so that nobody holds the conversation any more. Null for
-- contacts that no other program ever answered.
alter table contacts add column idle_at bigint;
create index contacts_idle on contacts (idle_at) where idle_at is not null;

-- What becomes of messages that another program answers: 'deliver' or 'store'.
alter table channels add column standby text not null default 'deliver';
