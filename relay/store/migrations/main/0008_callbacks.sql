-- Calls that visitors ask for. What a state means is in relay/callback/callback.go.
create table callbacks (
    id            keytext not null primary key,
    deployment    keytext not null,
    queue         keytext not null,
    state         keytext not null,
    name          text not null,
    phone         text not null,    -- as it was written
    digits        keytext not null, -- of the phone, by which two spellings are the same
    email         text not null,
    subject       text not null,
    visit         keytext not null,
    device        keytext not null,
    page          keytext not null,
    origin        text not null,
    language      text not null,
    identity      keytext not null,
    user_data     text not null, -- a JSON object, or nothing
    client_id     keytext not null,
    created_ms    bigint not null,
    desired_ms    bigint not null,
    due_ms        bigint not null,
    agent         keytext not null,
    offer         keytext not null,
    offer_ends_ms bigint not null,
    attempts      bigint not null,
    disposition   keytext not null,
    note          text not null,
    ended_ms      bigint not null
);

create unique index callbacks_client on callbacks (deployment, client_id);
create index callbacks_due on callbacks (state, due_ms, id);
create index callbacks_agent on callbacks (agent, state);
-- For the limits: what one visitor waits for.
create index callbacks_digits on callbacks (deployment, digits, state);
create index callbacks_visit on callbacks (deployment, visit, state);
create index callbacks_device on callbacks (deployment, device, state);
