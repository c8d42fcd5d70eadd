// Package store keeps what must outlive the relay: chat sessions and their logs, monitoring events, and who may do
// what. It runs on SQLite (files in the data folder, the default) or on PostgreSQL (a server that several relays may
// share), with one schema and one set of rules.
//
// main opens it and hands its parts to the domain, which declares them: Chat to relay/chat, Visits to relay/visit,
// Access to relay/access, Files to relay/files, Callbacks to relay/callback. Nothing else calls it.
//
// It must never answer before what it answers is durable, never give a place in a session's log twice, and never
// decide anything about chats itself: what may happen is in the Change that the domain hands over, and the rules of
// applying one are in plan.go, which knows no SQL.
//
// Chat and access are kept at every price (SQLite: synchronous=FULL; PostgreSQL: synchronous_commit at least on).
// Events are lazier: after a crash of the machine, not of the relay, the last ones may be missing.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"foyer/relay/access"
	"foyer/relay/callback"
	"foyer/relay/chat"
	"foyer/relay/files"
	"foyer/relay/visit"
)

// Batches of one transaction.
const (
	chatBatch  = 500 // changes
	eventBatch = 50  // requests, each with at most wire.MaxEvents events
)

// ErrClosed is what writes get after Close.
var ErrClosed = errors.New("the store is closed")

// Options say where the data is.
type Options struct {
	Database string       // "" for SQLite in Dir, or a postgres:// URL (pgx's parameters, such as pool_max_conns, included)
	Dir      string       // folder of foyer.db and events.db, made if missing; not used with PostgreSQL
	Logger   *slog.Logger // nil for slog.Default()
	Observe  func(Batch)  // called after each transaction of a committer, from its goroutine; must not block. May be nil
}

// Batch is one transaction of a committer, for metrics.
type Batch struct {
	Kind  string        // "chat" or "events"
	Size  int           // changes, or requests with events, that were in it
	Took  time.Duration // from the first statement until the commit was durable
	Error error         // why the database refused all of it; nil if it was kept
}

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	engine engine
	chat   *chatStore
	visits *visitStore
	access *accessStore
	files  *fileStore
	calls  *callbackStore
}

// engine is what the two databases do differently.
type engine interface {
	migrate(ctx context.Context, logger *slog.Logger) error
	// settle runs one batch of changes in one transaction: it reads what the batch needs to know, lets decide plan with
	// it, writes the plan and commits. The sessions wanted by id are locked from the reading until the commit.
	settle(ctx context.Context, w wanted, decide func(known) *plan) error
	// addEvents keeps events whose ids differ from each other, and tells which ids were new.
	addEvents(ctx context.Context, events []visit.Event) (map[string]bool, error)
	// exec runs one durable write.
	exec(ctx context.Context, query string, args ...any) error
	// execCounting is exec, and tells how many rows it changed.
	execCounting(ctx context.Context, query string, args ...any) (int64, error)
	// execOnEvents runs one write on the events, as lazily as those are kept, and tells how many rows it changed.
	execOnEvents(ctx context.Context, query string, args ...any) (int64, error)
	// walksEvents tells whether the groups of one part of a list are found faster by going through the events in the order
	// of time than by grouping them all.
	walksEvents() bool
	// execAlone is exec while no other relay runs an execAlone with the same lock.
	execAlone(ctx context.Context, lock, query string, args ...any) error
	reads() reader
	eventReads() reader
	// refused tells whether err means that the database has looked at a batch, found a fault in something of it and
	// kept nothing. Anything else (no connection, a full disk) is no change's own fault.
	refused(err error) bool
	ping(ctx context.Context) error
	close() error
}

// Open opens the database and brings its schema up to date. A schema that is newer than this program is an error.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	e, err := openEngine(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := e.migrate(ctx, o.Logger); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), e.close())
	}
	return newStore(e, o, chatBatch), nil
}

func openEngine(ctx context.Context, o Options) (engine, error) {
	switch {
	case o.Database == "" && o.Dir == "":
		return nil, errors.New("neither a folder nor a database is given")
	case o.Database == "":
		return openSQLite(ctx, o.Dir, o.Logger)
	case isPostgres(o.Database):
		return openPostgres(ctx, o.Database)
	}
	return nil, errDatabaseKind
}

var errDatabaseKind = errors.New("a database is given as postgres://…, or not at all for SQLite")

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

func newStore(e engine, o Options, batch int) *Store {
	return &Store{
		engine: e,
		chat:   newChatStore(e, o, batch),
		visits: newVisitStore(e, o),
		access: &accessStore{engine: e},
		files:  &fileStore{engine: e},
		calls:  &callbackStore{engine: e},
	}
}

// Chat is where sessions and their logs are.
func (s *Store) Chat() chat.Store { return s.chat }

// Visits is where monitoring events are.
func (s *Store) Visits() visit.Store { return s.visits }

// History is where monitoring events are read across visits.
func (s *Store) History() visit.HistoryStore { return &historyStore{engine: s.engine} }

// Access is where agents, keys, handles and revoked tokens are.
func (s *Store) Access() access.Store { return s.access }

// Files is where files and their bytes are.
func (s *Store) Files() files.Store { return s.files }

// Callbacks is where the calls are that visitors ask for.
func (s *Store) Callbacks() callback.Store { return s.calls }

// Ping tells whether the database can be read and written.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.engine.ping(ctx); err != nil {
		return fmt.Errorf("try the database: %w", err)
	}
	return nil
}

// Close keeps what was handed over before it, refuses later writes with ErrClosed, and closes the database.
func (s *Store) Close() error {
	s.chat.changes.close()
	s.visits.requests.close()
	if err := s.engine.close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
