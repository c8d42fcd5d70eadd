package accesstest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// DeleteAgent implements access.Store.
func (s *Store) DeleteAgent(_ context.Context, username string) error {
	return s.do(func() error {
		delete(s.agents, username)
		maps.DeleteFunc(s.places, func(at [2]string, _ int64) bool { return at[0] == username })
		return nil
	})
}

// AgentsMark implements access.Store.
func (s *Store) AgentsMark(context.Context) (mark string, err error) {
	err = s.do(func() error {
		var generations, newest int64
		for _, a := range s.agents {
			generations, newest = generations+a.Generation, max(newest, a.CreatedMs)
		}
		mark = fmt.Sprint(len(s.agents), generations, newest)
		return nil
	})
	return mark, err
}

// PutPlace implements access.Store.
func (s *Store) PutPlace(_ context.Context, username, network string, nowMs int64, keep int, sinceMs int64) error {
	return s.do(func() error {
		s.places[[2]string{username, network}] = nowMs
		maps.DeleteFunc(s.places, func(_ [2]string, usedMs int64) bool { return usedMs < sinceMs })
		var own [][2]string
		for at := range s.places {
			if at[0] == username {
				own = append(own, at)
			}
		}
		slices.SortFunc(own, func(a, b [2]string) int {
			return cmp.Or(cmp.Compare(s.places[b], s.places[a]), cmp.Compare(a[1], b[1]))
		})
		for _, at := range own[min(keep, len(own)):] {
			delete(s.places, at)
		}
		return nil
	})
}

// KnowsPlace implements access.Store.
func (s *Store) KnowsPlace(_ context.Context, username, network string, sinceMs int64) (knows bool, err error) {
	err = s.do(func() error {
		usedMs, found := s.places[[2]string{username, network}]
		knows = found && usedMs >= sinceMs
		return nil
	})
	return knows, err
}

// KeepDeployments implements access.Store.
func (s *Store) KeepDeployments(_ context.Context, names []string) error {
	return s.do(func() error { s.deployments = slices.Sorted(slices.Values(names)); return nil })
}

// Deployments implements access.Store.
func (s *Store) Deployments(context.Context) (names []string, err error) {
	err = s.do(func() error { names = slices.Clone(s.deployments); return nil })
	return names, err
}
