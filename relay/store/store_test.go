package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"foyer/relay/store/pgtest"
)

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	for name, o := range map[string]Options{
		"nothing":        {},
		"another scheme": {Database: "mysql://host/db"},
		"a bad URL":      {Database: "postgres://user:secret@host:port/db"},
		"nobody there":   {Database: "postgres://user:secret@/db?host=" + t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), o)
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestAStoreIsReadAgainAfterClose(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		ctx := context.Background()
		s, err := Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ping(ctx); err != nil {
			t.Error(err)
		}
		mustApply(t, s, newSession("s1"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Chat().Apply(ctx, message("s1", "c1", "x", 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("apply after close: %v", err)
		}
		if err := s.Ping(ctx); err == nil {
			t.Error("a closed store answers a ping")
		}
		if row, err := mustOpen(t, o).Chat().Session(ctx, "s1"); err != nil || row.Seq != 1 {
			t.Errorf("%+v, %v", row, err)
		}
	})
}

func TestAPingTellsThatNothingCanBeWritten(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s := mustOpen(t, Options{Dir: t.TempDir()})
		for _, f := range []*sqliteFile{s.engine.(*sqliteEngine).main, s.engine.(*sqliteEngine).events} {
			if _, err := f.conn.ExecContext(t.Context(), "pragma query_only = 1"); err != nil {
				t.Fatal(err)
			}
			if err := s.Ping(t.Context()); err == nil {
				t.Error("a database that cannot be written is taken for a good one")
			}
			if _, err := f.conn.ExecContext(t.Context(), "pragma query_only = 0"); err != nil {
				t.Fatal(err)
			}
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		mustOpen(t, Options{Database: url})
		s, err := openPostgres(t.Context(), url+"&options=-cdefault_transaction_read_only%3Don")
		if err == nil {
			s.close()
			t.Error("a server that takes no writes is taken for a good one")
		}
	})
}

func TestTheDataFolderIsMadeForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	o := sqliteOptions(t)
	o.Dir = filepath.Join(o.Dir, "a b%?#", "data")
	mustOpen(t, o)
	for _, name := range []string{"", "foyer.db", "foyer.db-wal", "events.db"} {
		info, err := os.Stat(filepath.Join(o.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q has %v", name, info.Mode())
		}
	}
}

func TestBatchesAreObserved(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		var mu sync.Mutex
		seen := map[string]int{}
		o.Observe = func(b Batch) {
			mu.Lock()
			defer mu.Unlock()
			seen[b.Kind] += b.Size
			if b.Error != nil || b.Took <= 0 {
				t.Errorf("%+v", b)
			}
		}
		s := mustOpen(t, o)
		mustApply(t, s, newSession("s1"))
		if _, err := s.Visits().AddEvents(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if seen["chat"] != 1 || seen["events"] != 0 {
			t.Errorf("%v", seen)
		}
	})
}
