package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver

	"foyer/relay/chat"
	"foyer/relay/visit"
)

// sqliteEngine keeps chat and access in foyer.db and events in events.db.
type sqliteEngine struct {
	main   *sqliteFile
	events *sqliteFile

	// Statements of main's writing connection.
	readSessions, readStart, readClients, readFiles              *sql.Stmt
	insertSession, updateSession, advance, insertEntry, moveFile *sql.Stmt
	// Statement of the events' writing connection.
	insertEvent *sql.Stmt
}

func openSQLite(ctx context.Context, dir string, logger *slog.Logger) (engine, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	main, err := openFile(ctx, filepath.Join(dir, "foyer.db"), keepsAll, logger)
	if err != nil {
		return nil, err
	}
	events, err := openFile(ctx, filepath.Join(dir, "events.db"), keepsMost, logger)
	if err != nil {
		return nil, errors.Join(err, main.close())
	}
	return &sqliteEngine{main: main, events: events}, nil
}

func (e *sqliteEngine) migrate(ctx context.Context, logger *slog.Logger) error {
	for area, file := range map[string]*sqliteFile{"main": e.main, "events": e.events} {
		err := file.transaction(ctx, func(ctx context.Context) error { return migrateArea(ctx, file.conn, area, "sqlite", logger) })
		if err != nil {
			return err
		}
	}
	return e.prepare(ctx)
}

func (e *sqliteEngine) prepare(ctx context.Context) error {
	session, entry, event, end := sessionColumns(), entryColumns(), eventColumns(), advanceColumns()
	for _, s := range []struct {
		to    **sql.Stmt
		file  *sqliteFile
		query string
	}{
		{&e.readSessions, e.main, "select " + session.names("s.") + " from json_each(?) w cross join sessions s on s.id = w.value"},
		{&e.readStart, e.main, "select " + session.names("") + ` from sessions
			where deployment = ? and start_id = ? and start_id <> ''`},
		{&e.readClients, e.main, "select " + entry.names("e.") + ` from json_each(?) w cross join entries e
			on e.session = w.value ->> 0 and e.client_id = w.value ->> 1 and e.client_id <> ''`},
		{&e.readFiles, e.main, "select f.id, f.session, f.state from json_each(?) w cross join files f on f.id = w.value"},
		{&e.moveFile, e.main, updateSQL("files", fileMoveColumns())},
		{&e.insertSession, e.main, insertSQL("sessions", session)},
		{&e.updateSession, e.main, updateSQL("sessions", session)},
		{&e.advance, e.main, updateSQL("sessions", end)},
		{&e.insertEntry, e.main, insertSQL("entries", entry)},
		{&e.insertEvent, e.events, insertSQL("events", event) + " on conflict (id) do nothing"},
	} {
		var err error
		if *s.to, err = s.file.conn.PrepareContext(ctx, s.query); err != nil {
			return fmt.Errorf("prepare %q: %w", s.query, err)
		}
	}
	return nil
}

func insertSQL(table string, c columns) string {
	return "insert into " + table + " (" + c.names("") + ") values (" + placeholders(len(c)) + ")"
}

// updateSQL sets all columns but the first one, which is the key. Its first parameter is the key as well.
func updateSQL(table string, c columns) string {
	query := "update " + table + " set "
	for i, column := range c[1:] {
		if i > 0 {
			query += ", "
		}
		query += fmt.Sprintf("%s = ?%d", column.name, i+2)
	}
	return query + " where " + c[0].name + " = ?1"
}

func (e *sqliteEngine) settle(ctx context.Context, w wanted, decide func(known) *plan) error {
	return e.main.transaction(ctx, func(ctx context.Context) error {
		k, err := e.know(ctx, w)
		if err != nil {
			return err
		}
		r, err := decide(k).rows()
		if err != nil {
			return err
		}
		return e.write(ctx, r)
	})
}

