package transport

//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; the module moved to another name without changes to what is used here.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"foyer/relay/wire"
	"foyer/wasm/loop"
)

// patience is how long a test waits for what must come. Nothing waits so long when all is well.
const patience = 2 * time.Minute

// dialHTTP is a Dialer over real sockets.
type dialHTTP struct{ base string }

func (d dialHTTP) Dial(l Listener) Socket {
	ctx, cancel := context.WithCancel(context.Background())
	s := &realSocket{ctx: ctx, cancel: cancel, out: make(chan []byte, 1000)}
	go s.run(d.base, l)
	return s
}

type realSocket struct {
	ctx    context.Context
	cancel func()
	out    chan []byte
}

func (s *realSocket) Send(b []byte) { s.out <- b }
func (s *realSocket) Close()        { s.cancel() }

func (s *realSocket) run(base string, l Listener) {
	defer s.cancel()
	c, _, err := websocket.Dial(s.ctx, base+"/native/v1/socket", nil)
	if err != nil {
		l.Closed(1006)
		return
	}
	defer func() { _ = c.CloseNow() }()
	l.Open()
	go func() {
		for {
			select {
			case <-s.ctx.Done():
				return
			case b := <-s.out:
				_ = c.Write(s.ctx, websocket.MessageBinary, b)
			}
		}
	}()
	for {
		_, b, err := c.Read(s.ctx)
		if err != nil {
			l.Closed(max(1006, int(websocket.CloseStatus(err))))
			return
		}
		l.Message(b)
	}
}

// pollHTTP is a Poller over real requests.
type pollHTTP struct{ base string }

func (p pollHTTP) Do(r PollRequest, done func(PollAnswer, error)) func() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		req, err := http.NewRequestWithContext(ctx, r.Method, p.base+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			done(PollAnswer{}, err)
			return
		}
		for k, v := range r.Header {
			req.Header.Set(k, v)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			done(PollAnswer{}, err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		done(PollAnswer{Status: resp.StatusCode, Header: resp.Header.Get, Body: body}, err)
	}()
	return cancel
}

// miniRelay speaks the native conventions: it says welcome, acknowledges every Send with a number that counts up, and
// pushes each as an entry.
type miniRelay struct {
	noSockets bool
	losing    int // every so many-th poll's answer is lost on the way, 0 = none

	mu      sync.Mutex
	polls   int
	conns   map[string]*miniConn
	sockets []*websocket.Conn
}

// miniConn is one connection over long polling.
type miniConn struct {
	seq     int64
	waiting []wire.Frame
	batch   int
	last    []byte // the batch, until it is acknowledged
	more    chan struct{}
}

func answerTo(f wire.Frame, seq *int64) []wire.Frame {
	switch f := f.(type) {
	case *wire.Hello:
		return []wire.Frame{&wire.Welcome{Version: wire.Version}}
	case *wire.Send:
		*seq++
		return []wire.Frame{
			&wire.Ack{Ref: f.Ref, Seq: *seq},
			&wire.Push{Session: f.Session, Entries: []wire.Entry{{Seq: *seq, Text: f.Text}}},
		}
	}
	return nil
}

