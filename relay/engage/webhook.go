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
	j := e.journeys.get(visitKey{event.Deployment, event.Visit})
	if j == nil {
		j = NewJourney(event.Deployment, event.Visit)
	}
	body, err := json.Marshal(hookRequest{Rule: r.Name(), Deployment: event.Deployment,
		Event: hookEvent{event.ID, event.Type, event.Name, event.Page, event.Visit, event.Device, event.Ms, event.URL, event.Category, event.Data},
		Visit: hookVisit{event.Visit, j.state, j.identity, len(j.events)}})
	if err != nil {
		e.problem(ctx, r, "write a webhook's request", err)
		return
	}
	select {
	case e.asking <- struct{}{}:
	default:
		e.service.Watch.Asked(r.Name(), errBusy)
		e.problem(ctx, r, "call a webhook", errBusy)
		return
	}
	e.calls.Go(func() {
		defer func() { <-e.asking }()
		messages, err := e.askHook(ctx, hook, body)
		e.service.Watch.Asked(r.Name(), err)
		if err == nil && len(messages) > 0 {
			_, err = e.service.Notify.Notify(ctx, event.Deployment, event.Visit, messages)
		}
		if err != nil {
			e.problem(ctx, r, "call a webhook", err)
		}
	})
}

// errBusy keeps a webhook that does not answer from filling the relay with calls.
var errBusy = fmt.Errorf("%d calls of webhooks wait for their answers; this one is dropped", hooksAtMost)

func (e *Engine) askHook(ctx context.Context, hook config.Webhook, body []byte) ([]notify.Message, error) {
	answer, err := e.hooks.Call(ctx, Webhook{URL: hook.URL, Secret: hook.Secret, TimeoutMs: hook.Timeout.Duration().Milliseconds()}, body)
	if err != nil || len(bytes.TrimSpace(answer)) == 0 {
		return nil, err
	}
	return notify.Parse(answer)
}
