package accesstest

import (
	"context"
	"maps"

	"foyer/relay/access"
)

// PutFrameCookie implements access.FrameCookieStore.
func (s *Store) PutFrameCookie(_ context.Context, c access.FrameCookie, nowMs int64) error {
	return s.do(func() error {
		maps.DeleteFunc(s.frameCookies, func(_ string, c access.FrameCookie) bool { return c.ExpiresMs < nowMs })
		s.frameCookies[c.Hash] = c
		return nil
	})
}

// FrameCookieByHash implements access.FrameCookieStore.
func (s *Store) FrameCookieByHash(_ context.Context, hash string) (access.FrameCookie, error) {
	return find(s, s.frameCookies, func(c access.FrameCookie) bool { return c.Hash == hash })
}

// RevokeFrameCookies implements access.FrameCookieStore.
func (s *Store) RevokeFrameCookies(_ context.Context, session string, ms int64) error {
	return s.do(func() error {
		for hash, c := range s.frameCookies {
			if c.Session == session && c.RevokedMs == 0 {
				c.RevokedMs = ms
				s.frameCookies[hash] = c
			}
		}
		return nil
	})
}
