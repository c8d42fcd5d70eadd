package transport

import (
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
)

// scene is a Link with a fake relay behind it.
type scene struct {
	*testing.T
	loop     *looptest.Fake
	sockets  *fakeSockets
	polls    *fakePolls
	link     *Link
	frames   []wire.Frame
	statuses []Status
}

func newScene(t *testing.T) *scene {
	s := &scene{T: t, loop: looptest.New(), sockets: &fakeSockets{}, polls: &fakePolls{}}
	s.link = New(Options{
		Loop: s.loop, Dial: s.sockets, Poll: s.polls,
		Hello:    func() *wire.Hello { return &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor} },
		OnFrame:  func(f wire.Frame) { s.frames = append(s.frames, f) },
		OnStatus: func(st Status) { s.statuses = append(s.statuses, st) },
		Random:   func() float64 { return 1 },
	})
	return s
}

// online brings the link up over a socket.
func (s *scene) online() *fakeSocket {
	s.Helper()
	s.link.Start()
	c := s.sockets.last(s)
	c.open()
	c.say(&wire.Welcome{Version: wire.Version})
	s.loop.Run()
	s.is(Online)
	return c
}

func (s *scene) is(want State) {
	s.Helper()
	if got := s.link.Status().State; got != want {
		s.Fatalf("the link is %s, want %s", got, want)
	}
}

// ask makes a request and gives its answer as it comes.
func (s *scene) ask() *answer {
	a := &answer{}
	s.link.Request(&wire.Send{Session: "s", ClientID: "c"}, func(f wire.Frame, p *wire.Problem) {
		a.frame, a.problem = f, p
		a.times++
	})
	return a
}

type answer struct {
	frame   wire.Frame
	problem *wire.Problem
	times   int
}

func (a *answer) failed(code wire.Code) bool {
	return a.times == 1 && a.problem != nil && a.problem.Code == code
}

func TestHelloGoesFirstAndWelcomeComesBeforeOnline(t *testing.T) {
	s := newScene(t)
	s.link.Start()
	c := s.sockets.last(s)
	if len(c.sent) != 0 {
		t.Fatal("something was sent before the socket was open")
	}
	c.open()
	s.loop.Run()
	if h, ok := c.heard(s, 0).(*wire.Hello); !ok || h.Role != wire.RoleVisitor {
		t.Fatalf("the first frame is %#v", c.heard(s, 0))
	}
	s.is(Connecting)
	s.link.o.OnStatus = func(st Status) {
		if st.State == Online && len(s.frames) == 0 {
			t.Error("online before the welcome was handed on")
		}
	}
	c.say(&wire.Welcome{Version: wire.Version})
	s.loop.Run()
	s.is(Online)
}

func TestARequestGetsItsAnswerOnceAndNobodyElseDoes(t *testing.T) {
	s := newScene(t)
	c := s.online()
	first, second := s.ask(), s.ask()
	a, b := c.heard(s, 1).(*wire.Send), c.heard(s, 2).(*wire.Send)
	if a.Ref == 0 || a.Ref == b.Ref {
		t.Fatalf("the references are %d and %d", a.Ref, b.Ref)
	}
	c.say(&wire.Ack{Ref: b.Ref, Seq: 2})
	c.say(&wire.Ack{Ref: b.Ref, Seq: 2})
	c.say(wire.ErrorFrame(a.Ref, wire.Problemf(wire.CodeNoSession, "gone"), false))
	s.loop.Run()
	if ack, ok := second.frame.(*wire.Ack); !ok || ack.Seq != 2 || second.times != 1 {
		t.Fatalf("the second got %+v", second)
	}
	if !first.failed(wire.CodeNoSession) {
		t.Fatalf("the first got %+v", first)
	}
	if len(s.frames) != 1 {
		t.Fatalf("answers were handed on as frames: %v", s.frames)
	}
	s.is(Online)
}

