package main

import (
	"context"
	"fmt"

	"foyer/relay/access"
	"foyer/relay/deployment"
)

// The agent of --dev, and the API key of its deployment.
const (
	demoUser, demoPassword = "demo", "demo"
	demoKey, demoKeyName   = "demo", "demo of --dev"

	// demoHash is bcrypt's of demoPassword, at its lowest cost: everybody knows the password, so that nothing is gained by
	// making each start and each sign-in slow.
	demoHash = "$2a$04$PSYAz7sJlD2/MJa/tLNzBu2JM3bYxOuInJqvi5Tsl7fhrcH.a1rF2"
)

// demoRules is the relay.yaml of --dev without --config: who has put two things into the basket is asked, while an agent
// is ready, whether help is wanted.
const demoRules = `
rules:
  - name: two-things-in-the-basket
    deployment: demo
    pattern: {kind: counter, events: [AddToCart], count: 2}
    do:
      - invite:
          type: chat
          config: {subject: "Shall we look at your basket together?", message: "One of us has time right now."}
`

func (r *relay) ensureDemoAgent(ctx context.Context) error {
	a, err := r.access.EnsureAgent(ctx, access.Spec{Username: demoUser, Name: "Dana", PasswordHash: demoHash})
	if err == nil && a.Disabled { // by a start without --dev
		a.Disabled = false
		err = r.store.Access().PutAgent(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("the demo agent: %w", err)
	}
	return nil
}

// ensureDemoKey lets programs call with a key that everybody knows.
func (r *relay) ensureDemoKey(ctx context.Context) error {
	if err := r.access.EnsureKey(ctx, demoKeyName, deployment.DemoName, demoKey); err != nil {
		return fmt.Errorf("the demo key: %w", err)
	}
	return r.access.EnableKey(ctx, demoKeyName) // it was disabled by a start without --dev
}

// disableDemoKey closes that door too.
func (r *relay) disableDemoKey(ctx context.Context) error {
	if _, err := r.access.CheckKey(ctx, demoKey); err != nil {
		return nil // there is none
	}
	r.log.Warn("the data is from a start with --dev: the demo API key is disabled")
	if err := r.access.DisableKey(ctx, demoKeyName); err != nil {
		return fmt.Errorf("disable the demo key: %w", err)
	}
	return nil
}

// disableDemoAgent closes the door that an earlier start with --dev left open in the same data.
func (r *relay) disableDemoAgent(ctx context.Context) error {
	if _, err := r.access.SignIn(ctx, demoUser, demoPassword); err != nil {
		return nil // there is none, or it has a password of its own
	}
	r.log.Warn("the data is from a start with --dev: the demo agent is disabled")
	if err := r.access.DisableAgent(ctx, demoUser); err != nil {
		return fmt.Errorf("disable the demo agent: %w", err)
	}
	return nil
}
