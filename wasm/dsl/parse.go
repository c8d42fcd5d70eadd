// Package dsl reads the business events that an operator describes in domain-model.xml (spec/gwe-dsl.md), and decides
// when one of them has happened on a page.
//
// wasm/monitor uses it. Expressions, selectors and listeners belong to the page: the package only says which ones, and
// takes their word. However the document is made, what comes out of it is bounded.
package dsl

import (
	"strconv"
	"strings"
)

// Limits of one document. What is beyond them is left out, and said.
const (
	maxEvents   = 300
	maxTriggers = 600 // of all events
	maxTimers   = 100 // of all events
	maxValues   = 50  // of one event with its triggers
	maxName     = 100 // bytes of a name; the relay takes no more
	maxText     = 4000
	maxProblems = 20
	maxCount    = 10000

	minWait = 100             // ms
	maxWait = 24 * 3600 * 1e3 // ms
)

// Event is a business event that is sent when all its triggers have been met.
type Event struct {
	Name          string
	Condition     string // JavaScript: the event is watched for only where it is true; "" is true
	Postcondition string // JavaScript: asked when the triggers are met; "" is true
	Triggers      []Trigger
	Values        []Value
}

// Trigger is one thing that has to happen: something on an element, or time that passes.
type Trigger struct {
	Element string // selector of CSS or jQuery; "" for the whole document
	Action  string // name of a DOM event; "" for a timer
	Wait    int    // ms of a timer, from the moment at which the page was entered
	Idle    bool   // the timer begins anew whenever the mouse moves
	URL     string // only on pages of this address: a part of it, or a regular expression; "" for every page
	Count   int    // how often it has to happen, at least 1
	Values  []Value
}

// Value is an entry of the event's data: what the expression comes to.
type Value struct{ Name, Expression string }

// Parse reads a document as the page's XML parser gives it: {name, attrs, children} for each element. Problems say, in
// words for the operator, what was left out and why.
func Parse(tree any) (events []Event, problems []string) {
	p := parser{}
	root := element(tree)
	if root.name != "properties" {
		p.problem("the document is <" + root.name + ">, not <properties>")
		return nil, p.problems
	}
	for _, list := range root.named("events") {
		for i, e := range list.named("event") {
			if len(p.events) == maxEvents {
				p.problem("only the first " + strconv.Itoa(maxEvents) + " events are watched for")
				return p.events, p.problems
			}
			p.event(e, i)
		}
	}
	return p.events, p.problems
}

type parser struct {
	events   []Event
	triggers int
	timers   int
	problems []string
}

func (p *parser) problem(text string) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, text)
	}
}

func (p *parser) event(x node, index int) {
	e := Event{Name: x.attrs["name"], Condition: x.attrs["condition"], Postcondition: x.attrs["postcondition"]}
	what := "event " + strconv.Itoa(index+1) + " (" + short(e.Name) + ")"
	if e.Name == "" || len(e.Name) > maxName {
		p.problem(what + ": a name of 1 to " + strconv.Itoa(maxName) + " bytes is needed")
		return
	}
	if len(e.Condition) > maxText || len(e.Postcondition) > maxText {
		p.problem(what + ": its condition is too long")
		return
	}
	e.Values = p.values(x, what, 0)
	total := len(e.Values)
	for _, t := range x.named("trigger") {
		if strings.EqualFold(t.attrs["enable"], "false") {
			continue
		}
		trigger, why := p.trigger(t)
		if why != "" {
			// The others alone would mean something else.
			p.problem(what + ": " + why)
			return
		}
		trigger.Values = p.values(t, what, total)
		total += len(trigger.Values)
		e.Triggers = append(e.Triggers, trigger)
	}
	if len(e.Triggers) > 0 {
		p.events = append(p.events, e)
	}
}

// trigger reads one. why is empty unless it cannot be watched for.
func (p *parser) trigger(x node) (t Trigger, why string) {
	t = Trigger{Element: strings.TrimSpace(x.attrs["element"]), Action: strings.TrimSpace(x.attrs["action"]), URL: x.attrs["url"], Count: 1}
	p.triggers++
	if p.triggers > maxTriggers {
		return t, "more than " + strconv.Itoa(maxTriggers) + " triggers"
	}
	if len(t.Element) > maxText || len(t.URL) > maxText {
		return t, "its element or url is too long"
	}
	if n := x.attrs["count"]; n != "" {
		count, err := strconv.Atoi(strings.TrimSpace(n))
		if err != nil || count < 1 || count > maxCount {
			return t, "count is 1 to " + strconv.Itoa(maxCount) + ", not " + short(n)
		}
		t.Count = count
	}
	wait, timer := strings.CutPrefix(t.Action, "timer:")
	if !timer {
		if !isEventName(t.Action) {
			return t, "the action " + short(t.Action) + " is no event"
		}
		return t, ""
	}
	p.timers++
	ms, err := strconv.Atoi(strings.TrimSpace(wait))
	switch {
	case err != nil || ms < minWait || ms > maxWait:
		return t, "timers take " + strconv.Itoa(minWait) + " to " + strconv.Itoa(maxWait) + " ms, not " + short(wait)
	case p.timers > maxTimers:
		return t, "more than " + strconv.Itoa(maxTimers) + " timers"
	}
	t.Action, t.Wait, t.Idle = "", ms, x.attrs["type"] == "nomove"
	return t, ""
}

// values reads the val elements directly inside x; have is how many the event has already.
func (p *parser) values(x node, what string, have int) []Value {
	var all []Value
	for _, v := range x.named("val") {
		value := Value{Name: v.attrs["name"], Expression: v.attrs["value"]}
		switch {
		case value.Name == "" || len(value.Name) > maxName || len(value.Expression) > maxText:
			p.problem(what + ": the val " + short(value.Name) + " has no name, or is too long")
		case have+len(all) == maxValues:
			p.problem(what + ": only the first " + strconv.Itoa(maxValues) + " values are sent")
			return all
		default:
			all = append(all, value)
		}
	}
	return all
}

// isEventName tells whether a DOM event can have that name.
func isEventName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' && c != ':' {
			return false
		}
	}
	return true
}

// short is a text as far as a line of the console takes it.
func short(s string) string { return strconv.Quote(s[:min(len(s), 40)]) }

// node is an element of the document.
type node struct {
	name     string
	attrs    map[string]string
	children []any
}

func element(v any) node {
	m, _ := v.(map[string]any)
	n := node{attrs: map[string]string{}}
	n.name, _ = m["name"].(string)
	attrs, _ := m["attrs"].(map[string]any)
	for key, value := range attrs {
		n.attrs[key], _ = value.(string)
	}
	n.children, _ = m["children"].([]any)
	return n
}

// named gives the children of a name.
func (n node) named(name string) []node {
	var all []node
	for _, c := range n.children {
		if e := element(c); e.name == name {
			all = append(all, e)
		}
	}
	return all
}
