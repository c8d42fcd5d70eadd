package dsl

import (
	"strings"

	"foyer/wasm/pattern"
)

// Watch is the state of the business events on one page. An event with one trigger is left to the page, which mints it
// when the trigger was met Count times. Of an event with several the page tells each time that one was met, and Watch
// says when all have been.
type Watch struct {
	events []watched
}

type watched struct {
	Event
	met []bool
}

// NewWatch takes those events of a document that a page of this address may see: a trigger that is for other pages is no
// part of the event here, and an event without a trigger is not watched for.
func NewWatch(events []Event, url string, match pattern.Matcher) *Watch {
	w := &Watch{}
	fits := map[string]bool{"": true}
	for _, e := range events {
		var here []Trigger
		for _, t := range e.Triggers {
			if _, known := fits[t.URL]; !known {
				fits[t.URL] = isAt(t.URL, url, match)
			}
			if fits[t.URL] {
				here = append(here, t)
			}
		}
		if len(here) > 0 {
			e.Triggers = here
			w.events = append(w.events, watched{Event: e, met: make([]bool, len(here))})
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
	for _, e := range w.events {
		if e.Name == name {
			return true
		}
	}
	return false
}

// Fired takes note that a trigger was met. It is true where all triggers of the event have been: it is to be sent. Then
// those on elements begin anew; a timer, which runs once, stays met.
func (w *Watch) Fired(event, trigger int) bool {
	if event < 0 || event >= len(w.events) || trigger < 0 || trigger >= len(w.events[event].met) {
		return false
	}
	e := &w.events[event]
	e.met[trigger] = true
	for _, met := range e.met {
		if !met {
			return false
		}
	}
	for i, t := range e.Triggers {
		e.met[i] = t.Wait > 0 && !t.Idle
	}
	return true
}

// Orders is what the page has to watch for, in the order of the numbers that Fired takes:
//
//	[{name, condition, postcondition, values: [[name, expression]], triggers: [{element, action, wait, idle, count, values}]}]
func (w *Watch) Orders() []any {
	all := make([]any, len(w.events))
	for i, e := range w.events {
		triggers := make([]any, len(e.Triggers))
		for j, t := range e.Triggers {
			triggers[j] = map[string]any{
				"element": t.Element, "action": t.Action, "wait": t.Wait, "idle": t.Idle, "count": t.Count, "values": pairs(t.Values),
			}
		}
		all[i] = map[string]any{
			"name": e.Name, "condition": e.Condition, "postcondition": e.Postcondition, "values": pairs(e.Values),
			"triggers": triggers,
		}
	}
	return all
}

func pairs(values []Value) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = []any{v.Name, v.Expression}
	}
	return all
}
