package store

import (
	"context"
	"errors"
	"testing"

	"foyer/relay/access"
)

func TestCookiesOfFrames(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		put := func(c access.FrameCookie, nowMs int64) {
			t.Helper()
			if err := s.PutFrameCookie(ctx, c, nowMs); err != nil {
				t.Fatal(err)
			}
		}
		one := access.FrameCookie{Hash: "h1", Deployment: "shop", Session: "s1", Participant: "p1",
			Origin: "https://shop.example", CreatedMs: 1, ExpiresMs: 100}
		put(one, 1)
		put(access.FrameCookie{Hash: "h2", Session: "s2", ExpiresMs: 100}, 1)
		if got, err := s.FrameCookieByHash(ctx, "h1"); err != nil || got != one {
			t.Errorf("got %+v, %v", got, err)
		}
		one.ExpiresMs = 200
		put(one, 100) // a cookie is good for its last moment
		if _, err := s.FrameCookieByHash(ctx, "h2"); err != nil {
			t.Error(err)
		}
		put(one, 101)
		if _, err := s.FrameCookieByHash(ctx, "h2"); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("what has expired is still there: %v", err)
		}
		for _, ms := range []int64{150, 160} {
			if err := s.RevokeFrameCookies(ctx, "s1", ms); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.FrameCookieByHash(ctx, "h1"); err != nil || got.RevokedMs != 150 || got.ExpiresMs != 200 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}
