package engage

import (
	"context"
	"fmt"
	"strings"

	"foyer/relay/visit"
)

// DryRun shows what rules would have done in visits that were recorded. It sends nothing and keeps nothing. Earlier
// firings and invitations in the records are left out, since other rules may have made them; a rule's wait is not
// simulated.
type DryRun struct {
	Rules    []*Rule
	Archive  *visit.Archive
	Capacity Capacity // what the agents could take, all the time
	SinceMs  int64    // only visits with an event that came at or after; 0 for all
	// Report is called for what a rule says of a visit, in the order of events: each firing, and everything else that is
	// not Quiet when it is first said.
	Report func(Finding)

	onDevice map[string][]int64 // times of firings, by rule and device
}

// Failed is what a dry run says where a rule could not be looked at; its Finding says why.
const Failed Verdict = "fails"

// Finding is what one rule says of one event.
type Finding struct {
	Rule    string
	Verdict Verdict
	Event   visit.Event
	Detail  string // what would have been done, or why it fails; "" for other verdicts
}

// Run goes through the visits of a deployment, "" for all, and gives their number.
func (d *DryRun) Run(ctx context.Context, deployment string) (visits int, err error) {
	d.onDevice = map[string][]int64{}
	q := visit.Query{Deployment: deployment, SinceMs: d.SinceMs, Limit: visit.MaxPageSize}
	for {
		l, err := d.Archive.Visits(ctx, q)
		if err != nil {
			return visits, err
		}
		for _, v := range l.Items {
			if err := d.replay(ctx, deployment, v.ID); err != nil {
				return visits, fmt.Errorf("visit %s: %w", v.ID, err)
			}
			visits++
		}
		if q.After = l.Next; q.After.ID == "" {
			return visits, nil
		}
	}
}

func (d *DryRun) replay(ctx context.Context, deployment, id string) error {
	l, err := d.Archive.Events(ctx, visit.Query{Deployment: deployment, Visits: []string{id}, Limit: journeyEvents})
	if err != nil || len(l.Items) == 0 {
		return err
	}
	r := replay{DryRun: d, journey: NewJourney(l.Items[0].Deployment, id), said: map[said]bool{}}
	for _, e := range l.Items {
		if e.Type == visit.Engagement {
			continue
		}
		r.journey.Add(e)
		for _, rule := range d.Rules {
			r.look(rule, e)
		}
	}
	return nil
}

// replay is a dry run's way through one visit.
type replay struct {
	*DryRun
	journey      *Journey
	invitedUntil int64
	said         map[said]bool
}

// said is what need not be said again of a visit.
type said struct {
	rule    string
	verdict Verdict
}

func (r *replay) look(rule *Rule, e visit.Event) {
	w := &world{nowMs: e.ServerMs, capacity: r.Capacity, invited: e.ServerMs < r.invitedUntil,
		onDevice: func(name string) (int, error) { return r.lately(name, r.journey.Device, e.ServerMs), nil }}
	verdict, err := rule.decide(r.journey, e, w)
	f := Finding{Rule: rule.Name(), Verdict: verdict, Event: e}
	switch {
	case err != nil:
		f.Verdict, f.Detail = Failed, err.Error()
	case verdict == Fire:
		f.Detail = rule.actions()
	}
	if verdict == Fire || verdict == HeldOut {
		r.fired(r.journey, rule, e)
	}
	if verdict == Fire {
		r.invitedUntil = max(r.invitedUntil, rule.invitesUntil(e.ServerMs))
	}
	key := said{f.Rule, f.Verdict}
	if f.Verdict == Fire || f.Verdict != Quiet && !r.said[key] {
		r.said[key] = true
		r.Report(f)
	}
}

// invitesUntil is when the invitation of a rule that fires is over; 0 where it invites nobody.
func (r *Rule) invitesUntil(nowMs int64) int64 {
	for _, a := range r.config.Do {
		if a.Invite.Type != "" {
			return nowMs + lastsMs(a.Invite.Config)
		}
	}
	return 0
}

// fired lets a firing count against the limits.
func (d *DryRun) fired(j *Journey, r *Rule, e visit.Event) {
	key := r.Name() + "\x00" + j.Device
	d.onDevice[key] = append(d.onDevice[key], e.ServerMs)
	note := e
	note.ID, note.Type, note.Name = firedID(r.Name(), e), visit.Engagement, visit.RuleFired
	note.Data = map[string]any{"rule": r.Name()}
	j.Add(note)
}

func (d *DryRun) lately(rule, device string, nowMs int64) int {
	n := 0
	for _, ms := range d.onDevice[rule+"\x00"+device] {
		if ms >= nowMs-dayMs {
			n++
		}
	}
	return n
}

// actions says in words what the rule does.
func (r *Rule) actions() string {
	var all []string
	for _, a := range r.config.Do {
		switch {
		case a.Invite.Type != "":
			all = append(all, "invite to "+a.Invite.Type)
		case a.Wait > 0:
			all = append(all, fmt.Sprintf("wait %d s", a.Wait))
		case a.Webhook.URL != "":
			all = append(all, "ask "+a.Webhook.URL)
		}
		for _, n := range a.Notify {
			all = append(all, "notify "+n.Channel)
		}
	}
	return strings.Join(all, ", then ")
}
