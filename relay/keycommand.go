package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"foyer/relay/access"
	"foyer/relay/config"
)

// keySpec is what relay key add was told about a key.
type keySpec struct {
	name, deployment string
	all, metrics     bool
	config           string // path of relay.yaml, "" for what the relay has read last
}

func (k *keySpec) define(flags *flag.FlagSet, getenv func(string) string) {
	flags.StringVar(&k.name, "name", "", "add, disable: what the key is called")
	flags.StringVar(&k.deployment, "deployment", "", "add: the deployment that it is for")
	flags.BoolVar(&k.all, "all-deployments", false, "add: it is for all deployments, also those to come: who has it reads and engages everybody's visitors")
	flags.BoolVar(&k.metrics, "metrics", false, "add: it reads /metrics, and nothing else")
	flags.StringVar(&k.config, "config", getenv("FOYER_CONFIG"), "add: path of relay.yaml, which says which deployments there are (FOYER_CONFIG). Default: what the relay has read last")
}

// keyCommand is relay key add|disable|list.
func keyCommand(ctx context.Context, args []string, getenv func(string) string, out, log io.Writer) error {
	verb, flags := subcommand("relay key", args, log)
	var spec keySpec
	spec.define(flags, getenv)
	open := storeFlags(flags, getenv)
	if err := parse(flags, args); err != nil {
		return err
	}
	switch verb {
	case "add":
		if err := spec.check(); err != nil { // before a data folder is made in vain
			return err
		}
		return open(ctx, log, func(a *access.Service) error { return spec.add(ctx, a, out, log) })
	case "disable":
		return open(ctx, log, func(a *access.Service) error {
			if err := a.DisableKey(ctx, spec.name); err != nil {
				return err
			}
			_, err := fmt.Fprintf(out, "disabled key %s\n", spec.name)
			return err
		})
	case "list":
		return open(ctx, log, func(a *access.Service) error { return listKeys(ctx, a, out) })
	}
	return errors.New("relay key needs one of add, disable, list; relay key add -h lists the flags")
}

// check demands that a key is for one thing, and that what opens most is said.
func (k keySpec) check() error {
	said := 0
	for _, one := range []bool{k.deployment != "", k.all, k.metrics} {
		if one {
			said++
		}
	}
	switch {
	case k.name == "":
		return errors.New("relay key add needs --name")
	case said != 1:
		return errors.New("relay key add needs one of --deployment NAME, --metrics and, for a key to everything, --all-deployments")
	}
	return nil
}

func (k keySpec) add(ctx context.Context, a *access.Service, out, log io.Writer) error {
	var value string
	err := k.checkDeployment(ctx, a)
	switch {
	case err != nil:
	case k.metrics:
		value, err = a.AddMetricsKey(ctx, k.name)
	default:
		value, err = a.AddKey(ctx, k.name, k.deployment)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", value)
	fmt.Fprintln(log, "This is the key. It is not kept and cannot be shown again.")
	return err
}

// checkDeployment refuses a deployment that there is not: its key would open nothing, or later somebody else's.
func (k keySpec) checkDeployment(ctx context.Context, a *access.Service) error {
	if k.deployment == "" {
		return nil
	}
	known, err := k.deployments(ctx, a)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return fmt.Errorf("nothing says whether there is a deployment %q: name relay.yaml with --config, or start relay serve once", k.deployment)
	}
	if !slices.Contains(known, k.deployment) {
		return fmt.Errorf("there is no deployment %q; there are: %s", k.deployment, strings.Join(known, ", "))
	}
	return nil
}

func (k keySpec) deployments(ctx context.Context, a *access.Service) ([]string, error) {
	if k.config == "" {
		return a.Deployments(ctx)
	}
	file, err := config.Load(k.config)
	var names []string
	for _, d := range file.Deployments {
		names = append(names, d.Name)
	}
	return names, err
}

func listKeys(ctx context.Context, a *access.Service, out io.Writer) error {
	all, err := a.Keys(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tDEPLOYMENT\tSTATE\tADDED")
	for _, k := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.Name, reach(k), state(k.Disabled), day(k.CreatedMs))
	}
	return t.Flush()
}

// reach says what a key is good for.
func reach(k access.APIKey) string {
	if k.Purpose == access.PurposeMetrics {
		return "(metrics)"
	}
	return cmp.Or(k.Deployment, "(all)")
}
