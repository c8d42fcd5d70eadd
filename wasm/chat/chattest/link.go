// Package chattest has a connection to the relay for tests: its answers are the test's. Tests of wasm/chat, wasm/webchat
// and wasm/tracker use it; no program does.
package chattest

import (
	"testing"

	"foyer/relay/wire"
)

// Link is a connection whose other end is the test. The zero value is offline.
type Link struct {
	Online bool
	Told   []wire.Frame // what was told, while online
	Went   []wire.Frame // all that was told and asked for, in order
	Silent bool         // nothing is confirmed: the line is dead, and nobody has noticed
	open   []*Asked
	unsure []func(*wire.Problem)
}

// Asked is a request that waits for its answer.
type Asked struct {
	Frame wire.Request
	done  func(wire.Frame, *wire.Problem)
}

// Request notes f, or fails at once while offline.
func (l *Link) Request(f wire.Request, done func(wire.Frame, *wire.Problem)) {
	if !l.Online {
		done(nil, wire.Problemf(wire.CodeNoConnection, "offline"))
		return
	}
	l.Went = append(l.Went, f)
	l.open = append(l.open, &Asked{Frame: f, done: done})
}

// Tell notes f while online.
func (l *Link) Tell(f wire.Frame) {
	if l.Online {
		l.Told = append(l.Told, f)
		l.Went = append(l.Went, f)
	}
}

// Confirm says at once that the relay has heard all while online, and that it has not while offline.
func (l *Link) Confirm(done func(*wire.Problem)) {
	switch {
	case !l.Online:
		done(wire.Problemf(wire.CodeNoConnection, "offline"))
	case l.Silent:
		l.unsure = append(l.unsure, done)
	default:
		done(nil)
	}
}

// Hold puts a request that was taken back among the open ones: Drop fails it too.
func (l *Link) Hold(a *Asked) { l.open = append(l.open, a) }

// Drop breaks the connection: every open request fails.
func (l *Link) Drop() {
	l.Online = false
	unsure := l.unsure
	l.unsure = nil
	for _, done := range unsure {
		done(wire.Problemf(wire.CodeNoConnection, "dropped"))
	}
	open := l.open
	l.open = nil
	for _, a := range open {
		a.done(nil, wire.Problemf(wire.CodeNoConnection, "dropped"))
	}
}

// Open gives how many requests wait for an answer.
func (l *Link) Open() int { return len(l.open) }

// Take gives the oldest open request, which must be a T; the test answers it with Reply or Refuse.
func Take[T wire.Request](t testing.TB, l *Link) (T, *Asked) {
	t.Helper()
	var none T
	if len(l.open) == 0 {
		t.Fatalf("the relay was asked for nothing, want a %T", none)
	}
	a := l.open[0]
	f, ok := a.Frame.(T)
	if !ok {
		t.Fatalf("the relay was asked for a %T, want a %T", a.Frame, none)
	}
	l.open = l.open[1:]
	return f, a
}

// TakeTold gives the frames of type T that were told since the last call, and forgets all that were told.
func TakeTold[T wire.Frame](l *Link) []T {
	var found []T
	for _, f := range l.Told {
		if f, ok := f.(T); ok {
			found = append(found, f)
		}
	}
	l.Told = nil
	return found
}

// Reply answers the request.
func (a *Asked) Reply(f wire.Frame) { a.done(f, nil) }

// RefuseWith answers the request with a problem that says more than its code.
func (a *Asked) RefuseWith(p *wire.Problem) { a.done(nil, p) }

// Refuse answers the request with a problem.
func (a *Asked) Refuse(c wire.Code) { a.done(nil, wire.Problemf(c, "refused by the test")) }
