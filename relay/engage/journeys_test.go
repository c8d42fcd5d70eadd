package engage

import (
	"strings"
	"testing"

	"foyer/relay/live"
	"foyer/relay/visit"
)

func TestVisitsAreForgottenByTheirSize(t *testing.T) {
	m := newJourneys(10 * eventBytes)
	grow := func(j *Journey, events int) {
		before := j.bytes
		for range events {
			j.Add(visit.Event{ID: id(len(j.events)), Name: "Add", URL: strings.Repeat("u", 4000)})
		}
		m.grown(j.bytes - before)
	}
	visits := make([]*Journey, 4)
	for i := range visits {
		visits[i] = NewJourney("shop", id(i))
		m.put(visits[i])
		grow(visits[i], 2)
	}
	m.get(visitKey{"shop", id(0)})
	grow(visits[3], 3) // 1 was used longest ago
	want := func(there ...bool) {
		t.Helper()
		for i, want := range there {
			if got := m.kept[visitKey{"shop", id(i)}] != nil; got != want {
				t.Errorf("visit %d is there: %t", i, got)
			}
		}
	}
	want(true, false, true, true)
	m.get(visitKey{"shop", id(3)})
	grow(visits[3], 900) // more than there is room for, but it is in use
	want(false, false, false, true)
	m.clear()
	want(false, false, false, false)
	if m.bytes != 0 {
		t.Errorf("%d bytes of nothing", m.bytes)
	}
}

func TestVisitsOfTwoDeploymentsAreApart(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [View], when: 'times(\"View\") > 1', do: [{notify: [{channel: hi}]}]}\n")
	f.show("other", id(1), []string{id(11)}, f)
	must(t, f.record("shop", 1), f.record("other", 1))
	f.settle()
	f.wantTold()
	must(t, f.record("other", 1))
	f.settle()
	f.wantTold("hi on 1")
}

func TestAVisitThatIsReadAgainIsAsItWasThen(t *testing.T) {
	// The rule wants a first look that nothing has followed; both events come at once, and are kept before it looks.
	f := newFixture(t, "  - {name: r, on: [View], when: 'times(\"Buy\") == 0', do: [{notify: [{channel: hi}]}]}\n")
	batch := []visit.Event{{ID: id(2001), Type: visit.Business, Name: "View"}, {ID: id(2002), Type: visit.Business, Name: "Buy"}}
	for i := range batch {
		batch[i].Page, batch[i].Visit, batch[i].Device = id(11), id(1), id(9)
	}
	must(t, f.service.Visits.Record(t.Context(), "shop", batch))
	f.settle()
	f.wantTold("hi on 1")

	// The same with the second one in a batch of its own, while the first waits to be looked at.
	f.journeys.clear()
	f.opens(2)
	for i := range batch {
		batch[i].Visit, batch[i].ID = id(2), id(3001+i)
		must(t, f.service.Visits.Record(t.Context(), "shop", batch[i:i+1]))
		f.clock.Advance(1)
	}
	f.settle()
	f.wantTold("hi on 1")
}

func TestWhoSignedInWithMuchDataIsKnown(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], when: 'identity == \"ann\"', do: [{notify: [{channel: hi}]}]}\n")
	f.happen(visit.SignIn, map[string]any{"userID": "ann", "more": strings.Repeat("x", journeyDataSize)})
	f.happen("Add", nil)
	f.wantTold("hi on 1")
}

func TestASearchGoesOnWhereItStopped(t *testing.T) {
	f := newFixture(t, "  - {name: r, pattern: {kind: search, text: shoes}, do: [{notify: [{channel: hi}]}]}\n")
	for _, text := range []string{"hat", "coat", "Shoes"} {
		f.happen("Search", map[string]any{"searchString": text})
	}
	f.wantTold("hi on 1")
	j := f.journeys.get(visitKey{"shop", id(1)})
	for _, s := range j.searches {
		if s.events != 3 || !s.found {
			t.Errorf("looked at %d events, found: %t", s.events, s.found)
		}
	}
}

var _ live.Receiver = (*fixture)(nil)
