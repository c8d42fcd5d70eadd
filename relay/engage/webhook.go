package engage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"foyer/relay/config"
	"foyer/relay/notify"
	"foyer/relay/visit"
)

// Webhook is where to call, and how.
type Webhook struct {
	URL       string
	Secret    string // signs the request; "" for none
	TimeoutMs int64  // of one try
}

// Webhooks calls webhooks. Implemented by relay/webhook.
type Webhooks interface {
	// Call posts a JSON body, tries again where that may help, and gives the body of the answer, which may be empty.
	Call(ctx context.Context, w Webhook, body []byte) (answer []byte, err error)
}

// hookRequest is the body of a webhook's request.
type hookRequest struct {
	Rule       string    `json:"rule"`
	Deployment string    `json:"deployment"`
	Event      hookEvent `json:"event"`
	Visit      hookVisit `json:"visit"`
}

type hookEvent struct {
	ID        string         `json:"eventID"`
	Type      string         `json:"eventType"`
	Name      string         `json:"eventName"`
	Page      string         `json:"pageID"`
	Visit     string         `json:"visitID"`
	Device    string         `json:"globalVisitID"`
	Timestamp int64          `json:"timestamp"`
	URL       string         `json:"url"`
	Category  string         `json:"category"`
	Data      map[string]any `json:"data"`
}

type hookVisit struct {
	ID       string `json:"visitID"`
	State    string `json:"state"` // Anonymous, Recognized, Authenticated
	Identity string `json:"identityId,omitempty"`
	Events   int    `json:"events"` // so far
}

// callHook asks a webhook, in a goroutine of its own, and sends what it answers to the visit.
func (e *Engine) callHook(ctx context.Context, r *Rule, event visit.Event, hook config.Webhook) {
	j := e.journeys[event.Visit]
	if j == nil {
		j = NewJourney(event.Deployment, event.Visit)
	}
	body, err := json.Marshal(hookRequest{Rule: r.Name(), Deployment: event.Deployment,
		Event: hookEvent{event.ID, event.Type, event.Name, event.Page, event.Visit, event.Device, event.Ms, event.URL, event.Category, event.Data},
		Visit: hookVisit{event.Visit, j.state, j.identity, len(j.events)}})
	if err != nil {
		e.problem(ctx, "write a webhook's request", err)
		return
	}
	e.calls.Go(func() {
		messages, err := e.askHook(ctx, hook, body)
		if err == nil && len(messages) > 0 {
			_, err = e.service.Notify.Notify(ctx, event.Deployment, event.Visit, messages)
		}
		if err != nil {
			e.problem(ctx, "call a webhook", fmt.Errorf("rule %q: %w", r.Name(), err))
		}
	})
}

func (e *Engine) askHook(ctx context.Context, hook config.Webhook, body []byte) ([]notify.Message, error) {
	answer, err := e.hooks.Call(ctx, Webhook{URL: hook.URL, Secret: hook.Secret, TimeoutMs: hook.Timeout.Duration().Milliseconds()}, body)
	if err != nil || len(bytes.TrimSpace(answer)) == 0 {
		return nil, err
	}
	return notify.Parse(answer)
}
