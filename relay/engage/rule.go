package engage

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"foyer/relay/config"
	"foyer/relay/notify"
	"foyer/relay/visit"
)

// Rule is a rule of relay.yaml, ready to be looked at.
type Rule struct {
	config  config.Rule
	pattern pattern     // nil for none
	when    *vm.Program // nil for always
}

// Name is the rule's name in relay.yaml.
func (r *Rule) Name() string { return r.config.Name }

// Compile makes rules of what relay.yaml says. An error names the rule, the line of relay.yaml, and the reason.
func Compile(rules []config.Rule) ([]*Rule, error) {
	var all []*Rule
	var errs []error
	for _, c := range rules {
		r, err := compile(c)
		if err != nil {
			errs = append(errs, fmt.Errorf("rule %q: %w", c.Name, err))
			continue
		}
		all = append(all, r)
	}
	return all, errors.Join(errs...)
}

func compile(c config.Rule) (*Rule, error) {
	r := &Rule{config: c}
	var err error
	if r.pattern, err = compilePattern(c.Pattern); err == nil {
		err = checkMessages(c.Do)
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", c.Line, err)
	}
	if c.When.Text == "" {
		return r, nil
	}
	if r.when, err = expr.Compile(c.When.Text, expr.Env(env{}), expr.AsBool(), expr.Patch(countSteps{})); err != nil {
		return nil, atLine(c.When.Line, err)
	}
	return r, nil
}

// checkMessages refuses what could not be delivered.
func checkMessages(do []config.Action) error {
	for i, a := range do {
		what := fmt.Sprintf("do, action %d", i+1)
		for _, n := range a.Notify {
			if err := (notify.Message{Channel: n.Channel, Data: n.Data}).Check(what); err != nil {
				return err
			}
		}
		if err := (notify.Message{Channel: "invite", Data: a.Invite.Config}).Check(what + ": config"); err != nil {
			return err
		}
	}
	return nil
}

// atLine says where in relay.yaml a condition is wrong, and why, without the picture that expr draws.
func atLine(first int, err error) error {
	var f *file.Error
	if !errors.As(err, &f) {
		return fmt.Errorf("line %d: when: %w", first, err)
	}
	return fmt.Errorf("line %d: when: %s (character %d)", first+max(f.Line-1, 0), f.Message, f.Column+1)
}

// same tells whether two rules mean the same, wherever they stand in relay.yaml.
func (r *Rule) same(other *Rule) bool {
	a, b := r.config, other.config
	a.Line, b.Line, a.When.Line, b.When.Line = 0, 0, 0, 0
	return reflect.DeepEqual(a, b)
}

// holds tells whether the rule's pattern and condition hold.
func (r *Rule) holds(j *Journey, e visit.Event, w *world) (bool, error) {
	if r.pattern != nil && !r.pattern(j) {
		return false, nil
	}
	if r.when == nil {
		return true, nil
	}
	held, err := run(r.when, w.envOf(j, e))
	if err != nil {
		return false, fmt.Errorf("rule %q: %w", r.config.Name, err)
	}
	return held, nil
}

// heldOut tells whether a browser is in the share in which nothing is done. The same browser always is, or never.
func (r *Rule) heldOut(device string) bool {
	sum := sha256.Sum256([]byte(r.config.Name + "\x00" + device))
	const steps = 1 << 32
	return float64(binary.BigEndian.Uint32(sum[:4])) < r.config.HoldOut/100*steps
}

// invites tells whether one of the rule's actions is an invitation of one of these kinds.
func (r *Rule) invites(kinds ...string) bool {
	return slices.ContainsFunc(r.config.Do, func(a config.Action) bool { return slices.Contains(kinds, a.Invite.Type) })
}

// Verdict is what a rule says of an event.
type Verdict string

// Verdicts.
const (
	Quiet      Verdict = ""                         // nothing is to be done
	Fire       Verdict = "fires"                    // its actions are due
	HeldOut    Verdict = "is held out"              // they would be, but for the hold-out share
	NoCapacity Verdict = "finds no agent"           // for its invitation to a chat
	Invited    Verdict = "finds another invitation" // the visitor has another invitation, and gets one at a time
	Limited    Verdict = "has reached its limit"    // in this visit, whatever its condition says; or in this browser
)

// world is what a rule's verdict depends on beside the visit. It is of one moment.
type world struct {
	nowMs    int64
	capacity Capacity
	invited  bool // an invitation of this visit is open
	// onDevice counts how often the rule fired in the browser in the last 24 hours.
	onDevice func(rule string) (int, error)

	env *env // nil until a condition needs it
}

// envOf is what conditions see, made once for all rules.
func (w *world) envOf(j *Journey, e visit.Event) *env {
	if w.env == nil {
		w.env = envOf(j, e, w.capacity, w.nowMs)
	}
	return w.env
}

// decide looks at an event that has been added to the journey. Nothing is changed by it.
func (r *Rule) decide(j *Journey, e visit.Event, w *world) (Verdict, error) {
	if !r.concerns(e) {
		return Quiet, nil
	}
	if j.fired(r.config.Name) >= r.config.PerVisit {
		return Limited, nil
	}
	held, err := r.holds(j, e, w)
	if err != nil || !held {
		return Quiet, err
	}
	switch {
	case r.invites(Chat, Callback) && w.invited:
		return Invited, nil
	case r.invites(Chat) && w.capacity.Places < 1:
		return NoCapacity, nil
	}
	n, err := w.onDevice(r.config.Name)
	switch {
	case err != nil:
		return Quiet, err
	case n >= r.config.PerDevice:
		return Limited, nil
	case r.heldOut(j.Device): // last, so that those who are held out could all have been engaged
		return HeldOut, nil
	}
	return Fire, nil
}
