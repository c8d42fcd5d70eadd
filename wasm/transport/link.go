// Package transport keeps one connection to the relay's native interface: over a WebSocket, or over long polling with
// the same frames where sockets fail. It reconnects, notices connections that are dead without saying so, and pairs
// requests with their answers.
//
// The chat client and the desktop own one Link each and call it from the client's loop only; all callbacks come on that
// loop. It must never keep what was not sent (the outbox is the caller's), know what frames mean beyond hello, welcome,
// error, ping and goodbye, or import JavaScript: sockets and requests come in as Dialer and Poller.
package transport

import (
	"math/rand/v2"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop"
)

const (
	openTimeout    = 10 * time.Second // from dialling to the welcome
	requestTimeout = 30 * time.Second // for the answer to a request on a living connection
	pingEvery      = 20 * time.Second
	silenceLimit   = 45 * time.Second // nothing heard for so long: the connection is dead
	probeLimit     = 5 * time.Second  // the same after Nudge
)

// State is what a Link is doing.
type State string

const (
	Connecting State = "connecting" // an attempt is under way
	Online     State = "online"     // the relay has said welcome
	Waiting    State = "waiting"    // the next attempt comes after Status.For, or with Nudge
	Refused    State = "refused"    // the relay will not have this hello (Status.Problem); Start tries again
	Closed     State = "closed"     // not started, or closed by its owner
)

// Status is a Link's state and what belongs to it.
type Status struct {
	State   State
	For     time.Duration // Waiting: how long until the next attempt
	Problem *wire.Problem // Waiting and Refused: why the last connection ended, where it is known
}

// Options are what a Link needs. All fields but Poll, OnStatus and Random must be set.
type Options struct {
	Loop loop.Loop
	Dial Dialer
	Poll Poller // nil: sockets only
	// PollOnly is asked before each attempt whether sockets must not be used; nil for never. It needs Poll.
	PollOnly func() bool
	// Hello is asked before each attempt, so that token, handle and positions are the latest.
	Hello func() *wire.Hello
	// OnFrame gets every frame that does not answer a request, the welcome of each connection first. An error frame
	// comes here when it is about no request and does not end the connection.
	OnFrame func(wire.Frame)
	// OnStatus tells of every change. Online comes after OnFrame had the welcome, so that a resend already knows
	// what the relay has.
	OnStatus func(Status)
	// Random gives numbers in [0,1) for the jitter of reconnections; nil takes math/rand.
	Random func() float64
}

// Link is the connection to the relay. Its methods must be called on the loop.
type Link struct {
	o       Options
	status  Status
	backoff backoff
	route   route

	carrier      carrier // the connection of now, nil between connections
	welcomed     bool
	onlineAt     time.Time
	lastPing     int64
	lastRef      uint32
	waiting      map[uint32]*request
	confirmation confirmation
	stopOpen     func()
	stopPing     func()
	stopQuiet    func()
	stopRetry    func()
}

type request struct {
	done func(wire.Frame, *wire.Problem)
	stop func()
}

// New makes a Link that does nothing before Start.
func New(o Options) *Link {
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.OnStatus == nil {
		o.OnStatus = func(Status) {}
	}
	return &Link{
		o:       o,
		status:  Status{State: Closed},
		backoff: backoff{random: o.Random},
		route:   route{sockets: o.Dial, polls: o.Poll, pollOnly: o.PollOnly},
		waiting: map[uint32]*request{},
	}
}

// Status is the state of now.
func (l *Link) Status() Status { return l.status }

// Start connects, and keeps connecting until Close or until the relay refuses. On a Link that runs it does nothing.
func (l *Link) Start() {
	if l.status.State != Closed && l.status.State != Refused {
		return
	}
	l.backoff.reset()
	l.connect()
}

// Close ends the connection for good; requests under way fail. Start begins anew.
func (l *Link) Close() {
	if l.status.State == Closed {
		return
	}
	l.drop(wire.Problemf(wire.CodeNoConnection, "the connection was closed"))
	l.become(Status{State: Closed})
}

