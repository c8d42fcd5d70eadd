package store

import (
	"context"

	"foyer/relay/chat"
)

// deleteEntries is how many entries of a log one transaction deletes: other chats wait for it.
const deleteEntries = 500

// DeleteChats deletes chats of a deployment that were over before a time, the oldest first and at most limit of them, with
// all that belongs to them: their logs, files, and what led back to them. It gives how many are gone. One that could not
// be deleted to its end is found again by the next call. It is for retention.Sweeper.
func (s *Store) DeleteChats(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error) {
	over, err := all(ctx, s.engine.reads(), func(row scanner) (c chat.Session, err error) { return c, row.Scan(&c.ID, &c.Seq) },
		"select id, seq from sessions where deployment = ? and ended_ms > 0 and ended_ms < ? order by ended_ms, id limit ?",
		deployment, beforeMs, limit)
	if err != nil {
		return 0, during(err, "look for chats that are too old")
	}
	for n, c := range over {
		if err := s.deleteChat(ctx, c.ID, c.Seq); err != nil {
			return int64(n), during(err, "delete session "+c.ID)
		}
	}
	return int64(len(over)), nil
}

// deleteChat deletes the ways to a chat first, so that nobody is shown a part of it, and its row last, by which it is found
// again after a crash. Handoffs are left alone: they live for a minute.
func (s *Store) deleteChat(ctx context.Context, id string, lastSeq int64) error {
	for _, ways := range []string{"handles", "frame_cookies"} {
		if err := s.engine.exec(ctx, "delete from "+ways+" where session = ?", id); err != nil {
			return err
		}
	}
	if err := s.files.deleteOf(ctx, id); err != nil {
		return err
	}
	const entries = "delete from entries where session = ?"
	for upTo := int64(deleteEntries); upTo < lastSeq; upTo += deleteEntries {
		if err := s.engine.exec(ctx, entries+" and seq <= ?", id, upTo); err != nil {
			return err
		}
	}
	// The agent who marks the chat done at this moment adds entries, but not to a session that is gone.
	for _, rest := range []string{entries, "delete from sessions where id = ?", entries} {
		if err := s.engine.exec(ctx, rest, id); err != nil {
			return err
		}
	}
	return nil
}

// deleteOf deletes all files of a session, whatever became of them, after they are shown to nobody any more.
func (s *fileStore) deleteOf(ctx context.Context, session string) error {
	err := s.engine.exec(ctx, "update files set state = 'deleted' where session = ? and state in ('uploading', 'whole', 'kept')", session)
	if err != nil {
		return err
	}
	of, err := all(ctx, s.engine.reads(), scanFile, "select "+fileColumns+" from files where session = ?", session)
	if err != nil {
		return err
	}
	for _, f := range of {
		if err := s.deleteChunks(ctx, f); err != nil {
			return err
		}
		if err := s.engine.exec(ctx, "delete from files where id = ?", f.ID); err != nil {
			return err
		}
	}
	return nil
}
