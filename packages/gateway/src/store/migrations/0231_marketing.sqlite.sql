-- direct_send: 1 when the account has Direct Send. marketing: where marketing templates go: cloud, marketing_messages, auto.
alter table channels add column direct_send integer not null default 0;
alter table channels add column marketing text not null default 'cloud';
