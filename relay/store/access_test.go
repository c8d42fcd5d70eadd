package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"foyer/relay/access"
)

func TestAgents(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		anna := access.Agent{ID: "1", Username: "anna", Name: "Anna", PasswordHash: "h", Capacity: 3, Queues: []string{"sales", "after-sales"}, CreatedMs: 5, Generation: 2, Source: access.SourceFile}
		ben := access.Agent{ID: "2", Username: "ben", Name: "Ben", PasswordHash: "h", Capacity: 1, Disabled: true, CreatedMs: 6}
		for _, a := range []access.Agent{ben, anna} {
			if err := s.PutAgent(ctx, a); err != nil {
				t.Fatal(err)
			}
		}
		anna.ID, anna.Name, anna.PasswordHash, anna.Capacity, anna.Queues, anna.Disabled, anna.CreatedMs = "3", "Anna B.", "i", 4, []string{"sales"}, true, 7
		if err := s.PutAgent(ctx, anna); err != nil {
			t.Fatal(err)
		}
		if got, err := s.AgentByUsername(ctx, "anna"); err != nil || !reflect.DeepEqual(got, anna) {
			t.Errorf("by name: %+v, %v", got, err)
		}
		old := anna
		old.Generation = 1 // of somebody who read it before
		if err := s.PutAgent(ctx, old); err != nil {
			t.Fatal(err)
		}
		if got, err := s.AgentByUsername(ctx, "anna"); err != nil || got.Generation != 2 {
			t.Errorf("the generation fell to %d, %v", got.Generation, err)
		}
		if got, err := s.AgentByID(ctx, "2"); err != nil || !reflect.DeepEqual(got, ben) {
			t.Errorf("by id: %+v, %v", got, err)
		}
		if got, err := s.Agents(ctx); err != nil || !reflect.DeepEqual(got, []access.Agent{anna, ben}) {
			t.Errorf("all: %+v, %v", got, err)
		}
		for _, id := range []string{"1", "", "\x00"} {
			if _, err := s.AgentByID(ctx, id); !errors.Is(err, access.ErrNotFound) {
				t.Errorf("id %q: %v", id, err)
			}
			if _, err := s.AgentByUsername(ctx, id); !errors.Is(err, access.ErrNotFound) {
				t.Errorf("name %q: %v", id, err)
			}
		}
	})
}

func TestAgentsWhoComeAndGoLeaveAMark(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		seen := map[string]string{}
		look := func(after string) {
			t.Helper()
			mark, err := s.AgentsMark(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if before, ok := seen[mark]; ok {
				t.Errorf("after %s the mark is that of after %s", after, before)
			}
			seen[mark] = after
		}
		look("nothing")
		for _, a := range []access.Agent{{ID: "1", Username: "anna", CreatedMs: 5}, {ID: "2", Username: "ben", CreatedMs: 6}, {ID: "2", Username: "ben", CreatedMs: 6, Generation: 1}} {
			if err := s.PutAgent(ctx, a); err != nil {
				t.Fatal(err)
			}
			look(fmt.Sprint(a.Username, " of generation ", a.Generation))
		}
		if err := s.PutPlace(ctx, "ben", "n", 10, 5, 0); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteAgent(ctx, "ben"); err != nil {
			t.Fatal(err)
		}
		if mark, err := s.AgentsMark(ctx); err != nil || mark == "" {
			t.Errorf("%q, %v", mark, err)
		}
		if known, err := s.KnowsPlace(ctx, "ben", "n", 0); err != nil || known {
			t.Errorf("the place of an agent who has gone is known: %v, %v", known, err)
		}
		if _, err := s.AgentByID(ctx, "2"); !errors.Is(err, access.ErrNotFound) {
			t.Errorf("who has gone is found: %v", err)
		}
	})
}

func TestPlacesAreBoundedAndForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		for i := range int64(6) {
			if err := s.PutPlace(ctx, "anna", fmt.Sprint("n", i), 100+i, 3, 100); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.PutPlace(ctx, "ben", "n1", 100, 3, 100); err != nil {
			t.Fatal(err)
		}
		if err := s.PutPlace(ctx, "anna", "n3", 110, 3, 100); err != nil { // again
			t.Fatal(err)
		}
		for _, c := range []struct {
			username, network string
			since             int64
			want              bool
		}{{"anna", "n5", 0, true}, {"anna", "n4", 0, true}, {"anna", "n3", 110, true}, {"anna", "n3", 111, false}, {"anna", "n2", 0, false},
			{"ben", "n1", 0, true}, {"ben", "n5", 0, false}, {"", "", 0, false}, {"\x00", "n1", 0, false}, {"anna", "\xff", 0, false}} {
			if got, err := s.KnowsPlace(ctx, c.username, c.network, c.since); err != nil || got != c.want {
				t.Errorf("%+v: %v, %v", c, got, err)
			}
		}
		if err := s.PutPlace(ctx, "anna", "n5", 200, 3, 101); err != nil {
			t.Fatal(err)
		}
		if got, err := s.KnowsPlace(ctx, "ben", "n1", 0); err != nil || got {
			t.Errorf("an old place of somebody else: %v, %v", got, err)
		}
	})
}

