package transport

import (
	"slices"
	"testing"

	"foyer/relay/wire"
)

// confirm asks whether all was heard, and gives the answer as it comes: "" for yes.
func (s *scene) confirm() *[]wire.Code {
	var heard []wire.Code
	s.link.Confirm(func(p *wire.Problem) {
		if p == nil {
			heard = append(heard, "")
			return
		}
		heard = append(heard, p.Code)
	})
	return &heard
}

// pings are those that the relay got over a socket.
func (s *scene) pings(c *fakeSocket) []*wire.Ping {
	var all []*wire.Ping
	for n := range c.sent {
		if ping, ok := c.heard(s, n).(*wire.Ping); ok {
			all = append(all, ping)
		}
	}
	return all
}

func (s *scene) wants(what string, got *[]wire.Code, want ...wire.Code) {
	s.Helper()
	s.loop.Run()
	if !slices.Equal(*got, want) {
		s.Errorf("%s: confirmed with %q, want %q", what, *got, want)
	}
}

func TestWhatTheRelayHasHeardIsConfirmedByItsPong(t *testing.T) {
	s := newScene(t)
	c := s.online()
	first, second, third := s.confirm(), s.confirm(), s.confirm()
	s.wants("before the pong", first)
	pings := s.pings(c)
	if len(pings) != 1 {
		t.Fatalf("%d pings for what is asked at once, want 1", len(pings))
	}
	c.say(&wire.Pong{N: pings[0].N + 7})
	s.wants("after a pong for another", first)
	c.say(&wire.Pong{N: pings[0].N})
	s.wants("after its pong", first, "")
	s.wants("asked after the ping", second)
	pings = s.pings(c)
	c.say(&wire.Pong{N: pings[1].N})
	s.wants("after the next pong", second, "")
	s.wants("likewise", third, "")
	s.loop.Advance(confirmWithin)
	s.wants("said once", first, "")
}

func TestNothingIsConfirmedWithoutAConnection(t *testing.T) {
	t.Run("offline", func(t *testing.T) {
		s := newScene(t)
		s.wants("at once", s.confirm(), wire.CodeNoConnection)
	})
	t.Run("the connection ends before the pong", func(t *testing.T) {
		s := newScene(t)
		c := s.online()
		first, second := s.confirm(), s.confirm()
		c.drop(1006)
		s.wants("then", first, wire.CodeNoConnection)
		s.wants("and those behind it", second, wire.CodeNoConnection)
	})
	t.Run("nobody answers", func(t *testing.T) {
		s := newScene(t)
		c := s.online()
		first, second := s.confirm(), s.confirm()
		s.loop.Advance(confirmWithin)
		s.wants("then", first, wire.CodeNoConnection)
		c.say(&wire.Pong{N: s.pings(c)[1].N})
		s.wants("the next may be heard", second, "")
	})
}
