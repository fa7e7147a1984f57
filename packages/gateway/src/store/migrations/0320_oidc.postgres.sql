-- Accounts of an OpenID Connect provider. role_from: provider when its groups give the role.
alter table users add column oidc_issuer text;
alter table users add column oidc_subject text;
alter table users add column role_from text not null default 'postern';
create unique index users_oidc on users (oidc_subject, oidc_issuer);
