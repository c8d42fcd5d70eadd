package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"foyer/relay/chat"
	"foyer/relay/files"
)

// purgeChunks is how many pieces of a file are removed by one transaction: in SQLite, chats wait for it.
const purgeChunks = 16

// fileStore is files.Store.
type fileStore struct{ engine engine }

const fileColumns = "id, session, participant, client_id, name, type, size, state, created_ms, seq, ms"

// What a participant's files and uploads in a session come to.
const (
	countTaken = "select count(*) from files where session = ? and participant = ? and state in ('uploading', 'whole', 'kept')"
	bytesTaken = "select cast(coalesce(sum(size), 0) as bigint) from files where session = ? and participant = ? and state in ('uploading', 'whole', 'kept')"
)

func (s *fileStore) Reserve(ctx context.Context, f files.File, q files.Quota) (files.Usage, bool, error) {
	if !storable(f.ID, f.Session, f.Participant, f.ClientID, f.Name, f.Type) {
		return files.Usage{}, false, fmt.Errorf("reserve a file of session %s: %w", f.Session, chat.ErrUnstorable)
	}
	// Alone in the session: two at once would both see room for one. What gives way to f takes no room.
	const stays = " and not (state <> 'kept' and client_id <> '' and client_id = ?)"
	err := s.engine.execAlone(ctx, "files of "+f.Session, `insert into files (`+fileColumns+`)
		select v.id, v.session, v.participant, v.client_id, v.name, v.type, v.size, 'uploading', v.created_ms, 0, 0 from
		(select cast(? as text) as id, cast(? as text) as session, cast(? as text) as participant, cast(? as text) as client_id,
			cast(? as text) as name, cast(? as text) as type, cast(? as bigint) as size, cast(? as bigint) as created_ms) v
		where (`+countTaken+stays+`) < cast(? as bigint) and (`+bytesTaken+stays+`) + v.size <= cast(? as bigint)`,
		f.ID, f.Session, f.Participant, f.ClientID, f.Name, f.Type, f.Size, f.CreatedMs,
		f.Session, f.Participant, f.ClientID, int64(q.Files), f.Session, f.Participant, f.ClientID, q.Bytes)
	if err != nil {
		return files.Usage{}, false, during(err, "reserve a file of session "+f.Session)
	}
	usage, err := s.Usage(ctx, f.Session, f.Participant)
	if err != nil {
		return files.Usage{}, false, err
	}
	_, err = s.File(ctx, f.ID)
	if errors.Is(err, files.ErrNotFound) {
		return usage, false, nil
	}
	if err != nil || f.ClientID == "" {
		return usage, err == nil, err
	}
	err = s.engine.exec(ctx, `update files set state = 'abandoned' where session = ? and participant = ? and client_id = ?
		and id < ? and state in ('uploading', 'whole')`, f.Session, f.Participant, f.ClientID, f.ID)
	return usage, err == nil, during(err, "give up an earlier upload")
}

func (s *fileStore) AddChunk(ctx context.Context, id string, n int, bytes []byte) error {
	err := s.engine.exec(ctx, `insert into file_chunks (file, n, bytes)
		select id, ?, ? from files where id = ? and state = 'uploading'`, int64(n), bytes, id)
	return during(err, "keep a piece of file "+id)
}

func (s *fileStore) Finish(ctx context.Context, id string) (bool, error) {
	err := s.engine.exec(ctx, `update files set state = 'whole' where id = ? and state = 'uploading'
		and size = (select coalesce(sum(length(bytes)), 0) from file_chunks where file = ?)`, id, id)
	if err != nil {
		return false, during(err, "finish file "+id)
	}
	f, err := s.File(ctx, id)
	if errors.Is(err, files.ErrNotFound) {
		return false, nil
	}
	return f.State == chat.FileWhole, err
}

func (s *fileStore) Abandon(ctx context.Context, id string) error {
	err := s.engine.exec(ctx, "update files set state = 'abandoned' where id = ? and state in ('uploading', 'whole')", id)
	return during(err, "give up file "+id)
}

