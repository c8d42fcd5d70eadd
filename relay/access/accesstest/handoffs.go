package accesstest

import (
	"context"
	"maps"

	"foyer/relay/access"
)

// PutHandoffs implements access.HandoffStore.
func (s *Store) PutHandoffs(_ context.Context, all []access.Handoff, nowMs int64) error {
	return s.do(func() error {
		maps.DeleteFunc(s.handoffs, func(_ string, h access.Handoff) bool { return h.ExpiresMs < nowMs })
		for _, h := range all {
			s.handoffs[h.Hash] = h
		}
		return nil
	})
}

// HandoffByHash implements access.HandoffStore.
func (s *Store) HandoffByHash(_ context.Context, hash string) (access.Handoff, error) {
	return find(s, s.handoffs, func(h access.Handoff) bool { return h.Hash == hash })
}

// UseHandoff implements access.HandoffStore.
func (s *Store) UseHandoff(_ context.Context, hash string, ms int64) (first bool, err error) {
	err = s.do(func() error {
		h, ok := s.handoffs[hash]
		if first = ok && h.UsedMs == 0; first {
			h.UsedMs = ms
			s.handoffs[hash] = h
		}
		return nil
	})
	return first, err
}
