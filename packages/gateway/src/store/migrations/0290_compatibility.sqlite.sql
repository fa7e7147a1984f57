-- page: answers and callbacks are those of the hosted API's page. Its endpoints of the format postern have the format page.
alter table channels add column compatibility text not null default 'postern';
