package engage

import (
	"fmt"
	"regexp"

	"foyer/relay/config"
	"foyer/relay/visit"
)

// pattern tells whether what a rule waits for has happened.
type pattern func(*Journey) bool

// compilePattern makes the template's pattern; nil for none.
func compilePattern(p config.Pattern) (pattern, error) {
	switch p.Kind {
	case "":
		return nil, nil
	case "singleton", "set":
		return func(j *Journey) bool { return j.hasAll(p.Events) }, nil
	case "sequence":
		return func(j *Journey) bool { return j.hasInOrder(p.Events) }, nil
	case "counter":
		return func(j *Journey) bool { return j.times(p.Events[0]) >= p.Count }, nil
	case "search":
		text, err := regexp.Compile("(?i)" + p.Text)
		if err != nil {
			return nil, fmt.Errorf("pattern: text: %w", err)
		}
		return func(j *Journey) bool { return j.searched(p.Events[0], p.Field, text) }, nil
	}
	return nil, fmt.Errorf("pattern: there is no kind %q", p.Kind)
}

func (j *Journey) hasAll(names []string) bool {
	for _, name := range names {
		if j.times(name) == 0 {
			return false
		}
	}
	return true
}

// hasInOrder tells whether the named events happened one after the other; others may lie in between.
func (j *Journey) hasInOrder(names []string) bool {
	for _, e := range j.events {
		if len(names) == 0 {
			break
		}
		if is(e, names[0]) {
			names = names[1:]
		}
	}
	return len(names) == 0
}

// searched tells whether a field of a named event held such a text.
func (j *Journey) searched(name, field string, text *regexp.Regexp) bool {
	s := j.searches[text]
	if s == nil {
		s = &search{}
		j.searches[text] = s
	}
	for ; !s.found && s.events < len(j.events); s.events++ {
		e := j.events[s.events]
		value, ok := e.Data[field].(string)
		s.found = ok && is(e, name) && text.MatchString(value)
	}
	return s.found
}

// concerns tells whether a rule looks when this event happens.
func (r *Rule) concerns(e visit.Event) bool {
	if e.Deployment != r.config.Deployment && r.config.Deployment != "" {
		return false
	}
	on := r.config.On
	if len(on) == 0 {
		on = r.config.Pattern.Events
	}
	if len(on) == 0 {
		return e.Type != visit.Engagement // else a rule would look at its own doing
	}
	for _, name := range on {
		if is(e, name) {
			return true
		}
	}
	return false
}