func TestRequestsFailOfflineAndWhenTheConnectionDrops(t *testing.T) {
	s := newScene(t)
	before := s.ask()
	if before.times != 0 {
		t.Fatal("the answer came from within Request")
	}
	s.loop.Run()
	c := s.online()
	during := s.ask()
	c.drop(1006)
	s.loop.Run()
	after := s.ask()
	s.loop.Run()
	for name, a := range map[string]*answer{"before": before, "during": during, "after": after} {
		if !a.failed(wire.CodeNoConnection) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestARequestWithoutAnswerEnds(t *testing.T) {
	s := newScene(t)
	c := s.online()
	a := s.ask()
	for range 3 { // the relay lives
		s.loop.Advance(requestTimeout / 3)
		c.say(&wire.Pong{})
		s.loop.Run()
	}
	if !a.failed(wire.CodeUnavailable) {
		t.Fatalf("got %+v", a)
	}
	s.is(Online)
}

func TestATooLargeFrameIsRefusedHere(t *testing.T) {
	s := newScene(t)
	c := s.online()
	sent := len(c.sent)
	var got *wire.Problem
	s.link.Request(&wire.Send{Text: string(make([]byte, wire.MaxFrame))}, func(_ wire.Frame, p *wire.Problem) { got = p })
	s.loop.Run()
	if got == nil || got.Code != wire.CodeTooLarge || len(c.sent) != sent {
		t.Fatalf("got %v, %d frames sent", got, len(c.sent)-sent)
	}
}

func TestTellIsDroppedOffline(t *testing.T) {
	s := newScene(t)
	s.link.Tell(&wire.Typing{On: true})
	c := s.online()
	s.link.Tell(&wire.Typing{Session: "s"})
	if len(c.sent) != 2 {
		t.Fatalf("%d frames were sent, want hello and one", len(c.sent))
	}
}

func TestReconnectsWithGrowingWaitsOneAttemptAtATime(t *testing.T) {
	s := newScene(t)
	s.link.o.Poll, s.link.route.polls = nil, nil
	c := s.online()
	s.loop.Advance(steadyAfter)
	c.drop(1006)
	s.loop.Run()
	var waits []time.Duration
	for range 7 {
		st := s.link.Status()
		if st.State != Waiting {
			t.Fatalf("the link is %s", st.State)
		}
		waits = append(waits, st.For)
		dials := len(s.sockets.all)
		s.loop.Advance(st.For)
		if got := len(s.sockets.all) - dials; got != 1 {
			t.Fatalf("%d attempts at once", got)
		}
		s.sockets.last(s).drop(1006)
		s.loop.Run()
	}
	want := []time.Duration{600, 1200, 2400, 4800, 9600, 15000, 15000}
	for i, w := range want {
		if waits[i] != w*time.Millisecond {
			t.Fatalf("the waits were %v", waits)
		}
	}
}

func TestJitterHalvesAWaitAtMost(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 300 * time.Millisecond, 10: 7500 * time.Millisecond} {
		b := backoff{random: func() float64 { return 0 }, failures: failures}
		if got := b.next(0); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}

func TestARelayThatDropsEveryoneAtOnceIsNotHammered(t *testing.T) {
	s := newScene(t)
	c := s.online()
	c.drop(1006)
	s.loop.Run()
	first := s.link.Status().For
	s.loop.Advance(first)
	c = s.sockets.last(s)
	c.open()
	c.say(&wire.Welcome{})
	s.loop.Run()
	c.drop(1006)
	s.loop.Run()
	if second := s.link.Status().For; second <= first {
		t.Fatalf("waited %v, then %v", first, second)
	}
}

func TestPingsAndTakesSilenceForDeath(t *testing.T) {
	s := newScene(t)
	c := s.online()
	s.loop.Advance(pingEvery)
	if _, ok := c.heard(s, 1).(*wire.Ping); !ok {
		t.Fatalf("after %v there was %#v", pingEvery, c.heard(s, 1))
	}
	c.say(&wire.Pong{N: 1})
	s.loop.Run()
	s.loop.Advance(silenceLimit - time.Millisecond)
	s.is(Online)
	s.loop.Advance(time.Millisecond)
	s.is(Waiting)
	if !c.closed {
		t.Fatal("the dead socket was not closed")
	}
}

func TestAnswersPings(t *testing.T) {
	s := newScene(t)
	c := s.online()
	c.say(&wire.Ping{N: 42})
	s.loop.Run()
	if p, ok := c.heard(s, 1).(*wire.Pong); !ok || p.N != 42 {
		t.Fatalf("answered %#v", c.heard(s, 1))
	}
}

func TestNudge(t *testing.T) {
	t.Run("waiting tries at once", func(t *testing.T) {
		s := newScene(t)
		s.online().drop(1006)
		s.loop.Run()
		s.is(Waiting)
		dials := len(s.sockets.all)
		s.link.Nudge()
		s.is(Connecting)
		s.loop.Advance(5 * time.Second)
		if got := len(s.sockets.all) - dials; got != 1 {
			t.Fatalf("%d attempts", got)
		}
	})
	t.Run("a half-open socket is found out", func(t *testing.T) {
		s := newScene(t)
		s.online()
		s.link.Nudge()
		s.loop.Advance(probeLimit)
		s.is(Waiting)
	})
	t.Run("a living one stays", func(t *testing.T) {
		s := newScene(t)
		c := s.online()
		s.link.Nudge()
		if _, ok := c.heard(s, 1).(*wire.Ping); !ok {
			t.Fatal("no ping")
		}
		c.say(&wire.Pong{N: 1})
		s.loop.Run()
		s.loop.Advance(probeLimit)
		s.is(Online)
	})
	t.Run("refused stays refused", func(t *testing.T) {
		s := newScene(t)
		s.online().say(wire.ErrorFrame(0, wire.Problemf(wire.CodeOrigin, "no"), true))
		s.loop.Run()
		s.link.Nudge()
		s.is(Refused)
	})
}

func TestFatalErrors(t *testing.T) {
	cases := []struct {
		name  string
		end   func(c *fakeSocket)
		state State
		code  wire.Code
	}{
		{"not to be retried", func(c *fakeSocket) {
			c.say(wire.ErrorFrame(0, wire.Problemf(wire.CodeTokenExpired, "old"), true))
		}, Refused, wire.CodeTokenExpired},
		{"of a request", func(c *fakeSocket) {
			c.say(wire.ErrorFrame(7, wire.Problemf(wire.CodeNotForRole, "no"), true))
		}, Refused, wire.CodeNotForRole},
		{"to be retried", func(c *fakeSocket) {
			c.say(wire.ErrorFrame(0, wire.Problemf(wire.CodeUnavailable, "busy"), true))
		}, Waiting, wire.CodeUnavailable},
		{"only a close code", func(c *fakeSocket) { c.drop(wire.Means(wire.CodeOrigin).Close) }, Refused, wire.CodeOrigin},
		{"a close code to be retried", func(c *fakeSocket) { c.drop(wire.Means(wire.CodeRate).Close) }, Waiting, wire.CodeRate},
		{"nonsense", func(c *fakeSocket) { c.listener.Message([]byte("<html>")) }, Waiting, wire.CodeNoConnection},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			c.end(s.online())
			s.loop.Run()
			s.is(c.state)
			if p := s.link.Status().Problem; p == nil || p.Code != c.code {
				t.Fatalf("the problem is %v, want %s", p, c.code)
			}
			dials := len(s.sockets.all)
			s.loop.Advance(time.Hour)
			if c.state == Refused && len(s.sockets.all) != dials {
				t.Fatal("a refused hello was sent again")
			}
		})
	}
}

