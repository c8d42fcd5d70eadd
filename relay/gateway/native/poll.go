package native

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// Headers of the long poll.
const (
	headerConnection = "Foyer-Connection" // the connection's secret, given by the answer to the first request
	headerAck        = "Foyer-Ack"        // number of the last batch that arrived, 0 at first
	headerBatch      = "Foyer-Batch"      // number of the batch in the answer's body
)

const (
	// SendBytes bounds the body of Send.
	SendBytes  = 4 * wire.MaxFrame
	sendFrames = 100 // in one body
	frameType  = "application/msgpack"
)

// poll carries a connection over HTTP: one request waits for frames (Poll), others bring them (Send). The client names
// the last batch that it got with each poll; until then the batch is repeated, so that an answer lost on the way loses
// nothing.
type poll struct {
	c      *conn
	secret string

	mu     sync.Mutex
	batch  int           // number of the last batch that was given out
	body   []byte        // that batch, until it is acknowledged
	news   chan struct{} // closed when a waiting request should look again
	turnID int           // of the last poll request; an older one that still waits gives up
}

// Poll is POST /native/v1/poll: without the header it opens a connection, the body being the hello; with it, it waits
// for frames.
func (g *Gateway) Poll(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get(headerConnection) == "" {
		g.openPoll(w, r)
		return
	}
	p, ok := g.pollOf(w, r)
	if !ok {
		return
	}
	ack, err := strconv.Atoi(r.Header.Get(headerAck))
	if err != nil {
		g.answerError(w, r, wire.Problemf(wire.CodeBadRequest, "%s is the number of the last batch that arrived", headerAck))
		return
	}
	p.wait(w, r, ack)
}

// Send is POST /native/v1/send: the body's frames, one behind the other. Answers come by poll.
func (g *Gateway) Send(w http.ResponseWriter, r *http.Request) {
	p, ok := g.pollOf(w, r)
	if !ok {
		return
	}
	giveBack, err := g.Memory.Borrow(p.c.network, bodyBytes(r, SendBytes))
	if err != nil {
		g.answerError(w, r, err)
		return
	}
	defer giveBack()
	body, err := readBody(w, r, SendBytes)
	if !p.c.receive(body, sendFrames, err) && p.c.problem() != nil { // an end without a problem is what the client wished for
		g.answerError(w, r, p.c.whyEnded())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ClosePoll is DELETE /native/v1/poll.
func (g *Gateway) ClosePoll(w http.ResponseWriter, r *http.Request) {
	p, ok := g.pollOf(w, r)
	if !ok {
		return
	}
	p.c.end(nil, true)
	p.remove()
	w.WriteHeader(http.StatusNoContent)
}

func (g *Gateway) openPoll(w http.ResponseWriter, r *http.Request) {
	at := g.peerOf(r)
	giveBack, err := g.Memory.Borrow(throttle.Network(at.address), bodyBytes(r, wire.MaxFrame))
	if err != nil {
		g.answerError(w, r, err)
		return
	}
	defer giveBack()
	hello, err := readBody(w, r, wire.MaxFrame)
	if err == nil && len(hello) == 0 {
		err = wire.Problemf(wire.CodeBadFrame, "the body of the first request is a hello")
	}
	if err != nil {
		g.answerError(w, r, err)
		return
	}
	p := &poll{c: g.newConn(pollTransport, at), secret: newSecret(), news: make(chan struct{})}
	p.c.wake = p.wake
	if err := g.register(p.c); err != nil {
		p.c.cancel()
		g.answerError(w, r, err)
		return
	}
	g.mu.Lock()
	g.polls[p.secret] = p
	g.mu.Unlock()
	if !p.c.receive(hello, 1, nil) {
		p.remove()
		g.answerError(w, r, p.c.whyEnded())
		return
	}
	frames, _ := p.c.out.take()
	w.Header().Set(headerConnection, p.secret)
	w.Header().Set(headerBatch, "0")
	welcome := join(frames)
	answerFrames(w, http.StatusOK, welcome)
	p.c.out.done(len(welcome))
}

// pollOf finds the connection of a request, or answers that there is none: then the client opens another one.
func (g *Gateway) pollOf(w http.ResponseWriter, r *http.Request) (*poll, bool) {
	g.mu.Lock()
	p := g.polls[r.Header.Get(headerConnection)]
	g.mu.Unlock()
	if p == nil {
		g.answerError(w, r, wire.Problemf(wire.CodeNoConnection, "there is no such connection any more: open another one"))
		return nil, false
	}
	p.c.heard()
	return p, true
}

// wait answers with the batch behind ack, as soon as there is one.
func (p *poll) wait(w http.ResponseWriter, r *http.Request, ack int) {
	due := make(chan struct{})
	stop := p.c.g.Clock.AfterMs(pollWaitMs, func() { close(due) })
	defer stop()
	turn, err := p.begin(ack)
	for err == nil {
		batch, body, news, state := p.look(turn)
		switch state {
		case given:
			w.Header().Set(headerBatch, strconv.Itoa(batch))
			answerFrames(w, http.StatusOK, body)
			return
		case over:
			p.remove()
			p.c.g.answerError(w, r, p.c.whyEnded())
			return
		case superseded:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		select {
		case <-news:
		case <-due:
			p.c.heard()
			w.Header().Set(headerBatch, strconv.Itoa(batch))
			w.WriteHeader(http.StatusNoContent)
			return
		case <-r.Context().Done():
			return
		}
	}
	p.c.g.answerError(w, r, err)
}

// begin takes the acknowledgement, and makes an older request that still waits give up.
func (p *poll) begin(ack int) (turn int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case ack == p.batch:
		p.c.out.done(len(p.body))
		p.body = nil
	case ack == p.batch-1 && p.body != nil: // it did not arrive: again
	default:
		return 0, wire.Problemf(wire.CodeBadRequest, "batch %d cannot be acknowledged, the last one was %d", ack, p.batch)
	}
	p.turnID++
	p.tell()
	return p.turnID, nil
}

// What look found.
type found int

const (
	nothing    found = iota // wait for news
	given                   // a batch
	over                    // the connection has ended, and everything was given out
	superseded              // a newer request waits
)

func (p *poll) look(turn int) (batch int, body []byte, news <-chan struct{}, state found) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if turn != p.turnID {
		return p.batch, nil, nil, superseded
	}
	if p.body != nil {
		return p.batch, p.body, nil, given
	}
	frames, ended := p.c.out.take()
	if len(frames) > 0 {
		p.batch++
		p.body = join(frames)
		return p.batch, p.body, nil, given
	}
	if ended {
		return p.batch, nil, nil, over
	}
	return p.batch, nil, p.news, nothing
}

func (p *poll) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell()
	if p.c.out.shutDown() {
		// Whoever waits, or polls once more, learns why; a client that never does is forgotten.
		p.c.g.Clock.AfterMs(helloLimitMs, p.remove)
	}
}

