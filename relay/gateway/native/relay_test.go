//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package native

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"nhooyr.io/websocket"

	"foyer/relay/access"
	"foyer/relay/callback"
	"foyer/relay/chat"
	"foyer/relay/clock/clocktest"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/desk"
	"foyer/relay/live"
	"foyer/relay/store"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

// patience is how long a test waits for what must come. Nothing waits so long when all is well.
const patience = 2 * time.Minute

// Origins of the tests' pages.
const (
	shopOrigin  = "https://shop.example"
	otherOrigin = "https://other.example"

	sisterOrigin = "https://sister.example" // another site of the shop's deployment
)

// testRelay is a gateway with everything behind it, over real HTTP and a real database. The time stands still unless
// the test moves it.
type testRelay struct {
	*Gateway
	tb     testing.TB
	clock  *clocktest.Clock
	limits atomic.Pointer[config.Limits] // of what clients can cost, see bound
	store  *store.Store
	http   *httptest.Server
}

func newRelay(tb testing.TB) *testRelay { return openRelay(tb, tb.TempDir()) }

// openRelay is newRelay on data that may be there already.
func openRelay(tb testing.TB, dir string) *testRelay {
	tb.Helper()
	ctx := context.Background()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, store.Options{Dir: dir, Logger: log})
	must(tb, err)
	now := clocktest.New(1_700_000_000_000)
	ids := chat.UUIDs{}
	a, err := access.NewService(access.Options{Store: s.Access(), Clock: now, IDs: ids, Cost: 4})
	must(tb, err)
	deployments, err := deployment.NewDirectory(config.File{Deployments: []config.Deployment{
		{Name: "shop", Queue: "shop", Addresses: "short", Languages: []string{"en"}, Origins: []string{shopOrigin, sisterOrigin},
			Features: config.Features{Chat: true, Callback: true, Monitoring: true, TypingPreview: true}},
		{Name: "other", Queue: "other", Languages: []string{"en"}, Origins: []string{otherOrigin},
			Features: config.Features{Chat: true}},
		{Name: "club", Queue: "shop", Languages: []string{"en"}, Origins: []string{shopOrigin},
			Features: config.Features{Chat: true}, IdentitySecret: config.Secrets{clubSecret}},
		{Name: "apart", Queue: "shop", Languages: []string{"en"}, Origins: []string{shopOrigin, sisterOrigin},
			Features: config.Features{Chat: true}, IdentitySecret: config.Secrets{clubSecret},
			Crossdomain: config.Crossdomain{Identity: new(false), Cookie: new(false), Activate: new(false), Button: new(false)}},
		{Name: "members", Queue: "shop", Languages: []string{"en"}, Origins: []string{shopOrigin},
			Features: config.Features{Chat: true, Monitoring: true}, IdentitySecret: config.Secrets{clubSecret},
			Identity: config.IdentityRequired},
		{Name: "closed", Queue: "closed", Languages: []string{"en"}, Origins: []string{shopOrigin}},
	}}, false)
	must(tb, err)
	r := &testRelay{tb: tb, clock: now, store: s}
	r.limits.Store(new(config.DefaultLimits()))
	r.bound(func(l *config.Limits) { l.FramesPerSecond = 1_000_000 }) // the time stands still
	hub := live.NewHub(live.Options{Clock: now, Limits: func() live.Limits {
		l := r.limits.Load()
		return live.Limits{Connections: l.OfVisit, Pages: l.Pages}
	}})
	chats := chat.NewService(chat.Options{Store: s.Chat(), Live: hub, Clock: now, IDs: ids})
	visits := visit.NewService(visit.Options{Store: s.Visits(), Live: hub, Clock: now})
	calls := callback.NewService(callback.Options{Store: s.Callbacks(), Live: hub, Clock: now, IDs: ids})
	desks := desk.NewService(desk.Options{Chats: chats, Live: hub, Clock: now, IDs: ids, Log: log, Sources: []desk.Source{calls.Source()}})
	calls.RouteWith(desks)
	for _, name := range []string{"ann", "bob"} {
		_, err := a.EnsureAgent(ctx, access.Spec{Username: name, Name: strings.ToUpper(name), Password: name + "-password"})
		must(tb, err)
	}
	r.Gateway = New(Options{Limits: func() config.Limits { return *r.limits.Load() }, Chats: chats, Visits: visits, Desk: desks, Callbacks: calls, Access: a,
		Hub: hub, Deployments: deployments, Clock: now, IDs: ids, Build: "test", Metrics: prometheus.NewRegistry(), Log: log})
	r.http = httptest.NewServer(r.mux())
	work, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { desks.Run(work) })
	tb.Cleanup(func() {
		drain, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		r.Drain(drain)
		r.http.CloseClientConnections()
		r.http.Close()
		stop()
		running.Wait()
		must(tb, s.Close())
	})
	return r
}

// bound changes what clients can cost.
func (r *testRelay) bound(change func(*config.Limits)) {
	l := *r.limits.Load()
	change(&l)
	r.limits.Store(&l)
}

