package native

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/wire"
)

func TestANetworkHasSoManyConnections(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			r.bound(func(l *config.Limits) { l.Connections = 2 })
			one, _ := r.visitor(open, hello())
			r.visitor(open, hello())
			refused, err := http.Get(r.http.URL + "/native/v1/socket")
			must(t, err)
			checkTooMany(t, refused)
			b, err := wire.Encode(hello())
			must(t, err)
			refused, err = http.Post(r.http.URL+"/native/v1/poll", frameType, strings.NewReader(string(b)))
			must(t, err)
			checkTooMany(t, refused)
			one.cut()
			untilTrue(t, func() bool {
				if name == pollTransport { // nobody tells the relay that it is gone
					r.clock.Advance(silenceLimitMs)
					r.sweep()
				}
				return r.bounds.connections.Used() < 2
			})
			r.visitor(open, hello())
		})
	}
}

func checkTooMany(t *testing.T, a *http.Response) {
	t.Helper()
	checkRefusal(t, a, wire.CodeTooMany)
	if a.Header.Get("Retry-After") == "" {
		t.Error("it is not said when to come back")
	}
}

func TestAVisitHasSoManyConnections(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			r.bound(func(l *config.Limits) { l.OfVisit = 2; l.Pages = 3 })
			r.visitor(open, hello())
			r.visitor(open, hello())
			c := r.refused(open, hello())
			if c.Code != wire.CodeTooMany || !c.Retry || c.RetryMs <= 0 {
				t.Errorf("a third connection: %+v", c)
			}
			other := hello()
			other.Visit = id("B")
			o, _ := r.visitor(open, other)
			o.say(&wire.Pages{Visit: id("B"), Pages: []string{id("1"), id("2"), id("3"), id("4")}})
			if e := next[*wire.Error](o, nil); e.Code != wire.CodeTooMany || e.Fatal {
				t.Errorf("a fourth page: %+v", e)
			}
		})
	}
}

// A chat's handle opens as many connections as a visit has, whatever visits they name.
func TestAChatHasSoManyConnections(t *testing.T) {
	r := newRelay(t)
	_, started := r.chatting((*testRelay).socket)
	r.bound(func(l *config.Limits) { l.OfVisit = 3 })
	for i := range 3 {
		h := hello()
		h.Handle, h.Visit = started.Snapshot.Handle, fmt.Sprintf("%032X", i)
		if i < 2 {
			_, w := r.visitor((*testRelay).socket, h)
			if len(w.Sessions) != 1 {
				t.Fatal("the handle leads to no chat")
			}
			started.Snapshot.Handle = cmp.Or(w.Sessions[0].Handle, started.Snapshot.Handle)
			continue
		}
		if e := r.refused((*testRelay).socket, h); e.Code != wire.CodeTooMany {
			t.Errorf("a fourth connection: %+v", e)
		}
	}
}

// refused connects somebody whose hello ends the connection.
func (r *testRelay) refused(open func(*testRelay, string) *client, h *wire.Hello) *wire.Error {
	r.tb.Helper()
	c := open(r, h.Origin)
	c.say(h)
	if e := c.ends(); e != nil {
		return e
	}
	r.tb.Fatal("let in")
	return nil
}

func TestFramesOfANetworkAreCountedTogether(t *testing.T) {
	r := newRelay(t)
	r.bound(func(l *config.Limits) { l.FramesPerSecond = 10 }) // and 100 at once
	var clients []*client
	for range 3 {
		c, _ := r.visitor((*testRelay).socket, hello())
		clients = append(clients, c)
	}
	large := &wire.Typing{Session: strings.Repeat("x", wire.MaxFrame-1000)} // counts for four
	for _, c := range clients {
		for range 7 {
			c.say(large)
		}
		c.say(&wire.Ping{N: 1})
		next[*wire.Pong](c, nil) // all were counted
	}
	last := clients[2]
	for range 3 {
		last.say(large)
	}
	if e := last.ends(); e == nil || e.Code != wire.CodeRate || e.RetryMs <= 0 {
		t.Errorf("got %+v", e)
	}
	r.clock.Advance(10_000)
	r.visitor((*testRelay).socket, hello())
}

func TestLargeFramesCountForMoreOnAConnection(t *testing.T) {
	r := newRelay(t)
	c, _ := r.visitor((*testRelay).socket, hello())
	for range wire.FramesBurst/wire.Cost(wire.MaxFrame-1000) + 1 {
		c.say(&wire.Typing{Session: strings.Repeat("x", wire.MaxFrame-1000)})
	}
	if e := c.ends(); e == nil || e.Code != wire.CodeRate {
		t.Errorf("got %+v", e)
	}
}

