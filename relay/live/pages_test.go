package live_test

import (
	"slices"
	"testing"

	"foyer/relay/live"
	"foyer/relay/notify"
)

func TestOpenPagesAreCountedOnce(t *testing.T) {
	hub, _ := newHub()
	var in inbox
	one := hub.ShowPages("shop", "v", []string{"a", "b"}, &in)
	two := hub.ShowPages("shop", "v", []string{"b"}, &in)
	hub.ShowPages("other", "v", []string{"a"}, &in)
	wantOpen := func(want ...notify.OpenPage) {
		t.Helper()
		if got := hub.OpenPages("v"); !slices.Equal(got, want) {
			t.Errorf("open are %v, not %v", got, want)
		}
	}
	a, b, c, foreign := notify.OpenPage{Deployment: "shop", Page: "a"}, notify.OpenPage{Deployment: "shop", Page: "b"},
		notify.OpenPage{Deployment: "shop", Page: "c"}, notify.OpenPage{Deployment: "other", Page: "a"}
	wantOpen(a, b, foreign)
	one.Change([]string{"c"})
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
	hub.ShowPages("shop", "v", []string{"a"}, &mine)
	hub.ShowPages("shop", "w", []string{"a"}, &others)
	hub.ShowPages("other", "v", []string{"a"}, &others)
	hub.Notify("shop", "v", []notify.Message{{Channel: "x"}})
	if mine != 1 || others != 0 {
		t.Errorf("got %d and %d", mine, others)
	}
}

// receiver counts.
type receiver int

func (r *receiver) Deliver(live.Message) { *r++ }
