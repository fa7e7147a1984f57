-- What Meta says of a message's price and of its conversation in statuses, as JSON.
alter table messages add column pricing text;
alter table messages add column conversation text;
