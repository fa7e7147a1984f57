-- stop_words, start_words: whole messages by which a contact stops marketing, or wants it again: lists as JSON.
-- stop_answer: the text that answers a stop word, null without one.
alter table channels add column stop_words text not null default '[]';
alter table channels add column start_words text not null default '[]';
alter table channels add column stop_answer text;