func (e *sqliteEngine) know(ctx context.Context, w wanted) (known, error) {
	k := newKnown()
	err := eachOf(ctx, e.readSessions, w.sessions, scanSession, func(s chat.Session) { k.sessions[s.ID] = s })
	if err != nil {
		return k, fmt.Errorf("read sessions: %w", err)
	}
	for _, start := range w.starts {
		s, err := scanSession(e.readStart.QueryRowContext(ctx, start.deployment, start.startID))
		if err == nil {
			k.starts[start] = s
		} else if !errors.Is(err, sql.ErrNoRows) {
			return k, fmt.Errorf("look for a start: %w", err)
		}
	}
	clients := make([][2]string, len(w.clients))
	for i, c := range w.clients {
		clients[i] = [2]string{c.session, c.clientID}
	}
	err = eachOf(ctx, e.readClients, clients, scanEntry, func(l logged) {
		k.entries[clientKey{l.session, l.entry.ClientID}] = l.entry
	})
	if err != nil {
		return k, fmt.Errorf("look for resends: %w", err)
	}
	err = eachOf(ctx, e.readFiles, w.files, scanFileStand, func(f identifiedStand) { k.files[f.id] = f.fileStand })
	if err != nil {
		return k, fmt.Errorf("read files: %w", err)
	}
	return k, nil
}

// eachOf reads every row that a statement finds for a list of keys, which it takes as JSON.
func eachOf[K, T any](ctx context.Context, stmt *sql.Stmt, keys []K, scan func(scanner) (T, error), take func(T)) error {
	if len(keys) == 0 {
		return nil
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	found, err := stmt.QueryContext(ctx, string(list))
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return err
		}
		take(one)
	}
	return found.Err()
}

func (e *sqliteEngine) write(ctx context.Context, r rows) error {
	for _, part := range []struct {
		what string
		stmt *sql.Stmt
		rows [][]any
	}{
		{"add sessions", e.insertSession, r.created},
		{"change sessions", e.updateSession, r.changed},
		{"move the end of a log", e.advance, r.advanced},
		{"add entries", e.insertEntry, r.entries},
		{"change files", e.moveFile, r.files},
	} {
		for _, values := range part.rows {
			if _, err := part.stmt.ExecContext(ctx, values...); err != nil {
				return fmt.Errorf("%s: %w", part.what, err)
			}
		}
	}
	return nil
}

func (e *sqliteEngine) addEvents(ctx context.Context, events []visit.Event) (map[string]bool, error) {
	isNew := map[string]bool{}
	err := e.events.transaction(ctx, func(ctx context.Context) error {
		for place, event := range events {
			values, err := eventValues(event, place)
			if err != nil {
				return err
			}
			done, err := e.insertEvent.ExecContext(ctx, values...)
			if err != nil {
				return fmt.Errorf("add event: %w", err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				return fmt.Errorf("add event: %w", err)
			}
			isNew[event.ID] = n > 0
		}
		return nil
	})
	return isNew, err
}

func (e *sqliteEngine) exec(ctx context.Context, query string, args ...any) error {
	_, err := e.main.exec(ctx, query, args...)
	return err
}

func (e *sqliteEngine) execCounting(ctx context.Context, query string, args ...any) (int64, error) {
	return e.main.exec(ctx, query, args...)
}

func (e *sqliteEngine) execOnEvents(ctx context.Context, query string, args ...any) (int64, error) {
	return e.events.exec(ctx, query, args...)
}

// walksEvents: it groups a million rows in seconds, one after the other, and follows an index at once.
func (e *sqliteEngine) walksEvents() bool { return true }

// execAlone is exec: SQLite has one writer at a time, in whichever process.
func (e *sqliteEngine) execAlone(ctx context.Context, _, query string, args ...any) error {
	return e.exec(ctx, query, args...)
}

func (e *sqliteEngine) reads() reader      { return reader{db: e.main.reading, see: e.main.see} }
func (e *sqliteEngine) eventReads() reader { return reader{db: e.events.reading, see: e.events.see} }

// refused: a violated constraint, or a value that is too large or of the wrong kind.
func (e *sqliteEngine) refused(err error) bool {
	switch codeOf(err) {
	case sqliteConstraint, sqliteTooBig, sqliteMismatch:
		return true
	}
	return false
}

// ping writes a page that is nobody's: SQLite keeps user_version and makes no use of it.
func (e *sqliteEngine) ping(ctx context.Context) error {
	for _, f := range []*sqliteFile{e.main, e.events} {
		if err := f.sound(); err != nil {
			return err
		}
		if _, err := f.exec(ctx, "pragma user_version = 1"); err != nil {
			return err
		}
		if err := f.reading.PingContext(ctx); err != nil {
			return f.see(err)
		}
	}
	return nil
}

func (e *sqliteEngine) close() error { return errors.Join(e.main.close(), e.events.close()) }

// sqliteFile is one database file in WAL mode: one connection that writes, and a pool that reads beside it.
type sqliteFile struct {
	writing *sql.DB // holds conn and no other
	reading *sql.DB

	name   string
	opened os.FileInfo // of the file when it was opened
	logger *slog.Logger

	trouble atomic.Pointer[error] // see
	told    sync.Once

	mu      sync.Mutex // held for a transaction on conn
	conn    *sql.Conn
	log     os.FileInfo // of the log of writes; nil before the first transaction
	rescued bool
}

// openFile opens or makes a database.
func openFile(ctx context.Context, name string, keeps keeping, logger *slog.Logger) (*sqliteFile, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", name, err)
	}
	if err := makePrivate(name); err != nil {
		return nil, err
	}
	if err := checkWAL(name, keeps, logger); err != nil {
		return nil, err
	}
	f := &sqliteFile{name: name, logger: logger}
	if f.opened, err = os.Stat(name); err != nil {
		return nil, fmt.Errorf("look at %s: %w", name, err)
	}
	if f.writing, err = sql.Open("sqlite", sqliteURL(name, "journal_mode(WAL)", "synchronous("+string(keeps)+")")); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	if f.conn, err = connect(ctx, f.writing); err != nil {
		if isDamage(err) {
			err = damaged(name, "cannot be read ("+err.Error()+")")
		}
		return nil, errors.Join(fmt.Errorf("open %s: %w", name, err), f.writing.Close())
	}
	if f.reading, err = sql.Open("sqlite", sqliteURL(name, "query_only(1)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", name, err), f.conn.Close(), f.writing.Close())
	}
	readers := max(4, runtime.NumCPU())
	f.reading.SetMaxOpenConns(readers)
	f.reading.SetMaxIdleConns(readers)
	if err := f.check(ctx); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// lockTime is how long another process is waited for that has a database file locked (relay agent add, or a second relay
