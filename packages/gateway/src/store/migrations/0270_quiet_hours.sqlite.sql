-- When nothing of marketing goes out by itself, by the contact's clock: JSON, null without quiet hours.
alter table channels add column quiet_hours text;
