package access_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

func TestSignIn(t *testing.T) {
	f := newFixture(t)
	f.mustEnsure(access.Spec{Username: "Demo", Name: "Dana", Password: "demo"})
	f.mustEnsure(access.Spec{Username: "full", Password: strings.Repeat("p", access.MaxPasswordBytes)})
	f.mustEnsure(access.Spec{Username: "gone", Password: "demo"})
	if err := f.DisableAgent(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		username, password string
		ok                 bool
	}{
		"right":                          {"demo", "demo", true},
		"name in other case":             {" DEMO ", "demo", true},
		"password in other case":         {"demo", "Demo", false},
		"no password":                    {"demo", "", false},
		"unknown name":                   {"nobody", "demo", false},
		"no name":                        {"", "", false},
		"disabled":                       {"gone", "demo", false},
		"longest password":               {"full", strings.Repeat("p", access.MaxPasswordBytes), true},
		"longer than bcrypt looks at":    {"full", strings.Repeat("p", access.MaxPasswordBytes+1), false},
		"NUL, where C strings would end": {"demo", "demo\x00", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := f.SignIn(t.Context(), tt.username, tt.password)
			if tt.ok {
				if err != nil || a.ID == "" {
					t.Errorf("got %+v, %v", a, err)
				}
				return
			}
			wantCode(t, err, wire.CodeSignIn)
		})
	}
}

func TestSignInFailuresLookTheSame(t *testing.T) {
	f := newFixture(t)
	f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	_, wrong := f.SignIn(t.Context(), "demo", "x")
	_, unknown := f.SignIn(t.Context(), "nobody", "x")
	if wrong == nil || unknown == nil || wrong.Error() != unknown.Error() {
		t.Errorf("a wrong password says %v, an unknown name %v", wrong, unknown)
	}
}

func TestEnsureAgentKeepsIdAndDisabled(t *testing.T) {
	f := newFixture(t)
	first := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	if first.Name != "demo" || first.Capacity != access.DefaultCapacity || f.store.Holds("demo") {
		t.Errorf("kept %+v", first)
	}
	if again := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"}); !reflect.DeepEqual(again, first) {
		t.Errorf("a restart made %+v of %+v", again, first)
	}
	if err := f.DisableAgent(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	changed := f.mustEnsure(access.Spec{Username: "demo", Name: "Dana", Password: "other", Capacity: 5, Queues: []string{" sales", "repairs"}})
	if !slices.Equal(changed.Queues, []string{"sales", "repairs"}) {
		t.Errorf("works for %q", changed.Queues)
	}
	if changed.ID != first.ID || !changed.Disabled || changed.Name != "Dana" || changed.Capacity != 5 {
		t.Errorf("changed to %+v", changed)
	}
	if changed.PasswordHash == first.PasswordHash {
		t.Error("the password is still the old one")
	}
}

func TestEnsureAgentTakesAHash(t *testing.T) {
	f := newFixture(t)
	hashed := f.mustEnsure(access.Spec{Username: "a", Password: "secret"}).PasswordHash
	f.mustEnsure(access.Spec{Username: "b", PasswordHash: hashed})
	if _, err := f.SignIn(t.Context(), "b", "secret"); err != nil {
		t.Errorf("sign in: %v", err)
	}
}

func TestEnsureAgentRefusesWhatCannotBe(t *testing.T) {
	for name, spec := range map[string]access.Spec{
		"no name":        {Password: "x"},
		"long name":      {Username: strings.Repeat("n", access.MaxUsernameRunes+1), Password: "x"},
		"no password":    {Username: "a"},
		"long password":  {Username: "a", Password: strings.Repeat("p", access.MaxPasswordBytes+1)},
		"other hash":     {Username: "a", PasswordHash: "5f4dcc3b5aa765d61d8327deb882cf99"},
		"no capacity":    {Username: "a", Password: "x", Capacity: -1},
		"nameless queue": {Username: "a", Password: "x", Queues: []string{"sales", " "}},
		"two lines":      {Username: "a", Password: "x", Queues: []string{"sales\nrepairs"}},
		"long queue":     {Username: "a", Password: "x", Queues: []string{strings.Repeat("q", access.MaxQueueRunes+1)}},
		"many queues":    {Username: "a", Password: "x", Queues: make([]string, access.MaxQueues+1)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := newFixture(t).EnsureAgent(t.Context(), spec); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestAgentsOfTheCommandLine(t *testing.T) {
	f := newFixture(t)
	if _, err := f.AddAgent(t.Context(), access.Spec{Username: "demo", Password: "demo"}); err != nil {
		t.Fatal(err)
	}
	_, err := f.AddAgent(t.Context(), access.Spec{Username: "DEMO", Password: "other"})
	if !errors.Is(err, access.ErrExists) {
		t.Errorf("a second one: %v", err)
	}
	if err := f.DisableAgent(t.Context(), "nobody"); !errors.Is(err, access.ErrNotFound) {
		t.Errorf("disabling nobody: %v", err)
	}
	if all, err := f.Agents(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("agents are %v, %v", all, err)
	}
}

func TestOnlyAgentsOfTheFileAreTakenOut(t *testing.T) {
	f := newFixture(t)
	f.mustEnsure(access.Spec{Username: "hand", Password: "x"})
	for _, name := range []string{"stays", "goes"} {
		f.mustEnsure(access.Spec{Username: name, Password: "x", Source: access.SourceFile})
	}
	removed, err := f.KeepOnly(t.Context(), []string{"Stays"})
	if err != nil || !slices.Equal(removed, []string{"goes"}) {
		t.Errorf("removed %v, %v", removed, err)
	}
	if all, err := f.Agents(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("left are %v, %v", all, err)
	}
	for what, err := range map[string]error{
		"a password":  f.SetPassword(t.Context(), "stays", "other"),
		"the removal": f.RemoveAgent(t.Context(), "stays"),
	} {
		if !errors.Is(err, access.ErrInFile) {
			t.Errorf("%s of an agent of the file: %v", what, err)
		}
	}
	for _, password := range []string{"", strings.Repeat("p", access.MaxPasswordBytes+1)} {
		if err := f.SetPassword(t.Context(), "hand", password); err == nil {
			t.Errorf("a password of %d bytes was taken", len(password))
		}
	}
}

func TestPlacesOfAgents(t *testing.T) {
	f := newFixture(t)
	ann := f.mustEnsure(access.Spec{Username: "ann", Password: "x"})
	knows := func(name, network string) bool {
		known, err := f.KnowsPlace(t.Context(), name, network)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	if err := f.RememberPlace(t.Context(), ann, "203.0.113.9"); err != nil {
		t.Fatal(err)
	}
	if !knows("ann", "203.0.113.9") || knows("bob", "203.0.113.9") || knows("ann", "203.0.113.8") {
		t.Error("another place is known than the one that was")
	}
	f.clock.Advance(access.PlaceMs)
	if !knows("ann", "203.0.113.9") {
		t.Error("it is forgotten too early")
	}
	f.clock.Advance(1)
	if knows("ann", "203.0.113.9") {
		t.Error("it is known for ever")
	}
}
