package access_test

import (
	"errors"
	"strings"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

const (
	siteB   = "https://b.example"
	browser = "firefox linux"
)

// mustMint mints one token for site B.
func (f *fixture) mustMint() string {
	f.t.Helper()
	values, err := f.MintHandoffs(f.t.Context(), access.Handoff{Session: "session-1", Participant: "visitor-1",
		Deployment: "demo", Browser: browser}, []string{siteB})
	if err != nil || len(values) != 1 {
		f.t.Fatalf("mint: %v, %v", values, err)
	}
	return values[0]
}

func (f *fixture) mustRedeem(value string) {
	f.t.Helper()
	h, err := f.RedeemHandoff(f.t.Context(), "demo", siteB, browser, value)
	if err != nil || h.Session != "session-1" || h.Participant != "visitor-1" {
		f.t.Fatalf("redeem: %+v, %v", h, err)
	}
}

func TestAHandoffTokenIsGoodOnce(t *testing.T) {
	f := newFixture(t)
	value, other := f.mustMint(), f.mustMint()
	if value == other || f.store.Holds(value) || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("token %q, kept in clear: %t", value, f.store.Holds(value))
	}
	f.clock.Advance(access.HandoffMs - 1)
	f.mustRedeem(value)
	_, err := f.RedeemHandoff(t.Context(), "demo", siteB, browser, value)
	wantCode(t, err, wire.CodeHandoff)
	f.mustRedeem(other)
}

func TestAHandoffTokenExpires(t *testing.T) {
	f := newFixture(t)
	value := f.mustMint()
	f.clock.Advance(access.HandoffMs)
	_, err := f.RedeemHandoff(t.Context(), "demo", siteB, browser, value)
	wantCode(t, err, wire.CodeHandoff)
}

func TestARefusedAttemptLeavesTheTokenToItsBearer(t *testing.T) {
	for name, try := range map[string]func(f *fixture, value string) (access.Handoff, error){
		"another origin": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", "https://evil.example", browser, value)
		},
		"a look-alike": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB+".", browser, value)
		},
		"another port": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB+":8443", browser, value)
		},
		"another deployment": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "other", siteB, browser, value)
		},
		"another browser": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB, "chromium windows", value)
		},
		"a cut token": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB, browser, value[:len(value)-1])
		},
		"no token": func(f *fixture, _ string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB, browser, "")
		},
		"a long token": func(f *fixture, value string) (access.Handoff, error) {
			return f.RedeemHandoff(f.t.Context(), "demo", siteB, browser, strings.Repeat(value, 1000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			value := f.mustMint()
			h, err := try(f, value)
			wantCode(t, err, wire.CodeHandoff)
			if h != (access.Handoff{}) {
				t.Errorf("shown %+v", h)
			}
			f.mustRedeem(value)
		})
	}
}

func TestAHandoffTokenIsNoHandleAndNoToken(t *testing.T) {
	f := newFixture(t)
	value := f.mustMint()
	_, err := f.Resume(t.Context(), "demo", value)
	wantCode(t, err, wire.CodeNoSession)
	_, err = f.Verify(t.Context(), value)
	wantCode(t, err, wire.CodeToken)
	f.mustRedeem(value)
}

func TestHandoffsNeedTheStore(t *testing.T) {
	f := newFixture(t)
	value := f.mustMint()
	f.store.Fail(errors.New("disk is full"))
	_, err := f.RedeemHandoff(t.Context(), "demo", siteB, browser, value)
	wantCode(t, err, wire.CodeUnavailable)
	_, err = f.MintHandoffs(t.Context(), access.Handoff{}, []string{siteB})
	wantCode(t, err, wire.CodeUnavailable)
	f.store.Fail(nil)
	f.mustRedeem(value)
}
