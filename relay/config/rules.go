package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Rule says when a visitor is engaged, and how. relay/engage compiles it.
type Rule struct {
	Line       int        `yaml:"-"` // where it begins in relay.yaml
	Name       string     `yaml:"name" doc:"Unique; it stands in the history of visits"`
	Deployment string     `yaml:"deployment" doc:"Whose visits it looks at. Default: those of all"`
	On         []string   `yaml:"on" doc:"Names of the events after which it looks. Default: those of the pattern; without one, every event"`
	Pattern    Pattern    `yaml:"pattern" doc:"What must have happened in the visit. Default: anything"`
	When       Expression `yaml:"when" doc:"A condition in the language of expr-lang.org that must hold as well, such as seconds > 30 and agentsReady > 0. It may go through 2500 elements. Default: true"`
	Do         []Action   `yaml:"do" doc:"What is done, in this order"`
	PerVisit   int        `yaml:"per_visit" doc:"How often in a visit, 1 to 100. Default 1"`
	PerDevice  int        `yaml:"per_device" doc:"How often in 24 hours in one browser, 1 to 1000. Default 3"`
	HoldOut    float64    `yaml:"hold_out" doc:"Per cent of browsers in which nothing is done, so that one can see what the rule brings; the same ones every time. Default 0"`
}

// Pattern is a template for what must have happened.
type Pattern struct {
	Kind   string   `yaml:"kind" doc:"singleton: the event happened. sequence: all did, in this order. set: all did. counter: the event did so often. search: the event did with such a text"`
	Events []string `yaml:"events" doc:"Names of events; category:NAME stands for every event in that category. search: default Search"`
	Count  int      `yaml:"count" doc:"counter: how often, at least 1"`
	Field  string   `yaml:"field" doc:"search: key of the event's data. Default searchString"`
	Text   string   `yaml:"text" doc:"search: a regular expression (RE2, upper and lower case alike) that the field must match"`
}

// Action is one thing that a rule does. Exactly one of its fields is set.
type Action struct {
	Notify  []Notification `yaml:"notify" doc:"Send messages to the pages of the visit"`
	Invite  Invite         `yaml:"invite" doc:"Invite to a chat, if an agent has a place for it, or to a callback"`
	Wait    Seconds        `yaml:"wait" doc:"Seconds until the following actions, 1 to 3600; they are done only if the condition still holds, and the rule has not been changed meanwhile. A restart ends it"`
	Webhook Webhook        `yaml:"webhook" doc:"Ask a server what to send to the visit"`
}

// Notification is a message of the Notification Service.
type Notification struct {
	Page    string         `yaml:"page" doc:"current: the page of the event; all: every open page of the visit. Default current"`
	Channel string         `yaml:"channel" doc:"gpe.appendContent, gpe.callFunction, or any name that pages subscribe to"`
	Data    map[string]any `yaml:"data" doc:"What is sent with it"`
}

// Invite is the invitation of a rule.
type Invite struct {
	Type   string         `yaml:"type" doc:"chat or callback"`
	URL    string         `yaml:"url" doc:"Of the invitation's HTML. Default /server/resources/invite.html"`
	Config map[string]any `yaml:"config" doc:"For the invitation: subject, message, acceptBtnCaption, cancelBtnCaption, inviteTimeout (seconds; an agent's place is held for so long, at most ten minutes)"`
}

// Webhook is a server that is asked.
type Webhook struct {
	URL     string  `yaml:"url" doc:"Gets the event and the visit as JSON by POST, and answers with an array of notification messages, or nothing"`
	Secret  string  `yaml:"secret" doc:"Signs requests: Foyer-Signature: t=TIME,v1=HMAC-SHA256(secret, TIME.BODY) in hex"`
	Timeout Seconds `yaml:"timeout" doc:"Seconds for one try, 1 to 60; there are four. Default 10"`
}

// Expression is a text in the language of conditions, with the line on which it begins.
type Expression struct {
	Text string
	Line int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (e *Expression) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a condition is a text", node.Line)
	}
	*e = Expression{Text: node.Value, Line: node.Line}
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		e.Line++
	}
	return nil
}

