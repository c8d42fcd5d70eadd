package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"foyer/relay/chat"
	"foyer/relay/visit"
)

const (
	writers       = 4                // connections that write: two committers, and the rest
	minReaders    = 8                // connections that read, unless the URL says pool_max_conns
	batchTries    = 3                // how often one is begun, see worthAgain
	batchTimeout  = 30 * time.Second // for one transaction of a committer; a server that does not answer must not hold everybody
	migrationLock = 0x464f594552     // "FOYER": the advisory lock of migrations
)

// postgresEngine keeps everything in one PostgreSQL database, which several relays may share.
type postgresEngine struct {
	writing   *pgxpool.Pool
	reading   *pgxpool.Pool
	readingDB *sql.DB // the same pool for database/sql
	sql       postgresSQL
}

// postgresSQL are the statements, put together once.
type postgresSQL struct {
	readSessions, readStarts, readClients, readFiles                  string
	insertSessions, updateSessions, advance, insertEntries, moveFiles string
	insertEvents                                                      string
}

func openPostgres(ctx context.Context, url string) (engine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database's URL: %w", withoutURL(err))
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, minReaders)
	}
	e := &postgresEngine{sql: newPostgresSQL()}
	if e.reading, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	e.readingDB = stdlib.OpenDBFromPool(e.reading)
	writing := config.Copy()
	writing.MaxConns = writers
	writing.AfterConnect = readyToWrite
	if e.writing, err = pgxpool.NewWithConfig(ctx, writing); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL: %w", err), e.close())
	}
	if err := e.ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL: %w", err), e.close())
	}
	return e, nil
}

// withoutURL leaves only what is wrong with the URL: a parse error repeats it, and it may hold a password.
func withoutURL(err error) error {
	var p *pgconn.ParseConfigError
	if errors.As(err, &p) && p.Unwrap() != nil {
		return p.Unwrap()
	}
	return errors.New("it is not a PostgreSQL URL")
}

// readyToWrite prepares a writing connection. A server that answers before it has written to its disk is told not to,
// for us. And since writers find every row by its key, one plan for each statement is enough, made once, that never
// reads a whole table: a plan made for empty tables would be kept while they grow.
func readyToWrite(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `select set_config('synchronous_commit', 'on', false)
		where current_setting('synchronous_commit') = 'off';
		set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set plan_cache_mode = force_generic_plan`)
	return during(err, "set up a connection")
}

func newPostgresSQL() postgresSQL {
	session, entry, event, end := sessionColumns(), entryColumns(), eventColumns(), advanceColumns()
	return postgresSQL{
		readSessions: "select " + session.names("") + " from sessions where id = any($1::text[]) order by id for update",
		readStarts: "select " + session.names("s.") + ` from unnest($1::text[], $2::text[]) as w (deployment, start_id)
			cross join lateral (select * from sessions where deployment = w.deployment and start_id = w.start_id
				and start_id <> '' limit 1) s`,
		readClients: "select " + entry.names("e.") + ` from unnest($1::text[], $2::text[]) as w (session, client_id)
			cross join lateral (select * from entries where session = w.session and client_id = w.client_id
				and client_id <> '' limit 1) e`,
		readFiles:      "select id, session, state from files where id = any($1::text[]) order by id for update",
		moveFiles:      bulkUpdate("files", fileMoveColumns()),
		insertSessions: bulkInsert("sessions", session),
		updateSessions: bulkUpdate("sessions", session),
		advance:        bulkUpdate("sessions", end),
		insertEntries:  bulkInsert("entries", entry),
		insertEvents:   bulkInsert("events", event) + " on conflict (id) do nothing returning id",
	}
}

// bulkInsert inserts any number of rows, given as one array for each column.
func bulkInsert(table string, c columns) string {
	return "insert into " + table + " (" + c.names("") + ") select * from " + unnest(c)
}

// bulkUpdate sets all columns but the first one, which is the key, of any number of rows.
func bulkUpdate(table string, c columns) string {
	var sets []string
	for _, column := range c[1:] {
		sets = append(sets, column.name+" = n."+column.name)
	}
	return fmt.Sprintf("update %s t set %s from %s as n (%s) where t.%s = n.%s",
		table, strings.Join(sets, ", "), unnest(c), c.names(""), c[0].name, c[0].name)
}

func unnest(c columns) string {
	arrays := make([]string, len(c))
	for i, column := range c {
		kind := "text"
		if column.number {
			kind = "bigint"
		}
		arrays[i] = fmt.Sprintf("$%d::%s[]", i+1, kind)
	}
	return "unnest(" + strings.Join(arrays, ", ") + ")"
}

