package native

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/relay/access"
	"foyer/relay/config"
	"foyer/relay/quota"
	"foyer/relay/wire"
)

func TestConnectionWithoutAHelloIsClosed(t *testing.T) {
	r := newRelay(t)
	c := r.socket(shopOrigin)
	untilTrue(t, func() bool { return len(r.all()) == 1 })
	r.clock.Advance(helloLimitMs)
	r.sweep()
	if e := c.ends(); e == nil || e.Code != wire.CodeHelloFirst {
		t.Errorf("got %+v", e)
	}
}

func TestSilentConnectionIsAskedThenDropped(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			c, _ := r.visitor(open, hello())
			r.all()[0].heardUp.Store(r.clock.UpMs() - pingAfterMs)
			r.sweep()
			ping := next[*wire.Ping](c, nil)
			c.say(&wire.Pong{N: ping.N})
			untilTrue(t, func() bool { return r.all()[0].heardUp.Load() == r.clock.UpMs() })
			r.sweep()
			if len(r.all()) != 1 {
				t.Fatal("a connection that answered was dropped")
			}
			r.all()[0].heardUp.Store(r.clock.UpMs() - silenceLimitMs)
			r.sweep()
			if e := c.ends(); e == nil || e.Code != wire.CodeNoConnection || !e.Retry {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestTokenIsRenewedBeforeItExpires(t *testing.T) {
	r := newRelay(t)
	visitor, started := r.chatting((*testRelay).socket)
	r.clock.Advance(access.VisitorTokenMs * 3 / 4)
	r.all()[0].heard()
	r.sweep()
	token := next[*wire.Token](visitor, nil)
	if token.Token == started.Token || token.TokenMs != access.VisitorTokenMs {
		t.Errorf("got %+v", token)
	}
	r.clock.Advance(access.VisitorTokenMs / 2)
	h := hello()
	h.Token = started.Token
	old := r.socket(shopOrigin)
	old.say(h)
	if e := old.ends(); e == nil || e.Code != wire.CodeTokenExpired {
		t.Errorf("the old token: %+v", e)
	}
	h.Token = token.Token
	if _, w := r.visitor((*testRelay).socket, h); len(w.Sessions) != 1 {
		t.Errorf("the new token: %+v", w)
	}
}

func TestDisabledAgentLosesTheConnection(t *testing.T) {
	r := newRelay(t)
	agent, _ := r.agent((*testRelay).socket, "ann")
	bob, _ := r.agent((*testRelay).socket, "bob")
	must(t, r.Access.DisableAgent(context.Background(), "ann"))
	r.watchAgents(t.Context()) // time stands still: it is at once
	if e := agent.ends(); e == nil || e.Code != wire.CodeToken {
		t.Errorf("got %+v", e)
	}
	bob.say(&wire.Ready{Ref: 9, Ready: true})
	if ack := next[*wire.Ack](bob, nil); ack.Ref != 9 {
		t.Errorf("another agent got %+v", ack)
	}
}

func TestSignInThatWasEndedAsItBeganIsFoundLater(t *testing.T) {
	r := newRelay(t)
	r.watchAgents(t.Context())
	agent, _ := r.agent((*testRelay).socket, "ann")
	must(t, r.Access.SignOutAgent(context.Background(), "ann"))
	r.agentsMark, _ = r.Access.AgentsMark(t.Context()) // the look was over before the connection had a name
	r.clock.Advance(agentCheckMs)
	r.all()[0].heard()
	r.sweep()
	if e := agent.ends(); e == nil || e.Code != wire.CodeToken {
		t.Errorf("got %+v", e)
	}
}

func TestSignInEndsWhateverTheAgentDoes(t *testing.T) {
	r := newRelay(t)
	agent, _ := r.agent((*testRelay).socket, "ann")
	tokens := 0
	for lived := int64(0); lived < access.DefaultSignInMs; lived += access.AgentTokenMs / 4 {
		c := r.all()[0]
		before := c.claimed().ExpiresMs
		r.clock.Advance(access.AgentTokenMs / 4)
		c.heard()
		due := renewalDue(c.claimed(), r.clock.NowMs())
		r.sweep()
		if due {
			tokens++
			untilTrue(t, func() bool { return c.hasEnded() || c.claimed().ExpiresMs > before })
		}
	}
	e := agent.ends()
	if e == nil || e.Code != wire.CodeTokenExpired {
		t.Errorf("got %+v", e)
	}
	if tokens == 0 || tokens > access.DefaultSignInMs/access.AgentTokenMs*2 {
		t.Errorf("%d tokens were sent", tokens)
	}
}

// claimed are the claims of now.
func (c *conn) claimed() access.Claims {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.claims
}

func TestSlowClientIsCutOff(t *testing.T) {
	r := newRelay(t)
	// A poll that nobody waits at takes nothing, as a socket does whose reader is stuck.
	c := r.newConn(pollTransport, peer{})
	must(t, r.register(c))
	t.Cleanup(func() { r.unregister(c) })
	for range outboxFrames {
		c.send(&wire.Pong{})
	}
	if c.hasEnded() {
		t.Fatal("cut off too early")
	}
	c.send(&wire.Pong{})
	untilTrue(t, c.hasEnded)
	frames, over := c.out.take()
	if !over || len(frames) != 1 {
		t.Fatalf("%d frames are left, over: %v", len(frames), over)
	}
	f, err := wire.Decode(frames[0])
	must(t, err)
	if e, ok := f.(*wire.Error); !ok || e.Code != wire.CodeNoConnection || !e.Retry || !e.Fatal {
		t.Errorf("the client is told %+v", f)
	}
}

func TestOutboxBoundsBytesToo(t *testing.T) {
	o := outbox{room: quota.NewMemory(config.DefaultLimits, nil).Shares}
	frame := []byte(strings.Repeat("a", wire.MaxFrame))
	n := 0
	for {
		taken, full := o.put(frame)
		if full {
			break
		}
		if !taken {
			t.Fatal("neither taken nor full")
		}
		n++
	}
	if n*len(frame) > outboxBytes || (n+1)*len(frame) <= outboxBytes {
		t.Errorf("it holds %d frames of %d bytes", n, len(frame))
	}
}

func TestDrainSaysGoodbyeAndLetsNobodyIn(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			c, _ := r.visitor(open, hello())
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			drained := make(chan struct{})
			go func() {
				r.Drain(ctx)
				close(drained)
			}()
			if g := next[*wire.Goodbye](c, nil); g.Reason == "" || g.RetryMs < goodbyeRetryMs {
				t.Errorf("goodbye is %+v", g)
			}
			if code := c.code(); name == socketTransport && code != wire.Means(wire.CodeDraining).Close {
				t.Errorf("the socket closed with %d", code)
			}
			select {
			case <-drained:
			case <-time.After(patience):
				t.Fatal("it is not drained")
			}
			late := r.poll(shopOrigin)
			late.say(hello())
			if e := late.ends(); e == nil || e.Code != wire.CodeDraining || e.RetryMs <= 0 {
				t.Errorf("a late client is told %+v", e)
			}
		})
	}
}

