package engage

import (
	"fmt"
	"testing"

	"foyer/relay/desk"
	"foyer/relay/visit"
)

const inviting = "  - {name: %s, on: [%s], do: [{invite: {type: %s, config: {%s}}}], per_visit: 9, per_device: 9}\n"

func rule(name, on, kind, config string) string { return fmt.Sprintf(inviting, name, on, kind, config) }

// opens shows a page of a visit.
func (f *fixture) opens(visits ...int) {
	for _, v := range visits {
		f.show("shop", id(v), []string{id(11)}, f)
	}
}

func (f *fixture) wantPlaces(want int) {
	f.t.Helper()
	c, err := f.service.Capacity(f.t.Context(), Chat, nil)
	must(f.t, err)
	if c.Places != want {
		f.t.Errorf("%d places, want %d", c.Places, want)
	}
}

func TestAnInvitationHoldsItsPlaceForAsLongAsItLasts(t *testing.T) {
	tests := map[string]struct {
		config string
		endsMs int64
	}{
		"usually":           {"", 60_000},
		"short":             {"inviteTimeout: 5", 35_000},
		"as a text":         {`inviteTimeout: "90"`, 120_000},
		"long":              {"inviteTimeout: 7200", 630_000},
		"without an end":    {"inviteTimeout: 0", 630_000},
		"of a strange time": {"inviteTimeout: soon", 60_000},
		"of a negative one": {"inviteTimeout: -1", 60_000},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, rule("r", "Add", "chat", tt.config))
			f.happen("Add", nil)
			f.wantTold("invite to chat on 1")
			f.pass(tt.endsMs - 1)
			f.wantPlaces(2)
			f.pass(1)
			f.wantPlaces(3)
		})
	}
}

func TestTwoRulesAtOnceStayWithinTheCapacity(t *testing.T) {
	f := newFixture(t, rule("a", "Add", "chat", "")+rule("b", "Add", "chat", ""))
	f.room = desk.Room{Ready: 1, WithRoom: 1, Free: 2}
	f.opens(2, 3)
	for v := range 3 {
		f.happenIn(v+1, "Add", nil)
	}
	f.wantTold("invite to chat on 1", "invite to chat on 1")
	f.wantPlaces(0)
	if f.watched[string(Invited)] != 2 || f.watched[string(NoCapacity)] != 2 {
		t.Errorf("the verdicts were %v", f.watched)
	}
}

func TestAnInvitationToACallbackTakesNoPlaceAndNeedsNone(t *testing.T) {
	f := newFixture(t, rule("a", "Add", "callback", "")+rule("b", "Add", "chat", ""))
	f.happen("Add", nil)
	f.wantTold("invite to callback on 1") // and nothing else meanwhile
	f.wantPlaces(3)
	f.room = desk.Room{}
	f.opens(2)
	f.happenIn(2, "Add", nil)
	f.wantTold("invite to callback on 1")
	f.happenIn(2, "Add", nil)
	f.wantTold() // one at a time
}

func TestOnlyTheVisitThatWasInvitedGivesThePlaceBack(t *testing.T) {
	f := newFixture(t, "")
	f.opens(2)
	must(t, f.record("shop", 1), f.record("shop", 2), f.record("other", 1))
	invite := func() {
		t.Helper()
		_, _, err := f.service.Invite(t.Context(), "shop", Invitation{ID: "e-1", Visit: id(1), Type: Chat})
		must(t, err)
	}
	answer := func(deployment string, v int, engagement, code string) {
		t.Helper()
		must(t, f.service.Dispose(t.Context(), deployment, Result{Visit: id(v), Engagement: engagement, Code: code}))
	}
	invite()
	answer("shop", 2, "e-1", Rejected)
	answer("other", 1, "e-1", Rejected)
	answer("shop", 1, "e-2", Rejected)
	f.wantPlaces(2)
	answer("shop", 1, "e-1", TimedOut)
	f.wantPlaces(3)
	invite()
	answer("shop", 1, "", Rejected) // a copy that does not know its engagement
	f.wantPlaces(3)
	invite()
	answer("shop", 1, "e-1", Accepted)
	f.wantPlaces(2) // until the desk counts the chat
	f.pass(acceptedMs)
	f.wantPlaces(3)
}

// record keeps an event of a visit.
func (f *fixture) record(deployment string, v int) error {
	f.n++
	return f.service.Visits.Record(f.t.Context(), deployment, []visit.Event{{ID: id(1000 + f.n), Type: visit.Business, Name: "View",
		Page: id(11), Visit: id(v), Device: id(9), Ms: f.clock.NowMs()}})
}

func TestTheSameEngagementIsNotedInEachVisit(t *testing.T) {
	f := newFixture(t, "")
	f.opens(2)
	f.show("other", id(1), []string{id(11)}, f)
	must(t, f.record("shop", 1), f.record("shop", 2), f.record("other", 1))
	for _, in := range []struct {
		deployment string
		visit      int
	}{{"shop", 1}, {"shop", 2}, {"other", 1}} {
		_, _, err := f.service.Invite(t.Context(), in.deployment, Invitation{ID: "1", Visit: id(in.visit), Type: Chat})
		must(t, err)
		l, err := f.service.Archive.Events(t.Context(), visit.Query{Deployment: in.deployment, Visits: []string{id(in.visit)},
			Names: []string{visit.InvitationSent}, Limit: 9})
		if err != nil || len(l.Items) != 1 {
			t.Errorf("%v: noted are %+v, %v", in, l.Items, err)
		}
	}
}

func TestPromisesOutliveTheRelay(t *testing.T) {
	f := newFixture(t, rule("r", "Add", "chat", "inviteTimeout: 100"))
	f.opens(2, 3, 4)
	for v := range 4 {
		f.happenIn(v+1, "Add", nil)
	}
	f.wantPlaces(0)
	must(t, f.service.Dispose(t.Context(), "shop", Result{Visit: id(2), Code: Rejected}))
	f.pass(10_000)
	must(t, f.service.Dispose(t.Context(), "shop", Result{Visit: id(3), Code: Accepted}))
	f.service.open = openInvitations{} // as after a start
	must(t, f.service.Restore(t.Context()))
	f.wantPlaces(1)
	f.told = nil
	f.happenIn(1, "Add", nil)
	f.wantTold() // it is still asked
	f.pass(60_000)
	f.wantPlaces(2)
	f.pass(60_000)
	f.wantPlaces(3)
}
