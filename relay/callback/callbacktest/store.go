// Package callbacktest has a callback.Store for tests: in memory, but with every promise that callback.Store documents.
// Only tests may import it.
package callbacktest

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"foyer/relay/callback"
)

// Store keeps callbacks in memory. It is safe for use by several goroutines; its zero value is ready.
type Store struct {
	mu     sync.Mutex
	all    []callback.Callback
	fail   error
	before func(id string)
}

var _ callback.Store = (*Store)(nil)

// Fail lets every call fail with err until Fail(nil).
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// BeforeChange lets f run at the beginning of each Change, before anything is locked: a test makes races certain with it.
func (s *Store) BeforeChange(f func(id string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// Add implements callback.Store.
func (s *Store) Add(_ context.Context, c callback.Callback, atMost int) (callback.Callback, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return callback.Callback{}, s.fail
	}
	waiting := 0
	for _, old := range s.all {
		if old.Deployment != c.Deployment {
			continue
		}
		if old.ClientID == c.ClientID {
			return old, nil
		}
		if !old.State.Over() && sameVisitor(old, c) {
			waiting++
		}
	}
	if waiting >= atMost {
		return callback.Callback{}, callback.ErrTooMany
	}
	s.all = append(s.all, c)
	return c, nil
}

func sameVisitor(a, b callback.Callback) bool {
	phone, _ := callback.Digits(a.Phone)
	other, _ := callback.Digits(b.Phone)
	return phone == other || a.Visit != "" && a.Visit == b.Visit || a.Device != "" && a.Device == b.Device
}

// Callback implements callback.Store.
func (s *Store) Callback(_ context.Context, id string) (callback.Callback, error) {
	return s.one(func(c callback.Callback) bool { return c.ID == id })
}

// OfClient implements callback.Store.
func (s *Store) OfClient(_ context.Context, deployment, clientID string) (callback.Callback, error) {
	return s.one(func(c callback.Callback) bool { return c.Deployment == deployment && c.ClientID == clientID })
}

func (s *Store) one(want func(callback.Callback) bool) (callback.Callback, error) {
	found, err := s.list(want, func(c callback.Callback) int64 { return c.CreatedMs })
	if err != nil || len(found) == 0 {
		return callback.Callback{}, cmp.Or(err, callback.ErrNone)
	}
	return found[0], nil
}

// Waiting implements callback.Store.
func (s *Store) Waiting(_ context.Context, nowMs int64, limit int) ([]callback.Callback, error) {
	found, err := s.list(func(c callback.Callback) bool {
		return c.State == callback.Offered || c.State == callback.Scheduled && c.DueMs <= nowMs
	}, func(c callback.Callback) int64 { return c.DueMs })
	return found[:min(limit, len(found))], err
}

// Planned implements callback.Store.
func (s *Store) Planned(_ context.Context, nowMs int64, limit int) ([]callback.Callback, error) {
	found, err := s.list(func(c callback.Callback) bool {
		return c.State == callback.Scheduled && c.DueMs > nowMs
	}, func(c callback.Callback) int64 { return c.DueMs })
	return found[:min(limit, len(found))], err
}

// OfAgent implements callback.Store.
func (s *Store) OfAgent(_ context.Context, agent string) ([]callback.Callback, error) {
	return s.list(func(c callback.Callback) bool {
		return c.Agent == agent && (c.State == callback.Offered || c.State == callback.Active)
	}, func(c callback.Callback) int64 { return c.CreatedMs })
}

func (s *Store) list(want func(callback.Callback) bool, order func(callback.Callback) int64) ([]callback.Callback, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return nil, s.fail
	}
	var found []callback.Callback
	for _, c := range s.all {
		if want(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b callback.Callback) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

// DeleteOver implements callback.Store.
func (s *Store) DeleteOver(_ context.Context, deployment string, beforeMs int64, limit int) (n int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return 0, s.fail
	}
	s.all = slices.DeleteFunc(s.all, func(c callback.Callback) bool {
		over := c.Deployment == deployment && c.State.Over() && c.EndedMs < beforeMs && n < int64(limit)
		if over {
			n++
		}
		return over
	})
	return n, nil
}

// Change implements callback.Store.
func (s *Store) Change(_ context.Context, id string, want callback.If, to callback.Set) (callback.Callback, error) {
	s.mu.Lock()
	before := s.before
	s.mu.Unlock()
	if before != nil {
		before(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return callback.Callback{}, s.fail
	}
	i := slices.IndexFunc(s.all, func(c callback.Callback) bool { return c.ID == id })
	if i < 0 || !holds(want, s.all[i]) {
		return callback.Callback{}, callback.ErrChanged
	}
	c := &s.all[i]
	set(&c.State, to.State)
	set(&c.Agent, to.Agent)
	set(&c.Offer, to.Offer)
	set(&c.OfferEndsMs, to.OfferEndsMs)
	set(&c.DueMs, to.DueMs)
	set(&c.Attempts, to.Attempts)
	set(&c.Disposition, to.Disposition)
	set(&c.Note, to.Note)
	set(&c.EndedMs, to.EndedMs)
	return *c, nil
}

func holds(want callback.If, c callback.Callback) bool {
	return (want.State == "" || want.State == c.State) && (want.Agent == "" || want.Agent == c.Agent) &&
		(want.Offer == "" || want.Offer == c.Offer)
}

func set[T any](field *T, v *T) {
	if v != nil {
		*field = *v
	}
}
