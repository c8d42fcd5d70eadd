package engage

import (
	"strings"
	"testing"

	"foyer/relay/visit"
)

func TestAConditionsCostIsBounded(t *testing.T) {
	list := make([]any, 1500)
	tests := map[string]struct {
		when string
		fits bool
	}{
		"every element once":     {`all(event.data.list, # == nil)`, true},
		"an element of an array": {`event.name in ["Add", "View"] && any([1, 2], # == 2)`, true},
		"a chain":                {`len(filter(map(event.data.list, 1), # > 0)) == 1500`, false},
		"an endless range":       {`all(1..1000000000, # > 0)`, false},
		"a long range":           {`all(1..90000, # > 0)`, false},
		"ranges in ranges":       {`all(1..60, all(1..60, # > 0))`, false},
		"each with each":         {`count(event.data.list, any(event.data.list, # != nil)) == 0`, false},
		"a reduction":            {`reduce(1..50000, #acc + 1, 0) > 0`, false},
		"a sum":                  {`sum(event.data.list, 1) == 1500`, true},
		"a long text":            {`len(repeat("x", 100000000)) > 0`, false},
		"a let":                  {`let n = 2; count(event.data.list, n == 2) == 1500`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustCompile(t, "  - {name: r, when: '"+tt.when+"', do: [{notify: [{channel: hi}]}]}\n")[0]
			j := NewJourney("shop", id(1))
			e := visit.Event{ID: id(2), Name: "Add", Data: map[string]any{"list": list}}
			j.Add(e)
			v, err := r.decide(j, e, &world{onDevice: func(string) (int, error) { return 0, nil }})
			if tt.fits && (err != nil || v != Fire) {
				t.Errorf("%q, %v", v, err)
			}
			if !tt.fits && (err == nil || !strings.Contains(err.Error(), "elements") && !strings.Contains(err.Error(), "memory budget")) {
				t.Errorf("%q, %v", v, err)
			}
		})
	}
}
