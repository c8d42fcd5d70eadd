package main

import (
	"context"
	"errors"
	"fmt"

	"foyer/relay/access"
	"foyer/relay/config"
)

// ensureAgents keeps the agents of relay.yaml up to date, and those of --dev.
func (r *relay) ensureAgents(ctx context.Context, file config.File) error {
	for _, a := range file.Agents {
		_, err := r.access.EnsureAgent(ctx, access.Spec{Username: a.Username, Name: a.Name, PasswordHash: a.PasswordHash,
			Capacity: a.Capacity, Queues: a.Queues, Source: access.SourceFile})
		if err == nil && a.Disabled {
			err = r.access.DisableAgent(ctx, a.Username)
		}
		if err != nil {
			return fmt.Errorf("agents of relay.yaml: %w", err)
		}
	}
	if err := r.keepNames(ctx, file); err != nil {
		return err
	}
	if r.options.Dev {
		return errors.Join(r.ensureDemoAgent(ctx), r.ensureDemoKey(ctx))
	}
	return errors.Join(r.disableDemoAgent(ctx), r.disableDemoKey(ctx))
}

// keepNames takes out agents whom relay.yaml no longer names, and notes which deployments it has. A start without a
// relay.yaml says nothing of either.
func (r *relay) keepNames(ctx context.Context, file config.File) error {
	if r.options.Config != "" {
		var named []string
		for _, a := range file.Agents {
			named = append(named, a.Username)
		}
		removed, err := r.access.KeepOnly(ctx, named)
		if err != nil {
			return err
		}
		if len(removed) > 0 {
			r.log.InfoContext(ctx, "relay.yaml no longer names these agents: they are removed, and their sign-ins are over", "agents", removed)
		}
	}
	var deployments []string
	for _, d := range r.deployments.All() {
		deployments = append(deployments, d.Name)
	}
	return r.access.KeepDeployments(ctx, deployments)
}
