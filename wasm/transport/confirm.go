package transport

import (
	"time"

	"foyer/relay/wire"
)

// confirmWithin is how long a confirmation waits: less than a person waits for a sign that something was heard.
const confirmWithin = 10 * time.Second

// confirmation is one ping, and who waits for its pong. There is one at a time, however often it is asked for: those who
// ask meanwhile share the next one.
type confirmation struct {
	n    int64 // number of the ping; 0 while none is under way
	done []func(*wire.Problem)
	next []func(*wire.Problem)
	stop func()
}

// Confirm calls done once, later and on the loop: with nil when the relay has heard everything that was sent before, with
// CodeNoConnection when the Link is not Online, the connection ends before, or nothing is heard for 10 s.
func (l *Link) Confirm(done func(*wire.Problem)) {
	if !l.welcomed {
		l.o.Loop.Post(func() { done(wire.Problemf(wire.CodeNoConnection, "not connected")) })
		return
	}
	c := &l.confirmation
	if c.n != 0 {
		c.next = append(c.next, done)
		return
	}
	c.done = []func(*wire.Problem){done}
	l.askForConfirmation()
}

func (l *Link) askForConfirmation() {
	l.ping()
	l.confirmation.n = l.lastPing
	l.confirmation.stop = l.o.Loop.After(confirmWithin, func() {
		l.confirmed(wire.Problemf(wire.CodeNoConnection, "no sign of life in %v", confirmWithin))
	})
}

// ponged takes in the answer to a ping.
func (l *Link) ponged(n int64) {
	if c := &l.confirmation; c.n != 0 && n == c.n {
		l.confirmed(nil)
	}
}

// confirmed tells who waits for the ping under way, and asks for the others.
func (l *Link) confirmed(p *wire.Problem) {
	c := &l.confirmation
	if c.n == 0 {
		return
	}
	c.stop()
	done := c.done
	c.n, c.done, c.next = 0, c.next, nil
	if len(c.done) > 0 && l.welcomed {
		l.askForConfirmation()
	}
	for _, f := range done {
		f(p)
	}
}

// unconfirmed fails all who wait: the connection is gone.
func (l *Link) unconfirmed(p *wire.Problem) {
	c := &l.confirmation
	if c.n == 0 {
		return
	}
	c.stop()
	lost := append(c.done, c.next...)
	*c = confirmation{}
	for _, f := range lost {
		l.o.Loop.Post(func() {
			f(wire.Problemf(wire.CodeNoConnection, "the connection ended before it was heard: %v", p))
		})
	}
}
