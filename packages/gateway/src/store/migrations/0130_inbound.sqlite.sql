-- What people wrote, found without walking past what was sent to them: a channel may send millions and hear little.
create index messages_inbound on messages (channel_id, id) where direction = 'in';