// arrays turns rows into one array for each column.
func arrays(c columns, rows [][]any) []any {
	args := make([]any, len(c))
	for i, column := range c {
		if column.number {
			args[i] = columnOf[int64](rows, i)
		} else {
			args[i] = columnOf[string](rows, i)
		}
	}
	return args
}

func columnOf[T any](rows [][]any, i int) []T {
	values := make([]T, len(rows))
	for n, row := range rows {
		values[n] = row[i].(T)
	}
	return values
}

// migrate holds an advisory lock until it has committed, so that relays which start at once go one after the other.
func (e *postgresEngine) migrate(ctx context.Context, logger *slog.Logger) error {
	db := stdlib.OpenDBFromPool(e.writing)
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin migrations: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("select pg_advisory_xact_lock(%d)", migrationLock)); err != nil {
		return fmt.Errorf("wait for the lock of migrations: %w", err)
	}
	for _, area := range []string{"main", "events"} {
		if err := migrateArea(ctx, tx, area, "postgres", logger); err != nil {
			return err
		}
	}
	return during(tx.Commit(), "commit migrations")
}

func (e *postgresEngine) settle(ctx context.Context, w wanted, decide func(known) *plan) error {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	err := e.settleOnce(ctx, w, decide)
	for again := 1; again < batchTries && worthAgain(err) && ctx.Err() == nil; again++ {
		err = e.settleOnce(ctx, w, decide)
	}
	return err
}

// errNotBegun marks a connection that failed before anything was written.
var errNotBegun = errors.New("the connection failed before anything was written")

// worthAgain tells whether a batch of which certainly nothing was kept may fare better at once: the pool's connection
// was dead, most likely since the server was started again; another relay has just begun the same session, which the
// next reading finds; or the transaction had to give way to another one.
func worthAgain(err error) bool {
	if errors.Is(err, errNotBegun) {
		return true
	}
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "23505" || strings.HasPrefix(p.Code, "40"))
}

// settleOnce takes two round trips: begin and read, then write and commit.
func (e *postgresEngine) settleOnce(ctx context.Context, w wanted, decide func(known) *plan) error {
	conn, err := e.writing.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("get a connection: %w", err)
	}
	defer conn.Release() // of a connection that is still in a transaction, the pool rids itself
	k, err := e.know(ctx, conn, w)
	if err != nil {
		return errors.Join(err, rollback(conn))
	}
	p := decide(k)
	if p.empty() {
		return rollback(conn)
	}
	r, err := p.rows()
	if err != nil {
		return errors.Join(err, rollback(conn))
	}
	if err := e.write(ctx, conn, r); err != nil {
		_ = rollback(conn) // whether it was kept is what err says
		return err
	}
	return nil
}

func rollback(conn *pgxpool.Conn) error {
	if conn.Conn().IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := conn.Exec(ctx, "rollback")
	return during(err, "roll back")
}

func (e *postgresEngine) know(ctx context.Context, conn *pgxpool.Conn, w wanted) (known, error) {
	var b pgx.Batch
	k := newKnown()
	// Each statement must see what other relays committed while the one before it waited for a lock.
	b.Queue("begin isolation level read committed")
	b.Queue(e.sql.readSessions, w.sessions).Query(func(found pgx.Rows) error {
		return each(found, scanSession, func(s chat.Session) { k.sessions[s.ID] = s })
	})
	if len(w.starts) > 0 {
		deployments, ids := make([]string, len(w.starts)), make([]string, len(w.starts))
		for i, s := range w.starts {
			deployments[i], ids[i] = s.deployment, s.startID
		}
		b.Queue(e.sql.readStarts, deployments, ids).Query(func(found pgx.Rows) error {
			return each(found, scanSession, func(s chat.Session) { k.starts[startKey{s.Deployment, s.StartID}] = s })
		})
	}
	if len(w.clients) > 0 {
		sessions, ids := make([]string, len(w.clients)), make([]string, len(w.clients))
		for i, c := range w.clients {
			sessions[i], ids[i] = c.session, c.clientID
		}
		b.Queue(e.sql.readClients, sessions, ids).Query(func(found pgx.Rows) error {
			return each(found, scanEntry, func(l logged) { k.entries[clientKey{l.session, l.entry.ClientID}] = l.entry })
		})
	}
	if len(w.files) > 0 {
		b.Queue(e.sql.readFiles, w.files).Query(func(found pgx.Rows) error {
			return each(found, scanFileStand, func(f identifiedStand) { k.files[f.id] = f.fileStand })
		})
	}
	err := conn.SendBatch(ctx, &b).Close()
	if err != nil && !isServers(err) {
		err = errors.Join(errNotBegun, err)
	}
	return k, during(err, "read what the batch needs")
}

