// Package native is the gateway of the native protocol (relay/wire): what Foyer's own clients speak, over WebSockets
// (socket.go), over HTTP long polling with the same frames (poll.go), and for page events that a leaving page sends
// (beacon.go).
//
// main mounts Socket, Poll, Send, ClosePoll and Events, runs Run, and calls Drain before the relay stops. The package
// decodes, authenticates, calls the domain, and encodes; a rule that another interface needs too belongs to the domain.
// It must never acknowledge a frame before the domain has returned, nor let a connection touch a session that its token,
// handle or sign-in does not give it.
package native

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/access"
	"foyer/relay/callback"
	"foyer/relay/chat"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/desk"
	"foyer/relay/live"
	"foyer/relay/quota"
	"foyer/relay/throttle"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

// Times of connections, in milliseconds.
const (
	helloLimitMs   = 10_000 // from opening until the hello
	pingAfterMs    = 25_000 // of silence; clients ping every 20 s, but a browser may slow the timers of a hidden page
	silenceLimitMs = 45_000 // then the connection is dropped
	sweepMs        = 5_000  // between looks at all connections
	agentWatchMs   = 1_000  // until an agent whose sign-in was ended loses a connection
	agentCheckMs   = 60_000 // and one whose sign-in was ended in the moment in which it began
	pollWaitMs     = 25_000 // a poll waits for frames
	goodbyeRetryMs = 500    // clients come back after this and as much again at random
)

// Clock gives the time, so that tests own it. Implemented by clock.System.
type Clock interface {
	NowMs() int64
	UpMs() int64 // does not jump when the clock is set: for durations
	AfterMs(ms int64, f func()) (stop func())
}

// Options is what a Gateway is made of. All fields are required unless they say otherwise.
type Options struct {
	Chats       *chat.Service
	Visits      *visit.Service
	Desk        *desk.Service
	Callbacks   *callback.Service
	Access      *access.Service
	Hub         *live.Hub
	Deployments *deployment.Directory
	Clock       Clock
	IDs         chat.IDs
	Build       string                // told to clients, so that they notice a new one
	Metrics     prometheus.Registerer // gets the gateway's metrics
	// Quota bounds what visitors have kept. Default: one of its own.
	Quota *quota.Service
	// Memory bounds what waits for clients. Default: one of its own.
	Memory *quota.Memory
	// Limits may change from call to call. Default: config.DefaultLimits.
	Limits func() config.Limits
	// Watch is told how limits are used. Default: nobody.
	Watch throttle.Watch
	// Client gives the IP address that a request is counted for. Default: what throttle.Proxies says who trusts nobody.
	Client func(*http.Request) string
	Log    *slog.Logger
}

// Gateway holds the connections of this relay's native clients.
type Gateway struct {
	Options
	metrics metrics
	bounds  *bounds
	base    context.Context // of all connections; handlers' own contexts end when a socket is taken over
	stop    context.CancelFunc
	sockets sync.WaitGroup // one for each socket; polls are requests, which the HTTP server knows

	writeLimit time.Duration // writeLimit; shorter in tests
	agentsMark string        // when watchAgents last looked

	signIns   *signIns
	starts    *throttle.Limit
	callbacks *throttle.Limit
	handoffs  *throttle.Limit // by session

	mu       sync.Mutex // guards what follows
	conns    map[*conn]struct{}
	polls    map[string]*poll // by their secret
	draining bool
}

// New makes a Gateway. Its connections end with Drain.
func New(o Options) *Gateway {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = new(throttle.Proxies).Client
	}
	if o.Limits == nil {
		o.Limits = config.DefaultLimits
	}
	if o.Watch == nil {
		o.Watch = throttle.Nobody{}
	}
	if o.Memory == nil {
		o.Memory = new(quota.NewMemory(o.Limits, o.Watch))
	}
	if o.Quota == nil {
		o.Quota = quota.NewService(o.Limits, o.Clock.UpMs, o.Watch)
	}
	now := func() time.Time { return time.UnixMilli(o.Clock.UpMs()) }
	g := &Gateway{
		Options:   o,
		metrics:   newMetrics(o.Metrics),
		bounds:    newBounds(o, now),
		signIns:   newSignIns(now, o.Access.KnowsPlace),
		starts:    throttle.New(0.5, 30, now),
		callbacks: throttle.New(1.0/30, 20, now), // an office of people who all want to be rung
		handoffs:  throttle.New(0.5, 30, now),
		conns:     map[*conn]struct{}{},
		polls:     map[string]*poll{},

		writeLimit: writeLimit,
	}
	g.base, g.stop = context.WithCancel(context.Background())
	return g
}

