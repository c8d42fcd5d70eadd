package engage

import (
	"reflect"
	"testing"
)

func TestTheReportComparesWhoWasEngagedWithWhoWasNot(t *testing.T) {
	f := newFixture(t, rule("invite", "Add", "chat", "")+
		"  - {name: quiet, on: [View], hold_out: 100, do: [{notify: [{channel: hi}]}]}\n")
	f.opens(2, 3)
	f.happen("Buy", nil) // no merit of the rules
	f.pass(1)
	f.happen("View", nil)
	f.happen("Add", nil)
	f.happenIn(2, "Add", nil)
	f.happenIn(2, "View", nil)
	f.happenIn(3, "Add", nil)
	must(t, f.service.Dispose(t.Context(), "shop", Result{Visit: id(1), Engagement: f.engagementOf(1), Code: Accepted}),
		f.service.Dispose(t.Context(), "shop", Result{Visit: id(2), Engagement: f.engagementOf(2), Code: Rejected}))
	f.happen("Add", nil) // it fires again, but one visit is one visit
	f.happenIn(2, "Buy", nil)
	f.happenIn(3, "Buy;checkout", nil)

	tests := map[string][]Outcome{
		"Buy": {{Rule: "invite", Visits: 3, Results: map[string]int{Accepted: 1, Rejected: 1, "": 1}, Goals: 2},
			{Rule: "quiet", HeldOut: true, Visits: 2, Results: map[string]int{}, Goals: 1}},
		"category:checkout": {{Rule: "invite", Visits: 3, Results: map[string]int{Accepted: 1, Rejected: 1, "": 1}, Goals: 1},
			{Rule: "quiet", HeldOut: true, Visits: 2, Results: map[string]int{}}},
		"": {{Rule: "invite", Visits: 3, Results: map[string]int{Accepted: 1, Rejected: 1, "": 1}},
			{Rule: "quiet", HeldOut: true, Visits: 2, Results: map[string]int{}}},
	}
	for goal, want := range tests {
		got, err := Report{Archive: f.service.Archive, Goal: goal}.Run(t.Context(), "shop")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("goal %q: %+v, %v, want %+v", goal, got, err, want)
		}
	}
	if got, err := (Report{Archive: f.service.Archive}).Run(t.Context(), "other"); err != nil || len(got) != 0 {
		t.Errorf("another deployment has %+v, %v", got, err)
	}
}