func (e *postgresEngine) write(ctx context.Context, conn *pgxpool.Conn, r rows) error {
	var b pgx.Batch
	for _, part := range []struct {
		query   string
		columns columns
		rows    [][]any
	}{
		{e.sql.insertSessions, sessionColumns(), r.created},
		{e.sql.updateSessions, sessionColumns(), r.changed},
		{e.sql.advance, advanceColumns(), r.advanced},
		{e.sql.insertEntries, entryColumns(), r.entries},
		{e.sql.moveFiles, fileMoveColumns(), r.files},
	} {
		if len(part.rows) > 0 {
			b.Queue(part.query, arrays(part.columns, part.rows)...)
		}
	}
	b.Queue("commit")
	return during(conn.SendBatch(ctx, &b).Close(), "write and commit")
}

// each reads every row with scan and hands it on.
func each[T any](found pgx.Rows, scan func(scanner) (T, error), take func(T)) error {
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return err
		}
		take(one)
	}
	return found.Err()
}

func (e *postgresEngine) addEvents(ctx context.Context, events []visit.Event) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	values := make([][]any, len(events))
	for place, event := range events {
		var err error
		if values[place], err = eventValues(event, place); err != nil {
			return nil, err
		}
	}
	// In the order of their ids, so that two relays which are sent the same events cannot wait for each other.
	slices.SortFunc(values, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	isNew := map[string]bool{}
	var b pgx.Batch
	b.Queue("begin isolation level read committed")
	b.Queue("set local synchronous_commit = off")
	b.Queue(e.sql.insertEvents, arrays(eventColumns(), values)...).Query(func(found pgx.Rows) error {
		ids, err := pgx.CollectRows(found, pgx.RowTo[string])
		for _, id := range ids {
			isNew[id] = true
		}
		return err
	})
	b.Queue("commit")
	if err := e.writing.SendBatch(ctx, &b).Close(); err != nil {
		return nil, fmt.Errorf("add events: %w", err)
	}
	return isNew, nil
}

func (e *postgresEngine) exec(ctx context.Context, query string, args ...any) error {
	_, err := e.writing.Exec(ctx, numbered(query), args...)
	return err
}

// walksEvents: it hashes both sides of the walk, which takes longer than to group them.
func (e *postgresEngine) walksEvents() bool { return false }

func (e *postgresEngine) execOnEvents(ctx context.Context, query string, args ...any) (int64, error) {
	return e.execCounting(ctx, query, args...)
}

func (e *postgresEngine) execCounting(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := e.writing.Exec(ctx, numbered(query), args...)
	return done.RowsAffected(), err
}

func (e *postgresEngine) execAlone(ctx context.Context, lock, query string, args ...any) error {
	return pgx.BeginFunc(ctx, e.writing, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext($1))", lock); err != nil {
			return fmt.Errorf("wait for the lock of %s: %w", lock, err)
		}
		_, err := tx.Exec(ctx, numbered(query), args...)
		return err
	})
}

func (e *postgresEngine) reads() reader      { return reader{db: e.readingDB, numbered: true} }
func (e *postgresEngine) eventReads() reader { return e.reads() }

// refused goes by the class of the error: a value or constraint at fault, a limit of the program, or a transaction that
// had to give way to another one (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func (e *postgresEngine) refused(err error) bool {
	var p *pgconn.PgError
	if !errors.As(err, &p) || len(p.Code) != 5 {
		return false
	}
	switch p.Code[:2] {
	case "22", "23", "40", "54":
		return true
	}
	return false
}

// isServers tells whether the server itself said what is wrong, so that the connection is as good as before.
func isServers(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Severity == "ERROR"
}

// ping asks whether writing is possible: after a failover the address may lead to a server that only follows.
func (e *postgresEngine) ping(ctx context.Context) error {
	var readOnly bool
	if err := e.writing.QueryRow(ctx, "select current_setting('transaction_read_only')::bool").Scan(&readOnly); err != nil {
		return err
	}
	if readOnly {
		return errors.New("PostgreSQL takes no writes: it is read-only, or follows another server")
	}
	return e.reading.Ping(ctx)
}

func (e *postgresEngine) close() error {
	err := e.readingDB.Close()
	e.reading.Close()
	if e.writing != nil {
		e.writing.Close()
	}
	return err
}
