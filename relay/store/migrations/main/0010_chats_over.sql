-- Chats that are over, by when: those that have been kept for long enough are deleted.
create index sessions_over on sessions (deployment, ended_ms) where ended_ms > 0;