// Request sends a frame and calls done once, later and on the loop, with its answer or a problem. It fails with
// CodeNoConnection when the Link is not Online or the connection ends before the answer: whether the relay has done it
// is not known then, so what must not be lost carries a client id and is sent again.
func (l *Link) Request(f wire.Request, done func(wire.Frame, *wire.Problem)) {
	fail := func(p *wire.Problem) { l.o.Loop.Post(func() { done(nil, p) }) }
	if !l.welcomed {
		fail(wire.Problemf(wire.CodeNoConnection, "not connected"))
		return
	}
	l.lastRef++
	ref := l.lastRef
	f.SetRef(ref)
	b, p := encode(f)
	if p != nil {
		fail(p)
		return
	}
	stop := l.o.Loop.After(requestTimeout, func() {
		delete(l.waiting, ref)
		done(nil, wire.Problemf(wire.CodeUnavailable, "no answer in %v", requestTimeout))
	})
	l.waiting[ref] = &request{done: done, stop: stop}
	l.carrier.send(b)
}

// Tell sends a frame that nobody answers. Offline it is dropped: it is for what is live only.
func (l *Link) Tell(f wire.Frame) {
	if !l.welcomed {
		return
	}
	if b, p := encode(f); p == nil {
		l.carrier.send(b)
	}
}

// Nudge says that the time is good: a page became visible, or the browser came online. A Link that waits tries now; one
// that is online asks the other side for a sign of life and does not wait long for it.
func (l *Link) Nudge() {
	switch l.status.State {
	case Waiting:
		l.stopRetry()
		l.connect()
	case Online:
		l.ping()
		l.expectWithin(probeLimit)
	}
}

func encode(f wire.Frame) ([]byte, *wire.Problem) {
	b, err := wire.Encode(f)
	if err != nil {
		return nil, wire.Problemf(wire.CodeBadRequest, "%v", err)
	}
	if len(b) > wire.MaxFrame {
		return nil, wire.Problemf(wire.CodeTooLarge, "a frame may have %d bytes, this one has %d", wire.MaxFrame, len(b))
	}
	return b, nil
}

// connect makes one attempt. There is never a second one beside it.
func (l *Link) connect() {
	hello, p := encode(l.o.Hello())
	if p != nil {
		l.become(Status{State: Refused, Problem: p})
		return
	}
	l.stopOpen = l.o.Loop.After(openTimeout, func() {
		l.ended(wire.Problemf(wire.CodeNoConnection, "no welcome in %v", openTimeout))
	})
	// A carrier's events count only while it is the Link's: what a dropped one still says is nobody's business.
	var c carrier
	events := carrierEvents{
		frame: func(f wire.Frame) {
			if l.carrier == c {
				l.received(f)
			}
		},
		ended: func(p *wire.Problem) {
			if l.carrier == c {
				l.ended(p)
			}
		},
	}
	c = l.route.next(l.o.Loop, events)
	l.carrier = c
	c.open(hello)
	l.become(Status{State: Connecting})
}

func (l *Link) received(f wire.Frame) {
	l.route.worked()
	if l.welcomed {
		l.expectWithin(silenceLimit)
	}
	if l.answers(f) {
		return
	}
	switch f := f.(type) {
	case *wire.Welcome:
		l.welcome(f)
		return
	case *wire.Ping:
		l.Tell(&wire.Pong{N: f.N})
		return
	case *wire.Pong:
		l.ponged(f.N)
		return
	case *wire.Goodbye:
		l.restIn(l.backoff.next(time.Duration(f.RetryMs)*time.Millisecond), wire.Problemf(wire.CodeDraining, "%s", f.Reason))
		return
	case *wire.Error:
		if f.Fatal {
			l.ended(problem(f))
			return
		}
	}
	l.o.OnFrame(f)
}