func TestStartTriesAgainAfterARefusal(t *testing.T) {
	s := newScene(t)
	s.online().say(wire.ErrorFrame(0, wire.Problemf(wire.CodeTokenExpired, "old"), true))
	s.loop.Run()
	s.link.Start()
	s.is(Connecting)
}

func TestAnErrorThatEndsNothingIsHandedOn(t *testing.T) {
	s := newScene(t)
	c := s.online()
	c.say(wire.ErrorFrame(0, wire.Problemf(wire.CodeRate, "slower"), false))
	s.loop.Run()
	s.is(Online)
	if len(s.frames) != 2 {
		t.Fatalf("handed on: %v", s.frames)
	}
}

func TestAnUnknownFrameOfANewerRelayIsIgnored(t *testing.T) {
	s := newScene(t)
	c := s.online()
	c.listener.Message([]byte{0x92, 0xcc, 0xc8, 0x80})
	s.loop.Run()
	s.is(Online)
}

func TestGoodbyeWaitsAsLongAsTheRelayAsks(t *testing.T) {
	s := newScene(t)
	c := s.online()
	c.say(&wire.Goodbye{Reason: "update", RetryMs: 4000})
	s.loop.Run()
	st := s.link.Status()
	if st.State != Waiting || st.For < 4*time.Second || !c.closed {
		t.Fatalf("the status is %+v, closed is %v", st, c.closed)
	}
}

func TestNoWelcomeInTimeIsAFailure(t *testing.T) {
	s := newScene(t)
	s.link.Start()
	s.sockets.last(s).open()
	s.loop.Advance(openTimeout)
	s.is(Waiting)
}

func TestCloseEndsEverything(t *testing.T) {
	s := newScene(t)
	c := s.online()
	a := s.ask()
	s.link.Close()
	c.say(&wire.Ack{Ref: 1})
	s.loop.Run()
	if !a.failed(wire.CodeNoConnection) || !c.closed {
		t.Fatalf("the request got %+v, closed is %v", a, c.closed)
	}
	s.loop.Advance(time.Hour)
	s.is(Closed)
	if n := len(s.sockets.all); n != 1 {
		t.Fatalf("%d sockets", n)
	}
	if _, ok := s.loop.Next(); ok {
		t.Fatal("a timer is left")
	}
}
