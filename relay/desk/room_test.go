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