func (s *fileStore) AbandonBefore(ctx context.Context, ms int64) error {
	err := s.engine.exec(ctx, "update files set state = 'abandoned' where state in ('uploading', 'whole') and created_ms < ?", ms)
	return during(err, "give up old uploads")
}

func (s *fileStore) Doomed(ctx context.Context, limit int) ([]string, error) {
	scan := func(row scanner) (id string, err error) { return id, row.Scan(&id) }
	ids, err := all(ctx, s.engine.reads(), scan, `select id from files where state in ('abandoned', 'deleted')
		order by created_ms, id limit ?`, limit)
	return ids, during(err, "list files to remove")
}

func (s *fileStore) Purge(ctx context.Context, id string) error {
	f, err := s.File(ctx, id)
	if errors.Is(err, files.ErrNotFound) || err == nil && f.State != chat.FileAbandoned && f.State != chat.FileDeleted {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.deleteChunks(ctx, f); err != nil {
		return during(err, "remove the bytes of file "+id)
	}
	if f.State == chat.FileDeleted {
		return during(s.engine.exec(ctx, "update files set state = 'purged' where id = ?", id), "note that file "+id+" is gone")
	}
	return during(s.engine.exec(ctx, "delete from files where id = ? and state = 'abandoned'", id), "forget file "+id)
}

// deleteChunks removes a file's bytes, a little at a time.
func (s *fileStore) deleteChunks(ctx context.Context, f files.File) error {
	chunks := (f.Size + files.ChunkBytes - 1) / files.ChunkBytes
	for n := int64(0); n < chunks; n += purgeChunks {
		err := s.engine.exec(ctx, "delete from file_chunks where file = ? and n >= ? and n < ?", f.ID, n, n+purgeChunks)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *fileStore) File(ctx context.Context, id string) (files.File, error) {
	if !storable(id) {
		return files.File{}, fmt.Errorf("read file %q: %w", id, files.ErrNotFound)
	}
	return s.one(ctx, "read file "+id, "select "+fileColumns+" from files where id = ?", id)
}

func (s *fileStore) Sent(ctx context.Context, session, participant, clientID string) (files.File, error) {
	if clientID == "" || !storable(session, participant, clientID) {
		return files.File{}, fmt.Errorf("look for a resend: %w", files.ErrNotFound)
	}
	return s.one(ctx, "look for a resend", "select "+fileColumns+` from files where session = ? and participant = ?
		and client_id = ? and state in ('kept', 'deleted', 'purged') order by id limit 1`, session, participant, clientID)
}

func (s *fileStore) one(ctx context.Context, what, query string, args ...any) (files.File, error) {
	f, err := scanFile(s.engine.reads().row(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = files.ErrNotFound
	}
	return f, during(err, what)
}

func scanFile(row scanner) (files.File, error) {
	var f files.File
	err := row.Scan(&f.ID, &f.Session, &f.Participant, &f.ClientID, &f.Name, &f.Type, &f.Size, (*string)(&f.State),
		&f.CreatedMs, &f.Seq, &f.Ms)
	return f, err
}

func (s *fileStore) Usage(ctx context.Context, session, participant string) (files.Usage, error) {
	var u files.Usage
	row := s.engine.reads().row(ctx, "select ("+countTaken+"), ("+bytesTaken+")", session, participant, session, participant)
	return u, during(row.Scan(&u.Files, &u.Bytes), "read the files of a participant of session "+session)
}

func (s *fileStore) Stored(ctx context.Context) (bytes int64, err error) {
	row := s.engine.reads().row(ctx, "select cast(coalesce(sum(size), 0) as bigint) from files where state <> 'purged'")
	return bytes, during(row.Scan(&bytes), "add up the files")
}

func (s *fileStore) Chunk(ctx context.Context, id string, n int) ([]byte, error) {
	var bytes []byte
	err := s.engine.reads().row(ctx, "select bytes from file_chunks where file = ? and n = ?", id, int64(n)).Scan(&bytes)
	if errors.Is(err, sql.ErrNoRows) {
		err = files.ErrNotFound
	}
	return bytes, during(err, fmt.Sprintf("read piece %d of file %s", n, id))
}
