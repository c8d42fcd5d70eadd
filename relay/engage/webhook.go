package engage

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"foyer/relay/config"
	"foyer/relay/notify"
	"foyer/relay/visit"
)

const (
	hookTries       = 4
	hookFirstWaitMs = 1_000 // before the second try; four times as long before each further one
	hookBytes       = 256 << 10
)

// SignatureHeader proves that a webhook's request comes from the relay: "t=TIME,v1=SIGNATURE", where TIME is Unix
// seconds and SIGNATURE the hex HMAC-SHA256, with the webhook's secret, of TIME, a dot and the body. Receivers should
// refuse times long past.
const SignatureHeader = "Foyer-Signature"

// deliveryHeader is the same in every try of one call.
const deliveryHeader = "Foyer-Delivery"

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

func newHookClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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

// errTryAgain marks failures that may be over soon.
var errTryAgain = errors.New("may succeed later")

func (e *Engine) askHook(ctx context.Context, hook config.Webhook, body []byte) (messages []notify.Message, err error) {
	delivery := e.service.IDs.New()
	wait := int64(hookFirstWaitMs)
	for try := 1; ; try++ {
		messages, err = e.askOnce(ctx, hook, body, delivery)
		if !errors.Is(err, errTryAgain) || try == hookTries || !e.sleep(ctx, wait) {
			return messages, err
		}
		wait *= 4
	}
}

// sleep waits by the engine's clock; false where ctx ended first.
func (e *Engine) sleep(ctx context.Context, ms int64) bool {
	due := make(chan struct{})
	defer e.service.Clock.AfterMs(ms, func() { close(due) })()
	select {
	case <-due:
		return true
	case <-ctx.Done():
		return false
	}
}

func (e *Engine) askOnce(ctx context.Context, hook config.Webhook, body []byte, delivery string) ([]notify.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, hook.Timeout.Duration())
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set(deliveryHeader, delivery)
	if hook.Secret != "" {
		q.Header.Set(SignatureHeader, sign(hook.Secret, e.service.Clock.NowMs()/1000, body))
	}
	response, err := e.client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errTryAgain, err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode >= 500, response.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: it answers %s", errTryAgain, response.Status)
	case response.StatusCode == http.StatusNoContent:
		return nil, nil
	case response.StatusCode/100 != 2:
		return nil, fmt.Errorf("it answers %s", response.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, hookBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: read its answer: %w", errTryAgain, err)
	case len(answer) > hookBytes:
		return nil, fmt.Errorf("its answer has more than %d bytes", hookBytes)
	case len(bytes.TrimSpace(answer)) == 0:
		return nil, nil
	}
	return notify.Parse(answer)
}

// sign gives the value of SignatureHeader.
func sign(secret string, unix int64, body []byte) string {
	at := strconv.FormatInt(unix, 10)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(at + "."))
	m.Write(body)
	return "t=" + at + ",v1=" + hex.EncodeToString(m.Sum(nil))
}
