package desk

import (
	"fmt"
	"slices"
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
	if o, told := f.live.waiting["anna"]; !told || o.Waiting != 2 || o.SinceMs != f.clock.NowMs() {
		t.Errorf("told %+v, %t", o, told)
	}
	f.mustBeReady(access.Agent{ID: "bert", Capacity: 1})
	f.after(0)
	if f.live.waiting["anna"].Waiting != 1 || f.live.waiting["bert"].Waiting != 1 {
		t.Errorf("told %v", f.live.waiting)
	}
	clear(f.live.waiting)
	f.after(0)
	if len(f.live.waiting) != 0 {
		t.Errorf("told again %v", f.live.waiting)
	}
	f.Connected(anna, "anna-2")
	f.after(0)
	if o, told := f.live.waiting["anna"]; !told || o.Waiting != 1 {
		t.Errorf("a desktop that came later is told %+v, %t", o, told)
	}
}

func TestAgentsAreToldWhatIsToComeInTheirQueues(t *testing.T) {
	f := newFixture(t)
	c := f.withCalls()
	for i, queue := range []string{"sales", "service", "sales", "sales", "sales"} {
		c.planned = append(c.planned, Task{ID: fmt.Sprint(i), Queue: queue, SinceMs: int64(100 - 10*i)})
	}
	f.Connected(access.Agent{ID: "anna", Queues: []string{"sales"}}, "1")
	f.Connected(bert, "2")
	f.after(0)
	if got := f.live.waiting["anna"]; !slices.Equal(got.NextMs, []int64{60, 70, 80}) {
		t.Errorf("anna is told %+v", got)
	}
	if got := f.live.waiting["bert"]; !slices.Equal(got.NextMs, []int64{60, 70, 80}) {
		t.Errorf("bert is told %+v", got)
	}
	clear(f.live.waiting)
	c.planned = c.planned[1:2]
	f.after(0)
	if got := f.live.waiting["anna"]; len(got.NextMs) != 0 || !slices.Equal(f.live.waiting["bert"].NextMs, []int64{90}) {
		t.Errorf("later: %+v", f.live.waiting)
	}
}
