package retention

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"foyer/relay/clock/clocktest"
)

const startMs = 1_800_000_000_000

func TestSweepAsksUntilLittleIsLeft(t *testing.T) {
	left := map[string]int64{"short": 2*atOnce + 7, "none": 0}
	var asked []string
	s := Sweeper{
		Clock: clocktest.New(startMs),
		Days:  func() map[string]int { return map[string]int{"short": 2} },
		Delete: func(_ context.Context, deployment string, beforeMs int64, limit int) (int64, error) {
			if beforeMs != startMs-2*dayMs {
				t.Errorf("what is older than %d goes", beforeMs)
			}
			asked = append(asked, deployment)
			n := min(left[deployment], int64(limit))
			left[deployment] -= n
			return n, nil
		},
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left["short"] != 0 || !slices.Equal(asked, []string{"short", "short", "short"}) {
		t.Errorf("%d are left after %v", left["short"], asked)
	}
}

func TestRunGoesOnAfterAFailure(t *testing.T) {
	clock := clocktest.New(startMs)
	ctx, cancel := context.WithCancel(t.Context())
	looks := make(chan int)
	n := 0
	s := Sweeper{
		What: "events", Clock: clock, Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"shop": 1} },
		Delete: func(context.Context, string, int64, int) (int64, error) {
			n++
			looks <- n
			return 0, errors.New("the disk is full")
		},
	}
	over := make(chan struct{})
	go func() { defer close(over); s.Run(ctx) }()
	<-looks
	for again := 0; again == 0; { // it sets its timer in its own time
		clock.Advance(pauseMs)
		select {
		case again = <-looks:
		default:
		}
	}
	cancel()
	<-over
}
