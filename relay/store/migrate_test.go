package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMigrationsHaveNumbersWithoutGaps(t *testing.T) {
	for _, area := range []string{"main", "events"} {
		for _, database := range []string{"sqlite", "postgres"} {
			if steps, err := migrationsOf(area, database); err != nil || len(steps) == 0 {
				t.Errorf("%s on %s: %d steps, %v", area, database, len(steps), err)
			}
		}
	}
}

func TestMigrationNames(t *testing.T) {
	for name, want := range map[string]struct {
		version int
		only    string
		ok      bool
	}{
		"0001_a.sql":          {1, "", true},
		"0012_a_b.sqlite.sql": {12, "sqlite", true},
		"0002_a.postgres.sql": {2, "postgres", true},
		"0002_a.mysql.sql":    {},
		"2_a.sql":             {},
		"0000_a.sql":          {},
		"000x_a.sql":          {},
		"0001.sql":            {},
		"0001_a.txt":          {},
	} {
		version, only, err := parseMigrationName(name)
		if version != want.version || only != want.only || (err == nil) != want.ok {
			t.Errorf("%s: %d, %q, %v", name, version, only, err)
		}
	}
}

func FuzzParseMigrationName(f *testing.F) {
	f.Add("0001_a.sql")
	f.Add("0001_a.sqlite.sql")
	f.Fuzz(func(t *testing.T, name string) {
		version, only, err := parseMigrationName(name)
		if err != nil {
			return
		}
		if version < 1 || !strings.HasSuffix(name, ".sql") || only != "" && !strings.Contains(name, only) {
			t.Errorf("%q: %d, %q", name, version, only)
		}
	})
}

func TestRelaysThatStartAtOnceMigrateOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		const relays = 4
		stores, errs := make([]*Store, relays), make([]error, relays)
		var all sync.WaitGroup
		for i := range relays {
			all.Go(func() { stores[i], errs[i] = Open(context.Background(), o) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for _, s := range stores {
			defer s.Close()
		}
		var n, versions int
		row := stores[0].engine.reads().row(context.Background(), "select count(*), count(distinct version) from schema_version where area = 'main'")
		if err := row.Scan(&n, &versions); err != nil || n != versions || n == 0 {
			t.Errorf("%d rows for %d versions, %v", n, versions, err)
		}
	})
}

// SQLite itself does not wait here: a file becomes one with a log by a write after a read.
func TestANewFileThatAnotherProcessHasLockedIsWaitedFor(t *testing.T) {
	o := sqliteOptions(t)
	other, err := sql.Open("sqlite", filepath.Join(o.Dir, "foyer.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.Conn(context.Background())
	if err == nil {
		_, err = lock.ExecContext(context.Background(), "begin immediate")
	}
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := Open(impatient, o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it did not wait: %v", err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := Open(context.Background(), o)
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	if _, err := lock.ExecContext(context.Background(), "rollback"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o)
		if err := s.engine.exec(context.Background(), "insert into schema_version values ('main', 9999, 'later', 0)"); err != nil {
			t.Fatal(err)
		}
		again, err := Open(context.Background(), o)
		if err == nil {
			again.Close()
			t.Fatal("a schema of the future was opened")
		}
		if !strings.Contains(err.Error(), "older than the data") {
			t.Error(err)
		}
	})
}
