-- A session's row is rewritten with each of its messages; with room left on its page no index has to follow.
alter table sessions set (fillfactor = 70);