func TestEndedConnectionLeavesNothingBehind(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			visitor, agent, _ := r.conversation(open)
			visitor.cut()
			agent.cut()
			untilTrue(t, func() bool {
				r.clock.Advance(silenceLimitMs) // for the long poll, which does not see its client go
				r.sweep()
				return len(r.all()) == 0
			})
			r.mu.Lock()
			polls := len(r.polls)
			r.mu.Unlock()
			if polls != 0 {
				t.Errorf("%d polls are left", polls)
			}
		})
	}
}

func TestSettingTheClockDropsNobody(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			visitor, agent, started := r.conversation(open)
			for n, by := range []int64{60 * 60_000, -2 * 60 * 60_000} {
				r.clock.Set(by)
				r.sweep()
				clientID := fmt.Sprint("m", n)
				visitor.say(&wire.Send{Ref: 20, Session: started.Snapshot.Session, ClientID: clientID, Kind: wire.KindMessage, Text: clientID})
				next(visitor, func(a *wire.Ack) bool { return a.ClientID == clientID })
				next(agent, func(p *wire.Push) bool { return p.Entries[0].Text == clientID })
			}
		})
	}
}

func TestSettingTheClockBackKeepsNobody(t *testing.T) {
	r := newRelay(t)
	silent, _ := r.visitor((*testRelay).socket, hello())
	agent, _ := r.agent((*testRelay).socket, "ann")
	r.clock.Set(-60 * 60_000)
	must(t, r.Access.DisableAgent(context.Background(), "ann"))
	r.clock.Advance(agentCheckMs)
	for _, c := range r.all() {
		c.mu.Lock()
		role := c.role
		c.mu.Unlock()
		if role == wire.RoleAgent {
			c.heard()
		}
	}
	r.sweep()
	if e := silent.ends(); e == nil || e.Code != wire.CodeNoConnection {
		t.Errorf("the silent connection: %+v", e)
	}
	if e := agent.ends(); e == nil || e.Code != wire.CodeToken {
		t.Errorf("the disabled agent: %+v", e)
	}
}
