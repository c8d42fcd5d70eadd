package native

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/deployment"
	"foyer/relay/live"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// heldAtMost bounds what is held back while a snapshot is read.
const heldAtMost = 1000

// conn is one native connection, whatever carries it. The transport gives it the client's frames (receive) and takes
// what is in out whenever wake is called.
//
// Lock order: turn before mu; nothing but out is called while mu is held. The hub calls Deliver with its own locks held.
type conn struct {
	g         *Gateway
	id        string // known to the client and its other connections; no secret
	transport string // socketTransport or pollTransport
	peer      peer
	network   string // of the peer, see throttle.Network
	ctx       context.Context
	cancel    context.CancelFunc
	out       outbox
	wake      func()
	limiter   *rate.Limiter
	openedUp  int64        // Clock.UpMs
	heardUp   atomic.Int64 // Clock.UpMs
	pinged    atomic.Bool  // since it was last heard
	handling  int          // bytes of the frame that is being dealt with; guarded by turn

	turn sync.Mutex // held while something of this connection is dealt with: one thing after the other

	mu         sync.Mutex // guards what follows
	identity              // set by the hello and by sign-in, while turn is held too
	seats      map[string]*seat
	journeys   map[string]*journey    // by session
	shown      map[string]*shownPages // by visit
	cleanups   []func()
	holds      int            // > 0 while a snapshot is read: what is live waits behind it
	held       []live.Message // what waits
	accepting  string         // the offer that this connection is accepting
	checkedUp  int64          // Clock.UpMs when the token was last looked after
	endProblem *wire.Problem  // why it ended; nil for no special reason
	ended      bool
}

// peer is what is known of the other side before it has said anything.
type peer struct {
	origin  string // Origin header; "" outside browsers
	host    string // Host header
	address string // for rate limits, and for what deployments record of it
	browser string // its class, see browserClass
}

func (g *Gateway) peerOf(r *http.Request) peer {
	return peer{origin: r.Header.Get("Origin"), host: r.Host, address: g.Client(r),
		browser: browserClass(r.UserAgent())}
}

// identity is who speaks, as the hello and the sign-in proved it.
type identity struct {
	role   wire.Role // "" before the hello
	dep    *deployment.Deployment
	origin string // of the visitor's page
	hello  wire.Hello
	agent  *access.Agent    // nil before sign-in
	person *access.Identity // nil for a visitor who brought none
	claims access.Claims    // of the token; no Kind where there is none
}

// seat is the connection's place in one session.
type seat struct {
	me      chat.Participant
	startID string
	over    bool
	cancel  func() // of the hub's subscription
	leave   func() // of presence
}

func (g *Gateway) newConn(transport string, p peer) *conn {
	c := &conn{
		g: g, id: g.IDs.New(), transport: transport, peer: p, network: throttle.Network(p.address), wake: func() {},
		limiter: rate.NewLimiter(wire.FramesPerSecond, wire.FramesBurst), openedUp: g.Clock.UpMs(),
		seats: map[string]*seat{}, journeys: map[string]*journey{},
		shown: map[string]*shownPages{},
	}
	c.out.room, c.out.network = g.Memory.Shares, c.network
	c.ctx, c.cancel = context.WithCancel(g.base)
	c.heardUp.Store(c.openedUp)
	return c
}

// receive deals with what the client sent: a body of at most so many frames, or what is wrong with it. Frames are counted
// before they are decoded. It returns when they are done with; false once the connection has ended.
func (c *conn) receive(body []byte, atMost int, err error) bool {
	c.turn.Lock()
	defer c.turn.Unlock()
	c.heard()
	var frames [][]byte
	if err == nil {
		frames, err = wire.Split(body, atMost)
	}
	if err != nil {
		c.fail(c.g.problem(c.ctx, "decode a frame", err))
		return false
	}
	for _, b := range frames {
		if c.hasEnded() {
			return false
		}
		if p := c.tooFast(len(b)); p != nil {
			c.fail(c.g.problem(c.ctx, "count a frame", p))
			return false
		}
		c.receiveOne(b)
	}
	return !c.hasEnded()
}

// receiveOne deals with one frame. The caller holds turn.
func (c *conn) receiveOne(b []byte) {
	f, err := wire.Decode(b)
	if f != nil {
		c.g.metrics.frame("in", f.FrameType())
	}
	c.handling = len(b)
	switch {
	case err == nil:
		c.handle(c.ctx, f)
	case f == nil || c.role == "":
		c.fail(c.g.problem(c.ctx, "decode a frame", err))
	default: // a list in it is too long
		c.answerRefused(f, c.g.problem(c.ctx, "decode a frame", err))
	}
}

func (c *conn) heard() {
	c.heardUp.Store(c.g.Clock.UpMs())
	c.pinged.Store(false)
}

func (c *conn) tooFast(bytes int) *wire.Problem {
	now, cost := time.UnixMilli(c.g.Clock.UpMs()), wire.Cost(bytes)
	r := c.limiter.ReserveN(now, cost)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return c.g.bounds.fast(c.network, cost)
	}
	r.CancelAt(now)
	return &wire.Problem{Code: wire.CodeRate, RetryMs: wait.Milliseconds() + 1000,
		Text: "more frames than the limits of the welcome allow"}
}

