package native

import (
	"errors"
	"sync"
	"time"

	"foyer/relay/config"
	"foyer/relay/live"
	"foyer/relay/quota"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// busyRetryMs is after how long a client asks again that met a bound of what is going on just now.
const busyRetryMs = 5_000

// historyBytes is how much may wait for a client that asks for more of a log.
const historyBytes = 512 << 10

// bounds are what one network, and all together, can have going on at this gateway.
type bounds struct {
	limits      func() config.Limits
	watch       throttle.Watch
	connections *throttle.Shares
	frames      frameLimit
}

func newBounds(o Options, now func() time.Time) *bounds {
	limits, watch := o.Limits, o.Watch
	b := &bounds{limits: limits, watch: watch, frames: frameLimit{now: now}}
	b.connections = throttle.NewShares(throttle.SharesOptions{
		Each:     func() int64 { return int64(limits().Connections) },
		EachName: "connections_per_network", Watch: watch,
	})
	return b
}

// frameLimit bounds the frames of networks. Where the setting changes, it begins anew.
type frameLimit struct {
	now func() time.Time

	mu        sync.Mutex
	perSecond int
	limit     *throttle.Limit
}

func (f *frameLimit) allow(network string, cost, perSecond int) (ok bool, wait time.Duration) {
	f.mu.Lock()
	if f.limit == nil || f.perSecond != perSecond {
		f.perSecond, f.limit = perSecond, throttle.New(float64(perSecond), 10*perSecond, f.now)
	}
	l := f.limit
	f.mu.Unlock()
	return l.AllowN(network, cost)
}

// fast says that a network sends more frames than it may; nil where it does not.
func (b *bounds) fast(network string, cost int) *wire.Problem {
	ok, wait := b.frames.allow(network, cost, b.limits().FramesPerSecond)
	if ok {
		return nil
	}
	b.watch.Reached("frames_per_network", network)
	return &wire.Problem{Code: wire.CodeRate, RetryMs: wait.Milliseconds() + 1000,
		Text: "more frames come from this network than the relay takes"}
}

// connect counts one more connection of a network. Codes: CodeTooMany.
func (b *bounds) connect(network string) error {
	if b.connections.Take(network, 1) {
		return nil
	}
	return tooManyConnections("of this network")
}

// room says that a network has no place for one more connection; nil where it has.
func (b *bounds) room(network string) error {
	if b.connections.Has(network, 1) {
		return nil
	}
	return tooManyConnections("of this network")
}

func tooManyConnections(what string) *wire.Problem {
	return &wire.Problem{Code: wire.CodeTooMany, Text: "as many connections " + what + " are open as may be", RetryMs: busyRetryMs + goodbyeRetry()}
}

// tooMany gives an error of the hub its code. Codes: CodeTooMany.
func (b *bounds) tooMany(what, whose string, err error) error {
	switch {
	case errors.Is(err, live.ErrConnections):
		b.watch.Reached("connections_per_visit", whose)
		return tooManyConnections(what)
	case errors.Is(err, live.ErrPages):
		b.watch.Reached("pages_per_visit", whose)
		return &wire.Problem{Code: wire.CodeTooMany, Text: "as many pages " + what + " are open as may be", RetryMs: busyRetryMs}
	}
	return err
}

// charge counts what a visitor is about to have kept: the frame that is being dealt with, in so many rows. Codes:
// CodeQuota.
func (c *conn) charge(rows int) error {
	if c.role != wire.RoleVisitor {
		return nil
	}
	h := &c.identity.hello
	return c.g.Quota.Charge(quota.Of{Network: c.network, Deployment: c.dep.Name, Device: h.Device, Visit: h.Visit}, c.handling, rows)
}
