package visit

import (
	"cmp"
	"slices"

	"foyer/relay/bidi"
)

// stay is what the events say of one page.
type stay struct {
	page      Page
	enteredMs int64 // last time: a page may be entered again from the browser's back-forward cache
	exitedMs  int64
}

// pagesOf puts a visit's pages together. Events may be missing or, within one millisecond, in any order: a page whose
// entry got lost begins with its exit, and a page is open unless it was left at or after it was last entered.
func pagesOf(events []Event) []Page {
	stays := map[string]*stay{}
	var order []*stay
	for _, e := range events {
		if e.Name != PageEntered && e.Name != PageExited {
			continue
		}
		s := stays[e.Page]
		if s == nil {
			s = &stay{page: Page{ID: e.Page, URL: bidi.Without(e.URL), EnteredMs: e.Ms}}
			stays[e.Page] = s
			order = append(order, s)
		}
		s.add(e)
	}
	pages := make([]Page, 0, len(order))
	for _, s := range order {
		if s.exitedMs >= s.enteredMs {
			s.page.LeftMs = s.exitedMs
		}
		pages = append(pages, s.page)
	}
	slices.SortStableFunc(pages, func(a, b Page) int { return cmp.Compare(a.EnteredMs, b.EnteredMs) })
	return pages
}

func (s *stay) add(e Event) {
	if e.Name == PageExited {
		s.exitedMs = max(s.exitedMs, e.Ms)
		return
	}
	s.enteredMs = max(s.enteredMs, e.Ms)
	s.page.EnteredMs = min(s.page.EnteredMs, e.Ms)
	s.page.URL = bidi.Without(e.URL)
	if title, ok := e.Data["title"].(string); ok {
		s.page.Title = bidi.Without(title)
	}
}
