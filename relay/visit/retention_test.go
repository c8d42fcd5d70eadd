package visit_test

import (
	"context"
	"log/slog"
	"testing"

	"foyer/relay/clock/clocktest"
	"foyer/relay/retention"
	"foyer/relay/store"
	"foyer/relay/visit"
)

const dayMs = 24 * 60 * 60_000

// impatient is a clock by which every pause is over at once.
type impatient struct{ *clocktest.Clock }

func (impatient) AfterMs(_ int64, f func()) func() {
	f()
	return func() {}
}

func TestEventsAreKeptForTheirDays(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	clock := clocktest.New(startMs)
	visits := visit.NewService(visit.Options{Store: s.Visits(), Live: &followers{}, Clock: clock})
	n := 0
	record := func(deployment string, count int) {
		t.Helper()
		for range count {
			n++
			if err := visits.Record(t.Context(), deployment, []visit.Event{event(n, nil)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	sweeper := retention.Sweeper{What: "events", Delete: s.History().DeleteEvents, Clock: impatient{clock}, Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"short": 2, "long": 10} }}
	wantLeft := func(short, long int) {
		t.Helper()
		if err := sweeper.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		for deployment, want := range map[string]int{"short": short, "long": long} {
			left, err := s.History().Events(t.Context(), visit.Query{Deployment: deployment, Limit: 10_000})
			if err != nil || len(left) != want {
				t.Errorf("%s: %d are left, %v, want %d", deployment, len(left), err, want)
			}
		}
	}
	record("short", 520)
	record("long", 3)
	clock.Advance(2 * dayMs)
	record("short", 4)
	wantLeft(524, 3)
	clock.Advance(1)
	wantLeft(4, 3)
	clock.Advance(10 * dayMs)
	wantLeft(0, 0)
}
