package desk

import (
	"testing"

	"foyer/relay/access"
)

func TestRoomIsWhatReadyAgentsCouldTake(t *testing.T) {
	f := newFixture(t)
	wantRoom := func(what string, want Room) {
		t.Helper()
		if got, err := f.Room(t.Context(), "", nil); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", what, got, err, want)
		}
	}
	wantRoom("nobody", Room{})
	f.Connected(bert, "bert-1")
	f.mustBeReady(anna, access.Agent{ID: "carl", Capacity: 1})
	wantRoom("two are ready", Room{Ready: 2, WithRoom: 2, Free: 4})
	f.mustStart("one", "two", "three", "four", "five")
	wantRoom("before anything is offered", Room{Ready: 2, WithRoom: 2, Free: 4, Waiting: 5})
	f.after(0)
	wantRoom("all are busy, one waits", Room{Ready: 2, Waiting: 1})
}

func TestAgentsAreToldHowManyWait(t *testing.T) {
	f := newFixture(t)
	f.Connected(anna, "anna-1")
	f.mustStart("one", "two")
	f.after(0)
	if n, told := f.live.waiting["anna"]; !told || n != 2 {
		t.Errorf("told %d, %t", n, told)
	}
	f.mustBeReady(access.Agent{ID: "bert", Capacity: 1})
	f.after(0)
	if f.live.waiting["anna"] != 1 || f.live.waiting["bert"] != 1 {
		t.Errorf("told %v", f.live.waiting)
	}
	clear(f.live.waiting)
	f.after(0)
	if len(f.live.waiting) != 0 {
		t.Errorf("told again %v", f.live.waiting)
	}
	f.Connected(anna, "anna-2")
	f.after(0)
	if n, told := f.live.waiting["anna"]; !told || n != 1 {
		t.Errorf("a desktop that came later is told %d, %t", n, told)
	}
}
