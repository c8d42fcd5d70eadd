-- Sign-ins of an earlier generation are over. source: 'file' for agents of relay.yaml, '' for those of the command line.
alter table agents add column generation bigint not null default 0;
alter table agents add column source keytext not null default '';

-- What a key is for: '' the interfaces for servers, 'metrics' the metrics.
alter table api_keys add column purpose keytext not null default '';

-- Networks from which an agent has signed in.
create table agent_places (
    username keytext not null,
    network  keytext not null,
    used_ms  bigint not null,
    primary key (username, network)
);

-- Deployments that the relay has had, for commands that run beside it.
create table deployment_names (
    name keytext not null primary key
);
