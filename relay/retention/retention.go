// Package retention deletes what has been kept for as long as a deployment says: events of visits, callbacks and chats
// that are over. relay/relay.go starts a Sweeper for each kind of thing. It must never hold up other writers: it deletes a little at
// a time.
package retention

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
)

const (
	pauseMs  = 10 * 60_000
	atOnce   = 500 // unless a Sweeper says otherwise
	breathMs = 5   // at least, between two of them
	dayMs    = 24 * 60 * 60_000
)

// Clock tells the time and can wait. Implemented by clock.System.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// Sweeper deletes one kind of thing when its days are over.
type Sweeper struct {
	What string // for the log
	// AtOnce is how many things are deleted between two breaths, while other writes wait. Default: 500.
	AtOnce int
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
		if !s.pause(ctx, pauseMs) {
			return
		}
	}
}

// Sweep deletes what is due now, of each deployment even where another one's fails.
func (s Sweeper) Sweep(ctx context.Context) error {
	days := s.Days()
	var errs []error
	for _, deployment := range slices.Sorted(maps.Keys(days)) {
		n, err := s.sweep(ctx, deployment, s.Clock.NowMs()-int64(days[deployment])*dayMs)
		if err != nil {
			errs = append(errs, fmt.Errorf("of %s: %w", deployment, err))
		}
		if n > 0 {
			s.Log.InfoContext(ctx, "deleted what was too old", "what", s.What, "deployment", deployment, "number", n)
		}
	}
	return errors.Join(errs...)
}

// sweep deletes portion by portion. After each it rests for as long as that took, so that others write at least half of
// the time.
func (s Sweeper) sweep(ctx context.Context, deployment string, beforeMs int64) (deleted int64, err error) {
	limit := cmp.Or(s.AtOnce, atOnce)
	for {
		began := s.Clock.NowMs()
		n, err := s.Delete(ctx, deployment, beforeMs, limit)
		deleted += n
		if err != nil || n < int64(limit) {
			return deleted, err
		}
		if !s.pause(ctx, max(s.Clock.NowMs()-began, breathMs)) {
			return deleted, ctx.Err()
		}
	}
}

// pause waits by the clock; false where ctx ended first.
func (s Sweeper) pause(ctx context.Context, ms int64) bool {
	due := make(chan struct{})
	defer s.Clock.AfterMs(ms, func() { close(due) })()
	select {
	case <-ctx.Done():
		return false
	case <-due:
		return true
	}
}
