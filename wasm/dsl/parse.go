// Package dsl reads the business events that an operator describes in domain-model.xml (spec/gwe-dsl.md), and decides
// which of them a page has to watch for.
//
// wasm/monitor uses it. Expressions, selectors and listeners belong to the page: the package says which ones, hands them
// on as they are written, and takes the page's word. However the document is made, what comes out of it is bounded.
package dsl

import (
	"strconv"
	"strings"
)

// Limits of one document. What is beyond them is left out, and said; the texts of problems repeat them.
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
	Name     string
	triggers []trigger
	attrs    any   // as the page's parser gave them
	values   []any // elements, as the page's parser gave them
}

// trigger is one thing that has to happen: something on an element, or time that passes.
type trigger struct {
	url     string // only on pages of this address: a part of it, or a regular expression; "" for every page
	element any    // as the page's parser gave it
}

// node is an element of the document as the page's parser gives it: {name, attrs, children}.
type node map[string]any

func (n node) name() string { s, _ := n["name"].(string); return s }

func (n node) attr(name string) string {
	attrs, _ := n["attrs"].(map[string]any)
	s, _ := attrs[name].(string)
	return strings.TrimSpace(s)
}

func (n node) children() []any { list, _ := n["children"].([]any); return list }

// fits tells whether no attribute is too long.
func (n node) fits() bool {
	attrs, _ := n["attrs"].(map[string]any)
	for _, v := range attrs {
		if s, _ := v.(string); len(s) > maxText {
			return false
		}
	}
	return true
}

// nodeOf takes anything for an element; what is none has no name.
func nodeOf(v any) node { m, _ := v.(map[string]any); return m }

// Parse reads a document. Problems say, in words for the operator, what was left out and why: an event of which a part
// cannot be watched for is left out as a whole, because the rest would mean something else.
func Parse(tree any) (events []Event, problems []string) {
	p := parser{}
	root := nodeOf(tree)
	if root.name() != "properties" {
		return nil, []string{"the document is <" + root.name() + ">, not <properties>"}
	}
	for _, list := range root.children() {
		for i, x := range nodeOf(list).children() {
			if nodeOf(list).name() != "events" || nodeOf(x).name() != "event" {
				continue
			}
			if len(p.events) == maxEvents {
				p.problem("only the first 300 events are watched for")
				return p.events, p.problems
			}
			p.event(nodeOf(x), i)
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

// event takes one in, or says why not.
func (p *parser) event(x node, index int) {
	e, why := p.read(x)
	switch {
	case why == "" && len(e.triggers) > 0:
		p.events = append(p.events, e)
	case why != "":
		p.problem("event " + strconv.Itoa(index+1) + " (" + e.Name[:min(len(e.Name), 40)] + "): " + why)
	}
}

func (p *parser) problem(text string) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, text)
	}
}

// read gives an event; why is empty unless it cannot be watched for.
func (p *parser) read(x node) (e Event, why string) {
	e = Event{Name: x.attr("name"), attrs: x["attrs"]}
	if e.Name == "" || len(e.Name) > maxName {
		return e, "a name of 1 to 100 bytes is needed"
	}
	values := 0
	for _, child := range x.children() {
		n := nodeOf(child)
		switch {
		case n.name() == "val":
			e.values = append(e.values, child)
			values++
		case n.name() == "trigger" && n.attr("enable") != "false":
			why = p.check(n)
			e.triggers = append(e.triggers, trigger{url: n.attr("url"), element: child})
			values += len(n.children())
		}
		if !n.fits() || !x.fits() {
			why = "an attribute is longer than 4000 bytes"
		} else if values > maxValues {
			why = "more than 50 values"
		}
		if why != "" {
			return e, why
		}
	}
	return e, ""
}

func isTimer(n node) bool { return strings.HasPrefix(n.attr("action"), "timer:") }

// check says why a trigger cannot be watched for, "" if it can.
func (p *parser) check(n node) string {
	p.triggers++
	if p.triggers > maxTriggers {
		return "more than 600 triggers"
	}
	if count := n.attr("count"); count != "" && !isWithin(count, 1, maxCount) {
		return "count is 1 to 10000"
	}
	for _, v := range n.children() {
		if !nodeOf(v).fits() {
			return "an attribute is longer than 4000 bytes"
		}
	}
	action := n.attr("action")
	if !isTimer(n) {
		if !isEventName(action) {
			return "the action " + action[:min(len(action), 40)] + " is no event"
		}
		return ""
	}
	p.timers++
	if p.timers > maxTimers {
		return "more than 100 timers"
	}
	if !isWithin(action[len("timer:"):], minWait, maxWait) {
		return "timers take 100 to 86400000 ms"
	}
	return ""
}

func isWithin(digits string, least, most int) bool {
	n, err := strconv.Atoi(digits)
	return err == nil && n >= least && n <= most
}

// isEventName tells whether a DOM event can have that name.
func isEventName(s string) bool {
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' && c != ':' {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}
