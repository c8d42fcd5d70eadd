package transport

import (
	"testing"
	"time"

	"foyer/relay/wire"
)

// polling brings a link up whose sockets fail.
func (s *scene) polling() {
	s.Helper()
	s.link.Start()
	s.sockets.last(s).drop(1006)
	s.loop.Run()
	s.loop.Advance(s.link.Status().For)
	s.sockets.last(s).drop(1006)
	s.loop.Run()
	s.is(Connecting)
	s.polls.open(s, pollPath).answer(200, map[string]string{headerConnection: "secret"}, &wire.Welcome{})
	s.loop.Run()
	s.is(Online)
}

func TestFallsBackToLongPollAfterTwoSocketsThatNeverWorked(t *testing.T) {
	s := newScene(t)
	s.polling()
	if len(s.sockets.all) != socketTries {
		t.Fatalf("%d sockets were tried", len(s.sockets.all))
	}
}

func TestASocketThatOpensButNeverSpeaksDoesNotWork(t *testing.T) {
	s := newScene(t)
	s.link.Start()
	for range socketTries {
		s.sockets.last(s).open()
		s.loop.Advance(openTimeout)
		if st := s.link.Status(); st.State == Waiting {
			s.loop.Advance(st.For)
		}
	}
	s.polls.open(s, pollPath)
}

func TestWhereSocketsHaveWorkedTheyAreTriedLonger(t *testing.T) {
	s := newScene(t)
	s.online().drop(1006)
	s.loop.Run()
	for i := range socketTriesProven {
		if n := len(s.polls.all); n != 0 {
			t.Fatalf("polling after %d failures", i)
		}
		s.loop.Advance(s.link.Status().For)
		s.sockets.last(s).drop(1006)
		s.loop.Run()
	}
	s.polls.open(s, pollPath)
}

func TestWhenThePollFailsTooSocketsGetTheirChanceAgain(t *testing.T) {
	s := newScene(t)
	s.link.Start()
	s.sockets.last(s).drop(1006)
	s.loop.Run()
	s.loop.Advance(s.link.Status().For)
	s.sockets.last(s).drop(1006)
	s.loop.Run()
	s.polls.open(s, pollPath).fail()
	s.loop.Run()
	s.is(Waiting)
	dials := len(s.sockets.all)
	s.loop.Advance(s.link.Status().For)
	if len(s.sockets.all) != dials+1 {
		t.Fatal("no socket was tried")
	}
}

func TestTheLongPollIsLeftWhenASocketOpensAgain(t *testing.T) {
	s := newScene(t)
	s.polling()
	s.live(firstProbe)
	probe := s.sockets.last(s)
	probe.drop(1006)
	s.loop.Run()
	s.is(Online)
	dials := len(s.sockets.all)
	s.live(2 * firstProbe)
	if len(s.sockets.all) != dials+1 {
		t.Fatalf("%d sockets were tried, want one", len(s.sockets.all)-dials)
	}
	probe = s.sockets.last(s)
	probe.open()
	s.loop.Run()
	if !probe.closed {
		t.Fatal("the probe stays open")
	}
	s.is(Connecting)
	if s.polls.count("DELETE", pollPath) != 1 {
		t.Fatal("the long poll was not closed")
	}
	c := s.sockets.last(s)
	c.open()
	c.say(&wire.Welcome{})
	s.loop.Run()
	s.is(Online)
}

func TestWhereSocketsMustNotBeUsedNoneIsTried(t *testing.T) {
	s := newScene(t)
	s.link.route.pollOnly = func() bool { return true }
	s.link.Start()
	s.polls.open(s, pollPath).answer(200, map[string]string{headerConnection: "secret"}, &wire.Welcome{})
	s.loop.Run()
	s.is(Online)
	s.live(2 * firstProbe)
	if len(s.sockets.all) != 0 {
		t.Fatalf("%d sockets were tried", len(s.sockets.all))
	}
}

// live lets time pass on a long poll that the relay answers.
func (s *scene) live(d time.Duration) {
	s.Helper()
	for passed := time.Duration(0); passed < d; passed += 10 * time.Second {
		s.loop.Advance(min(10*time.Second, d-passed))
		for _, p := range s.polls.all {
			switch {
			case p.answered || p.canceled:
			case p.Path == sendPath:
				p.answer(204, nil)
			default:
				p.answer(200, map[string]string{headerBatch: next(p.Header[headerAck])}, &wire.Pong{})
			}
			s.loop.Run()
		}
	}
}
