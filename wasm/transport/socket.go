package transport

import (
	"foyer/relay/wire"
	"foyer/wasm/loop"
)

// Dialer opens WebSockets to the relay's GET /native/v1/socket.
type Dialer interface {
	// Dial begins to open one and returns at once. The listener's functions may be called from any goroutine, but not
	// before Dial returned.
	Dial(Listener) Socket
}

// Socket is a WebSocket that is open or opening.
type Socket interface {
	Send(b []byte) // one binary message
	Close()        // may be called at any time, more than once
}

// Listener hears of a socket. Closed comes once, whether it was ever open or not, with the close code (1006 where there
// is none). After Socket.Close nothing needs to come.
type Listener struct {
	Open    func()
	Message func(b []byte)
	Closed  func(code int)
}

// socketed is a connection over a WebSocket.
type socketed struct {
	loop   loop.Loop
	dialer Dialer
	events carrierEvents
	socket Socket
	closed bool
}

func newSocketed(l loop.Loop, d Dialer, e carrierEvents) *socketed {
	return &socketed{loop: l, dialer: d, events: e}
}

func (s *socketed) open(hello []byte) {
	post := func(f func()) {
		s.loop.Post(func() {
			if !s.closed {
				f()
			}
		})
	}
	s.socket = s.dialer.Dial(Listener{
		Open:    func() { post(func() { s.socket.Send(hello) }) },
		Message: func(b []byte) { post(func() { s.received(b) }) },
		Closed:  func(code int) { post(func() { s.events.ended(closeProblem(code)) }) },
	})
}

func (s *socketed) received(b []byte) {
	f, err := wire.Decode(b)
	if err == nil {
		s.events.frame(f)
		return
	}
	if p, ok := err.(*wire.Problem); ok && p.Code == wire.CodeUnknownFrame {
		return // of a newer relay; frames that matter come with a new version
	}
	s.events.ended(garbled(err))
}

func (s *socketed) send(frame []byte) { s.socket.Send(frame) }

func (s *socketed) close() {
	s.closed = true
	if s.socket != nil {
		s.socket.Close()
	}
}

// closeProblem is the problem behind a close code. The relay sends an error frame before it closes, so this counts only
// where that frame was lost.
func closeProblem(code int) *wire.Problem {
	for _, c := range wire.Codes() {
		if m := wire.Means(c); m.Close == code && code != 0 {
			return wire.Problemf(c, "the relay closed the socket with %d", code)
		}
	}
	return wire.Problemf(wire.CodeNoConnection, "the socket closed with %d", code)
}