func (r *testRelay) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /native/v1/socket", r.Socket)
	mux.HandleFunc("POST /native/v1/poll", r.Poll)
	mux.HandleFunc("DELETE /native/v1/poll", r.ClosePoll)
	mux.HandleFunc("POST /native/v1/send", r.Send)
	mux.HandleFunc("POST /native/v1/frame/keep", r.KeepCookie)
	mux.HandleFunc("POST /native/v1/frame/take", r.TakeCookie)
	mux.HandleFunc("POST /native/v1/frame/drop", r.DropCookie)
	mux.HandleFunc("POST /native/v1/handoff", r.Handoff)
	return mux
}

// client is the other end of a connection, over either transport.
type client struct {
	tb     testing.TB
	frames chan wire.Frame // what came; closed at the end of the connection
	write  func([]byte) error
	cut    func() // drops the connection without a word
	code   func() int

	seen []wire.Frame
}

// transports are the two ways to connect; a story that holds for both is told with each.
var transports = map[string]func(*testRelay, string) *client{
	socketTransport: (*testRelay).socket,
	pollTransport:   (*testRelay).poll,
}

// socket opens a WebSocket as a page of the origin ("" as a program).
func (r *testRelay) socket(origin string) *client {
	r.tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	o := &websocket.DialOptions{HTTPHeader: http.Header{}}
	if origin != "" {
		o.HTTPHeader.Set("Origin", origin)
	}
	ws, _, err := websocket.Dial(ctx, r.http.URL+"/native/v1/socket", o)
	must(r.tb, err)
	ws.SetReadLimit(wire.MaxFrame)
	c := &client{tb: r.tb, frames: make(chan wire.Frame, 10_000)}
	var ended websocket.StatusCode
	go func() {
		defer close(c.frames)
		for {
			_, b, err := ws.Read(ctx)
			if err != nil {
				ended = websocket.CloseStatus(err)
				return
			}
			f, err := wire.Decode(b)
			if err != nil {
				r.tb.Errorf("the relay sent what is no frame: %v", err)
				return
			}
			c.frames <- f
		}
	}()
	c.write = func(b []byte) error { return ws.Write(ctx, websocket.MessageBinary, b) }
	c.cut = cancel
	c.code = func() int { c.drain(); return int(ended) }
	r.tb.Cleanup(cancel)
	return c
}

// poll opens a long poll; the first frame that is sent opens it.
func (r *testRelay) poll(origin string) *client {
	ctx, cancel := context.WithCancel(context.Background())
	c := &client{tb: r.tb, frames: make(chan wire.Frame, 10_000)}
	p := &pollClient{relay: r, origin: origin, ctx: ctx}
	c.write = func(b []byte) error {
		if p.secret != "" {
			_, _, err := p.do("POST", "/native/v1/send", b, nil)
			return err
		}
		frames, header, err := p.do("POST", "/native/v1/poll", b, nil)
		if err != nil {
			return err
		}
		for _, f := range frames {
			c.frames <- f
		}
		if p.secret = header.Get(headerConnection); p.secret == "" {
			close(c.frames)
			return nil
		}
		go p.loop(c.frames)
		return nil
	}
	c.cut = cancel
	c.code = func() int { c.drain(); return 0 }
	r.tb.Cleanup(cancel)
	return c
}

type pollClient struct {
	relay  *testRelay
	origin string
	secret string
	ctx    context.Context
}

func (p *pollClient) loop(frames chan<- wire.Frame) {
	defer close(frames)
	for batch := 0; ; {
		got, header, err := p.do("POST", "/native/v1/poll", nil, map[string]string{headerAck: strconv.Itoa(batch)})
		if err != nil {
			return
		}
		if n, err := strconv.Atoi(header.Get(headerBatch)); err == nil && n > batch {
			batch = n
		} else if len(got) == 0 {
			continue
		}
		for _, f := range got {
			frames <- f
			if e, ok := f.(*wire.Error); ok && e.Fatal {
				return
			}
		}
	}
}

// do makes a request. Frames of an error answer are given like others.
func (p *pollClient) do(method, path string, body []byte, header map[string]string) ([]wire.Frame, http.Header, error) {
	q, err := http.NewRequestWithContext(p.ctx, method, p.relay.http.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for k, v := range map[string]string{"Origin": p.origin, headerConnection: p.secret} {
		if v != "" {
			q.Header.Set(k, v)
		}
	}
	for k, v := range header {
		q.Header.Set(k, v)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, nil, err
	}
	frames, err := wire.DecodeAll(b, 1000)
	if a.StatusCode == http.StatusNotFound && p.secret != "" && err == nil {
		err = errors.New("no such connection")
	}
	return frames, a.Header, err
}

// say sends a frame.
func (c *client) say(f wire.Frame) {
	c.tb.Helper()
	b, err := wire.Encode(f)
	must(c.tb, err)
	must(c.tb, c.write(b))
}

// next gives the next frame of a type that match takes, which may be nil for any. Frames before it are passed over.
func next[F wire.Frame](c *client, match func(F) bool) F {
	c.tb.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case f, open := <-c.frames:
			if !open {
				c.tb.Fatalf("the connection ended before %T came; there were %s", *new(F), describe(c.seen))
			}
			c.seen = append(c.seen, f)
			if f, ok := f.(F); ok && (match == nil || match(f)) {
				return f
			}
		case <-late.C:
			c.tb.Fatalf("no %T came; there were %s", *new(F), describe(c.seen))
		}
	}
}

