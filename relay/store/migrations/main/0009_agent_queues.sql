-- Queues that an agent works for, one a line; '' for all.
alter table agents add column queues text not null default '';
