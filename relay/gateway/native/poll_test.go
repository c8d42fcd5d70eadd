package native

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"testing"

	"foyer/relay/wire"
)

// request makes one request of a long poll.
func (r *testRelay) request(method, path, secret string, ack int, body []byte) *http.Response {
	r.tb.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, r.http.URL+path, bytes.NewReader(body))
	must(r.tb, err)
	q.Header.Set("Origin", shopOrigin)
	if secret != "" {
		q.Header.Set(headerConnection, secret)
		q.Header.Set(headerAck, strconv.Itoa(ack))
	}
	a, err := http.DefaultClient.Do(q)
	must(r.tb, err)
	r.tb.Cleanup(func() { a.Body.Close() })
	return a
}

func (r *testRelay) openPoll() (secret string) {
	r.tb.Helper()
	b, err := wire.Encode(hello())
	must(r.tb, err)
	a := r.request("POST", "/native/v1/poll", "", 0, b)
	if a.StatusCode != http.StatusOK || a.Header.Get(headerBatch) != "0" {
		r.tb.Fatalf("opening gave status %d, batch %q", a.StatusCode, a.Header.Get(headerBatch))
	}
	return a.Header.Get(headerConnection)
}

func (r *testRelay) ping(secret string, n int64) {
	r.tb.Helper()
	b, err := wire.Encode(&wire.Ping{N: n})
	must(r.tb, err)
	if a := r.request("POST", "/native/v1/send", secret, 0, b); a.StatusCode != http.StatusNoContent {
		r.tb.Fatalf("sending gave status %d", a.StatusCode)
	}
}

func pongs(t *testing.T, a *http.Response) (all []int64) {
	t.Helper()
	b, err := io.ReadAll(a.Body)
	must(t, err)
	frames, err := wire.DecodeAll(b, 100)
	must(t, err)
	for _, f := range frames {
		if p, ok := f.(*wire.Pong); ok {
			all = append(all, p.N)
		}
	}
	return all
}

func TestBatchIsRepeatedUntilItIsAcknowledged(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	r.ping(secret, 1)
	for range 2 { // as if the first answer was lost
		a := r.request("POST", "/native/v1/poll", secret, 0, nil)
		if got := pongs(t, a); a.Header.Get(headerBatch) != "1" || len(got) != 1 || got[0] != 1 {
			t.Fatalf("batch %s holds %v", a.Header.Get(headerBatch), got)
		}
	}
	r.ping(secret, 2)
	a := r.request("POST", "/native/v1/poll", secret, 1, nil)
	if got := pongs(t, a); a.Header.Get(headerBatch) != "2" || len(got) != 1 || got[0] != 2 {
		t.Fatalf("batch %s holds %v", a.Header.Get(headerBatch), got)
	}
	for _, ack := range []int{0, 3, -1} {
		checkRefusal(t, r.request("POST", "/native/v1/poll", secret, ack, nil), wire.CodeBadRequest)
	}
}

func TestPollWaitsForWhatComes(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	answer := make(chan *http.Response)
	go func() { answer <- r.request("POST", "/native/v1/poll", secret, 0, nil) }()
	untilTrue(t, func() bool { return r.clock.Timers() > 1 }) // it waits, and so does routing
	r.ping(secret, 7)
	if got := pongs(t, <-answer); len(got) != 1 || got[0] != 7 {
		t.Errorf("got %v", got)
	}
}

func TestPollAnswersAfterAWhileWithNothing(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	before := r.clock.Timers()
	answer := make(chan *http.Response)
	go func() { answer <- r.request("POST", "/native/v1/poll", secret, 0, nil) }()
	untilTrue(t, func() bool { return r.clock.Timers() > before })
	r.clock.Advance(pollWaitMs)
	a := <-answer
	if a.StatusCode != http.StatusNoContent || a.Header.Get(headerBatch) != "0" {
		t.Errorf("status %d, batch %q", a.StatusCode, a.Header.Get(headerBatch))
	}
}

func TestNewerPollMakesTheOlderOneGiveUp(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	before := r.clock.Timers()
	older := make(chan *http.Response)
	go func() { older <- r.request("POST", "/native/v1/poll", secret, 0, nil) }()
	untilTrue(t, func() bool { return r.clock.Timers() > before })
	newer := make(chan *http.Response)
	go func() { newer <- r.request("POST", "/native/v1/poll", secret, 0, nil) }()
	if a := <-older; a.StatusCode != http.StatusNoContent {
		t.Errorf("the older one got status %d", a.StatusCode)
	}
	r.ping(secret, 3)
	if got := pongs(t, <-newer); len(got) != 1 {
		t.Errorf("the newer one got %v", got)
	}
}

func TestPollThatIsNotThere(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	if a := r.request("DELETE", "/native/v1/poll", secret, 0, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("closing gave status %d", a.StatusCode)
	}
	for _, s := range []string{secret, "made-up"} {
		checkRefusal(t, r.request("POST", "/native/v1/poll", s, 0, nil), wire.CodeNoConnection)
		checkRefusal(t, r.request("POST", "/native/v1/send", s, 0, nil), wire.CodeNoConnection)
		checkRefusal(t, r.request("DELETE", "/native/v1/poll", s, 0, nil), wire.CodeNoConnection)
	}
}

func TestFramesOfOneBodyAreDealtWithInOrder(t *testing.T) {
	r := newRelay(t)
	secret := r.openPoll()
	var frames []wire.Frame
	for n := range int64(20) {
		frames = append(frames, &wire.Ping{N: n})
	}
	b, err := wire.EncodeAll(frames)
	must(t, err)
	r.request("POST", "/native/v1/send", secret, 0, b)
	got := pongs(t, r.request("POST", "/native/v1/poll", secret, 0, nil))
	if len(got) != len(frames) {
		t.Fatalf("got %v", got)
	}
	for n := range got {
		if got[n] != int64(n) {
			t.Fatalf("got %v", got)
		}
	}
}