// answers takes a frame that answers a request to its caller.
func (l *Link) answers(f wire.Frame) bool {
	reply, ok := f.(wire.Reply)
	if !ok || reply.GetRef() == 0 {
		return false
	}
	e, failed := f.(*wire.Error)
	r := l.waiting[reply.GetRef()]
	if r != nil {
		delete(l.waiting, reply.GetRef())
		r.stop()
		if failed {
			r.done(nil, problem(e))
		} else {
			r.done(f, nil)
		}
	}
	return !failed || !e.Fatal
}

func problem(e *wire.Error) *wire.Problem {
	return &wire.Problem{Code: e.Code, Text: e.Text, RetryMs: e.RetryMs, Field: e.Field}
}

func (l *Link) welcome(f *wire.Welcome) {
	if l.welcomed { // a later welcome tells of a change; the connection is the same
		l.o.OnFrame(f)
		return
	}
	l.stopOpen()
	l.stopOpen = nil
	l.welcomed = true
	l.onlineAt = l.o.Loop.Now()
	l.schedulePing()
	l.expectWithin(silenceLimit)
	c := l.carrier
	l.o.OnFrame(f)
	if l.carrier == c { // the owner may have closed it
		l.become(Status{State: Online})
	}
	if l.carrier == c {
		l.route.lookForBetter(l.o.Loop, l.upgrade)
	}
}

// upgrade leaves the long poll because a socket has been seen to work.
func (l *Link) upgrade() {
	if l.status.State != Online || len(l.waiting) > 0 {
		l.route.lookForBetter(l.o.Loop, l.upgrade)
		return
	}
	l.drop(nil)
	l.connect()
}

func (l *Link) ping() {
	l.lastPing++
	l.Tell(&wire.Ping{N: l.lastPing})
}

func (l *Link) schedulePing() {
	l.stopPing = l.o.Loop.After(pingEvery, func() {
		l.ping()
		l.schedulePing()
	})
}

// expectWithin gives the other side so long to say something.
func (l *Link) expectWithin(d time.Duration) {
	if l.stopQuiet != nil {
		l.stopQuiet()
	}
	l.stopQuiet = l.o.Loop.After(d, func() {
		l.ended(wire.Problemf(wire.CodeNoConnection, "nothing heard for %v", d))
	})
}

// ended reacts to the end of the connection or of the attempt.
func (l *Link) ended(p *wire.Problem) {
	if !wire.Means(p.Code).Retry {
		l.drop(p)
		l.become(Status{State: Refused, Problem: p})
		return
	}
	if l.welcomed {
		l.backoff.wasOnline(l.o.Loop.Now().Sub(l.onlineAt))
	}
	if l.route.failed(l.welcomed) {
		l.drop(p)
		l.connect()
		return
	}
	l.restIn(l.backoff.next(time.Duration(p.RetryMs)*time.Millisecond), p)
}

// restIn drops the connection and connects again after d.
func (l *Link) restIn(d time.Duration, p *wire.Problem) {
	l.drop(p)
	l.stopRetry = l.o.Loop.After(d, l.connect)
	l.become(Status{State: Waiting, For: d, Problem: p})
}

// drop takes the connection down and fails what waits for an answer.
func (l *Link) drop(p *wire.Problem) {
	for _, stop := range []func(){l.stopOpen, l.stopPing, l.stopQuiet, l.stopRetry} {
		if stop != nil {
			stop()
		}
	}
	l.stopOpen, l.stopPing, l.stopQuiet, l.stopRetry = nil, nil, nil, nil
	l.route.settle()
	l.welcomed = false
	if c := l.carrier; c != nil {
		l.carrier = nil
		c.close()
	}
	l.unconfirmed(p)
	lost := l.waiting
	l.waiting = map[uint32]*request{}
	for _, r := range lost {
		r.stop()
		l.o.Loop.Post(func() {
			r.done(nil, wire.Problemf(wire.CodeNoConnection, "the connection ended before the answer: %v", p))
		})
	}
}

func (l *Link) become(s Status) {
	l.status = s
	l.o.OnStatus(s)
}
