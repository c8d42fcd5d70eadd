package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"foyer/relay/visit"
)

// written is a data folder as a relay leaves it that was killed: with what is not in the database file yet beside it.
func written(t *testing.T, messages int) string {
	t.Helper()
	s := mustOpen(t, sqliteOptions(t))
	mustApply(t, s, newSession("s"))
	for n := range messages {
		mustApply(t, s, message("s", strconv.Itoa(n), "message "+strconv.Itoa(n), int64(n)))
	}
	for n := range messages {
		if _, err := s.Visits().AddEvents(context.Background(), []visit.Event{event(strconv.Itoa(n), int64(n))}); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	from := filepath.Dir(s.engine.(*sqliteEngine).main.name)
	for _, name := range []string{"foyer.db", "foyer.db-wal", "events.db", "events.db-wal"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDamageIsNoticedAtTheStart(t *testing.T) {
	const frame = 24 + 4096
	for name, test := range map[string]struct {
		file    string
		change  func(b []byte) []byte
		refused bool
	}{
		"nothing":                         {"foyer.db-wal", func(b []byte) []byte { return b }, false},
		"the log ends in half a frame":    {"foyer.db-wal", func(b []byte) []byte { return b[:len(b)-100] }, false},
		"the last frame is broken":        {"foyer.db-wal", func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, false},
		"a frame in the middle is broken": {"foyer.db-wal", func(b []byte) []byte { b[32+len(b)/frame/2*frame+100] ^= 1; return b }, true},
		"a frame of zeros in the middle":  {"foyer.db-wal", func(b []byte) []byte { at := 32 + len(b)/frame/2*frame; clear(b[at : at+frame]); return b }, true},
		"the header is broken":            {"foyer.db-wal", func(b []byte) []byte { b[24] ^= 1; return b }, true},
		"the log of an earlier round":     {"foyer.db-wal", func(b []byte) []byte { binary.BigEndian.PutUint32(b[16:], 7); return b }, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := sqliteOptions(t)
			o.Dir = written(t, 40)
			path := filepath.Join(o.Dir, test.file)
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, test.change(b), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), o)
			if err == nil {
				err = s.Close()
			}
			if errors.Is(err, errDamaged) != test.refused || err != nil && !test.refused {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

func TestADatabaseThatIsNotWholeIsNoticedAtTheStart(t *testing.T) {
	for name, harm := range map[string]func(path string, size int64) error{
		"halved":          func(path string, size int64) error { return os.Truncate(path, size/2) },
		"without its end": func(path string, size int64) error { return os.Truncate(path, size-4096) },
		"rubble in a place": func(path string, size int64) error {
			return os.WriteFile(path, []byte(strings.Repeat("rubble", 1000)), 0o600)
		},
	} {
		for _, file := range []string{"foyer.db", "events.db"} {
			t.Run(file+" "+name, func(t *testing.T) {
				o := sqliteOptions(t)
				s, err := Open(context.Background(), o)
				if err != nil {
					t.Fatal(err)
				}
				mustApply(t, s, newSession("s"))
				for _, f := range []*sqliteFile{s.engine.(*sqliteEngine).main, s.engine.(*sqliteEngine).events} {
					if _, err := f.conn.ExecContext(context.Background(), "pragma wal_checkpoint(truncate)"); err != nil {
						t.Fatal(err) // all has to be in the files
					}
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(o.Dir, file)
				info, err := os.Stat(path)
				if err == nil {
					err = harm(path, info.Size())
				}
				if err != nil {
					t.Fatal(err)
				}
				if _, err = Open(context.Background(), o); !errors.Is(err, errDamaged) {
					t.Errorf("opened a file of %d bytes: %v", info.Size(), err)
				}
			})
		}
	}
}

func TestNothingIsAcknowledgedOnceAFileIsGone(t *testing.T) {
	harms := map[string]func(path string) error{
		"deleted": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	}
	for _, file := range []string{"foyer.db", "foyer.db-wal", "events.db", "events.db-wal"} {
		for name, harm := range harms {
			t.Run(file+" "+name, func(t *testing.T) {
				var log bytes.Buffer
				o := sqliteOptions(t)
				o.Logger = slog.New(slog.NewTextHandler(&log, nil))
				s := mustOpen(t, o)
				write := func() error {
					if strings.HasPrefix(file, "events") {
						_, err := s.Visits().AddEvents(context.Background(), []visit.Event{event("e", 1)})
						return err
					}
					_, err := s.Chat().Apply(context.Background(), newSession("s"))
					return err
				}
				if err := write(); err != nil {
					t.Fatal(err)
				}
				if err := harm(filepath.Join(o.Dir, file)); err != nil {
					t.Fatal(err)
				}
				if err := write(); !errors.Is(err, errMoved) {
					t.Errorf("acknowledged: %v", err)
				}
				if err := s.Ping(context.Background()); !errors.Is(err, errMoved) {
					t.Errorf("ready: %v", err)
				}
				if n := strings.Count(log.String(), "the database is in trouble"); n != 1 {
					t.Errorf("told %d times: %s", n, log.String())
				}
			})
		}
	}
}

// A checkpoint writes the log from its beginning again, in the same file.
func TestALogThatIsWrittenAnewIsNoTrouble(t *testing.T) {
	for _, mode := range []string{"passive", "restart", "truncate"} {
		s := mustOpen(t, sqliteOptions(t))
		mustApply(t, s, newSession("s"))
		if _, err := s.engine.(*sqliteEngine).main.conn.ExecContext(context.Background(), "pragma wal_checkpoint("+mode+")"); err != nil {
			t.Fatal(err)
		}
		mustApply(t, s, message("s", "1", "after "+mode, 1))
		if err := s.Ping(context.Background()); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// The relay holds the deleted log open: what is in it is saved before anybody kills the relay.
func TestWhatWasInADeletedLogIsInTheDatabase(t *testing.T) {
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	mustApply(t, s, newSession("s"))
	mustApply(t, s, message("s", "1", "kept", 1))
	before, err := s.Chat().Session(context.Background(), "s")
	if err == nil {
		err = os.Remove(filepath.Join(o.Dir, "foyer.db-wal"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(context.Background()); !errors.Is(err, errMoved) {
		t.Fatalf("ready: %v", err)
	}
	left := sqliteOptions(t)
	b, err := os.ReadFile(filepath.Join(o.Dir, "foyer.db")) // as kill -9 leaves it
	if err == nil {
		err = os.WriteFile(filepath.Join(left.Dir, "foyer.db"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, left)
	if session, err := again.Chat().Session(context.Background(), "s"); err != nil || session.Seq != before.Seq {
		t.Errorf("%+v, %v", session, err)
	}
}

// Events are not on the disk with every transaction: power alone may leave a broken frame before good ones.
func TestEventsThatPowerTookAreToldAndNotRefused(t *testing.T) {
	const frame = 24 + 4096
	for name, test := range map[string]struct {
		change func(b []byte)
		told   string
	}{
		"whole":                           {func([]byte) {}, ""},
		"a frame in the middle is broken": {func(b []byte) { b[32+len(b)/frame/2*frame+100] ^= 1 }, "transactions="},
		"the header is broken":            {func(b []byte) { b[24] ^= 1 }, "from_frame=1 "},
		"the size of a page is broken":    {func(b []byte) { b[8] ^= 1 }, "from_frame=1 "},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			o := sqliteOptions(t)
			o.Dir = written(t, 5)
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			path := filepath.Join(o.Dir, "events.db-wal")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			test.change(b)
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			s := mustOpen(t, o)
			if err := s.Ping(context.Background()); err != nil {
				t.Error(err)
			}
			lost := strings.Count(log.String(), "level=ERROR")
			if want := min(len(test.told), 1); lost != want || !strings.Contains(log.String(), test.told) {
				t.Errorf("%d lines of %d with %q: %s", lost, want, test.told, log.String())
			}
		})
	}
}

func TestDamageThatAReadMeetsIsNotReady(t *testing.T) {
	for name, harm := range map[string]func(f *os.File, size int64) error{
		"rubble": func(f *os.File, size int64) error {
			_, err := f.WriteAt([]byte(strings.Repeat("rubble", int(size-4096)/6)), 4096)
			return err
		},
		"cut": func(f *os.File, _ int64) error { return f.Truncate(4096) },
	} {
		t.Run(name, func(t *testing.T) {
			o := sqliteOptions(t)
			s := mustOpen(t, o)
			main := s.engine.(*sqliteEngine).main
			mustApply(t, s, newSession("s"))
			if _, err := main.conn.ExecContext(context.Background(), "pragma wal_checkpoint(truncate)"); err != nil {
				t.Fatal(err)
			}
			main.reading.SetMaxIdleConns(0) // with nothing in memory
			f, err := os.OpenFile(main.name, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() }) // after the store: closing drops its locks
			info, err := f.Stat()
			if err == nil {
				err = harm(f, info.Size())
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Chat().Session(context.Background(), "s"); !isDamage(err) {
				t.Fatalf("read: %v", err)
			}
			if err := s.Ping(context.Background()); !errors.Is(err, errDamaged) {
				t.Errorf("ready: %v", err)
			}
		})
	}
}

func TestAReaderMakesNoFileInThePlaceOfOneThatIsGone(t *testing.T) {
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	main := s.engine.(*sqliteEngine).main
	main.reading.SetMaxIdleConns(0)
	if err := os.Remove(main.name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Chat().Session(context.Background(), "s"); codeOf(err) != sqliteCannotOpen {
		t.Errorf("read: %v", err)
	}
	if _, err := os.Stat(main.name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file again: %v", err)
	}
	if err := s.Ping(context.Background()); !errors.Is(err, errMoved) {
		t.Errorf("ready: %v", err)
	}
}

func TestWhatIsWrongIsSaidWithoutPaths(t *testing.T) {
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	if err := os.Remove(filepath.Join(o.Dir, "foyer.db")); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"A file of the database was deleted or replaced.": s.Ping(context.Background()),
		"The database is damaged, or its disk is.":        damaged("/var/lib/foyer/foyer.db", "is not whole"),
		"The database does not answer.":                   fmt.Errorf("ask: %w", context.DeadlineExceeded),
		"The database cannot be written.":                 errors.New("postgres://foyer:secret@db refuses"),
	} {
		if got := Says(err); got != want {
			t.Errorf("%v: says %q", err, got)
		}
	}
}
