package store

import (
	"context"
	"testing"

	"foyer/relay/chat"
)

// Between the reading and the writing of a batch, another relay begins the session that it is about to begin.
func TestABatchIsPlannedAgainWhenAnotherRelayWasFaster(t *testing.T) {
	o := postgresOptions(t)
	one, two := mustOpen(t, o), mustOpen(t, o)
	batch := []chat.Change{newSession("s1"), newSession("s2")}
	batch[0].Create.StartID = "same start"
	faster := newSession("faster")
	faster.Create.StartID = "same start"
	var applied []chat.Applied
	plans := 0
	err := one.engine.settle(context.Background(), wants(batch), func(k known) *plan {
		if plans++; plans == 1 {
			mustApply(t, two, faster)
		}
		p := newPlan(k)
		applied = nil
		for _, c := range batch {
			a, err := p.apply(c)
			if err != nil {
				t.Error(err)
			}
			applied = append(applied, a)
		}
		return p
	})
	if err != nil || plans != 2 {
		t.Fatalf("%d plans, %v", plans, err)
	}
	if applied[0].Session.ID != "faster" || !applied[0].Existing || applied[1].Session.ID != "s2" || applied[1].Existing {
		t.Errorf("%+v", applied)
	}
}

func TestAConnectionThatDiedIsReplaced(t *testing.T) {
	s, ctx := mustOpen(t, postgresOptions(t)), context.Background()
	mustApply(t, s, newSession("s1"))
	killer, err := s.engine.(*postgresEngine).reading.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Release()
	// With a time, the server waits until they are gone.
	_, err = killer.Exec(ctx, `select pg_terminate_backend(pid, 10000) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`)
	if err != nil {
		t.Fatal(err)
	}
	if applied := mustApply(t, s, message("s1", "c1", "hello", 2000)); applied.Session.Seq != 2 {
		t.Errorf("%+v", applied)
	}
}

func TestWritersNeverAnswerBeforeTheDisk(t *testing.T) {
	o := postgresOptions(t)
	o.Database += "&options=-c%20synchronous_commit%3Doff" // as a server's own configuration might say
	s := mustOpen(t, o)
	conn, err := s.engine.(*postgresEngine).writing.Acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	var got string
	if err := conn.QueryRow(context.Background(), "show synchronous_commit").Scan(&got); err != nil || got != "on" {
		t.Errorf("synchronous_commit is %q, %v", got, err)
	}
}
