package live_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"foyer/relay/clock/clocktest"
	"foyer/relay/live"
	"foyer/relay/notify"
)

func show(t *testing.T, hub *live.Hub, deployment, visit string, pages []string, r live.Receiver) *live.Shown {
	t.Helper()
	s, err := hub.ShowPages(deployment, visit, pages, r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpenPagesAreCountedOnce(t *testing.T) {
	hub, _ := newHub()
	var in inbox
	one := show(t, hub, "shop", "v", []string{"a", "b"}, &in)
	two := show(t, hub, "shop", "v", []string{"b"}, &in)
	show(t, hub, "other", "v", []string{"a"}, &in)
	wantOpen := func(want ...notify.OpenPage) {
		t.Helper()
		if got := hub.OpenPages("v"); !slices.Equal(got, want) {
			t.Errorf("open are %v, not %v", got, want)
		}
	}
	a, b, c, foreign := notify.OpenPage{Deployment: "shop", Page: "a"}, notify.OpenPage{Deployment: "shop", Page: "b"},
		notify.OpenPage{Deployment: "shop", Page: "c"}, notify.OpenPage{Deployment: "other", Page: "a"}
	wantOpen(a, b, foreign)
	if err := one.Change([]string{"c"}); err != nil {
		t.Fatal(err)
	}
	wantOpen(c, b, foreign)
	one.Hide()
	one.Hide()
	wantOpen(b, foreign)
	two.Hide()
	wantOpen(foreign)
}

func TestNotificationsAreOfOneVisit(t *testing.T) {
	hub, _ := newHub()
	var mine, others receiver
	show(t, hub, "shop", "v", []string{"a"}, &mine)
	show(t, hub, "shop", "w", []string{"a"}, &others)
	show(t, hub, "other", "v", []string{"a"}, &others)
	hub.Notify("shop", "v", []notify.Message{{Channel: "x"}})
	if mine != 1 || others != 0 {
		t.Errorf("got %d and %d", mine, others)
	}
}

func TestAVisitHasSoManyConnectionsAndPages(t *testing.T) {
	hub := live.NewHub(live.Options{Clock: clocktest.New(0), Limits: func() live.Limits { return live.Limits{Connections: 2, Pages: 3} }})
	var in receiver
	one := show(t, hub, "shop", "v", []string{"a"}, &in)
	two := show(t, hub, "shop", "v", []string{"b"}, &in)
	if _, err := hub.ShowPages("shop", "v", []string{"c"}, &in); !errors.Is(err, live.ErrConnections) {
		t.Errorf("a third connection: %v", err)
	}
	show(t, hub, "shop", "w", []string{"c"}, &in)
	show(t, hub, "other", "v", []string{"c"}, &in)
	if err := one.Change([]string{"a", "c", "d"}); !errors.Is(err, live.ErrPages) {
		t.Errorf("a fourth page: %v", err)
	}
	two.Hide()
	if _, err := hub.ShowPages("shop", "v", []string{"e", "f", "g"}, &in); !errors.Is(err, live.ErrPages) {
		t.Errorf("a fourth page on another connection: %v", err)
	}
	if err := one.Change([]string{"a", "c", "d"}); err != nil {
		t.Errorf("as many pages as allowed: %v", err)
	}
	hub.Notify("shop", "v", []notify.Message{{Channel: "x"}})
	if in != 1 {
		t.Errorf("a notification was delivered %d times: who was refused gets it too", in)
	}
}

// stuck is a connection whose Deliver does not return before it may.
type stuck struct{ entered, release chan struct{} }

func (s stuck) Deliver(live.Message) {
	s.entered <- struct{}{}
	<-s.release
}

// Nobody waits for what is being told to another visitor: not who says hello, nor who leaves.
func TestWhatOneVisitorIsToldKeepsNobodyElseWaiting(t *testing.T) {
	hub, clock := newHub()
	s := stuck{make(chan struct{}), make(chan struct{})}
	defer hub.Subscribe(live.Session("1"), s)()
	show(t, hub, "shop", "v", []string{"a"}, s)
	var busy sync.WaitGroup
	busy.Go(func() { present(t, hub, "1") })
	busy.Go(func() { hub.Notify("shop", "v", nil) })
	<-s.entered
	<-s.entered
	defer hub.Subscribe(live.Session("2"), &inbox{})()
	present(t, hub, "2")()
	show(t, hub, "shop", "w", []string{"a"}, &inbox{}).Hide()
	clock.Advance(live.DefaultGraceMs)
	if hub.Online("2", "vera") || len(hub.OpenPages("v")) != 1 {
		t.Error("another visitor's state is wrong")
	}
	close(s.release)
	busy.Wait()
}

// receiver counts.
type receiver int

func (r *receiver) Deliver(live.Message) { *r++ }