// Who asks for more of a log than they read gets it when they have read; what waited is given back.
func TestHistoryAnswersWhileThereIsRoom(t *testing.T) {
	r := newRelay(t)
	c, started := r.chatting((*testRelay).poll)
	for i := range 40 {
		c.say(&wire.Send{Ref: 9, Session: started.Snapshot.Session, ClientID: fmt.Sprint(i), Kind: wire.KindMessage, Text: strings.Repeat("é", wire.MaxMessageRunes/2)})
		next(c, func(a *wire.Ack) bool { return a.Ref == 9 })
		r.clock.Advance(1000)
	}
	h := hello()
	h.Handle = started.Snapshot.Handle
	stuck := r.newConn(pollTransport, peer{origin: shopOrigin, host: "relay.example", address: "192.0.2.1"})
	must(t, r.register(stuck))
	receive := func(f wire.Frame) {
		b, err := wire.Encode(f)
		must(t, err)
		stuck.receive(b, 1, nil)
	}
	receive(h)
	for i := range 30 {
		receive(&wire.History{Ref: uint32(i + 1), Session: started.Snapshot.Session})
	}
	if stuck.hasEnded() {
		t.Fatalf("it ended: %v", stuck.problem())
	}
	used := r.Memory.Used()
	if used > historyBytes || used < historyBytes/2 {
		t.Errorf("%d bytes wait for one who does not read", used)
	}
	pages, refused := answers(t, stuck)
	if pages == 0 || refused == 0 || pages+refused != 30 {
		t.Errorf("%d pages and %d refusals for 30 questions", pages, refused)
	}
	if left := r.Memory.Used(); left != used {
		t.Errorf("%d bytes are counted though nothing has arrived", left)
	}
	stuck.out.done(int(used) + outboxOwn)
	receive(&wire.History{Ref: 99, Session: started.Snapshot.Session})
	if pages, refused := answers(t, stuck); pages != 1 || refused != 0 {
		t.Error("who has read gets no more")
	}
	stuck.end(nil, true)
	r.unregister(stuck)
	untilTrue(t, func() bool { return r.Memory.Used() == 0 })
}

// answers takes what waits and counts what answers History.
func answers(t *testing.T, c *conn) (pages, refused int) {
	t.Helper()
	frames, _ := c.out.take()
	for _, b := range frames {
		f, err := wire.Decode(b)
		must(t, err)
		switch f := f.(type) {
		case *wire.Page:
			pages++
		case *wire.Error:
			refused++
			if f.Code != wire.CodeRate || !f.Retry || f.RetryMs <= 0 {
				t.Errorf("refused with %+v", f)
			}
		}
	}
	return pages, refused
}

// Many connections of one network share what may wait for them, and leave the others theirs.
func TestWhatWaitsIsSharedByANetworkAndByAll(t *testing.T) {
	r := newRelay(t)
	r.bound(func(l *config.Limits) { l.NetworkWaiting = 256 << 10; l.Waiting = 600 << 10 })
	frame := []byte(strings.Repeat("a", 60<<10))
	fill := func(network string) (frames int) {
		for range 50 {
			c := r.newConn(pollTransport, peer{address: network})
			must(t, r.register(c))
			t.Cleanup(func() { c.end(nil, true); r.unregister(c) })
			for {
				taken, _ := c.out.put(frame)
				if !taken {
					break
				}
				frames++
			}
		}
		return frames
	}
	if got := fill("192.0.2.1"); got > 6 {
		t.Errorf("one network holds %d frames of 60 kB", got)
	}
	if got := fill("192.0.2.2"); got < 4 {
		t.Errorf("another network gets %d frames only", got)
	}
	fill("192.0.2.3")
	if used := r.Memory.Used(); used > int64(r.limits.Load().Waiting) {
		t.Errorf("%d bytes wait altogether", used)
	}
	c := r.newConn(pollTransport, peer{address: "192.0.2.9"})
	must(t, r.register(c))
	t.Cleanup(func() { r.unregister(c) })
	c.send(&wire.Pong{})
	if frames, _ := c.out.take(); len(frames) != 1 || c.hasEnded() {
		t.Error("small frames of others need room that others have taken")
	}
}

func TestBodiesBorrowTheirMemory(t *testing.T) {
	r := newRelay(t)
	c, _ := r.visitor((*testRelay).poll, hello())
	r.bound(func(l *config.Limits) { l.NetworkWaiting = 10 << 10 })
	b, err := wire.Encode(&wire.Typing{Session: strings.Repeat("x", 12<<10)})
	must(t, err)
	q, err := http.NewRequest(http.MethodPost, r.http.URL+"/native/v1/poll", strings.NewReader(string(b)))
	must(t, err)
	a, err := http.DefaultClient.Do(q)
	must(t, err)
	checkRefusal(t, a, wire.CodeRate)
	r.bound(func(l *config.Limits) { l.NetworkWaiting = 20 << 10 })
	c.say(&wire.Typing{Session: strings.Repeat("x", 12<<10)})
	untilTrue(t, func() bool { return r.Memory.Used() == 0 })
}