// that starts); lockPause is between two attempts where SQLite itself does not wait.
const (
	lockTime  = 10 * time.Second
	lockPause = 5 * time.Millisecond
)

// connect opens the connection that writes. Making the file one with a log is, for SQLite, writing what it has begun to
// read: it answers "locked" at once when somebody else writes, whatever the busy timeout.
func connect(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	end := time.Now().Add(lockTime)
	for {
		conn, err := db.Conn(ctx)
		if codeOf(err) != sqliteBusy || time.Now().After(end) {
			return conn, err
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		}
	}
}

// makePrivate makes the file before SQLite does, readable for its owner only: signing keys and chats are in it. The
// files that SQLite puts beside it get the same rights.
func makePrivate(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil // closing it would drop the locks that this process has on it
	}
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	return f.Close()
}

func sqliteURL(name string, pragmas ...string) string {
	// mode: SQLite makes no file, makePrivate does. Else an empty one would take the place of one that was deleted.
	q := url.Values{"mode": {"rw"}, "_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", lockTime.Milliseconds())}, pragmas...)}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(name), RawQuery: q.Encode()}).String()
}

// exec runs one statement in a transaction of its own, and tells how many rows it changed.
func (f *sqliteFile) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	err = f.transaction(ctx, func(ctx context.Context) error {
		done, err := f.conn.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		changed, err = done.RowsAffected()
		return err
	})
	return changed, err
}

// transaction runs do on conn. If it returns nil, what do wrote is durable; else nothing of it was kept. Once begun it is
// not interrupted: do's context never ends, because a connection that was interrupted inside "begin" or "commit" is in
// an unknown state.
func (f *sqliteFile) transaction(ctx context.Context, do func(ctx context.Context) error) error {
	return f.see(f.transact(ctx, do))
}

func (f *sqliteFile) transact(ctx context.Context, do func(ctx context.Context) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.inPlace(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if _, err := f.conn.ExecContext(ctx, "begin immediate"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := f.noteLog()
	if err == nil {
		err = do(ctx)
	}
	if err == nil {
		_, err = f.conn.ExecContext(ctx, "commit")
		err = during(err, "commit")
	}
	if err != nil {
		// Where SQLite has rolled back by itself this fails, and that is fine.
		_, _ = f.conn.ExecContext(ctx, "rollback")
	}
	return err
}

func (f *sqliteFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.reading.Close(), f.conn.Close(), f.writing.Close())
}
