package store

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// written is a data folder as a relay leaves it that was killed: with what is not in the database file yet beside it.
func written(t *testing.T, messages int) string {
	t.Helper()
	s := mustOpen(t, sqliteOptions(t))
	mustApply(t, s, newSession("s"))
	for n := range messages {
		mustApply(t, s, message("s", strconv.Itoa(n), "message "+strconv.Itoa(n), int64(n)))
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
	for name, harm := range map[string]func(path string) error{
		"deleted": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := sqliteOptions(t)
			s := mustOpen(t, o)
			mustApply(t, s, newSession("s"))
			if err := harm(filepath.Join(o.Dir, "foyer.db")); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Chat().Apply(context.Background(), message("s", "1", "lost", 1)); !errors.Is(err, errDamaged) {
				t.Errorf("acknowledged: %v", err)
			}
			if err := s.Ping(context.Background()); !errors.Is(err, errDamaged) {
				t.Errorf("ready: %v", err)
			}
		})
	}
}
