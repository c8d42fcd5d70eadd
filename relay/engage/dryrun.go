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
	// Report is called for each verdict that is not Quiet, visit by visit and in the order of events.
	Report func(Finding)

	onDevice map[string][]int64 // times of firings, by rule and device
}

// Finding is what one rule says of one event.
type Finding struct {
	Rule    string
	Verdict Verdict
	Event   visit.Event
	Actions string // what would have been done; "" unless the verdict is Fire
}

// Run goes through the visits of a deployment, "" for all, and gives their number.
func (d *DryRun) Run(ctx context.Context, deployment string) (visits int, err error) {
	d.onDevice = map[string][]int64{}
	q := visit.Query{Deployment: deployment, Limit: visit.MaxPageSize}
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
	j := NewJourney(l.Items[0].Deployment, id)
	invitedUntil := int64(0)
	for _, e := range l.Items {
		if e.Type == visit.Engagement {
			continue
		}
		j.Add(e)
		for _, r := range d.Rules {
			verdict, err := r.decide(j, e, world{nowMs: e.ServerMs, capacity: d.Capacity, invited: e.ServerMs < invitedUntil,
				onDevice: func(rule string) (int, error) { return d.lately(rule, j.Device, e.ServerMs), nil }})
			if err != nil {
				return err
			}
			if verdict == Quiet {
				continue
			}
			f := Finding{Rule: r.Name(), Verdict: verdict, Event: e}
			if verdict == Fire || verdict == HeldOut {
				d.fired(j, r, e)
			}
			if verdict == Fire {
				f.Actions = r.actions()
				if r.invites() {
					invitedUntil = e.ServerMs + invitationMs
				}
			}
			d.Report(f)
		}
	}
	return nil
}

// fired lets a firing count against the limits.
func (d *DryRun) fired(j *Journey, r *Rule, e visit.Event) {
	key := r.Name() + "\x00" + j.Device
	d.onDevice[key] = append(d.onDevice[key], e.ServerMs)
	note := e
	note.ID, note.Type, note.Name = eventID("fired", r.Name()+"/"+e.ID), visit.Engagement, visit.RuleFired
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
