package native

import (
	"context"
	"strings"
	"testing"

	"foyer/relay/notify"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

func (r *testRelay) notify(visitID string, messages ...notify.Message) int {
	r.tb.Helper()
	n, err := notify.NewService(r.Hub, visit.NewArchive(r.store.History())).Notify(context.Background(), "shop", visitID, messages)
	must(r.tb, err)
	return n
}

// channels says hello once more in a way that is answered, and gives what was notified before the answer.
func (c *client) channels() string {
	c.tb.Helper()
	c.seen = nil
	c.say(&wire.Ping{N: 77})
	next(c, func(p *wire.Pong) bool { return p.N == 77 })
	var got []string
	for _, f := range c.seen {
		if n, ok := f.(*wire.Notify); ok {
			got = append(got, n.Channel)
		}
	}
	return strings.Join(got, " ")
}

func TestNotificationsReachTheirPages(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			one, _ := r.visitor(open, hello()) // visit A, page 1
			two, _ := r.visitor(open, hello())
			two.say(&wire.Pages{Visit: id("A"), Pages: []string{id("2"), id("3")}})
			two.channels()
			other := hello()
			other.Visit = id("B")
			stranger, _ := r.visitor(open, other)

			n := r.notify(id("A"), notify.Message{Channel: "all"}, notify.Message{Channel: "to-3", Page: id("3")},
				notify.Message{Channel: "nowhere", Page: id("9")})
			if n != 3 {
				t.Errorf("%d pages got it", n)
			}
			if n := r.notify(id("A"), notify.Message{Channel: "again-3", Page: id("3")}); n != 1 {
				t.Errorf("%d pages got it", n)
			}
			for who, want := range map[*client]string{one: "all", two: "all to-3 again-3", stranger: ""} {
				if got := who.channels(); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}

			two.say(&wire.Pages{Visit: id("A")})
			two.channels()
			if n := r.notify(id("A"), notify.Message{Channel: "left"}); n != 1 {
				t.Errorf("%d pages are left", n)
			}
			one.cut()
			if name == socketTransport {
				untilTrue(t, func() bool { return len(r.Hub.OpenPages(id("A"))) == 0 })
			}
		})
	}
}

func TestPagesAreLimited(t *testing.T) {
	r := newRelay(t)
	many := make([]string, wire.MaxPages+1)
	for i := range many {
		many[i] = id("1")
	}
	for name, f := range map[string]*wire.Pages{
		"no visit":      {Pages: []string{id("1")}},
		"too many":      {Visit: id("A"), Pages: many},
		"an empty page": {Visit: id("A"), Pages: []string{""}},
		"a long page":   {Visit: id("A"), Pages: []string{strings.Repeat("x", maxPageID+1)}},
	} {
		c, _ := r.visitor((*testRelay).socket, hello())
		c.say(f)
		if e := next[*wire.Error](c, nil); e.Code != wire.CodeBadRequest || e.Fatal {
			t.Errorf("%s: %+v", name, e)
		}
	}
	c, _ := r.visitor((*testRelay).socket, hello()) // of visit A
	for i := range wire.MaxVisits {
		c.say(&wire.Pages{Visit: id(string(rune('B' + i))), Pages: []string{id("1")}})
	}
	if e := next[*wire.Error](c, nil); e.Code != wire.CodeBadRequest {
		t.Errorf("one visit too many: %+v", e)
	}
}
