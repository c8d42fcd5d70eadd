-- Whom the customer's own site vouches for in a session: the sub of the signed identity, '' where nobody did.
alter table sessions add column identity keytext not null default '';

create index sessions_identity on sessions (deployment, identity, started_ms) where identity <> '';

-- What the relay's frame keeps in its cookie, by which another site of the deployment finds the chat. A row leads to a
-- session and is good for nothing else.
create table frame_cookies (
    hash        keytext not null primary key, -- hex SHA-256 of the cookie's value
    deployment  keytext not null,
    session     keytext not null,
    participant keytext not null,
    origin      text not null, -- of the page in whose frame it was set
    created_ms  bigint not null,
    expires_ms  bigint not null,
    revoked_ms  bigint not null
);

create index frame_cookies_session on frame_cookies (session);
