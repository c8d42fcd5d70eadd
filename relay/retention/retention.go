// Package retention deletes what has been kept for as long as a deployment says: events of visits, callbacks that are
// over. relay/relay.go starts a Sweeper for each kind of thing. It must never hold up other writers: it deletes a little at
// a time.
package retention

import (
	"context"
	"log/slog"
)

const (
	pauseMs = 10 * 60_000
	atOnce  = 500 // in one transaction: other writes wait behind it
	dayMs   = 24 * 60 * 60_000
)

// Clock tells the time and can wait. Implemented by clock.System.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// Sweeper deletes one kind of thing when its days are over.
type Sweeper struct {
	What string // for the log
	// Delete deletes what of a deployment was over before a time, at most limit, and gives how many.
	Delete func(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error)
	// Days gives for each deployment for how many days it is kept; it is asked before each look.
	Days  func() map[string]int
	Clock Clock
	Log   *slog.Logger
}

// Run looks at once, then every ten minutes, and returns when ctx ends.
func (s Sweeper) Run(ctx context.Context) {
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "what is too old could not be deleted", "what", s.What, "err", err)
		}
		due := make(chan struct{})
		stop := s.Clock.AfterMs(pauseMs, func() { close(due) })
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
		for n := int64(atOnce); n == atOnce; {
			var err error
			if n, err = s.Delete(ctx, deployment, before, atOnce); err != nil {
				return err
			}
		}
	}
	return nil
}
