package store

import (
	"context"
	"testing"
)

// What is acknowledged is on the disk, not in the system's memory only: a process that is killed would not show the
// difference, a machine without power would. SQLite itself is asked, on the connection that writes.
func TestWritesGoToTheDiskBeforeTheyAreAcknowledged(t *testing.T) {
	e := mustOpen(t, sqliteOptions(t)).engine.(*sqliteEngine)
	const normal, full = 1, 2 // https://www.sqlite.org/pragma.html#pragma_synchronous
	for name, test := range map[string]struct {
		file *sqliteFile
		want int
	}{
		"chats and agents": {e.main, full},
		"events":           {e.events, normal}, // the last ones may be lost, never the file
	} {
		var synchronous int
		var journal string
		if err := test.file.conn.QueryRowContext(context.Background(), "pragma synchronous").Scan(&synchronous); err != nil {
			t.Fatal(err)
		}
		if err := test.file.conn.QueryRowContext(context.Background(), "pragma journal_mode").Scan(&journal); err != nil {
			t.Fatal(err)
		}
		if synchronous != test.want || journal != "wal" {
			t.Errorf("%s: synchronous is %d and the journal %q, want %d and wal", name, synchronous, journal, test.want)
		}
	}
}