// send puts a frame on its way. A client that cannot keep up is cut off.
func (c *conn) send(f wire.Frame) {
	b, err := wire.Encode(f)
	if err == nil && len(b) > wire.MaxFrame {
		err = wire.Problemf(wire.CodeInternal, "a frame of type %d came to %d bytes", f.FrameType(), len(b))
	}
	if err != nil {
		c.g.Log.ErrorContext(c.ctx, "encode a frame", "type", f.FrameType(), "err", err)
		go c.fail(wire.Problemf(wire.CodeInternal, "a frame could not be sent"))
		return
	}
	taken, full := c.out.put(b)
	if full {
		go c.cutOff()
	}
	if !taken {
		return
	}
	c.g.metrics.frame("out", f.FrameType())
	c.wake()
}

// cutOff ends a connection whose client is too slow; the client resumes by cursor.
func (c *conn) cutOff() {
	c.end(wire.Problemf(wire.CodeNoConnection, "more waits for this client than the relay keeps: reconnect"), true)
}

// refuse answers a request with an error; the connection goes on.
func (c *conn) refuse(ref uint32, p *wire.Problem) { c.send(wire.ErrorFrame(ref, p, false)) }

// fail ends the connection with an error, behind what is still on its way.
func (c *conn) fail(p *wire.Problem) { c.end(p, false) }

// goodbye ends it because the relay stops.
func (c *conn) goodbye() {
	c.turn.Lock() // what is being dealt with is answered first
	defer c.turn.Unlock()
	p := draining()
	c.send(&wire.Goodbye{Reason: p.Text, RetryMs: p.RetryMs})
	c.end(p, false)
}

// end takes the connection out of everything, once. The transport then sends what is in the outbox and closes. It calls
// the hub, so it must not be called from Deliver.
func (c *conn) end(p *wire.Problem, drop bool) {
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return
	}
	c.ended, c.endProblem = true, p
	cleanups := c.cleanups
	for _, s := range c.seats {
		cleanups = append(cleanups, s.cancel, s.leave)
	}
	for _, j := range c.journeys {
		cleanups = append(cleanups, j.cancel)
	}
	for _, s := range c.shown {
		cleanups = append(cleanups, s.live.Hide)
	}
	clear(c.shown)
	c.seats, c.journeys, c.cleanups, c.held = map[string]*seat{}, map[string]*journey{}, nil, nil
	c.mu.Unlock()

	for _, undo := range cleanups {
		undo()
	}
	var last []byte
	if p != nil && p.Code != wire.CodeDraining { // goodbye has said so
		last, _ = wire.Encode(wire.ErrorFrame(0, p, true))
	}
	c.out.close(last, drop)
	c.wake()
}

func (c *conn) hasEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// problem is why the connection ended.
func (c *conn) problem() *wire.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.endProblem
}

// atEnd remembers what to undo when the connection ends; at once, if it has.
func (c *conn) atEnd(undo func()) {
	c.mu.Lock()
	ended := c.ended
	if !ended {
		c.cleanups = append(c.cleanups, undo)
	}
	c.mu.Unlock()
	if ended {
		undo()
	}
}

// look is called every few seconds: is it alive, does its token need renewing? How long something has lasted is told by
// upMs, so that setting the machine's clock drops nobody and keeps nobody.
func (c *conn) look(nowMs, upMs int64) {
	c.mu.Lock()
	role, claims := c.role, c.claims
	lookAfter := claims.Kind != "" && (role == wire.RoleAgent && upMs-c.checkedUp >= agentCheckMs || renewalDue(claims, nowMs) ||
		claims.EndMs > 0 && nowMs >= claims.EndMs)
	if lookAfter {
		c.checkedUp = upMs
	}
	c.mu.Unlock()

	silence := upMs - c.heardUp.Load()
	switch {
	case role == "" && upMs-c.openedUp >= helloLimitMs:
		go c.fail(wire.Problemf(wire.CodeHelloFirst, "no hello in %d seconds", helloLimitMs/1000))
		return
	case silence >= silenceLimitMs:
		go c.fail(wire.Problemf(wire.CodeNoConnection, "nothing heard for %d seconds", silenceLimitMs/1000))
		return
	case silence >= pingAfterMs && !c.pinged.Swap(true):
		c.send(&wire.Ping{N: nowMs})
	}
	if lookAfter {
		go c.lookAfterToken(nowMs)
	}
}

// signedIn tells whether an agent has signed in here.
func (c *conn) signedIn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.agent != nil && c.claims.Kind != ""
}

// renewalDue tells whether less than a third of a token's time is left, and renewing would give it more.
func renewalDue(claims access.Claims, nowMs int64) bool {
	if claims.EndMs > 0 && claims.ExpiresMs >= claims.EndMs {
		return false
	}
	life := int64(access.VisitorTokenMs)
	if claims.Kind == access.KindAgent {
		life = access.AgentTokenMs
	}
	return claims.ExpiresMs-nowMs < life/3
}

// lookAfterToken ends the connection of who may no longer be here, and renews a token before it expires.
func (c *conn) lookAfterToken(nowMs int64) {
	c.turn.Lock()
	defer c.turn.Unlock()
	ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
	defer cancel()
	t, err := c.g.Access.Renew(ctx, c.claims)
	if err != nil {
		if p := c.g.problem(ctx, "renew a token", err); p.Code == wire.CodeToken || p.Code == wire.CodeTokenExpired {
			c.fail(p)
		}
		return // the store may be back at the next look
	}
	if !renewalDue(c.claims, nowMs) {
		return
	}
	c.setClaims(t.Claims)
	c.send(&wire.Token{Token: t.Value, TokenMs: t.ForMs})
}

func (c *conn) setClaims(claims access.Claims) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claims = claims
}