const (
	defaultPerDevice   = 3
	defaultHookSeconds = 10
)

func (r *Rule) fillIn() {
	r.PerVisit = cmp.Or(r.PerVisit, 1)
	r.PerDevice = cmp.Or(r.PerDevice, defaultPerDevice)
	if r.Pattern.Kind == "search" {
		r.Pattern.Field = cmp.Or(r.Pattern.Field, "searchString")
		if len(r.Pattern.Events) == 0 {
			r.Pattern.Events = []string{"Search"}
		}
	}
	for i := range r.Do {
		a := &r.Do[i]
		for j := range a.Notify {
			a.Notify[j].Page = cmp.Or(a.Notify[j].Page, "current")
		}
		a.Webhook.Timeout = cmp.Or(a.Webhook.Timeout, defaultHookSeconds)
	}
}

// check looks at everything but the condition, which relay/engage compiles.
func (r *Rule) check(deployments *unique) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case len(r.Name) > 100:
		wrong("a name may have 100 bytes")
	case r.Deployment != "" && !deployments.has(r.Deployment) && r.Deployment != "demo": // which --dev adds
		wrong("there is no deployment %q", r.Deployment)
	}
	if r.PerVisit < 1 || r.PerVisit > 100 {
		wrong("per_visit is 1 to 100")
	}
	if r.PerDevice < 1 || r.PerDevice > 1000 {
		wrong("per_device is 1 to 1000")
	}
	if r.HoldOut < 0 || r.HoldOut > 100 {
		wrong("hold_out is 0 to 100 per cent")
	}
	if len(r.Do) == 0 {
		wrong("do: nothing is to be done")
	}
	errs = append(errs, r.Pattern.check())
	for i := range r.Do {
		if err := r.Do[i].check(); err != nil {
			wrong("do, action %d: %w", i+1, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("rule %q: line %d: %s", r.Name, r.Line, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}

func (p *Pattern) check() error {
	n := len(p.Events)
	switch {
	case p.Kind == "" && n == 0:
	case !slices.Contains([]string{"singleton", "sequence", "set", "counter", "search"}, p.Kind):
		return fmt.Errorf("pattern: there is no kind %q", p.Kind)
	case slices.Contains(p.Events, ""):
		return errors.New("pattern: the name of an event is empty")
	case (p.Kind == "sequence" || p.Kind == "set") && n == 0:
		return fmt.Errorf("pattern: a %s needs events", p.Kind)
	case (p.Kind == "singleton" || p.Kind == "counter" || p.Kind == "search") && n != 1:
		return fmt.Errorf("pattern: a %s is about one event", p.Kind)
	case p.Kind == "counter" && p.Count < 1:
		return errors.New("pattern: count is at least 1")
	case p.Kind == "search" && p.Text == "":
		return errors.New("pattern: text is missing")
	}
	return nil
}

func (a *Action) check() error {
	set := 0
	for _, has := range []bool{len(a.Notify) > 0, a.Invite.Type != "" || a.Invite.URL != "", a.Wait != 0, a.Webhook.URL != ""} {
		if has {
			set++
		}
	}
	if set != 1 {
		return errors.New("one of notify, invite, wait and webhook")
	}
	for _, n := range a.Notify {
		if n.Channel == "" || n.Page != "current" && n.Page != "all" {
			return errors.New("notify: a message has a channel, and page is current or all")
		}
	}
	switch {
	case a.Invite.URL != "" && a.Invite.Type == "", a.Invite.Type != "" && a.Invite.Type != "chat" && a.Invite.Type != "callback":
		return errors.New("invite: type is chat or callback")
	case a.Wait < 0 || a.Wait > 3600:
		return errors.New("wait is 1 to 3600 seconds")
	case a.Webhook.Timeout < 1 || a.Webhook.Timeout > 60:
		return errors.New("webhook: timeout is 1 to 60 seconds")
	case a.Webhook.URL == "":
		return nil
	}
	u, err := url.Parse(a.Webhook.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("webhook: url is not an http:// or https:// URL")
	}
	return nil
}
