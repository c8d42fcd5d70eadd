-- Files of chats. What state a file may be in, and what that means, is in relay/chat/change.go.
create table files (
    id          keytext not null primary key,
    session     keytext not null,
    participant keytext not null, -- who sends it
    client_id   keytext not null,
    name        text not null,
    type        text not null,
    size        bigint not null,  -- bytes, as announced; of a file that is whole, those that are there
    state       keytext not null,
    created_ms  bigint not null,
    seq         bigint not null,  -- place in the log of the last entry about it
    ms          bigint not null   -- and that entry's time
);

create index files_session on files (session, participant, state);
create index files_state on files (state, created_ms);

-- A file's bytes, in pieces of one size but the last. SQLite takes the name of the type for one that keeps what it gets.
create table file_chunks (
    file  keytext not null,
    n     bigint not null, -- from 0
    bytes bytea not null,
    primary key (file, n)
);
