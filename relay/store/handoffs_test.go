package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"foyer/relay/access"
)

func TestAHandoffTokenIsUsedOnceByThoseWhoTryAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		want := access.Handoff{Hash: "h", Session: "s", Participant: "p", Deployment: "demo", Origin: "https://b.example",
			Browser: "firefox linux", ExpiresMs: 100}
		if err := s.PutHandoffs(ctx, []access.Handoff{want, {Hash: "other", ExpiresMs: 100}}, 1); err != nil {
			t.Fatal(err)
		}
		var (
			all  sync.WaitGroup
			uses atomic.Int32
		)
		for range 8 {
			all.Go(func() {
				used, err := s.UseHandoff(ctx, "h", 50)
				if err != nil {
					t.Error(err)
				}
				if used {
					uses.Add(1)
				}
			})
		}
		all.Wait()
		if uses.Load() != 1 {
			t.Errorf("used %d times", uses.Load())
		}
		want.UsedMs = 50
		if got, err := s.HandoffByHash(ctx, "h"); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.HandoffByHash(ctx, "other"); err != nil || got.UsedMs != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		if used, err := s.UseHandoff(ctx, "none", 50); used || err != nil {
			t.Errorf("one that does not exist was used: %v", err)
		}
	})
}

func TestExpiredHandoffTokensAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		if err := s.PutHandoffs(ctx, []access.Handoff{{Hash: "old", ExpiresMs: 100}, {Hash: "young", ExpiresMs: 200}}, 1); err != nil {
			t.Fatal(err)
		}
		if err := s.PutHandoffs(ctx, nil, 150); err != nil {
			t.Fatal(err)
		}
		if _, err := s.HandoffByHash(ctx, "old"); !errors.Is(err, access.ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.HandoffByHash(ctx, "young"); err != nil {
			t.Error(err)
		}
	})
}