func TestNamesOfDeployments(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		for _, names := range [][]string{nil, {"b", "a"}, {"c", "a"}, {"c", "a"}, nil} {
			if err := s.KeepDeployments(ctx, names); err != nil {
				t.Fatal(err)
			}
			got, err := s.Deployments(ctx)
			if want := slices.Sorted(slices.Values(names)); err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, %v, want %v", got, err, want)
			}
		}
	})
}

func TestAPIKeys(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		one, two := access.APIKey{Hash: "b", Name: "crm", Deployment: "demo", CreatedMs: 5}, access.APIKey{Hash: "a", Name: "bi", Purpose: access.PurposeMetrics, CreatedMs: 6}
		for _, k := range []access.APIKey{one, two} {
			if err := s.PutAPIKey(ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		one.Disabled = true
		if err := s.PutAPIKey(ctx, one); err != nil {
			t.Fatal(err)
		}
		if got, err := s.APIKeyByHash(ctx, "b"); err != nil || got != one {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.APIKeys(ctx); err != nil || !reflect.DeepEqual(got, []access.APIKey{two, one}) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.APIKeyByHash(ctx, "none"); !errors.Is(err, access.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestHandlesExpireAndAreRevoked(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		for _, h := range []access.Handle{
			{Hash: "old", Family: "f", Generation: 1, Session: "s1", Participant: "v", Deployment: "demo", CreatedMs: 1, ExpiresMs: 9000},
			{Hash: "short", Family: "f", Generation: 2, Session: "s1", ExpiresMs: 100},
			{Hash: "new", Family: "f", Generation: 3, Session: "s1", ExpiresMs: 9000},
			{Hash: "other family", Family: "g", Generation: 1, Session: "s1", ExpiresMs: 9000, RevokedMs: 3},
			{Hash: "other session", Family: "h", Generation: 1, Session: "s2", ExpiresMs: 9000},
		} {
			if err := s.PutHandle(ctx, h); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ExpireOlderHandles(ctx, "f", 3, 500); err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeHandles(ctx, "s1", 700); err != nil {
			t.Fatal(err)
		}
		for hash, want := range map[string]struct{ expires, revoked int64 }{
			"old": {500, 700}, "short": {100, 700}, "new": {9000, 700}, "other family": {9000, 3}, "other session": {9000, 0},
		} {
			got, err := s.HandleByHash(ctx, hash)
			if err != nil || got.ExpiresMs != want.expires || got.RevokedMs != want.revoked {
				t.Errorf("%s: %+v, %v, want %+v", hash, got, err, want)
			}
		}
		want := access.Handle{Hash: "old", Family: "f", Generation: 1, Session: "s1", Participant: "v", Deployment: "demo", CreatedMs: 1, ExpiresMs: 500, RevokedMs: 700}
		if got, err := s.HandleByHash(ctx, "old"); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.HandleByHash(ctx, "none"); !errors.Is(err, access.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestASigningKeyIsMadeOnceByRelaysThatTryAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores, ctx := []*Store{mustOpen(t, o), mustOpen(t, o)}, context.Background()
		var all sync.WaitGroup
		for n := range 10 {
			all.Go(func() {
				k := access.SigningKey{ID: fmt.Sprint(n), Secret: []byte{0, 255, byte(n)}, CreatedMs: 1000, ExpiresMs: 2000}
				if err := stores[n%2].Access().PutSigningKey(ctx, k, 500); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		keys, err := stores[0].Access().SigningKeys(ctx, 1500)
		if err != nil || len(keys) != 1 || len(keys[0].Secret) != 3 || fmt.Sprint(keys[0].Secret[2]) != keys[0].ID {
			t.Fatalf("%+v, %v", keys, err)
		}
		next := access.SigningKey{ID: "next", Secret: []byte("x"), CreatedMs: 1800, ExpiresMs: 3000}
		if err := stores[1].Access().PutSigningKey(ctx, next, 1000); err != nil {
			t.Fatal(err)
		}
		if keys, err = stores[0].Access().SigningKeys(ctx, 1900); err != nil || len(keys) != 2 || keys[0].ID != "next" {
			t.Errorf("newest first: %+v, %v", keys, err)
		}
		if keys, err = stores[0].Access().SigningKeys(ctx, 2000); err != nil || len(keys) != 1 || keys[0].ID != "next" {
			t.Errorf("without the expired: %+v, %v", keys, err)
		}
	})
}

func TestATokenStaysRevokedUntilItWouldHaveExpired(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Access(), context.Background()
		for _, r := range []struct {
			id    string
			until int64
		}{{"a", 1000}, {"b", 2000}, {"b", 1500}} {
			if err := s.RevokeToken(ctx, r.id, r.until); err != nil {
				t.Fatal(err)
			}
		}
		check := func(want map[string]bool) {
			t.Helper()
			for id, revoked := range want {
				if got, err := s.TokenRevoked(ctx, id); err != nil || got != revoked {
					t.Errorf("%q revoked: %v, %v", id, got, err)
				}
			}
		}
		check(map[string]bool{"a": true, "b": true, "c": false, "\x00": false})
		if err := s.RevokeToken(ctx, "c", 1500+tokensLiveMs); err != nil {
			t.Fatal(err)
		}
		check(map[string]bool{"a": false, "b": true, "c": true}) // a is long expired
	})
}
