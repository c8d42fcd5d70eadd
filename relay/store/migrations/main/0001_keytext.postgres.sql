-- Ids and keys are compared byte by byte, as SQLite does: the order does not depend on the server's locale, and an
-- update of its C library cannot break an index. SQLite takes the name of the type for text.
create domain keytext as text collate "C";
