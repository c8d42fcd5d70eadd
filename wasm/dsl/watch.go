package dsl

import (
	"strings"

	"foyer/wasm/pattern"
)

// Watch is what has to be watched for on one page. When it has happened the page says itself: the click that makes an event
// complete may be the one that leaves the page.
type Watch struct{ events []Event }

// NewWatch takes those events of a document that a page of this address may see: a trigger that is for other pages is no
// part of the event here, and an event without a trigger is not watched for.
func NewWatch(events []Event, url string, match pattern.Matcher) *Watch {
	w := &Watch{}
	fits := map[string]bool{"": true}
	for _, e := range events {
		var here []trigger
		for _, t := range e.triggers {
			if _, known := fits[t.url]; !known {
				fits[t.url] = isAt(t.url, url, match)
			}
			if fits[t.url] {
				here = append(here, t)
			}
		}
		if len(here) > 0 {
			e.triggers = here
			w.events = append(w.events, e)
		}
	}
	return w
}

// isAt tells whether a filter, part of an address or a regular expression, fits an address.
func isAt(filter, url string, match pattern.Matcher) bool {
	return strings.Contains(strings.ToLower(url), strings.ToLower(filter)) || match.In(filter, url)
}

// Names tells whether an event of this name is watched for.
func (w *Watch) Names(name string) bool {
	for i := range w.events {
		if w.events[i].Name == name {
			return true
		}
	}
	return false
}

// Orders is what the page has to watch for: [{attrs, values, triggers}], with attributes and elements as its parser gave
// them.
func (w *Watch) Orders() []any {
	all := make([]any, len(w.events))
	for i, e := range w.events {
		triggers := make([]any, len(e.triggers))
		for j := range e.triggers {
			triggers[j] = e.triggers[j].element
		}
		all[i] = map[string]any{"attrs": e.attrs, "values": e.values, "triggers": triggers}
	}
	return all
}
