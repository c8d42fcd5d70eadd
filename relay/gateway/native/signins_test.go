package native

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"foyer/relay/wire"
)

// guessing is a signIns whose time the test owns.
func guessing() (s *signIns, pass func(time.Duration)) {
	now := time.Unix(1000, 0)
	return newSignIns(func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) }
}

// try tells how many of n attempts are let through.
func try(t *testing.T, s *signIns, n int, at func(i int) (network, name string)) (through int) {
	t.Helper()
	for i := range n {
		err := s.allow(at(i))
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
	s.succeeded("203.0.113.9", "ann")
	crowd := func(i int) (string, string) { return fmt.Sprint("198.51.100.", i%250), "ann" }
	if n := try(t, s, 1000, crowd); n != 60 {
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
		"one name from many networks":      {func(i int) (string, string) { return fmt.Sprint("198.51.100.", i), "ann" }, 60},
		"one name from a network it knows": {one("203.0.113.9", "ann"), 10},
	} {
		s, pass := guessing()
		s.succeeded("203.0.113.9", "ann")
		if n := try(t, s, 200, c.at); n != c.want {
			t.Errorf("%s: %d of 200 are let through, not %d", what, n, c.want)
		}
		pass(time.Hour)
		if n := try(t, s, 1, c.at); n != 1 {
			t.Errorf("%s: nobody is let in an hour later", what)
		}
	}
}

func TestKnownPlacesAreBounded(t *testing.T) {
	s, _ := guessing()
	for i := range placesAtMost + 10 {
		s.succeeded(fmt.Sprint(i), "ann")
	}
	if len(s.known) > placesAtMost || !s.knows(place{fmt.Sprint(placesAtMost + 9), "ann"}) {
		t.Errorf("%d places are kept", len(s.known))
	}
}
