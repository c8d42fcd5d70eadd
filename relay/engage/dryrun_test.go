package engage

import (
	"fmt"
	"strings"
	"testing"
)

func TestDryRunShowsWhatRulesWouldHaveDone(t *testing.T) {
	f := newFixture(t, "  - {name: real, on: [Add], do: [{notify: [{channel: hi}]}]}\n")
	f.happen("Add", nil)
	f.happen("Add", nil)
	f.pass(1000)
	f.happenIn(2, "View", nil)
	f.happenIn(2, "Add", nil)
	f.told = nil

	tests := map[string]struct {
		rules  string
		places int
		want   string
	}{
		"what there is":    {"  - {name: real, on: [Add], do: [{notify: [{channel: hi}]}]}\n", 1, "real fires 1, real has reached its limit 1, real fires 2"},
		"another rule":     {"  - {name: r, when: 'times(\"Add\") == 2', do: [{invite: {type: chat}}, {wait: 3}]}\n", 1, "r fires 1"},
		"no agents":        {"  - {name: r, when: 'times(\"Add\") == 2', do: [{invite: {type: chat}}]}\n", 0, "r finds no agent 1"},
		"held out":         {"  - {name: r, on: [View], hold_out: 100, do: [{notify: [{channel: hi}]}]}\n", 1, "r is held out 2"},
		"a device's limit": {"  - {name: r, on: [Add], per_device: 1, do: [{notify: [{channel: hi}]}]}\n", 1, "r fires 1, r has reached its limit 1, r has reached its limit 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			d := DryRun{Rules: mustCompile(t, tt.rules), Archive: f.service.Archive, Capacity: Capacity{Agents: tt.places, Places: tt.places},
				Report: func(x Finding) { got = append(got, fmt.Sprintf("%s %s %s", x.Rule, x.Verdict, x.Event.Visit[31:])) }}
			n, err := d.Run(t.Context(), "shop")
			if err != nil || n != 2 || strings.Join(got, ", ") != tt.want {
				t.Errorf("%d visits, %v: %q, want %q", n, err, strings.Join(got, ", "), tt.want)
			}
		})
	}
	f.wantTold()
}
