package dsl

import (
	"strings"

	"foyer/wasm/pattern"
)

// Watch is the state of the business events on one page. An event with one trigger is left to the page, which mints it
// when the trigger was met as often as it has to be. Of an event with several the page tells each time that one was met, and
// Watch says when all have been.
type Watch struct {
	events []Event
	met    [][]bool // by event and trigger
}

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
			w.met = append(w.met, make([]bool, len(here)))
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

// Fired takes note that a trigger was met. It is true where all triggers of the event have been: it is to be sent. Then
// those on elements begin anew; a timer, which runs once, stays met.
func (w *Watch) Fired(event, trigger int) bool {
	if event < 0 || event >= len(w.events) || trigger < 0 || trigger >= len(w.met[event]) {
		return false
	}
	all := w.met[event]
	all[trigger] = true
	for _, met := range all {
		if !met {
			return false
		}
	}
	for i := range all {
		all[i] = w.events[event].triggers[i].once
	}
	return true
}

// Orders is what the page has to watch for, in the order of the numbers that Fired takes: [{attrs, values, triggers}], with
// attributes and elements as its parser gave them.
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
