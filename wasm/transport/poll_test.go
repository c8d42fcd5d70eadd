package transport

import (
	"strconv"
	"testing"

	"foyer/relay/wire"
)

func next(batch string) string {
	n, _ := strconv.Atoi(batch)
	return strconv.Itoa(n + 1)
}

func TestPollOpensWithHelloAndAcknowledgesBatches(t *testing.T) {
	s := newScene(t)
	s.polling()
	opened := s.polls.all[0]
	if f, err := wire.Decode(opened.Body); err != nil || f.FrameType() != wire.TypeHello || opened.Header[headerConnection] != "" {
		t.Fatalf("opened with %v, %v, headers %v", f, err, opened.Header)
	}
	p := s.polls.open(t, pollPath)
	if p.Header[headerConnection] != "secret" || p.Header[headerAck] != "0" || p.Body != nil {
		t.Fatalf("the first poll has the headers %v", p.Header)
	}
	p.answer(200, map[string]string{headerBatch: "1"}, &wire.AgentState{Ready: true}, &wire.AgentState{})
	s.loop.Run()
	if len(s.frames) != 3 {
		t.Fatalf("handed on: %v", s.frames)
	}
	if ack := s.polls.open(t, pollPath).Header[headerAck]; ack != "1" {
		t.Fatalf("the next poll acknowledges %s", ack)
	}
}

func TestABatchThatComesAgainIsNotHandedOnAgain(t *testing.T) {
	s := newScene(t)
	s.polling()
	for range 2 {
		s.polls.open(t, pollPath).answer(200, map[string]string{headerBatch: "1"}, &wire.AgentState{})
		s.loop.Run()
	}
	polls := len(s.polls.all)
	s.loop.Advance(pollRetryWait)
	if len(s.polls.all) != polls+1 {
		t.Fatal("no further poll came, or it came at once")
	}
	if len(s.frames) != 2 {
		t.Fatalf("handed on: %v", s.frames)
	}
}

func TestAPollThatFailsIsMadeAgain(t *testing.T) {
	s := newScene(t)
	s.polling()
	s.polls.open(t, pollPath).fail()
	s.loop.Advance(pollRetryWait)
	p := s.polls.open(t, pollPath)
	if p.Header[headerConnection] != "secret" || p.Header[headerAck] != "0" {
		t.Fatalf("made again with %v", p.Header)
	}
	s.is(Online)
	for range pollTries - 1 {
		s.polls.open(t, pollPath).fail()
		s.loop.Advance(pollRetryWait)
	}
	if st := s.link.Status().State; st == Online {
		t.Fatal("still online after the last try")
	}
}

func TestSendsOneBodyAtATimeInOrder(t *testing.T) {
	s := newScene(t)
	s.polling()
	first, second, third := s.ask(), s.ask(), s.ask()
	p := s.polls.open(t, sendPath)
	if n := s.polls.count("POST", sendPath); n != 1 {
		t.Fatalf("%d requests at once", n)
	}
	if refs := refsOf(t, p.Body); len(refs) != 1 || refs[0] != 1 {
		t.Fatalf("the first body has %v", refs)
	}
	p.answer(204, nil)
	s.loop.Run()
	p = s.polls.open(t, sendPath)
	if refs := refsOf(t, p.Body); len(refs) != 2 || refs[0] != 2 || refs[1] != 3 {
		t.Fatalf("the second body has %v", refs)
	}
	p.answer(204, nil)
	s.loop.Run()
	s.polls.open(t, pollPath).answer(200, map[string]string{headerBatch: "1"},
		&wire.Ack{Ref: 1}, &wire.Ack{Ref: 2}, &wire.Ack{Ref: 3})
	s.loop.Run()
	for i, a := range []*answer{first, second, third} {
		if a.times != 1 || a.problem != nil {
			t.Errorf("request %d got %+v", i, a)
		}
	}
}

func refsOf(tb testing.TB, body []byte) []uint32 {
	tb.Helper()
	frames, err := wire.DecodeAll(body, 100)
	if err != nil {
		tb.Fatal(err)
	}
	var refs []uint32
	for _, f := range frames {
		refs = append(refs, f.(wire.Request).GetRef())
	}
	return refs
}

func TestWhatTheRelaySaysOfALostConnection(t *testing.T) {
	cases := []struct {
		name string
		end  func(s *scene)
		want State
	}{
		{"the poll is unknown", func(s *scene) {
			s.polls.open(s, pollPath).answer(404, nil, wire.ErrorFrame(0, wire.Problemf(wire.CodeNoConnection, ""), true))
		}, Waiting},
		{"the send is unknown", func(s *scene) {
			s.ask()
			s.polls.open(s, sendPath).answer(404, nil, wire.ErrorFrame(0, wire.Problemf(wire.CodeNoConnection, ""), true))
		}, Waiting},
		{"the send does not arrive", func(s *scene) {
			s.ask()
			s.polls.open(s, sendPath).fail()
		}, Waiting},
		{"a fatal frame in a batch", func(s *scene) {
			s.polls.open(s, pollPath).answer(200, map[string]string{headerBatch: "1"},
				wire.ErrorFrame(0, wire.Problemf(wire.CodeForbidden, ""), true))
		}, Refused},
		{"a page of somebody between", func(s *scene) {
			p := s.polls.open(s, pollPath)
			p.answered = true
			p.done(PollAnswer{Status: 200, Header: func(string) string { return "1" }, Body: []byte("<html>")}, nil)
		}, Waiting},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t)
			s.polling()
			c.end(s)
			s.loop.Run()
			s.is(c.want)
		})
	}
}

func TestAHelloThatTheRelayRefusesOverPoll(t *testing.T) {
	for _, status := range []int{200, 403} {
		s := newScene(t)
		s.link.route.polling = true
		s.link.Start()
		s.polls.open(t, pollPath).answer(status, nil, wire.ErrorFrame(0, wire.Problemf(wire.CodeOrigin, "no"), true))
		s.loop.Run()
		s.is(Refused)
	}
}

func TestClosingAPollTellsTheRelay(t *testing.T) {
	s := newScene(t)
	s.polling()
	waiting := s.polls.open(t, pollPath)
	s.link.Close()
	if !waiting.canceled || s.polls.count("DELETE", pollPath) != 1 {
		t.Fatalf("the poll is canceled: %v; requests to close: %d", waiting.canceled, s.polls.count("DELETE", pollPath))
	}
	s.loop.Run()
	if _, ok := s.loop.Next(); ok {
		t.Fatal("a timer is left")
	}
}
