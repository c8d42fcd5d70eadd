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

// impatient is a clock by which every pause is over at once, and which writes them down.
type impatient struct {
	*clocktest.Clock
	pauses []int64
}

func (c *impatient) AfterMs(ms int64, f func()) func() {
	c.pauses = append(c.pauses, ms)
	f()
	return func() {}
}

func TestSweepAsksUntilLittleIsLeftAndRestsInBetween(t *testing.T) {
	clock := &impatient{Clock: clocktest.New(startMs)}
	left := map[string]int64{"short": 2*atOnce + 7, "none": 0}
	var asked []string
	took := []int64{40, 0, 30} // by the portions
	s := Sweeper{
		Clock: clock, Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"short": 2} },
		Delete: func(_ context.Context, deployment string, beforeMs int64, limit int) (int64, error) {
			if beforeMs != startMs-2*dayMs {
				t.Errorf("what is older than %d goes", beforeMs)
			}
			clock.Advance(took[len(asked)])
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
	if want := []int64{40, breathMs}; !slices.Equal(clock.pauses, want) {
		t.Errorf("it rests for %d, want %d", clock.pauses, want)
	}
}

func TestOneDeploymentsFailureKeepsNothingOfTheOthers(t *testing.T) {
	var asked []string
	s := Sweeper{
		Clock: clocktest.New(startMs), Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"a": 1, "b": 1, "c": 1} },
		Delete: func(_ context.Context, deployment string, _ int64, _ int) (int64, error) {
			asked = append(asked, deployment)
			if deployment == "b" {
				return 0, errors.New("the disk is full")
			}
			return 1, nil
		},
	}
	if err := s.Sweep(t.Context()); err == nil || !slices.Equal(asked, []string{"a", "b", "c"}) {
		t.Errorf("asked %v, %v", asked, err)
	}
}

func TestSweepStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	s := Sweeper{
		Clock: clocktest.New(startMs), Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"a": 1} },
		Delete: func(context.Context, string, int64, int) (int64, error) {
			asked++
			cancel()
			return atOnce, nil
		},
	}
	if err := s.Sweep(ctx); !errors.Is(err, context.Canceled) || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
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

func TestLargeThingsAreDeletedAFewAtATime(t *testing.T) {
	var limits []int
	s := Sweeper{
		AtOnce: 10, Clock: &impatient{Clock: clocktest.New(startMs)}, Log: slog.New(slog.DiscardHandler),
		Days: func() map[string]int { return map[string]int{"shop": 1} },
		Delete: func(_ context.Context, _ string, _ int64, limit int) (int64, error) {
			limits = append(limits, limit)
			return int64(10 * (2 - len(limits))), nil
		},
	}
	if err := s.Sweep(t.Context()); err != nil || !slices.Equal(limits, []int{10, 10}) {
		t.Errorf("asked for %d, %v", limits, err)
	}
}
