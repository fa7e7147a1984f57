-- By the contact alone. Over (channel_id, contact_id) it began as the key does, and a plan without statistics took it for
-- as good a way to a name: all names of the channel.
drop index contact_keys_contact;
create index contact_keys_contact on contact_keys (contact_id);