// ends waits for the end of the connection and gives the fatal error before it, if there was one.
func (c *client) ends() *wire.Error {
	c.tb.Helper()
	c.drain()
	if len(c.seen) > 0 {
		if e, ok := c.seen[len(c.seen)-1].(*wire.Error); ok && e.Fatal {
			return e
		}
	}
	return nil
}

func (c *client) drain() {
	c.tb.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case f, open := <-c.frames:
			if !open {
				return
			}
			c.seen = append(c.seen, f)
		case <-late.C:
			c.tb.Fatalf("the connection did not end; there were %s", describe(c.seen))
		}
	}
}

func describe(frames []wire.Frame) string {
	if len(frames) == 0 {
		return "none"
	}
	var b strings.Builder
	for _, f := range frames {
		b.WriteString(" ")
		b.WriteString(strings.TrimPrefix(fmt.Sprintf("%T", f), "*wire."))
		if e, ok := f.(*wire.Error); ok {
			b.WriteString("(" + string(e.Code) + ": " + e.Text + ")")
		}
	}
	return b.String()
}

// People.

// hello is a visitor's first frame.
func hello() *wire.Hello {
	return &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "shop", Origin: shopOrigin,
		Device: id("D"), Visit: id("A"), Page: id("1"), Language: "en"}
}

// visitor connects a visitor and gives its welcome.
func (r *testRelay) visitor(open func(*testRelay, string) *client, h *wire.Hello) (*client, *wire.Welcome) {
	r.tb.Helper()
	c := open(r, h.Origin)
	c.say(h)
	return c, next[*wire.Welcome](c, nil)
}

// chatting connects a visitor who has started a chat.
func (r *testRelay) chatting(open func(*testRelay, string) *client) (*client, *wire.Started) {
	r.tb.Helper()
	c, _ := r.visitor(open, hello())
	c.say(&wire.Start{Ref: 1, ClientID: r.IDs.New(), FirstName: "Ada", LastName: "Lovelace", Subject: "Tents"})
	return c, next[*wire.Started](c, nil)
}

// agent signs an agent in and gives the second welcome.
func (r *testRelay) agent(open func(*testRelay, string) *client, name string) (*client, *wire.Welcome) {
	r.tb.Helper()
	c := open(r, "")
	c.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent})
	next[*wire.Welcome](c, nil)
	c.say(&wire.SignIn{Ref: 1, Username: name, Password: name + "-password"})
	return c, next(c, func(w *wire.Welcome) bool { return w.Agent != nil })
}

// atWork signs an agent in and sets Ready.
func (r *testRelay) atWork(open func(*testRelay, string) *client, name string) *client {
	r.tb.Helper()
	c, _ := r.agent(open, name)
	c.say(&wire.Ready{Ref: 2, Ready: true})
	next(c, func(a *wire.Ack) bool { return a.Ref == 2 })
	return c
}

// conversation connects a visitor and an agent who has accepted.
func (r *testRelay) conversation(open func(*testRelay, string) *client) (visitor, agent *client, started *wire.Started) {
	r.tb.Helper()
	agent = r.atWork(open, "ann")
	visitor, started = r.chatting(open)
	offer := next[*wire.Offer](agent, nil)
	agent.say(&wire.Accept{Ref: 3, Offer: offer.Offer})
	next(agent, func(o *wire.Opened) bool { return o.Ref == 3 })
	next(visitor, func(p *wire.Push) bool { return p.State == string(chat.Active) })
	return visitor, agent, started
}

// stored gives what is in the log, straight from the database.
func (r *testRelay) stored(session string) []chat.Entry {
	r.tb.Helper()
	entries, err := r.store.Chat().EntriesAfter(context.Background(), session, 0, 1000)
	must(r.tb, err)
	return entries
}

// sessions gives the number of sessions that are stored.
func (r *testRelay) sessions() int {
	r.tb.Helper()
	rows, err := r.store.Chat().InState(context.Background(),
		[]chat.State{chat.Queued, chat.Offered, chat.Active, chat.Ended, chat.Completed}, 1000)
	must(r.tb, err)
	return len(rows)
}

func id(digit string) string { return strings.Repeat(digit, 32) }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// untilTrue waits for a condition that other goroutines bring about.
func untilTrue(tb testing.TB, condition func() bool) {
	tb.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatal("the condition never held")
		}
	}
}
