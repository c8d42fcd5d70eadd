-- One row for each chat session: everything about it that is not in its log.
create table sessions (
    id            keytext not null primary key,
    deployment    keytext not null,
    queue         keytext not null,
    state         keytext not null,
    visitor_id    keytext not null,
    first_name    text not null,
    last_name     text not null,
    email         text not null,
    subject       text not null,
    nickname      text not null,
    visit         keytext not null,
    device        keytext not null,
    page          keytext not null,
    origin        text not null,
    language      text not null,
    user_data     text not null, -- a JSON object, or nothing
    start_id      keytext not null,
    agent         keytext not null,
    offer         keytext not null,
    offer_ends_ms bigint not null,
    queued_ms     bigint not null,
    started_ms    bigint not null,
    ended_ms      bigint not null,
    seq           bigint not null, -- of the last entry
    last_ms       bigint not null, -- of the last entry
    participants  text not null    -- a JSON array; read and written with the row, under the row's lock
);

create unique index sessions_start on sessions (deployment, start_id) where start_id <> '';
create index sessions_state on sessions (state, queued_ms, id);
create index sessions_agent on sessions (agent, state);

-- The log. The keys are what makes the order certain and a resend harmless.
create table entries (
    session   keytext not null,
    seq       bigint not null,
    ms        bigint not null,
    id        keytext not null,
    kind      keytext not null,
    from_id   keytext not null,
    from_kind keytext not null,
    from_nick text not null,
    body      text not null,
    data      text not null, -- a JSON object, or nothing
    client_id keytext not null,
    primary key (session, seq)
);

create unique index entries_client on entries (session, client_id) where client_id <> '';
