// Package tracker takes the monitoring events of a site's pages (VisitStarted, PageEntered, business events, PageExited)
// to the relay, in order and each at least once; the relay keeps each once, by its id.
//
// wasm/main.go gives it what pages minted. A page mints events only where the deployment, and the visitor's consent where
// that is asked for, allow it; so the tracker must never mint one of its own, and must forget what a page has queued when
// the page takes its consent back (it goes without having left). Events must never make a chat message wait: one frame of
// them is with the relay at a time.
package tracker

import (
	"time"

	"foyer/relay/wire"
)

const (
	maxQueue  = 2000     // events; beyond it the oldest are dropped, views of pages before all others
	maxCost   = 4 << 20  // estimated bytes of all events that wait; likewise
	batchSize = 50       // events in one frame
	batchCost = 32 << 10 // estimated bytes in one frame, half of what a frame may have

	maxVisits = 1000 // whose beginning is remembered

	// A burst of frames, then one each paceEvery: half of what the relay takes of a connection is left for the chat.
	paceBurst = 20
	paceEvery = 100 * time.Millisecond

	retryFirst = 2 * time.Second
	retryMost  = time.Minute
)

const (
	visitStarted = "VisitStarted"
	pageEntered  = "PageEntered"
	pageExited   = "PageExited"
)

// Link is the connection to the relay; *transport.Link is one.
type Link interface {
	// Request calls done once, with the reply or the problem, CodeNoConnection where the connection failed it.
	Request(f wire.Request, done func(reply wire.Frame, problem *wire.Problem))
}

// Loop runs what has to wait, on the goroutine that owns the client's state.
type Loop interface {
	After(d time.Duration, f func()) (stop func())
}

// Page is a page that minted events; *page.Page is one.
type Page interface {
	// Kept tells the page that it need not send these events any more.
	Kept(ids []string)
	// Log writes to the page's console.
	Log(level, text string)
}

// Tracker is the queue of one site. Its methods must be called on the loop.
type Tracker struct {
	link     Link
	loop     Loop
	connect  func()
	queue    []queued
	ids      map[string]bool // of the events in the queue
	cost     int             // of the queue, estimated bytes
	visits   map[string]bool // visits whose VisitStarted has been taken
	left     map[Page]bool   // pages whose last event is a PageExited
	online   bool
	flying   int  // events at the queue's head that the relay was asked to keep; 0 = none
	flight   int  // number of that request
	careful  bool // a frame was refused: one event at a time, to find the bad one
	attempts int
	waiting  bool
	spent    int       // frames of the burst that are not given back yet
	refused  wire.Code // why the last frame was put off, "" if it was not
	dropped  string    // why events were dropped, as it was last said; "" once the queue was empty again
}

type queued struct {
	event wire.Event
	page  Page
}

// New makes a tracker. connect is called when there is something to send; it must do nothing where there is a
// connection already.
func New(link Link, loop Loop, connect func()) *Tracker {
	return &Tracker{link: link, loop: loop, connect: connect, ids: map[string]bool{}, visits: map[string]bool{}, left: map[Page]bool{}}
}

// Add takes events of a page, oldest first. Events that are queued already (a page says hello again after a restart) are
// left out.
func (t *Tracker) Add(p Page, events []wire.Event) {
	for _, e := range events {
		t.left[p] = e.Name == pageExited
		if t.ids[e.ID] {
			continue
		}
		if e.Name == visitStarted && !t.startsVisit(e.Visit) {
			p.Kept([]string{e.ID}) // two tabs opened at once, both believing to be the first
			continue
		}
		t.push(queued{event: e, page: p})
	}
	if len(t.queue) > 0 {
		t.connect()
	}
	t.pump()
}

func (t *Tracker) startsVisit(visit string) bool {
	if t.visits[visit] {
		return false
	}
	if len(t.visits) >= maxVisits {
		clear(t.visits) // only a page that plays with us gets here; the relay knows its events by their ids
	}
	t.visits[visit] = true
	return true
}

// push queues one event. While the queue is full those that are not under way go.
func (t *Tracker) push(q queued) {
	cost := size(q.event)
	for len(t.queue) > t.flying && (len(t.queue) >= maxQueue || t.cost+cost > maxCost) {
		t.drop(t.leastWanted())
		t.sayDropped(q.page)
	}
	t.queue = append(t.queue, q)
	t.ids[q.event.ID] = true
	t.cost += cost
}

// drop takes one event out of the queue for good.
func (t *Tracker) drop(i int) {
	q := t.queue[i]
	q.page.Kept([]string{q.event.ID})
	t.forget(q)
	t.queue = append(t.queue[:i:i], t.queue[i+1:]...)
}

// forget takes note of an event that leaves the queue.
func (t *Tracker) forget(q queued) {
	delete(t.ids, q.event.ID)
	t.cost -= size(q.event)
}

