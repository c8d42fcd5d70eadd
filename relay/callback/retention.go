package callback

import (
	"context"
	"log/slog"
)

const (
	sweepMs     = 10 * 60_000
	sweepAtOnce = 500 // in one transaction: other writes wait behind it
	dayMs       = 24 * 60 * 60_000
)

// Timer is a clock that can wait. Implemented by clock.System.
type Timer interface {
	Clock
	AfterMs(ms int64, f func()) (stop func())
}

// Sweeper deletes callbacks that have been over for long: they name people and how to reach them.
type Sweeper struct {
	Store Store
	Clock Timer
	// Days gives for each deployment for how many days its callbacks are kept; it is asked before each look.
	Days func() map[string]int
	Log  *slog.Logger
}

// Run looks at once, then every ten minutes, and returns when ctx ends.
func (s Sweeper) Run(ctx context.Context) {
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "old callbacks could not be deleted", "err", err)
		}
		due := make(chan struct{})
		stop := s.Clock.AfterMs(sweepMs, func() { close(due) })
		select {
		case <-ctx.Done():
			stop()
			return
		case <-due:
		}
	}
}

// Sweep deletes what is due now.
func (s Sweeper) Sweep(ctx context.Context) error {
	for deployment, days := range s.Days() {
		before := s.Clock.NowMs() - int64(days)*dayMs
		for n := int64(sweepAtOnce); n == sweepAtOnce; {
			var err error
			if n, err = s.Store.DeleteOver(ctx, deployment, before, sweepAtOnce); err != nil {
				return err
			}
		}
	}
	return nil
}
