-- What browsers say of a visit. In SQLite in a file of its own, so that it never makes a chat message wait.
create table events (
    id         keytext not null primary key,
    deployment keytext not null,
    kind       keytext not null,
    name       keytext not null,
    page       keytext not null,
    visit      keytext not null,
    device     keytext not null,
    ms         bigint not null, -- the browser's clock
    server_ms  bigint not null,
    place      bigint not null, -- among those that came together, for those of one millisecond
    url        text not null,
    category   text not null,
    language   text not null,
    data       text not null    -- a JSON object, or nothing
);

create index events_visit on events (deployment, visit, ms);