// tell wakes the request that waits. The caller holds mu.
func (p *poll) tell() {
	close(p.news)
	p.news = make(chan struct{})
}

// remove forgets the connection. It may be called more than once.
func (p *poll) remove() {
	p.c.end(nil, true)
	p.c.cancel()
	g := p.c.g
	g.mu.Lock()
	delete(g.polls, p.secret)
	g.mu.Unlock()
	g.unregister(p.c)
}

// whyEnded is what a request learns whose connection has ended.
func (c *conn) whyEnded() *wire.Problem {
	if p := c.problem(); p != nil {
		return p
	}
	return wire.Problemf(wire.CodeNoConnection, "the connection has ended")
}

// answerError answers a request with an error frame and the status of its code.
func (g *Gateway) answerError(w http.ResponseWriter, r *http.Request, err error) {
	p := g.problem(r.Context(), r.Method+" "+r.URL.Path, err)
	b, err := wire.Encode(wire.ErrorFrame(0, p, true))
	if err != nil {
		g.Log.ErrorContext(r.Context(), "encode an error", "err", err)
	}
	if p.RetryMs > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((p.RetryMs+999)/1000, 10))
	}
	answerFrames(w, wire.Means(p.Code).HTTP, b)
}

func answerFrames(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", frameType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone polls again, or not
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, wire.Problemf(wire.CodeTooLarge, "a body may have %d bytes", limit)
	case err != nil:
		return nil, wire.Problemf(wire.CodeBadRequest, "the body could not be read")
	}
	return b, nil
}

// bodyBytes is how much memory the body of a request may come to need.
func bodyBytes(r *http.Request, limit int64) int64 {
	if r.ContentLength < 0 {
		return limit
	}
	return min(r.ContentLength, limit)
}

func join(frames [][]byte) []byte {
	n := 0
	for _, f := range frames {
		n += len(f)
	}
	all := make([]byte, 0, n)
	for _, f := range frames {
		all = append(all, f...)
	}
	return all
}

func newSecret() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
