package gwe_test

import (
	"strings"
	"sync"
	"testing"

	"foyer/relay/live"
	"foyer/relay/visit"
)

// page is an open page that writes down what it is told.
type page struct {
	mu  sync.Mutex
	got []string
}

func (p *page) Deliver(m live.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range m.(live.Notify).Messages {
		p.got = append(p.got, one.Channel)
	}
}

func TestNotify(t *testing.T) {
	long := `[{"channel":"x","data":{"a":"` + strings.Repeat("y", 300<<10) + `"}}]`
	const one = `[{"page":"P1","channel":"gpe.appendContent","data":{"url":"/server/resources/invite.html"}},{"channel":"own"}]`
	tests := map[string]struct {
		prefix, visit, key, body string
		status                   int
		delivered, told          string
	}{
		"the page named":             {"/server", id(1), shopKey, one, 200, "2", "gpe.appendContent own"},
		"as in 8.1.2":                {"/frontend", id(1), shopKey, `[{"page":"P1","channel":"x"}]`, 200, "1", "x"},
		"a page that is not open":    {"/server", id(1), shopKey, `[{"page":"P9","channel":"x"}]`, 200, "0", "x"},
		"a visit that is over":       {"/server", id(2), shopKey, one, 200, "0", ""},
		"an unknown visit":           {"/server", id(7), shopKey, one, 404, "", ""},
		"another deployment's visit": {"/server", id(1), otherKey, one, 404, "", ""},
		"no key":                     {"/server", id(1), "", one, 401, "", ""},
		"malformed":                  {"/server", id(1), shopKey, `[{"channel":"x"},{}]`, 400, "", ""},
		"too large":                  {"/server", id(1), shopKey, long, 413, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, sqlite(t))
			r.record("shop", event(1, 2, 21, visit.PageEntered, nil))
			p := &page{}
			defer r.show("shop", id(1), []string{"P1", "P2"}, p).Hide()
			a := r.do("POST", tt.prefix+"/data/notification/notify/"+tt.visit, tt.body, "x-api-key", tt.key, "Content-Type", "application/json")
			wantStatus(t, name, a, tt.status)
			if got := a.header.Get("Foyer-Delivered"); got != tt.delivered {
				t.Errorf("%q pages got it, not %q", got, tt.delivered)
			}
			if a.status == 200 && a.body != "" || a.status == 400 && !strings.Contains(a.body, "element 1") {
				t.Errorf("the answer is %s", a.body)
			}
			if got := strings.Join(p.got, " "); got != tt.told {
				t.Errorf("told %q, not %q", got, tt.told)
			}
		})
	}
}