// sayDropped says on a page's console that events are dropped, and why: once for each reason.
func (t *Tracker) sayDropped(p Page) {
	why := "they come faster than the relay takes them"
	switch {
	case !t.online:
		why = "there is no connection to the relay"
	case t.refused != "":
		why = "the relay does not take them just now (" + string(t.refused) + ")"
	}
	if why == t.dropped {
		return
	}
	t.dropped = why
	p.Log("warn", "too many events wait, for "+why+": the oldest are dropped, views of pages first")
}

// leastWanted is the index of the oldest view of a page that is not under way, else of the oldest event.
func (t *Tracker) leastWanted() int {
	for i, q := range t.queue[t.flying:] {
		if q.event.Name == pageEntered || q.event.Name == pageExited {
			return t.flying + i
		}
	}
	return t.flying
}

// Gone says that a page is no more. If it did not leave (PageExited), it took its consent back, or it says hello again
// and brings its events anew: what it has queued is forgotten.
func (t *Tracker) Gone(p Page) {
	left := t.left[p]
	delete(t.left, p)
	if left {
		return
	}
	rest := t.queue[:t.flying:t.flying]
	for _, q := range t.queue[t.flying:] {
		if q.page != p {
			rest = append(rest, q)
			continue
		}
		t.forget(q)
		if q.event.Name == visitStarted {
			delete(t.visits, q.event.Visit)
		}
	}
	t.queue = rest
}

// Online says that the relay has said welcome: everything that is not acknowledged is sent, or sent again.
func (t *Tracker) Online() {
	t.online, t.flying, t.waiting, t.attempts = true, 0, false, 0
	t.pump()
}

// Offline says that the connection is gone.
func (t *Tracker) Offline() { t.online, t.flying = false, 0 }

// Pending is the number of events that the relay has not acknowledged.
func (t *Tracker) Pending() int { return len(t.queue) }

func (t *Tracker) pump() {
	if !t.online || t.flying > 0 || t.waiting || len(t.queue) == 0 || t.spent >= paceBurst {
		return
	}
	t.spend()
	n := t.batch()
	events := make([]wire.Event, n)
	for i, q := range t.queue[:n] {
		events[i] = q.event
	}
	t.flying = n
	t.flight++
	flight := t.flight
	t.link.Request(&wire.Events{Events: events}, func(_ wire.Frame, problem *wire.Problem) {
		if t.flight == flight && t.flying == n {
			t.answered(problem)
		}
	})
}

// spend notes a frame of the burst, which comes back in time.
func (t *Tracker) spend() {
	t.spent++
	if t.spent == 1 {
		t.loop.After(paceEvery, t.refill)
	}
}

func (t *Tracker) refill() {
	t.spent--
	if t.spent > 0 {
		t.loop.After(paceEvery, t.refill)
	}
	t.pump()
}

// batch is how many events go into the next frame.
func (t *Tracker) batch() int {
	if t.careful {
		return 1
	}
	cost := 0
	for i, q := range t.queue {
		cost += size(q.event)
		if i == batchSize || (i > 0 && cost > batchCost) {
			return i
		}
	}
	return len(t.queue)
}

// size estimates the bytes of an event in a frame, a little high.
func size(e wire.Event) int {
	return 300 + len(e.URL) + len(e.Category) + len(e.Name) + sizeOf(e.Data)
}

func sizeOf(v any) int {
	switch v := v.(type) {
	case string:
		return 5 + len(v)
	case map[string]any:
		n := 5
		for k, item := range v {
			n += 5 + len(k) + sizeOf(item)
		}
		return n
	case []any:
		n := 5
		for _, item := range v {
			n += sizeOf(item)
		}
		return n
	}
	return 9
}

func (t *Tracker) answered(problem *wire.Problem) {
	n := t.flying
	t.flying = 0
	switch {
	case problem == nil:
		t.attempts, t.refused = 0, ""
		t.settle(n)
	case problem.Code == wire.CodeNoConnection: // Online sends it again
		return
	case wire.Means(problem.Code).Retry:
		t.refused = problem.Code
		t.later(problem)
		return
	case n > 1:
		t.careful = true
	default: // the relay will never have this one
		q := t.queue[0]
		q.page.Log("warn", "the relay refused the event "+q.event.Name+": "+problem.Text)
		t.settle(n)
	}
	t.pump()
}

// settle drops the first n events and tells their pages.
func (t *Tracker) settle(n int) {
	done := t.queue[:n]
	t.queue = append([]queued(nil), t.queue[n:]...)
	if len(t.queue) == 0 {
		t.careful, t.dropped = false, ""
	}
	for _, q := range done {
		t.forget(q)
	}
	for len(done) > 0 {
		p := done[0].page
		var ids []string
		for len(done) > 0 && done[0].page == p {
			ids = append(ids, done[0].event.ID)
			done = done[1:]
		}
		p.Kept(ids)
	}
}

func (t *Tracker) later(problem *wire.Problem) {
	wait := min(retryFirst<<min(t.attempts, 5), retryMost)
	wait = max(wait, time.Duration(problem.RetryMs)*time.Millisecond)
	t.attempts++
	t.waiting = true
	flight := t.flight
	t.loop.After(wait, func() {
		if t.flight == flight {
			t.waiting = false
			t.pump()
		}
	})
}
