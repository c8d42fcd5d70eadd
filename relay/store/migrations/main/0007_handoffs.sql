-- One-time tokens that take a chat from one site to another. They live for a minute; what they are bound to is in
-- relay/access/handoffs.go.
create table handoffs (
    hash        keytext not null primary key,
    session     keytext not null,
    participant keytext not null,
    deployment  keytext not null,
    origin      keytext not null, -- the only one that may redeem it
    browser     keytext not null, -- the class of the only ones that may
    expires_ms  bigint not null,
    used_ms     bigint not null   -- 0 until it was redeemed
);

create index handoffs_expires on handoffs (expires_ms);
