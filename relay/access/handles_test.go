package access_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

func (f *fixture) mustIssue() string {
	f.t.Helper()
	value, err := f.IssueHandle(f.t.Context(), "demo", "session-1", "visitor-1")
	if err != nil {
		f.t.Fatal(err)
	}
	return value
}

func (f *fixture) mustResume(value string) access.Resumed {
	f.t.Helper()
	r, err := f.Resume(f.t.Context(), "demo", value)
	if err != nil {
		f.t.Fatalf("resume: %v", err)
	}
	if r.Session != "session-1" || r.Participant != "visitor-1" {
		f.t.Fatalf("resumed %+v", r)
	}
	return r
}

func TestAYoungHandleResumesAndStays(t *testing.T) {
	f := newFixture(t)
	value := f.mustIssue()
	if strings.Count(value, ".") != 2 || f.store.Holds(value) {
		t.Errorf("handle %q, kept in clear: %t", value, f.store.Holds(value))
	}
	f.clock.Advance(access.HandleRotateMs - 1)
	for range 3 {
		if r := f.mustResume(value); r.Handle != "" {
			t.Error("a young handle was replaced")
		}
	}
}

func TestHandlesThatLeadNowhereLookTheSame(t *testing.T) {
	f := newFixture(t)
	value := f.mustIssue()
	for name, try := range map[string]func() (access.Resumed, error){
		"unknown":            func() (access.Resumed, error) { return f.Resume(t.Context(), "demo", "x") },
		"empty":              func() (access.Resumed, error) { return f.Resume(t.Context(), "demo", "") },
		"another deployment": func() (access.Resumed, error) { return f.Resume(t.Context(), "other", value) },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := try()
			wantCode(t, err, wire.CodeNoSession)
			if r != (access.Resumed{}) {
				t.Errorf("shown %+v", r)
			}
		})
	}
	f.clock.Advance(access.HandleMs)
	_, err := f.Resume(t.Context(), "demo", value)
	wantCode(t, err, wire.CodeNoSession)
}

func TestRevokingEndsAllHandlesOfASession(t *testing.T) {
	f := newFixture(t)
	one, two := f.mustIssue(), f.mustIssue()
	if err := f.RevokeHandles(t.Context(), "session-1"); err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{one, two} {
		_, err := f.Resume(t.Context(), "demo", value)
		wantCode(t, err, wire.CodeNoSession)
	}
}

func TestAnOldHandleIsReplacedAndEndsOnceTheNewOneIsUsed(t *testing.T) {
	f := newFixture(t)
	old := f.mustIssue()
	f.clock.Advance(access.HandleRotateMs)
	fresh := f.mustResume(old).Handle
	if fresh == "" || fresh == old {
		t.Fatalf("new handle is %q", fresh)
	}
	f.clock.Advance(access.HandleGraceMs)
	f.mustResume(old) // the answer with the new one may have been lost
	f.mustResume(fresh)
	f.clock.Advance(access.HandleGraceMs - 1)
	f.mustResume(old)
	f.clock.Advance(1)
	_, err := f.Resume(t.Context(), "demo", old)
	wantCode(t, err, wire.CodeNoSession)
	f.mustResume(fresh)
}

func TestTwoTabsMayReplaceAHandleAtOnce(t *testing.T) {
	f := newFixture(t)
	old := f.mustIssue()
	f.clock.Advance(access.HandleRotateMs)
	one, two := f.mustResume(old).Handle, f.mustResume(old).Handle
	if one == two {
		t.Fatal("both tabs got the same handle")
	}
	f.mustResume(one)
	f.mustResume(two)
	f.clock.Advance(2 * access.HandleGraceMs)
	f.mustResume(one)
	f.mustResume(two)
}

func TestAHandleSaysWhatPagesReadOfItAndIsNoToken(t *testing.T) {
	f := newFixture(t)
	value := f.mustIssue()
	if again := f.mustIssue(); again == value {
		t.Error("the same handle twice")
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(value, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"sessionId": "session-1", "participantId": "visitor-1", "transportId": "demo"} {
		if claims[key] != want {
			t.Errorf("%s is %v, want %s", key, claims[key], want)
		}
	}
	_, err = f.VerifyVisitor(t.Context(), "demo", value)
	wantCode(t, err, wire.CodeToken)
	_, err = f.Verify(t.Context(), value)
	wantCode(t, err, wire.CodeToken)
}

func TestAHandleThatWasSignedButNeverIssuedLeadsNowhere(t *testing.T) {
	f := newFixture(t)
	value := f.mustIssue()
	forged := value[:len(value)-1] + "A"
	if forged == value {
		forged = value[:len(value)-1] + "B"
	}
	_, err := f.Resume(t.Context(), "demo", forged)
	wantCode(t, err, wire.CodeNoSession)
}