func TestEverythingThatIsKeptIsCharged(t *testing.T) {
	events := make([]wire.Event, 100)
	for i := range events {
		events[i] = wire.Event{ID: fmt.Sprintf("%032X", i), Type: "BUSINESS", Name: "x", Page: id("1"), Visit: id("A"), Device: id("D"), URL: shopOrigin + "/" + strings.Repeat("x", 300)}
	}
	text := strings.Repeat("x", wire.MaxMessageRunes)
	for name, frame := range map[string]func(session string, n int) wire.Request{
		"events": func(_ string, n int) wire.Request {
			return &wire.Events{Ref: 7, Events: events}
		},
		"message": func(s string, n int) wire.Request {
			return &wire.Send{Ref: 7, Session: s, ClientID: fmt.Sprint(n), Kind: wire.KindMessage, Text: text}
		},
		"data": func(s string, n int) wire.Request {
			return &wire.UserData{Ref: 7, Session: s, Data: map[string]any{"a": text}}
		},
		"callback": func(_ string, n int) wire.Request {
			return &wire.RequestCallback{Ref: 7, ClientID: fmt.Sprint(n), Phone: "+49 30 123456", Subject: strings.Repeat("x", 100)}
		},
		"start": func(_ string, n int) wire.Request {
			return &wire.Start{Ref: 7, ClientID: fmt.Sprint(n), UserData: map[string]any{"a": text}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			c, started := r.chatting((*testRelay).socket)
			if name == "start" {
				c, _ = r.visitor((*testRelay).socket, hello())
			}
			r.bound(func(l *config.Limits) { l.VisitBytes = 1000 })
			c.say(frame(started.Snapshot.Session, 1))
			e := next(c, func(e *wire.Error) bool { return e.Ref == 7 })
			if e.Code != wire.CodeQuota || e.Retry || e.RetryMs <= 0 || e.Fatal {
				t.Errorf("got %+v", e)
			}
			r.clock.Advance(24 * 60 * 60 * 1000)
			r.bound(func(l *config.Limits) { l.VisitBytes = 1 << 20 })
			c.say(frame(started.Snapshot.Session, 1))
			next(c, func(f wire.Reply) bool {
				if e, is := f.(*wire.Error); is {
					t.Errorf("on the next day: %+v", e)
				}
				return f.GetRef() == 7
			})
		})
	}
}

func TestBeaconsAreCharged(t *testing.T) {
	r := newRelay(t)
	r.bound(func(l *config.Limits) { l.DeviceBytes = 1000 })
	shop, err := r.Deployments.Resolve(deployment.Hints{Name: "shop"})
	must(t, err)
	body := `[{"eventID":"` + id("E") + `","eventType":"BUSINESS","eventName":"x","pageID":"` + id("1") + `","visitID":"` + id("A") +
		`","globalVisitID":"` + id("D") + `","url":"` + shopOrigin + `/` + strings.Repeat("x", 1000) + `"}]`
	q, err := http.NewRequest(http.MethodPost, "/native/v1/events", strings.NewReader(body))
	must(t, err)
	q.Header.Set("Content-Type", "text/plain")
	q.RemoteAddr = "192.0.2.1:99"
	if err := r.Events(nil, q, shop); !isCode(err, wire.CodeQuota) {
		t.Errorf("got %v", err)
	}
}

// Lists that are too long are refused before they are decoded: a request is answered, and the connection goes on.
func TestLongListsAreRefused(t *testing.T) {
	long := make([]string, 60_000)
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			h := hello()
			h.Resume = make([]wire.Position, wire.MaxResume+1)
			if e := r.refused(open, h); e.Code != wire.CodeBadRequest {
				t.Errorf("resume: %+v", e)
			}
			h.Resume = make([]wire.Position, wire.MaxResume)
			c, _ := r.visitor(open, h)
			c.say(&wire.Pages{Visit: id("A"), Pages: long})
			if e := next[*wire.Error](c, nil); e.Code != wire.CodeBadRequest || e.Fatal {
				t.Errorf("pages: %+v", e)
			}
			c.say(&wire.Events{Ref: 5, Events: make([]wire.Event, wire.MaxEvents+1)})
			if e := next[*wire.Error](c, nil); e.Code != wire.CodeBadRequest || e.Ref != 5 || e.Fatal {
				t.Errorf("events: %+v", e)
			}
			c.say(&wire.Push{Entries: make([]wire.Entry, 200)})
			if e := c.ends(); e == nil || e.Code != wire.CodeNotForRole {
				t.Errorf("what the relay sends: %+v", e)
			}
		})
	}
}
