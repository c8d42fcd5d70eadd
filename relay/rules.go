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

// rulesCommand is relay rules dry-run: what the rules of a relay.yaml would have done in the visits that are kept.
func rulesCommand(ctx context.Context, args []string, getenv func(string) string, out, log io.Writer) error {
	verb, flags := subcommand("relay rules", args, log)
	path := flags.String("config", getenv("FOYER_CONFIG"), "relay.yaml with the rules (FOYER_CONFIG)")
	deployment := flags.String("deployment", "", "only its visits (default: all)")
	agents := flags.Int("agents", 1, "agents who are taken to be ready, each with room for one conversation")
	open := dataFlags(flags, getenv)
	if err := parse(flags, args); err != nil {
		return err
	}
	if verb != "dry-run" {
		return errors.New("relay rules needs dry-run; relay rules dry-run -h lists the flags")
	}
	if *path == "" {
		return errors.New("relay rules dry-run needs --config")
	}
	file, err := config.Load(*path)
	if err != nil {
		return err
	}
	rules, err := engage.Compile(file.Rules)
	if err != nil {
		return fmt.Errorf("%s: %w", *path, err)
	}
	return open(ctx, log, func(s *store.Store) error {
		return dryRun(ctx, out, *deployment, &engage.DryRun{Rules: rules, Archive: visit.NewArchive(s.History()),
			Capacity: engage.Capacity{Agents: *agents, Places: *agents, State: 1}})
	})
}

// dryRun prints each finding, and how many there are of each kind.
func dryRun(ctx context.Context, out io.Writer, deployment string, d *engage.DryRun) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	counts := map[string]int{}
	d.Report = func(f engage.Finding) {
		counts[fmt.Sprintf("%s %s", f.Rule, f.Verdict)]++
		fmt.Fprintf(t, "%s\tvisit %s\t%s\t%s %s\t%s\n", time.UnixMilli(f.Event.ServerMs).UTC().Format(time.DateTime), f.Event.Visit,
			f.Event.Name, f.Rule, f.Verdict, f.Detail)
	}
	visits, err := d.Run(ctx, deployment)
	if err != nil {
		return err
	}
	fmt.Fprintf(t, "\n%d visits\n", visits)
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(t, "%s\t%d times\n", what, counts[what])
	}
	return t.Flush()
}
