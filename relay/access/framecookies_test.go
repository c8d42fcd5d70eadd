package access_test

import (
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

func (f *fixture) mustIssueCookie(forMs int64) string {
	f.t.Helper()
	value, err := f.IssueFrameCookie(f.t.Context(), access.FrameCookie{Deployment: "demo", Session: "session-1",
		Participant: "visitor-1", Origin: "https://a.example"}, forMs)
	if err != nil {
		f.t.Fatal(err)
	}
	return value
}

func TestACookieOfAFrameLeadsToItsSessionAndIsNothingElse(t *testing.T) {
	f := newFixture(t)
	value := f.mustIssueCookie(access.FrameCookieMs)
	if f.store.Holds(value) || value == f.mustIssueCookie(access.FrameCookieMs) {
		t.Error("it is kept in clear, or not new")
	}
	c, err := f.FindFrameCookie(t.Context(), "demo", value)
	if err != nil || c.Session != "session-1" || c.Participant != "visitor-1" || c.Origin != "https://a.example" {
		t.Errorf("it leads to %+v, %v", c, err)
	}
	_, err = f.Resume(t.Context(), "demo", value)
	wantCode(t, err, wire.CodeNoSession)
	_, err = f.Verify(t.Context(), value)
	wantCode(t, err, wire.CodeToken)
	_, err = f.RedeemHandoff(t.Context(), "demo", "https://a.example", "", value)
	wantCode(t, err, wire.CodeHandoff)
}

func TestCookiesOfFramesThatLeadNowhereLookTheSame(t *testing.T) {
	f := newFixture(t)
	value, handle := f.mustIssueCookie(1000), f.mustIssue()
	for name, try := range map[string][2]string{
		"unknown": {"demo", "x"}, "empty": {"demo", ""}, "another deployment": {"other", value}, "a handle": {"demo", handle},
	} {
		c, err := f.FindFrameCookie(t.Context(), try[0], try[1])
		wantCode(t, err, wire.CodeNoSession)
		if c != (access.FrameCookie{}) {
			t.Errorf("%s: shown %+v", name, c)
		}
	}
	f.clock.Advance(999)
	c, err := f.FindFrameCookie(t.Context(), "demo", value)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.ExtendFrameCookie(t.Context(), c, 1000); err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(999)
	if _, err := f.FindFrameCookie(t.Context(), "demo", value); err != nil {
		t.Errorf("extended: %v", err)
	}
	f.clock.Advance(1)
	_, err = f.FindFrameCookie(t.Context(), "demo", value)
	wantCode(t, err, wire.CodeNoSession)
}

func TestTheEndOfAChatEndsItsCookiesEverywhere(t *testing.T) {
	f := newFixture(t)
	one, two := f.mustIssueCookie(access.FrameCookieMs), f.mustIssueCookie(access.FrameCookieMs)
	if err := f.RevokeFrameCookies(t.Context(), "session-1"); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{one, two} {
		_, err := f.FindFrameCookie(t.Context(), "demo", value)
		wantCode(t, err, wire.CodeNoSession)
	}
}
