create table agents (
    id            keytext not null primary key,
    username      keytext not null unique,
    name          text not null,
    password_hash text not null,
    capacity      bigint not null,
    disabled      bigint not null,
    created_ms    bigint not null
);

create table api_keys (
    hash       keytext not null primary key,
    name       text not null,
    deployment keytext not null,
    disabled   bigint not null,
    created_ms bigint not null
);

create table handles (
    hash        keytext not null primary key,
    family      keytext not null,
    generation  bigint not null,
    session     keytext not null,
    participant keytext not null,
    deployment  keytext not null,
    created_ms  bigint not null,
    expires_ms  bigint not null,
    revoked_ms  bigint not null
);

create index handles_family on handles (family, generation);
create index handles_session on handles (session);

create table signing_keys (
    id         keytext not null primary key,
    secret     text not null, -- base64
    created_ms bigint not null,
    expires_ms bigint not null
);

create table revoked_tokens (
    id       keytext not null primary key,
    until_ms bigint not null
);

create index revoked_tokens_until on revoked_tokens (until_ms);
