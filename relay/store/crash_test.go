package store

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// childVariable makes the test binary a process that writes until it is killed: it holds the URL of a database, or a
// folder for SQLite.
const childVariable = "FOYER_TEST_STORE_CHILD"

// childWriters write in the child at the same time, each to a session of its own.
const childWriters = 8

// child writes messages, and a line "session number" for each one that was acknowledged.
func child() int {
	o := Options{Dir: os.Getenv(childVariable), Logger: slog.New(slog.DiscardHandler)}
	if strings.HasPrefix(o.Dir, "postgres:") {
		o.Database, o.Dir = o.Dir, ""
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var all sync.WaitGroup
	for w := range childWriters {
		all.Go(func() { childWrites(s, "s"+strconv.Itoa(w)) })
	}
	all.Wait() // only after an error
	return 1
}

func childWrites(s *Store, session string) {
	c := newSession(session)
	for n := 1; ; n++ {
		if _, err := s.Chat().Apply(context.Background(), c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Println(session, n) // one write, unbuffered: it is out before the next change begins
		c = message(session, strconv.Itoa(n), "message "+strconv.Itoa(n), int64(1000+n))
	}
}

func TestWhatWasAcknowledgedSurvivesAKilledProcess(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		acknowledged := killAfter(t, o, 300)
		s := mustOpen(t, o)
		for w := range childWriters {
			session := "s" + strconv.Itoa(w)
			entries, err := s.Chat().EntriesAfter(context.Background(), session, 0, 1_000_000)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) < acknowledged[session] || len(entries) > acknowledged[session]+1 {
				t.Errorf("%s has %d entries, %d were acknowledged and one may have been on its way", session, len(entries), acknowledged[session])
			}
			checkOrder(t, entries)
			if len(entries) == 0 {
				continue
			}
			row, err := s.Chat().Session(context.Background(), session)
			if err != nil || row.Seq != int64(len(entries)) {
				t.Errorf("the row of %s ends at %d, the log at %d, %v", session, row.Seq, len(entries), err)
			}
			again := mustApply(t, s, message(session, strconv.Itoa(len(entries)-1), "sent again", 9000))
			if !again.Existing && len(entries) > 1 {
				t.Errorf("%s: a resend of the last message was added", session)
			}
		}
	})
}

// killAfter runs the child until it has told of so many acknowledgements, kills it, and gives the acknowledged number of
// changes for each session.
func killAfter(t *testing.T, o Options, lines int) map[string]int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+o.Database+o.Dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]int{}
	read := bufio.NewScanner(out)
	for n := 0; read.Scan(); n++ {
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		session, number, _ := strings.Cut(read.Text(), " ")
		if acknowledged[session], err = strconv.Atoi(number); err != nil {
			t.Fatalf("the child says %q", read.Text())
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v", err)
	}
	return acknowledged
}

// The files as they are while the store is open are what a crash leaves.
func TestSQLiteOpensAfterAnUncleanEnd(t *testing.T) {
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	mustApply(t, s, newSession("s1"))
	mustApply(t, s, message("s1", "c1", "hello", 2000))
	left := t.TempDir()
	for _, name := range []string{"foyer.db", "foyer.db-wal", "events.db", "events.db-wal"} {
		bytes, err := os.ReadFile(filepath.Join(o.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, name), bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.Dir = left
	if again := mustApply(t, mustOpen(t, o), message("s1", "c1", "hello", 3000)); !again.Existing || again.Session.Seq != 2 {
		t.Errorf("%+v", again)
	}
}
