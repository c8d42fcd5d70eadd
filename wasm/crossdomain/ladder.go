// Package crossdomain decides how a visitor's chat comes to a page of another site: the ladder of the ways that there
// are, which of them a deployment allows, in what order they are tried, when each is given up, and which one worked.
//
// wasm/visitor makes a Ladder for each site and offers it the ways that a page has (Offer); what a way does is its own
// business. The package knows no page, no relay and no JavaScript. It must never try a way that the deployment has switched
// off, never two that need no person at once, and none while there is a chat.
package crossdomain

import (
	"slices"
	"time"

	"foyer/relay/wire"
)

// patience is how long a way may take until it is given up for the next one. The button waits for a person instead.
const patience = 10 * time.Second

// Loop is the goroutine that owns all of the client's state.
type Loop interface {
	// After runs f once after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
}

// Way tries to find the visitor's chat. It calls done at most once, on the loop, with a handle of the chat, or with "" where
// it leads to none.
type Way func(done func(handle string))

// Options are what a Ladder needs. All fields must be set.
type Options struct {
	Loop Loop
	// TakeUp is called with the handle that a way has found. What becomes of it, the owner tells with Outcome.
	TakeUp func(rung wire.Rung, handle string)
}

// Ladder is the search for one site's chat. Its methods must be called on the loop.
type Ladder struct {
	o       Options
	allowed []wire.Rung
	offered map[wire.Rung]Way
	trying  wire.Rung // what is tried, or whose handle is being taken up; "" for nothing
	attempt int       // numbers the tries: what an older one says is not heard
	stop    func()    // of the wait for it
	taking  bool      // its handle is being taken up
	asks    bool      // the button is shown
	worked  wire.Rung
	found   bool
}

// New makes a Ladder that allows every rung.
func New(o Options) *Ladder {
	return &Ladder{o: o, allowed: wire.Rungs(), offered: map[wire.Rung]Way{}, stop: func() {}}
}

// Allow says which rungs the deployment allows. Unknown names are passed over.
func (l *Ladder) Allow(rungs []string) {
	l.allowed = slices.DeleteFunc(wire.Rungs(), func(r wire.Rung) bool { return !slices.Contains(rungs, string(r)) })
}

// Allows tells whether the deployment allows a rung.
func (l *Ladder) Allows(r wire.Rung) bool { return slices.Contains(l.allowed, r) }

// Worked is the rung by which the chat of now has come, "" where it began on this site or there is none.
func (l *Ladder) Worked() wire.Rung { return l.worked }

// Offer says that a rung can be tried: now, or after those below it have led nowhere. It is false, and the way is
// forgotten, where the rung is not allowed or there is a chat already.
func (l *Ladder) Offer(r wire.Rung, way Way) bool {
	if l.found || !l.Allows(r) {
		return false
	}
	l.offered[r] = way
	l.next()
	return true
}

// Kept says that the site itself has kept a handle, which is being taken up: the rung below all others.
func (l *Ladder) Kept() {
	if l.found || l.trying != "" {
		return
	}
	l.begin(wire.RungSession)
	l.taking = true
}

// Outcome says what has become of the chat that is being taken up, or that there is one now for any other reason: with
// found the ladder rests until Outcome(false), without it goes on with the next rung.
func (l *Ladder) Outcome(found bool) {
	if found {
		l.rest()
		return
	}
	l.found, l.worked = false, ""
	if l.taking {
		l.taking, l.trying = false, ""
		l.next()
	}
}

// rest notes which rung has led to the chat, and forgets all others.
func (l *Ladder) rest() {
	if l.found {
		return
	}
	l.found, l.worked = true, ""
	if l.taking {
		l.worked = l.trying
	}
	l.stop()
	l.attempt++
	l.trying, l.taking, l.asks = "", false, false
	l.offered = map[wire.Rung]Way{}
}

// TakingUp is the rung whose handle is being taken up, so that an Outcome is awaited; "" for none.
func (l *Ladder) TakingUp() wire.Rung {
	if !l.taking {
		return ""
	}
	return l.trying
}

// next tries the lowest rung that is offered, and shows the button beside what is tried.
func (l *Ladder) next() {
	for _, r := range l.allowed {
		way := l.offered[r]
		if way == nil {
			continue
		}
		if r == wire.RungButton {
			l.ask(way)
			continue
		}
		if l.trying != "" {
			return
		}
		delete(l.offered, r)
		l.try(r, way)
	}
}

func (l *Ladder) begin(r wire.Rung) (attempt int) {
	l.trying = r
	l.attempt++
	return l.attempt
}

func (l *Ladder) try(r wire.Rung, way Way) {
	attempt := l.begin(r)
	ended := func(handle string) {
		if l.attempt != attempt || l.taking {
			return
		}
		l.attempt++
		l.stop()
		if handle == "" {
			l.trying = ""
			l.next()
			return
		}
		l.takeUp(handle)
	}
	l.stop = l.o.Loop.After(patience, func() { ended("") })
	way(ended)
}

// ask offers the button. A person may press it at any time until there is a chat, so it does not hold up the rungs above.
func (l *Ladder) ask(way Way) {
	if l.asks || l.trying != "" && l.trying != wire.RungIdentity {
		return // the rungs below may spare the visitor the question
	}
	delete(l.offered, wire.RungButton)
	l.asks = true
	way(func(handle string) {
		if l.found || l.taking || !l.asks {
			return
		}
		l.asks = false
		if handle == "" {
			return
		}
		l.stop()
		l.begin(wire.RungButton)
		l.takeUp(handle)
	})
}

func (l *Ladder) takeUp(handle string) {
	l.taking = true
	l.o.TakeUp(l.trying, handle)
}
