-- Contacts who said something about marketing, for files of them. The query has the same condition.
create index contacts_marketing on contacts (channel_id, id) where state like '%"marketing":%';
