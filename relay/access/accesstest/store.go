// Package accesstest has an access.Store for tests: in memory, with every promise that access.Store documents. Only
// tests may import it.
package accesstest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"foyer/relay/access"
)

// Store keeps everything in memory. It is safe for use by several goroutines.
type Store struct {
	mu      sync.Mutex
	agents  map[string]access.Agent // by username
	apiKeys map[string]access.APIKey
	handles map[string]access.Handle

	handoffs     map[string]access.Handoff
	frameCookies map[string]access.FrameCookie
	signing      []access.SigningKey
	revoked      map[string]int64
	places       map[[2]string]int64 // username and network
	deployments  []string
	fail         error
}

var _ access.Store = (*Store)(nil)

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{agents: map[string]access.Agent{}, apiKeys: map[string]access.APIKey{},
		handles: map[string]access.Handle{}, handoffs: map[string]access.Handoff{},
		frameCookies: map[string]access.FrameCookie{}, revoked: map[string]int64{}, places: map[[2]string]int64{}}
}

// Fail lets every call fail with err until Fail(nil).
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// Holds tells whether a text is kept anywhere in clear; for tests that look for secrets.
func (s *Store) Holds(secret string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.agents {
		if strings.Contains(a.PasswordHash, secret) {
			return true
		}
	}
	_, key := s.apiKeys[secret]
	_, handle := s.handles[secret]
	_, handoff := s.handoffs[secret]
	_, cookie := s.frameCookies[secret]
	return key || handle || handoff || cookie
}

// do runs f under the lock, unless the store fails.
func (s *Store) do(f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	return f()
}

// PutAgent implements access.Store.
func (s *Store) PutAgent(_ context.Context, a access.Agent) error {
	return s.do(func() error {
		a.Generation = max(a.Generation, s.agents[a.Username].Generation)
		s.agents[a.Username] = a
		return nil
	})
}

// AgentByUsername implements access.Store.
func (s *Store) AgentByUsername(_ context.Context, username string) (access.Agent, error) {
	return find(s, s.agents, func(a access.Agent) bool { return a.Username == username })
}

// AgentByID implements access.Store.
func (s *Store) AgentByID(_ context.Context, id string) (access.Agent, error) {
	return find(s, s.agents, func(a access.Agent) bool { return a.ID == id })
}

// Agents implements access.Store.
func (s *Store) Agents(context.Context) ([]access.Agent, error) { return list(s, s.agents) }

// PutAPIKey implements access.Store.
func (s *Store) PutAPIKey(_ context.Context, k access.APIKey) error {
	return s.do(func() error { s.apiKeys[k.Hash] = k; return nil })
}

// APIKeyByHash implements access.Store.
func (s *Store) APIKeyByHash(_ context.Context, hash string) (access.APIKey, error) {
	return find(s, s.apiKeys, func(k access.APIKey) bool { return k.Hash == hash })
}

// APIKeys implements access.Store.
func (s *Store) APIKeys(context.Context) ([]access.APIKey, error) { return list(s, s.apiKeys) }

// PutHandle implements access.Store.
func (s *Store) PutHandle(_ context.Context, h access.Handle) error {
	return s.do(func() error { s.handles[h.Hash] = h; return nil })
}

// HandleByHash implements access.Store.
func (s *Store) HandleByHash(_ context.Context, hash string) (access.Handle, error) {
	return find(s, s.handles, func(h access.Handle) bool { return h.Hash == hash })
}

// ExpireOlderHandles implements access.Store.
func (s *Store) ExpireOlderHandles(_ context.Context, family string, generation int, ms int64) error {
	return s.do(func() error {
		for k, h := range s.handles {
			if h.Family == family && h.Generation < generation && h.ExpiresMs > ms {
				h.ExpiresMs = ms
				s.handles[k] = h
			}
		}
		return nil
	})
}

// RevokeHandles implements access.Store.
func (s *Store) RevokeHandles(_ context.Context, session string, ms int64) error {
	return s.do(func() error {
		for k, h := range s.handles {
			if h.Session == session && h.RevokedMs == 0 {
				h.RevokedMs = ms
				s.handles[k] = h
			}
		}
		return nil
	})
}

// PutSigningKey implements access.Store.
func (s *Store) PutSigningKey(_ context.Context, k access.SigningKey, sinceMs int64) error {
	return s.do(func() error {
		if !slices.ContainsFunc(s.signing, func(old access.SigningKey) bool { return old.CreatedMs > sinceMs }) {
			s.signing = append(s.signing, k)
		}
		return nil
	})
}

// SigningKeys implements access.Store.
func (s *Store) SigningKeys(_ context.Context, nowMs int64) (keys []access.SigningKey, err error) {
	err = s.do(func() error {
		for _, k := range s.signing {
			if k.ExpiresMs > nowMs {
				keys = append(keys, k)
			}
		}
		return nil
	})
	return keys, err
}

// RevokeToken implements access.Store.
func (s *Store) RevokeToken(_ context.Context, id string, untilMs int64) error {
	return s.do(func() error { s.revoked[id] = untilMs; return nil })
}

// TokenRevoked implements access.Store.
func (s *Store) TokenRevoked(_ context.Context, id string) (revoked bool, err error) {
	err = s.do(func() error { _, revoked = s.revoked[id]; return nil })
	return revoked, err
}

func find[T any](s *Store, in map[string]T, want func(T) bool) (found T, err error) {
	err = s.do(func() error {
		for _, v := range in {
			if want(v) {
				found = v
				return nil
			}
		}
		return access.ErrNotFound
	})
	return found, err
}

func list[T any](s *Store, in map[string]T) (all []T, err error) {
	err = s.do(func() error {
		for _, v := range in {
			all = append(all, v)
		}
		return nil
	})
	return all, err
}
