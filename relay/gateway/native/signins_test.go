package native

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"foyer/relay/wire"
)

// guessing is a signIns whose time the test owns.
func guessing() (s *signIns, pass func(time.Duration)) {
	now := time.Unix(1000, 0)
	known := func(_ context.Context, name, network string) (bool, error) {
		return network == "203.0.113.9" && name == "ann", nil
	}
	return newSignIns(func() time.Time { return now }, known), func(d time.Duration) { now = now.Add(d) }
}

// try tells how many of n attempts are let through, all of which fail.
func try(t *testing.T, s *signIns, n int, at func(i int) (network, name string)) (through int) {
	t.Helper()
	for i := range n {
		network, name := at(i)
		_, err := s.allow(t.Context(), network, name)
		var p *wire.Problem
		switch {
		case err == nil:
			through++
		case !errors.As(err, &p) || p.Code != wire.CodeRate || p.RetryMs < 1:
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	return through
}

func one(network, name string) func(int) (string, string) {
	return func(int) (string, string) { return network, name }
}

func TestAStrangerKeepsNoAgentOut(t *testing.T) {
	s, pass := guessing()
	for range 60 { // a minute of guessing, as fast as it goes
		try(t, s, 20, one("198.51.100.7", "ann"))
		pass(time.Second)
	}
	if n := try(t, s, 5, one("203.0.113.9", "ann")); n != 5 {
		t.Errorf("of ann's five attempts %d are let through", n)
	}
}

func TestManyStrangersKeepNoAgentOutOfAnOfficeThatIsKnown(t *testing.T) {
	s, _ := guessing()
	crowd := func(i int) (string, string) { return fmt.Sprint("198.51.100.", i%250), "ann" }
	if n := try(t, s, 1000, crowd); n != 250+60 { // the first of each network is free
		t.Errorf("a thousand guesses from everywhere: %d are let through", n)
	}
	if n := try(t, s, 5, one("203.0.113.9", "ann")); n != 5 {
		t.Errorf("of ann's five attempts %d are let through", n)
	}
	if n := try(t, s, 5, one("203.0.113.9", "bob")); n != 5 {
		t.Errorf("of bob's five attempts %d are let through", n)
	}
}

func TestGuessesAreLimited(t *testing.T) {
	for what, c := range map[string]struct {
		at   func(int) (string, string)
		want int
	}{
		"one name":                         {one("198.51.100.7", "ann"), 10},
		"many names from one network":      {func(i int) (string, string) { return "198.51.100.7", fmt.Sprint("agent", i) }, 30},
		"one name from nine networks":      {func(i int) (string, string) { return fmt.Sprint("198.51.100.", i%9), "ann" }, 9 + 60},
		"one name from a network it knows": {one("203.0.113.9", "ann"), 10},
	} {
		s, pass := guessing()
		if n := try(t, s, 200, c.at); n != c.want {
			t.Errorf("%s: %d of 200 are let through, not %d", what, n, c.want)
		}
		pass(time.Hour)
		if n := try(t, s, 1, c.at); n != 1 {
			t.Errorf("%s: nobody is let in an hour later", what)
		}
	}
}

func TestANetworkThatHasNotFailedIsNotHitByOthersGuesses(t *testing.T) {
	s, _ := guessing()
	try(t, s, 1000, func(i int) (string, string) { return fmt.Sprint("198.51.100.", i%100), "bob" })
	for i := range 100 { // bob signs in from where he has never been
		attempt, err := s.allow(t.Context(), "203.0.113.77", "bob")
		if err != nil {
			t.Fatalf("time %d: %v", i+1, err)
		}
		attempt.notFailed()
	}
	try(t, s, 1, one("203.0.113.77", "bob"))
	if n := try(t, s, 1, one("203.0.113.77", "bob")); n != 0 {
		t.Error("a network that has failed is let guess on though the name is under attack")
	}
}

func TestOnlyFailuresCount(t *testing.T) {
	s, _ := guessing()
	for i := range 500 { // an office in the morning
		attempt, err := s.allow(t.Context(), "203.0.113.9", fmt.Sprint("agent", i%200))
		if err != nil {
			t.Fatalf("sign-in %d: %v", i+1, err)
		}
		attempt.notFailed()
	}
	if n := try(t, s, 200, one("203.0.113.9", "carl")); n != 10 {
		t.Errorf("then %d guesses are let through", n)
	}
}

func TestASignInThatIsRefusedTakesNothingFromOthers(t *testing.T) {
	s, _ := guessing()
	try(t, s, 1000, one("198.51.100.7", "ann")) // ten are looked at, and nine of them count for the name
	if n := try(t, s, 60, func(i int) (string, string) { return fmt.Sprint("198.51.100.", 10+i/2), "ann" }); n != 60 {
		t.Errorf("%d of the others are let through", n)
	}
}
