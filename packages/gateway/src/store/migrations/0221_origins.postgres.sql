-- Where a message came from when no program of the customer's sent or got it: the business's own app, or its history.
alter table messages add column origin text;
-- The wamid of the message that this one changes or removes.
alter table messages add column changes text;
create index messages_changes on messages (channel_id, changes) where changes is not null;
