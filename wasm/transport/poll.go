package transport

import (
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop"
)

// Poller makes HTTP requests to the relay.
type Poller interface {
	// Do begins a request and returns at once. done is called once, from any goroutine but not before Do returned;
	// after cancel it may stay out. cancel may be called at any time, also after the end.
	Do(r PollRequest, done func(PollAnswer, error)) (cancel func())
}

// PollRequest is a request of the long poll. The body, where there is one, is application/msgpack.
type PollRequest struct {
	Method string
	Path   string // from the relay's root
	Header map[string]string
	Body   []byte
}

// PollAnswer is what came back, whatever its status.
type PollAnswer struct {
	Status int
	Header func(name string) string // "" where it is missing
	Body   []byte
}

const (
	pollPath = "/native/v1/poll"
	sendPath = "/native/v1/send"

	headerConnection = "Foyer-Connection"
	headerAck        = "Foyer-Ack"
	headerBatch      = "Foyer-Batch"

	pollTimeout   = 40 * time.Second // the relay answers after 25 s at the latest
	pollTries     = 3                // of one poll: the relay repeats a batch until it is acknowledged
	pollRetryWait = time.Second
	sendBody      = wire.MaxFrame // bytes in one body, unless a single frame is longer
	sendFrames    = 50            // frames in one body
	framesInBody  = 500           // more frames than this in one answer are not the relay's
)

// polled is a connection over long polling: one request waits for frames, another one at a time takes frames to the
// relay, so that they arrive in order.
type polled struct {
	loop   loop.Loop
	poller Poller
	events carrierEvents

	connection string // the relay's secret name of this connection
	batch      int    // the last batch that arrived
	failures   int    // of the poll under way
	outbox     [][]byte
	sending    bool
	closed     bool
	cancels    map[int]func() // of requests under way
	requests   int
}

func newPolled(l loop.Loop, p Poller, e carrierEvents) *polled {
	return &polled{loop: l, poller: p, events: e, cancels: map[int]func(){}}
}

func (p *polled) open(hello []byte) {
	p.do(PollRequest{Method: "POST", Path: pollPath, Body: hello}, func(a PollAnswer, err error) {
		if err != nil {
			p.events.ended(wire.Problemf(wire.CodeNoConnection, "open the long poll: %v", err))
			return
		}
		if a.Status != 200 {
			p.events.ended(answerProblem(a))
			return
		}
		p.connection = a.Header(headerConnection)
		if p.connection == "" {
			// The relay refuses a hello with frames too; they say why.
			if p.deliver(a.Body) {
				p.events.ended(wire.Problemf(wire.CodeNoConnection, "the relay gave no connection"))
			}
			return
		}
		p.batch, _ = strconv.Atoi(a.Header(headerBatch))
		if p.deliver(a.Body) {
			p.poll()
		}
	})
}

// poll asks for the batch behind the last one.
func (p *polled) poll() {
	r := PollRequest{Method: "POST", Path: pollPath, Header: p.header()}
	r.Header[headerAck] = strconv.Itoa(p.batch)
	began := p.loop.Now()
	p.do(r, func(a PollAnswer, err error) {
		if err != nil || a.Status >= 500 {
			p.pollAgain(a, err)
			return
		}
		if a.Status != 200 && a.Status != 204 {
			p.events.ended(answerProblem(a))
			return
		}
		p.failures = 0
		n, err := strconv.Atoi(a.Header(headerBatch))
		fresh := err == nil && n > p.batch // else it is here already
		if fresh {
			p.batch = n
			if !p.deliver(a.Body) {
				return
			}
		}
		if (!fresh || len(a.Body) == 0) && p.loop.Now().Sub(began) < pollRetryWait {
			p.pollLater() // somebody between answers at once, and must not be asked in a circle
			return
		}
		p.poll()
	})
}

func (p *polled) pollLater() {
	p.loop.After(pollRetryWait, func() {
		if !p.closed {
			p.poll()
		}
	})
}

func (p *polled) pollAgain(a PollAnswer, err error) {
	p.failures++
	if p.failures < pollTries {
		p.pollLater()
		return
	}
	if err != nil {
		p.events.ended(wire.Problemf(wire.CodeNoConnection, "long poll: %v", err))
		return
	}
	p.events.ended(answerProblem(a))
}

// deliver hands the frames of a body on; false when the connection has ended on the way.
func (p *polled) deliver(body []byte) bool {
	frames, err := wire.DecodeAll(body, framesInBody)
	if err != nil {
		p.events.ended(garbled(err))
		return false
	}
	for _, f := range frames {
		p.events.frame(f)
		if p.closed {
			return false
		}
	}
	return true
}

func (p *polled) send(frame []byte) {
	p.outbox = append(p.outbox, frame)
	p.flush()
}

// flush takes what waits to the relay, in one request at a time.
func (p *polled) flush() {
	if p.sending || len(p.outbox) == 0 || p.connection == "" {
		return
	}
	p.sending = true
	var body []byte
	n := 0
	for _, f := range p.outbox {
		if n == sendFrames || n > 0 && len(body)+len(f) > sendBody {
			break
		}
		body = append(body, f...)
		n++
	}
	p.outbox = p.outbox[n:]
	p.do(PollRequest{Method: "POST", Path: sendPath, Header: p.header(), Body: body}, func(a PollAnswer, err error) {
		p.sending = false
		switch {
		case err != nil: // whether it arrived is not known; those who asked will ask again on the next connection
			p.events.ended(wire.Problemf(wire.CodeNoConnection, "send: %v", err))
		case a.Status != 204 && a.Status != 200:
			p.events.ended(answerProblem(a))
		default:
			p.flush()
		}
	})
}

func (p *polled) close() {
	if p.closed {
		return
	}
	p.closed = true
	for _, cancel := range p.cancels {
		cancel()
	}
	if p.connection != "" {
		p.poller.Do(PollRequest{Method: "DELETE", Path: pollPath, Header: p.header()}, func(PollAnswer, error) {})
	}
}

func (p *polled) header() map[string]string {
	return map[string]string{headerConnection: p.connection}
}

// do makes a request whose end comes on the loop, and not after close.
func (p *polled) do(r PollRequest, done func(PollAnswer, error)) {
	p.requests++
	id := p.requests
	var abort func()
	end := func(a PollAnswer, err error) {
		if _, running := p.cancels[id]; !running || p.closed {
			return
		}
		abort()
		delete(p.cancels, id)
		done(a, err)
	}
	cancel := p.poller.Do(r, func(a PollAnswer, err error) {
		p.loop.Post(func() { end(a, err) })
	})
	stop := p.loop.After(pollTimeout, func() {
		end(PollAnswer{}, wire.Problemf(wire.CodeNoConnection, "no answer in %v", pollTimeout))
	})
	abort = func() {
		stop()
		cancel()
	}
	p.cancels[id] = abort
}

// answerProblem is the problem behind an answer that is not the expected one: the error frame in it, or its status.
func answerProblem(a PollAnswer) *wire.Problem {
	frames, err := wire.DecodeAll(a.Body, framesInBody)
	if err == nil {
		for _, f := range frames {
			if e, ok := f.(*wire.Error); ok {
				return problem(e)
			}
		}
	}
	return wire.Problemf(wire.CodeNoConnection, "the relay answered with status %d", a.Status)
}
