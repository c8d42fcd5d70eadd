package engage

import (
	"cmp"
	"context"
	"slices"

	"foyer/relay/visit"
)

// Report shows what rules have brought: how visits went on in which a rule fired, beside those that it left alone because
// their browsers are in its hold-out share. It reads what was recorded.
type Report struct {
	Archive *visit.Archive
	Goal    string // name of the event that rules are to bring, or category:NAME; "" for none
	SinceMs int64  // only firings since then; 0 for all
}

// Outcome is what became of one rule's visits, in one of its two groups.
type Outcome struct {
	Rule    string
	HeldOut bool
	Visits  int            // in which it fired, or would have
	Results map[string]int // of its invitations, by code; "" for those without a result
	Goals   int            // visits in which the goal was reached afterwards
}

// Run gives the outcomes of a deployment's rules, "" for those of all, by name; a rule's engaged visits come first.
func (r Report) Run(ctx context.Context, deployment string) ([]Outcome, error) {
	type group struct {
		rule    string
		heldOut bool
	}
	type met struct {
		visitKey
		rule string
	}
	outcomes, seen := map[group]*Outcome{}, map[met]bool{}
	q := visit.Query{Deployment: deployment, Names: []string{visit.RuleFired}, Type: visit.Engagement, SinceMs: r.SinceMs, Limit: visit.MaxPageSize}
	for {
		l, err := r.Archive.Events(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, fired := range l.Items {
			rule, _ := fired.Data["rule"].(string)
			first := met{visitKey{fired.Deployment, fired.Visit}, rule}
			if seen[first] {
				continue
			}
			seen[first] = true
			g := group{rule, fired.Data["heldOut"] == true}
			if outcomes[g] == nil {
				outcomes[g] = &Outcome{Rule: g.rule, HeldOut: g.heldOut, Results: map[string]int{}}
			}
			if err := r.add(ctx, outcomes[g], fired); err != nil {
				return nil, err
			}
		}
		if q.After = l.Next; q.After.ID == "" {
			break
		}
	}
	all := make([]Outcome, 0, len(outcomes))
	for _, o := range outcomes {
		all = append(all, *o)
	}
	slices.SortFunc(all, func(a, b Outcome) int {
		if a.Rule == b.Rule && a.HeldOut != b.HeldOut {
			if a.HeldOut {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.Rule, b.Rule)
	})
	return all, nil
}

// add looks at how a visit went on after the rule had fired in it first.
func (r Report) add(ctx context.Context, o *Outcome, fired visit.Event) error {
	l, err := r.Archive.Events(ctx, visit.Query{Deployment: fired.Deployment, Visits: []string{fired.Visit}, SinceMs: fired.ServerMs,
		Limit: visit.MaxPageSize})
	if err != nil {
		return err
	}
	o.Visits++
	j := NewJourney(fired.Deployment, fired.Visit)
	reached := false
	for _, e := range l.Items {
		j.Add(e)
		reached = reached || r.Goal != "" && is(e, r.Goal) && e.Type != visit.Engagement
	}
	if reached {
		o.Goals++
	}
	for _, i := range j.invitations(fired.ServerMs) {
		if i.Rule == o.Rule {
			o.Results[i.Result]++
		}
	}
	return nil
}
