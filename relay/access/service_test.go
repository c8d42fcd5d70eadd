package access_test

import (
	"errors"
	"testing"

	"foyer/relay/access"
	"foyer/relay/access/accesstest"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

type fixture struct {
	*access.Service
	t     testing.TB
	store *accesstest.Store
	clock *clocktest.Clock
	ids   *chattest.IDs
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, store: accesstest.NewStore(), clock: clocktest.New(startMs), ids: &chattest.IDs{}}
	f.Service = f.another()
	return f
}

// another is the service of another relay, or of the same after a restart.
func (f *fixture) another() *access.Service {
	f.t.Helper()
	s, err := access.NewService(access.Options{Store: f.store, Clock: f.clock, IDs: f.ids, Cost: 4})
	if err != nil {
		f.t.Fatalf("service: %v", err)
	}
	return s
}

func (f *fixture) mustEnsure(spec access.Spec) access.Agent {
	f.t.Helper()
	a, err := f.EnsureAgent(f.t.Context(), spec)
	if err != nil {
		f.t.Fatalf("agent %q: %v", spec.Username, err)
	}
	return a
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("error is %v, want code %s", err, code)
	}
}

func TestAFailingStoreIsUnavailableNotForbidden(t *testing.T) {
	f := newFixture(t)
	a := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	token, err := f.AgentToken(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := f.IssueHandle(t.Context(), "demo", "s", "p")
	if err != nil {
		t.Fatal(err)
	}
	f.store.Fail(errors.New("disk is full"))
	_, err = f.SignIn(t.Context(), "demo", "demo")
	wantCode(t, err, wire.CodeUnavailable)
	_, _, err = f.VerifyAgent(t.Context(), token.Value)
	wantCode(t, err, wire.CodeUnavailable)
	_, _, err = f.another().VerifyAgent(t.Context(), token.Value)
	wantCode(t, err, wire.CodeUnavailable)
	_, err = f.Resume(t.Context(), "demo", handle)
	wantCode(t, err, wire.CodeUnavailable)
	_, err = f.CheckKey(t.Context(), "key")
	wantCode(t, err, wire.CodeUnavailable)
}
