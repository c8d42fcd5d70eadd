package visit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"foyer/relay/visit"
)

// step is an event of a page: "+a" entered, "-a" left, anything else a business event on page a.
type step struct {
	ms   int64
	what string
}

func TestPagesOfAVisit(t *testing.T) {
	tests := map[string]struct {
		steps []step
		want  string // page@entered-left, left empty while open
	}{
		"none": {nil, ""},
		"three pages in order": {
			[]step{{1, "+a"}, {10, "-a"}, {11, "+b"}, {20, "-b"}, {21, "+c"}}, "a@1-10 b@11-20 c@21-"},
		"events arrive out of order": {
			[]step{{21, "+c"}, {20, "-b"}, {11, "+b"}, {10, "-a"}, {1, "+a"}}, "a@1-10 b@11-20 c@21-"},
		"two tabs": {
			[]step{{1, "+a"}, {5, "+b"}, {9, "-a"}}, "a@1-9 b@5-"},
		"business events are no pages": {
			[]step{{1, "+a"}, {2, "a"}, {3, "b"}}, "a@1-"},
		"the entry got lost": {
			[]step{{1, "+a"}, {7, "-b"}}, "a@1- b@7-7"},
		"entry and exit within one millisecond": {
			[]step{{1, "-a"}, {1, "+a"}}, "a@1-1"},
		"back from the back-forward cache": {
			[]step{{1, "+a"}, {5, "-a"}, {6, "+b"}, {8, "-b"}, {9, "+a"}}, "a@1- b@6-8"},
		"left twice": {
			[]step{{1, "+a"}, {5, "-a"}, {6, "-a"}}, "a@1-6"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture()
			var sent []visit.Event
			for i, s := range tt.steps {
				sent = append(sent, event(i, func(e *visit.Event) { s.describe(e) }))
			}
			if err := f.Record(t.Context(), "demo", sent); err != nil {
				t.Fatal(err)
			}
			pages, err := f.Pages(t.Context(), "demo", id(1))
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(pages); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func (s step) describe(e *visit.Event) {
	page := strings.TrimLeft(s.what, "+-")
	e.Ms, e.Page, e.URL = startMs+s.ms, id(int(page[0])), "https://shop.example/"+page
	switch s.what[0] {
	case '+':
		e.Data = map[string]any{"title": "Page " + page}
	case '-':
		e.Name = visit.PageExited
	default:
		e.Type, e.Name = visit.Business, "AddToCart"
	}
}

func describe(pages []visit.Page) string {
	var all []string
	for _, p := range pages {
		s := fmt.Sprintf("%s@%d-", p.URL[len(p.URL)-1:], p.EnteredMs-startMs)
		if p.LeftMs != 0 {
			s += fmt.Sprint(p.LeftMs - startMs)
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestPagesHaveTitlesAndStayWithinTheirDeployment(t *testing.T) {
	f := newFixture()
	for i, deployment := range []string{"demo", "other"} {
		e := event(i, func(e *visit.Event) { e.Data = map[string]any{"title": "\u202eShop " + deployment} })
		if err := f.Record(t.Context(), deployment, []visit.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := f.Pages(t.Context(), "demo", id(1))
	titles := []string{}
	for _, p := range pages {
		titles = append(titles, p.Title)
	}
	if err != nil || !slices.Equal(titles, []string{"Shop demo"}) {
		t.Errorf("titles are %v, %v", titles, err)
	}
	if pages, err := f.Pages(t.Context(), "demo", ""); err != nil || len(pages) != 0 {
		t.Errorf("a session without a visit has pages %v, %v", pages, err)
	}
}
