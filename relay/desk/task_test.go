package desk

import (
	"context"
	"errors"
	"slices"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

// calls is a source of tasks of which an agent has at most one.
type calls struct {
	tasks   []Task
	planned []Task
	live    *desktops
	fail    error
}

func (c *calls) Kind() string { return "call" }
func (c *calls) AtMost() int  { return 1 }

func (c *calls) Waiting(context.Context, int) ([]Task, error) { return slices.Clone(c.tasks), c.fail }

func (c *calls) Planned(context.Context, int) ([]Task, error) { return slices.Clone(c.planned), nil }

func (c *calls) OfAgent(_ context.Context, agent string) (has []Task, err error) {
	for _, t := range c.tasks {
		if t.Agent == agent {
			has = append(has, t)
		}
	}
	return has, nil
}

func (c *calls) find(id string) *Task {
	return &c.tasks[slices.IndexFunc(c.tasks, func(t Task) bool { return t.ID == id })]
}

func (c *calls) Offer(_ context.Context, t Task, agent, offer string, endsMs int64) error {
	kept := c.find(t.ID)
	if kept.Agent != "" {
		return wire.Problemf(wire.CodeConflict, "taken")
	}
	kept.Agent, kept.Offer, kept.OfferEndsMs = agent, offer, endsMs
	c.live.subjects[offer], c.live.offers[t.ID] = t.ID, offer
	c.live.Note("%s is offered %s", agent, t.ID)
	return nil
}

func (c *calls) Return(_ context.Context, t Task, reason string) error {
	kept := c.find(t.ID)
	kept.Agent, kept.Offer = "", ""
	c.live.OfferGone(t.Agent, t.Offer, reason)
	return nil
}

// withCalls gives the fixture a source of calls.
func (f *fixture) withCalls(tasks ...Task) *calls {
	c := &calls{tasks: tasks, live: f.live}
	f.Service = NewService(Options{Chats: f.chats, Live: f.live, Clock: f.clock, IDs: f.ids, Sources: []Source{c}})
	return c
}

func call(id string, sinceMs int64) Task { return Task{ID: id, Queue: "default", SinceMs: sinceMs} }

func TestCallsAndChatsShareTheAgentsByHowLongTheyWait(t *testing.T) {
	f := newFixture(t)
	f.withCalls(call("call", startMs-1))
	f.mustStart("tea")
	f.mustBeReady(access.Agent{ID: "anna", Capacity: 1})
	f.wantAfter(0, "anna is offered call")
	f.mustBeReady(bert)
	f.wantAfter(0, "bert is offered tea")
}

func TestAnAgentRingsOneAtATime(t *testing.T) {
	f := newFixture(t)
	f.withCalls(call("one", 1), call("two", 2))
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.wantAfter(0, "anna is offered one", "anna is offered tea")
	if got, err := f.Room(t.Context(), "call", nil); err != nil || got != (Room{Ready: 1, Waiting: 1}) {
		t.Errorf("room for calls is %+v, %v", got, err)
	}
	if got, err := f.Room(t.Context(), "chat", nil); err != nil || got != (Room{Ready: 1, WithRoom: 1, Free: 1, Waiting: 1}) {
		t.Errorf("room for chats is %+v, %v", got, err)
	}
}

func TestACallThatNobodyTookGoesToSomebodyElse(t *testing.T) {
	f := newFixture(t)
	f.withCalls(call("one", 1))
	f.mustBeReady(anna, bert)
	f.wantAfter(0, "anna is offered one")
	if err := f.Reject(t.Context(), "anna", f.live.offers["one"]); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(0, "anna loses one: rejected", "bert is offered one")
	f.wantAfter(OfferMs, "bert loses one: timeout")
	wantCode(t, f.Reject(t.Context(), "bert", f.live.offers["one"]), wire.CodeOfferGone)
}

func TestASourceThatFailsKeepsNoOtherWaiting(t *testing.T) {
	f := newFixture(t)
	f.withCalls(call("one", 1)).fail = errors.New("disk is full")
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.wantAfter(0, "anna is offered tea")
}

func TestAnAgentWhoWasAddedWithQueuesIsAskedForThoseOnly(t *testing.T) {
	f := newFixture(t)
	f.withCalls(Task{ID: "repair", Queue: "service"}, Task{ID: "sale", Queue: "sales"})
	f.mustBeReady(access.Agent{ID: "anna", Queues: []string{"sales", "parts"}})
	f.wantAfter(0, "anna is offered sale")
}

func TestAgentsAreAskedForTheirQueuesOnly(t *testing.T) {
	f := newFixture(t)
	c := &calls{live: f.live, tasks: []Task{{ID: "sale", Queue: "sales"}, {ID: "repair", Queue: "service"}}}
	f.Service = NewService(Options{Chats: f.chats, Live: f.live, Clock: f.clock, IDs: f.ids, Sources: []Source{c},
		QueuesOf: func(a access.Agent) []string {
			return map[string][]string{"seller": {"sales"}, "fitter": {"service", "parts"}}[a.Username]
		}})
	f.mustBeReady(access.Agent{ID: "anna", Username: "seller"})
	f.wantAfter(0, "anna is offered sale")
	// Whoever works for no other queue does not count as somebody else to ask.
	f.mustBeReady(access.Agent{ID: "fred", Username: "fitter"})
	f.wantAfter(0, "fred is offered repair")
	if err := f.Reject(t.Context(), "fred", f.live.offers["repair"]); err != nil {
		t.Fatal(err)
	}
	f.live.Take()
	f.wantAfter(AskOnlyMs, "fred is offered repair")
	f.mustBeReady(access.Agent{ID: "zoe", Username: "zoe"}) // for whom nothing is said
	for queues, want := range map[string]int{"": 3, "sales": 2, "parts": 2, "none": 1} {
		var named []string
		if queues != "" {
			named = []string{queues}
		}
		if got, err := f.Room(t.Context(), "", named); err != nil || got.Ready != want {
			t.Errorf("for %q %d are ready, %v, want %d", queues, got.Ready, err, want)
		}
	}
}