func (m *miniRelay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /native/v1/socket":
		m.socket(w, r)
	case "POST /native/v1/poll":
		m.poll(w, r)
	case "POST /native/v1/send":
		m.send(w, r)
	case "DELETE /native/v1/poll":
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

func (m *miniRelay) socket(w http.ResponseWriter, r *http.Request) {
	if m.noSockets {
		http.Error(w, "no sockets here", http.StatusForbidden)
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	m.mu.Lock()
	m.sockets = append(m.sockets, c)
	m.mu.Unlock()
	var seq int64
	for {
		_, b, err := c.Read(r.Context())
		if err != nil {
			return
		}
		f, err := wire.Decode(b)
		if err != nil {
			_ = c.Close(4400, "")
			return
		}
		for _, a := range answerTo(f, &seq) {
			if c.Write(r.Context(), websocket.MessageBinary, must(wire.Encode(a))) != nil {
				return
			}
		}
	}
}

// kill ends all sockets without a word, which closing the HTTP server leaves alone.
func (m *miniRelay) kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.sockets {
		_ = c.CloseNow()
	}
}

func (m *miniRelay) conn(r *http.Request) *miniConn {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.conns[r.Header.Get("Foyer-Connection")]
}

func (m *miniRelay) poll(w http.ResponseWriter, r *http.Request) {
	c := m.conn(r)
	if c == nil && r.Header.Get("Foyer-Connection") == "" {
		m.open(w, r)
		return
	}
	if c == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	m.mu.Lock()
	m.polls++
	lose := m.losing > 0 && m.polls%m.losing == 0
	m.mu.Unlock()
	body, batch, ok := m.collect(r, c)
	if !ok {
		return
	}
	if lose {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Foyer-Batch", strconv.Itoa(batch))
	_, _ = w.Write(body)
}

// collect is the batch that is not acknowledged, or the next one with what has come.
func (m *miniRelay) collect(r *http.Request, c *miniConn) ([]byte, int, bool) {
	ack, _ := strconv.Atoi(r.Header.Get("Foyer-Ack"))
	for {
		m.mu.Lock()
		if ack >= c.batch && len(c.waiting) > 0 {
			c.batch, c.last, c.waiting = c.batch+1, must(wire.EncodeAll(c.waiting)), nil
		}
		if ack < c.batch {
			defer m.mu.Unlock()
			return c.last, c.batch, true
		}
		m.mu.Unlock()
		select {
		case <-r.Context().Done():
			return nil, 0, false
		case <-c.more:
		}
	}
}

func (m *miniRelay) open(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conns == nil {
		m.conns = map[string]*miniConn{}
	}
	id := fmt.Sprint("connection-", len(m.conns))
	m.conns[id] = &miniConn{more: make(chan struct{}, 1)}
	w.Header().Set("Foyer-Connection", id)
	_, _ = w.Write(must(wire.Encode(&wire.Welcome{Version: wire.Version})))
}

func (m *miniRelay) send(w http.ResponseWriter, r *http.Request) {
	c := m.conn(r)
	body, err := io.ReadAll(r.Body)
	frames, bad := wire.DecodeAll(body, 1000)
	if c == nil || err != nil || bad != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	m.mu.Lock()
	for _, f := range frames {
		c.waiting = append(c.waiting, answerTo(f, &c.seq)...)
	}
	m.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
	w.WriteHeader(http.StatusNoContent)
}

// client is a Link on a real loop.
type client struct {
	loop   *loop.Real
	link   *Link
	status chan Status
	frames chan wire.Frame
}

func newClient(t *testing.T, address string) *client {
	c := &client{loop: loop.New(), status: make(chan Status, 1000), frames: make(chan wire.Frame, 10000)}
	c.link = New(Options{
		Loop: c.loop, Dial: dialHTTP{"ws://" + address}, Poll: pollHTTP{"http://" + address},
		Hello:    func() *wire.Hello { return &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor} },
		OnFrame:  func(f wire.Frame) { c.frames <- f },
		OnStatus: func(s Status) { c.status <- s },
	})
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- c.loop.Run(ctx) }()
	c.loop.Post(c.link.Start)
	t.Cleanup(func() {
		c.do(c.link.Close)
		cancel()
		if err := <-over; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return c
}

// do runs f on the loop and waits for it.
func (c *client) do(f func()) {
	done := make(chan struct{})
	c.loop.Post(func() { f(); close(done) })
	<-done
}

func (c *client) until(t *testing.T, want State) {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case s := <-c.status:
			if s.State == want {
				return
			}
		case <-limit:
			t.Fatalf("never %s", want)
		}
	}
}

// converse sends n messages at once and expects their acknowledgements and entries, each once and in order.
func (c *client) converse(t *testing.T, n int) {
	t.Helper()
	acks := make(chan int64, n)
	c.loop.Post(func() {
		for i := range n {
			c.link.Request(&wire.Send{Session: "s", Text: fmt.Sprint(i + 1)}, func(f wire.Frame, p *wire.Problem) {
				if ack, ok := f.(*wire.Ack); ok {
					acks <- ack.Seq
					return
				}
				t.Error(p)
				acks <- 0
			})
		}
	})
	limit := time.After(patience)
	for i := int64(1); i <= int64(n); {
		select {
		case f := <-c.frames:
			push, ok := f.(*wire.Push)
			if !ok {
				continue
			}
			if e := push.Entries[0]; e.Seq != i || e.Text != fmt.Sprint(i) {
				t.Fatalf("entry %d came where %d was due", e.Seq, i)
			}
			if seq := <-acks; seq != i {
				t.Fatalf("acknowledgement %d came where %d was due", seq, i)
			}
			i++
		case <-limit:
			t.Fatalf("%d of %d came", i-1, n)
		}
	}
}

func TestAConversationOverRealConnections(t *testing.T) {
	cases := map[string]*miniRelay{
		"socket":                       {},
		"long poll":                    {noSockets: true},
		"long poll that loses answers": {noSockets: true, losing: 2},
	}
	for name, relay := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(relay)
			defer server.Close()
			c := newClient(t, server.Listener.Addr().String())
			c.until(t, Online)
			c.converse(t, 40)
			c.do(c.link.Close) // before the server, which waits for open polls
		})
	}
}

func TestComesBackAfterTheRelayWasKilled(t *testing.T) {
	for name, noSockets := range map[string]bool{"socket": false, "long poll": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			relay := &miniRelay{noSockets: noSockets}
			first := httptest.NewServer(relay)
			address := first.Listener.Addr().String()
			c := newClient(t, address)
			c.until(t, Online)
			first.CloseClientConnections()
			_ = first.Listener.Close()
			relay.kill()
			c.until(t, Waiting)

			listener, err := net.Listen("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			second := httptest.NewUnstartedServer(&miniRelay{noSockets: noSockets})
			_ = second.Listener.Close()
			second.Listener = listener
			second.Start()
			defer second.Close()
			c.until(t, Online)
			c.converse(t, 10)
			c.do(c.link.Close)
		})
	}
}
