-- Whom a SignIn, SignOut or UserInfo event names. The others name nobody.
alter table events add column identity keytext not null default '';

-- Ids of visits and pages are random and long: they find their events without the deployment, which is checked as well.
drop index events_visit;
create index events_visit on events (visit, ms);
create index events_page on events (page);
create index events_device on events (device, name);
create index events_name on events (deployment, name, server_ms);
create index events_came on events (deployment, server_ms);
create index events_identity on events (identity, visit) where identity <> '';
