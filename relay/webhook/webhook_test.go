package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/engage"
)

// impatient is a clock by which every wait is over at once, and which counts them.
type impatient struct {
	*clocktest.Clock
	waits []int64
}

func (c *impatient) AfterMs(ms int64, f func()) func() {
	c.waits = append(c.waits, ms)
	c.Advance(ms)
	f()
	return func() {}
}

// calls are what a hook was asked.
type calls struct {
	mu  sync.Mutex
	all []*http.Request
}

func (c *calls) add(r *http.Request) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, r)
	return len(c.all)
}

func (c *calls) list() []*http.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// hook answers each call with the next of some answers; the last one stays.
func hook(t *testing.T, answers ...http.HandlerFunc) (engage.Webhook, *calls) {
	c := &calls{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		n := c.add(r)
		answers[min(n, len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	return engage.Webhook{URL: server.URL, Secret: "s3cret", TimeoutMs: 20_000}, c
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func hangUpInTheMiddle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "[")
	hangUp(w, r)
}

func newClient() (*Client, *impatient) {
	clock := &impatient{Clock: clocktest.New(1_700_000_000_000)}
	return New(clock, &chattest.IDs{}), clock
}

func TestACallIsSignedAndAnswered(t *testing.T) {
	h, calls := hook(t, says(200, `{"a":1}`))
	c, _ := newClient()
	answer, err := c.Call(t.Context(), h, []byte(`{"rule":"r"}`))
	if err != nil || string(answer) != `{"a":1}` {
		t.Fatalf("answered %s, %v", answer, err)
	}
	m := hmac.New(sha256.New, []byte("s3cret"))
	m.Write([]byte(`1700000000.{"rule":"r"}`))
	if got, want := calls.list()[0].Header.Get(SignatureHeader), "t=1700000000,v1="+hex.EncodeToString(m.Sum(nil)); got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
}

func TestACallIsTriedAgainAFewTimes(t *testing.T) {
	for name, tt := range map[string]struct {
		answers []http.HandlerFunc
		calls   int
		fails   bool
	}{
		"back after two":     {[]http.HandlerFunc{says(502, ""), says(429, ""), says(200, "ok")}, 3, false},
		"never back":         {[]http.HandlerFunc{says(503, "")}, 4, true},
		"refuses":            {[]http.HandlerFunc{says(403, "")}, 1, true},
		"has nothing to say": {[]http.HandlerFunc{says(204, "")}, 1, false},
		"leads elsewhere": {[]http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
		}}, 1, true},
		"leads to itself": {[]http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}}, 1, true},
		"hangs up":               {[]http.HandlerFunc{hangUp, says(200, "ok")}, 2, false},
		"hangs up in the middle": {[]http.HandlerFunc{hangUpInTheMiddle, says(200, "ok")}, 2, false},
		"too long a header": {[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2*headerBytes))
		}}, 4, true},
		"answers without end": {[]http.HandlerFunc{says(200, strings.Repeat("x", answerBytes+1))}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			h, calls := hook(t, tt.answers...)
			c, clock := newClient()
			_, err := c.Call(t.Context(), h, []byte("{}"))
			if len(calls.list()) != tt.calls || (err != nil) != tt.fails {
				t.Errorf("%d calls, %v", len(calls.list()), err)
			}
			deliveries := map[string]bool{}
			for _, r := range calls.list() {
				deliveries[r.Header.Get(deliveryHeader)] = true
			}
			if len(deliveries) != 1 {
				t.Errorf("deliveries %v", deliveries)
			}
			for i, ms := range clock.waits {
				if want := int64(firstWaitMs) << (2 * i); ms != want {
					t.Errorf("wait %d took %d ms, not %d", i, ms, want)
				}
			}
		})
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	h, calls := hook(t, says(503, ""))
	ctx, cancel := context.WithCancel(t.Context())
	c := New(stopping{clocktest.New(0), cancel}, &chattest.IDs{})
	if _, err := c.Call(ctx, h, nil); err == nil || len(calls.list()) != 1 {
		t.Errorf("%d calls, %v", len(calls.list()), err)
	}
}

// stopping is a clock on which nothing is ever due; the first wait ends the context.
type stopping struct {
	*clocktest.Clock
	stop func()
}

func (s stopping) AfterMs(int64, func()) func() {
	s.stop()
	return func() {}
}

func TestACallThatTakesTooLongIsGivenUp(t *testing.T) {
	over := make(chan struct{})
	defer close(over)
	h, _ := hook(t, func(http.ResponseWriter, *http.Request) { <-over })
	h.TimeoutMs = 1
	c, clock := newClient()
	if _, err := c.Call(t.Context(), h, nil); !errors.Is(err, context.DeadlineExceeded) || len(clock.waits) != tries-1 {
		t.Errorf("%v after %d waits", err, len(clock.waits))
	}
}
