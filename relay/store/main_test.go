package store

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/store/pgtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	os.Exit(pgtest.Main(m))
}

// onEach runs a test on every database. Options are those of an empty one, to be opened as often as the test likes.
func onEach(t *testing.T, test func(t *testing.T, o Options)) {
	t.Run("SQLite", func(t *testing.T) { test(t, sqliteOptions(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgresOptions(t)) })
}

func sqliteOptions(tb testing.TB) Options {
	tb.Helper()
	return Options{Dir: tb.TempDir(), Logger: slog.New(slog.DiscardHandler)}
}

func postgresOptions(tb testing.TB) Options {
	tb.Helper()
	return Options{Database: pgtest.URL(tb), Logger: slog.New(slog.DiscardHandler)}
}

// mustOpen opens a store and closes it when the test ends.
func mustOpen(tb testing.TB, o Options) *Store {
	tb.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func mustApply(tb testing.TB, s *Store, c chat.Change) chat.Applied {
	tb.Helper()
	applied, err := s.Chat().Apply(context.Background(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return applied
}

// The visitor of every session that newSession makes.
var visitor = chat.Participant{ID: "v-1", Kind: chat.Visitor, Nickname: "Ann"}

// newSession is the change that begins a session, with the visitor's joining as its first entry.
func newSession(id string) chat.Change {
	return chat.Change{
		Session: id,
		Create: &chat.Session{
			Deployment: "demo", Queue: "default", State: chat.Queued, VisitorID: visitor.ID, FirstName: "Ann", LastName: "Müller",
			Email: "ann@example.com", Subject: "shoes", Nickname: "Ann", Visit: "visit-1", Device: "device-1", Page: "page-1",
			Origin: "https://shop.example", Language: "de", UserData: map[string]any{"cart": int64(3)}, StartID: "start-" + id,
			QueuedMs: 1000, StartedMs: 1000,
		},
		Join:    []chat.Participant{visitor},
		Entries: []chat.Entry{{ID: "e-" + id, Kind: "joined", From: visitor}},
		NowMs:   1000,
	}
}

// message is the change that adds the visitor's text.
func message(session, clientID, text string, nowMs int64) chat.Change {
	return chat.Change{
		Session: session,
		If:      chat.If{Participant: visitor.ID},
		Entries: []chat.Entry{{ID: "m-" + clientID, Kind: "message", From: visitor, Text: text, ClientID: clientID}},
		NowMs:   nowMs,
	}
}
