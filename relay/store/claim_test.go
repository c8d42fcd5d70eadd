package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func mustClaim(t *testing.T, url string) *Claim {
	t.Helper()
	c, err := TakeClaim(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cut ends the connection of whoever holds the claim, as a network does.
func cut(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var n int
	err = conn.QueryRow(t.Context(), `select count(pg_terminate_backend(pid, 10000)) from pg_locks
		where locktype = 'advisory' and classid = $1::int and database = (select oid from pg_database where datname = current_database())`, claimSpace).Scan(&n)
	if err != nil || n != 1 {
		t.Fatalf("%d held it, %v", n, err)
	}
}

func TestOneRelayHasADatabase(t *testing.T) {
	url, other := postgresOptions(t).Database, postgresOptions(t).Database
	first := mustClaim(t, url)
	mustClaim(t, other).Close() // another database is nobody's business
	if _, err := TakeClaim(t.Context(), url, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrClaimed) || !strings.Contains(err.Error(), "(from ") {
		t.Errorf("a second one: %v", err)
	}
	cut(t, url) // the first one was killed
	second := mustClaim(t, url)
	first.Close()
	if !second.Held() {
		t.Error("the second one lost it as the first one left")
	}
	second.Close()
	mustClaim(t, url).Close()
}

// watched runs a claim until the test is over.
func watched(t *testing.T, c *Claim) {
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		c.Close()
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for begun := time.Now(); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal(what)
		}
	}
}

func TestAClaimThatBreaksIsTakenAgain(t *testing.T) {
	url := postgresOptions(t).Database
	c := mustClaim(t, url)
	watched(t, c)
	cut(t, url)
	eventually(t, "the loss is not noticed", func() bool { return !c.Held() || lockedAgain(t, url) })
	eventually(t, "it is not taken again", func() bool { return c.Held() && lockedAgain(t, url) })
	if _, err := TakeClaim(t.Context(), url, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrClaimed) {
		t.Errorf("then another one: %v", err)
	}
}

func lockedAgain(t *testing.T, url string) bool {
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var n int
	if err := conn.QueryRow(t.Context(), `select count(*) from pg_locks where locktype = 'advisory' and classid = $1::int
		and database = (select oid from pg_database where datname = current_database())`, claimSpace).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n == 1
}

func TestAClaimThatAnotherRelayHasTakenIsTold(t *testing.T) {
	url := postgresOptions(t).Database
	first := mustClaim(t, url)
	cut(t, url)
	second := mustClaim(t, url) // before the first one has looked
	defer second.Close()
	watched(t, first)
	select {
	case <-first.Taken():
	case <-time.After(time.Minute):
		t.Fatal("the first one goes on")
	}
	if first.Held() || !second.Held() {
		t.Errorf("held by the first: %v, by the second: %v", first.Held(), second.Held())
	}
}
