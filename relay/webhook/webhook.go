// Package webhook calls the webhooks of engagement rules over HTTP: signed, retried, never redirected.
//
// main hands a Client to relay/engage, which asks for calls through its small interface and understands the answers. The
// package must never follow an answer to another address, nor read more of it than it is told to.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"foyer/relay/engage"
)

const (
	tries       = 4
	firstWaitMs = 1_000 // before the second try; four times as long before each further one
	answerBytes = 256 << 10
	headerBytes = 64 << 10
	idleMs      = 30_000 // that a connection is kept for the next call
)

// SignatureHeader proves that a webhook's request comes from the relay: "t=TIME,v1=SIGNATURE", where TIME is Unix
// seconds and SIGNATURE the hex HMAC-SHA256, with the webhook's secret, of TIME, a dot and the body. Receivers should
// refuse times long past.
const SignatureHeader = "Foyer-Signature"

// deliveryHeader is the same in every try of one call.
const deliveryHeader = "Foyer-Delivery"

// Clock lets tests own the time between tries.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// IDs mints ids of calls.
type IDs interface{ New() string }

// Client implements engage.Webhooks. It is safe for use by many goroutines.
type Client struct {
	clock Clock
	ids   IDs
	http  *http.Client
}

var _ engage.Webhooks = (*Client)(nil)

// New makes a Client with connections of its own.
func New(clock Clock, ids IDs) *Client {
	return &Client{clock: clock, ids: ids, http: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: headerBytes,
			MaxIdleConnsPerHost: 8, IdleConnTimeout: idleMs * time.Millisecond},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// errTryAgain marks failures that may be over soon.
var errTryAgain = errors.New("may succeed later")

// Call implements engage.Webhooks. Where the webhook cannot be reached in the hook's time, or answers 5xx or 429, it tries
// again after 1, 4 and 16 s. Each try is signed anew.
func (c *Client) Call(ctx context.Context, h engage.Webhook, body []byte) (answer []byte, err error) {
	delivery := c.ids.New()
	wait := int64(firstWaitMs)
	for try := 1; ; try++ {
		answer, err = c.once(ctx, h, body, delivery)
		if !errors.Is(err, errTryAgain) || try == tries || !c.sleep(ctx, wait) {
			return answer, err
		}
		wait *= 4
	}
}

// sleep waits by the clock; false where ctx ended first.
func (c *Client) sleep(ctx context.Context, ms int64) bool {
	due := make(chan struct{})
	defer c.clock.AfterMs(ms, func() { close(due) })()
	select {
	case <-due:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *Client) once(ctx context.Context, h engage.Webhook, body []byte, delivery string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(h.TimeoutMs)*time.Millisecond)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set(deliveryHeader, delivery)
	if h.Secret != "" {
		q.Header.Set(SignatureHeader, sign(h.Secret, c.clock.NowMs()/1000, body))
	}
	response, err := c.http.Do(q)
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
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: read its answer: %w", errTryAgain, err)
	case len(answer) > answerBytes:
		return nil, fmt.Errorf("its answer has more than %d bytes", answerBytes)
	}
	return answer, nil
}

// sign gives the value of SignatureHeader.
func sign(secret string, unix int64, body []byte) string {
	at := strconv.FormatInt(unix, 10)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(at + "."))
	m.Write(body)
	return "t=" + at + ",v1=" + hex.EncodeToString(m.Sum(nil))
}
