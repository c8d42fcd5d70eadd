package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"foyer/relay/config"
	"foyer/relay/engage"
	"foyer/relay/store"
	"foyer/relay/visit"
)

// rulesCommand is relay rules: what the rules of a relay.yaml would have done in the visits that are kept (dry-run), and
// what those that ran have brought (report).
func rulesCommand(ctx context.Context, args []string, getenv func(string) string, out, log io.Writer) error {
	verb, flags := subcommand("relay rules", args, log)
	path := flags.String("config", getenv("FOYER_CONFIG"), "dry-run: relay.yaml with the rules (FOYER_CONFIG)")
	deployment := flags.String("deployment", "", "only its visits (default: all)")
	days := flags.Int("days", 0, "only what came in so many last days (default: all that is kept)")
	agents := flags.Int("agents", 1, "dry-run: agents who are taken to be ready, each with room for one conversation")
	brief := flags.Bool("brief", false, "dry-run: only how often, not where")
	goal := flags.String("goal", "", "report: name of the event that rules are to bring, or category:NAME")
	open := dataFlags(flags, getenv)
	if err := parse(flags, args); err != nil {
		return err
	}
	sinceMs := int64(0)
	if *days > 0 {
		sinceMs = time.Now().AddDate(0, 0, -*days).UnixMilli()
	}
	switch verb {
	case "dry-run":
		rules, err := loadRules(*path)
		if err != nil {
			return err
		}
		return open(ctx, log, func(s *store.Store) error {
			return dryRun(ctx, out, *deployment, *brief, &engage.DryRun{Rules: rules, Archive: visit.NewArchive(s.History()), SinceMs: sinceMs,
				Capacity: engage.Capacity{Agents: *agents, Places: *agents, State: 1}})
		})
	case "report":
		return open(ctx, log, func(s *store.Store) error {
			return report(ctx, out, *deployment, engage.Report{Archive: visit.NewArchive(s.History()), Goal: *goal, SinceMs: sinceMs})
		})
	}
	return errors.New("relay rules needs dry-run or report; relay rules dry-run -h lists the flags")
}

func loadRules(path string) ([]*engage.Rule, error) {
	if path == "" {
		return nil, errors.New("relay rules dry-run needs --config")
	}
	file, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	rules, err := engage.Compile(file.Rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rules, nil
}

// dryRun prints each finding unless it is to be brief, and how many there are of each kind, of every rule.
func dryRun(ctx context.Context, out io.Writer, deployment string, brief bool, d *engage.DryRun) error {
	counts := map[string]map[engage.Verdict]int{}
	d.Report = func(f engage.Finding) {
		if counts[f.Rule] == nil {
			counts[f.Rule] = map[engage.Verdict]int{}
		}
		counts[f.Rule][f.Verdict]++
		if !brief {
			fmt.Fprintf(out, "%s  visit %s  %s: %s %s  %s\n", time.UnixMilli(f.Event.ServerMs).UTC().Format(time.DateTime), f.Event.Visit,
				f.Event.Name, f.Rule, f.Verdict, f.Detail)
		}
	}
	visits, err := d.Run(ctx, deployment)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d visits\n", visits)
	for _, r := range d.Rules {
		fmt.Fprintf(out, "%s fires %d times", r.Name(), counts[r.Name()][engage.Fire])
		for _, v := range slices.Sorted(maps.Keys(counts[r.Name()])) {
			if v != engage.Fire {
				fmt.Fprintf(out, ", %s in %d visits", v, counts[r.Name()][v])
			}
		}
		fmt.Fprintln(out)
	}
	return nil
}

// report prints a table of what rules have brought.
func report(ctx context.Context, out io.Writer, deployment string, r engage.Report) error {
	outcomes, err := r.Run(ctx, deployment)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "rule\tgroup\tvisits\taccepted\trejected\ttimed out\tother\tno answer")
	if r.Goal != "" {
		fmt.Fprintf(t, "\t%s afterwards", r.Goal)
	}
	fmt.Fprintln(t)
	for _, o := range outcomes {
		group, other := "engaged", 0
		if o.HeldOut {
			group = "held out"
		}
		for code, n := range o.Results {
			switch code {
			case engage.Accepted, engage.Rejected, engage.TimedOut, "":
			default:
				other += n
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d", o.Rule, group, o.Visits, o.Results[engage.Accepted], o.Results[engage.Rejected],
			o.Results[engage.TimedOut], other, o.Results[""])
		if r.Goal != "" {
			fmt.Fprintf(t, "\t%d (%.1f %%)", o.Goals, 100*float64(o.Goals)/float64(o.Visits))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}
