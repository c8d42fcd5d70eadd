package transport

import (
	"errors"
	"testing"

	"foyer/relay/wire"
)

// fakeSockets is a Dialer whose sockets the test opens, feeds and drops.
type fakeSockets struct{ all []*fakeSocket }

type fakeSocket struct {
	listener Listener
	sent     [][]byte
	closed   bool
}

func (f *fakeSockets) Dial(l Listener) Socket {
	s := &fakeSocket{listener: l}
	f.all = append(f.all, s)
	return s
}

func (f *fakeSockets) last(tb testing.TB) *fakeSocket {
	tb.Helper()
	if len(f.all) == 0 {
		tb.Fatal("nothing was dialled")
	}
	return f.all[len(f.all)-1]
}

func (s *fakeSocket) Send(b []byte) { s.sent = append(s.sent, b) }
func (s *fakeSocket) Close()        { s.closed = true }
func (s *fakeSocket) open()         { s.listener.Open() }
func (s *fakeSocket) drop(code int) { s.listener.Closed(code) }

func (s *fakeSocket) say(f wire.Frame) { s.listener.Message(must(wire.Encode(f))) }

// heard is the nth frame that the link sent.
func (s *fakeSocket) heard(tb testing.TB, n int) wire.Frame {
	tb.Helper()
	if n >= len(s.sent) {
		tb.Fatalf("%d frames were sent, no number %d", len(s.sent), n)
	}
	f, err := wire.Decode(s.sent[n])
	if err != nil {
		tb.Fatalf("frame %d: %v", n, err)
	}
	return f
}

// fakePolls is a Poller whose requests the test answers.
type fakePolls struct{ all []*fakePoll }

type fakePoll struct {
	PollRequest
	done     func(PollAnswer, error)
	canceled bool
	answered bool
}

func (f *fakePolls) Do(r PollRequest, done func(PollAnswer, error)) func() {
	p := &fakePoll{PollRequest: r, done: done}
	f.all = append(f.all, p)
	return func() { p.canceled = true }
}

// open is the request that is not answered yet on a path.
func (f *fakePolls) open(tb testing.TB, path string) *fakePoll {
	tb.Helper()
	for _, p := range f.all {
		if p.Path == path && !p.answered && !p.canceled {
			return p
		}
	}
	tb.Fatalf("no request to %s waits", path)
	return nil
}

func (f *fakePolls) count(method, path string) int {
	n := 0
	for _, p := range f.all {
		if p.Method == method && p.Path == path {
			n++
		}
	}
	return n
}

func (p *fakePoll) answer(status int, header map[string]string, frames ...wire.Frame) {
	p.answered = true
	p.done(PollAnswer{
		Status: status,
		Header: func(name string) string { return header[name] },
		Body:   must(wire.EncodeAll(frames)),
	}, nil)
}

func (p *fakePoll) fail() {
	p.answered = true
	p.done(PollAnswer{}, errors.New("no network"))
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