// Run drops connections that are dead or may no longer be, renews tokens, and returns when ctx ends.
func (g *Gateway) Run(ctx context.Context) {
	for swept := g.Clock.UpMs(); ; {
		due := make(chan struct{})
		stop := g.Clock.AfterMs(agentWatchMs, func() { close(due) })
		select {
		case <-ctx.Done():
			stop()
			return
		case <-due:
		}
		g.watchAgents(ctx)
		if now := g.Clock.UpMs(); now-swept >= sweepMs {
			swept = now
			g.sweep()
		}
	}
}

// watchAgents looks at the tokens of all agents when a sign-in of anybody has been ended, be it by a command beside the
// relay: one small question for all of them.
func (g *Gateway) watchAgents(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	mark, err := g.Access.AgentsMark(ctx)
	if err != nil || mark == g.agentsMark {
		return // the store may be back at the next look
	}
	g.agentsMark = mark
	for _, c := range g.all() {
		if c.signedIn() {
			go c.lookAfterToken(g.Clock.NowMs())
		}
	}
}

// sweep looks at all connections.
func (g *Gateway) sweep() {
	for _, c := range g.all() {
		c.look(g.Clock.NowMs(), g.Clock.UpMs())
	}
}

// Drain lets no further connection in, tells the clients to come back elsewhere or later, and returns when all sockets
// are closed or ctx ends; then what is left is cut. Polls that wait are answered; the HTTP server waits for them.
func (g *Gateway) Drain(ctx context.Context) {
	g.mu.Lock()
	g.draining = true
	g.mu.Unlock()
	for _, c := range g.all() {
		go c.goodbye()
	}
	closed := make(chan struct{})
	go func() {
		g.sockets.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
	g.stop()
}

func (g *Gateway) all() []*conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*conn, 0, len(g.conns))
	for c := range g.conns {
		all = append(all, c)
	}
	return all
}

// refusing says why no further connection of a network is taken in; nil where one would be.
func (g *Gateway) refusing(network string) error {
	g.mu.Lock()
	stopping := g.draining
	g.mu.Unlock()
	if stopping {
		return draining()
	}
	return g.bounds.room(network)
}

// register takes a new connection in, unless the relay drains or the network has too many. From now on others call it, so
// it must be complete.
func (g *Gateway) register(c *conn) error {
	if err := g.bounds.connect(c.network); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.draining {
		g.bounds.connections.Give(c.network, 1)
		return draining()
	}
	g.conns[c] = struct{}{}
	if c.transport == socketTransport {
		g.sockets.Add(1)
	}
	g.metrics.connections.WithLabelValues(c.transport).Inc()
	return nil
}

// unregister is called once for each connection, when its transport is closed.
func (g *Gateway) unregister(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.conns[c]; !ok {
		return
	}
	delete(g.conns, c)
	g.bounds.connections.Give(c.network, 1)
	c.out.free()
	g.metrics.connections.WithLabelValues(c.transport).Dec()
	if c.transport == socketTransport {
		g.sockets.Done()
	}
}

func draining() *wire.Problem {
	return &wire.Problem{Code: wire.CodeDraining, Text: "the relay is about to stop", RetryMs: goodbyeRetry()}
}

// goodbyeRetry is spread, so that clients of a relay that restarts do not come back in one moment.
func goodbyeRetry() int64 { return goodbyeRetryMs + rand.Int64N(goodbyeRetryMs) }

// problem gives an error its code. What clients should not read goes to the log.
func (g *Gateway) problem(ctx context.Context, attempted string, err error) *wire.Problem {
	var p *wire.Problem
	if !errors.As(err, &p) {
		if ctx.Err() == nil {
			g.Log.ErrorContext(ctx, attempted, "err", err)
		}
		return wire.Problemf(wire.CodeInternal, "something went wrong at the relay")
	}
	if wire.Means(p.Code).HTTP >= http.StatusInternalServerError && ctx.Err() == nil {
		g.Log.WarnContext(ctx, attempted, "err", err)
	}
	g.metrics.problems.WithLabelValues(string(p.Code)).Inc()
	return p
}
