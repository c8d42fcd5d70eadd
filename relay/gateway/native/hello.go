package native

import (
	"cmp"
	"context"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/deployment"
	"foyer/relay/live"
	"foyer/relay/wire"
)

// welcomeBytes bounds the sessions inside one welcome; those beyond it follow as Opened.
const welcomeBytes = 48 << 10

// hello decides who speaks, and answers with a welcome. Everything wrong with it ends the connection.
func (c *conn) hello(ctx context.Context, h *wire.Hello) {
	err := c.admit(ctx, h)
	if err != nil {
		c.fail(c.g.problem(ctx, "greet a client", err))
	}
}

func (c *conn) admit(ctx context.Context, h *wire.Hello) error {
	if h.Version != wire.Version {
		return wire.Problemf(wire.CodeVersion, "this relay speaks version %d of the protocol, not %d", wire.Version, h.Version)
	}
	switch h.Role {
	case wire.RoleVisitor:
		return c.admitVisitor(ctx, h)
	case wire.RoleAgent:
		return c.admitAgent(ctx, h)
	}
	return wire.Problemf(wire.CodeBadFrame, "there is no role %.40q", h.Role)
}

func (c *conn) admitVisitor(ctx context.Context, h *wire.Hello) error {
	origin := cmp.Or(h.Origin, c.peer.origin)
	dep, err := c.g.Deployments.Resolve(deployment.Hints{Name: h.Deployment, Origin: origin})
	if err != nil {
		return err
	}
	if err := c.g.checkOrigin(ctx, c.peer, dep, origin, h.Pass); err != nil {
		return err
	}
	person, err := c.whoIs(dep, h.Identity)
	if err != nil {
		return err
	}
	found, err := c.find(ctx, dep, h, person)
	if err != nil {
		return err
	}
	c.identify(identity{role: wire.RoleVisitor, dep: dep, origin: origin, hello: keptOf(h), person: person, claims: found.token.Claims})
	if err := c.greetPage(h); err != nil {
		return err
	}
	c.g.metrics.rung(found, h)

	w := c.newWelcome()
	w.HandleGone, w.Token, w.TokenMs = found.gone, found.token.Value, found.token.ForMs
	w.Preview, w.NeedsIdentity, w.Rung = dep.TypingPreview, found.withheld, found.rung
	if person != nil {
		w.IdentityMs = person.ExpiresMs - c.g.Clock.NowMs()
	}
	if found.session == "" {
		c.send(w)
		return nil
	}
	defer c.hold()()
	snapshot, err := c.take(ctx, found.session, found.participant, 0)
	if err != nil {
		return err
	}
	snapshot.Handle = found.handle
	w.HandleGone = chat.State(snapshot.State).Over()
	w.Sessions = []wire.Snapshot{snapshot}
	c.send(w)
	c.tellPresence(snapshot)
	return nil
}

// checkOrigin demands a proof that the visitor's page is of an allowed origin: the browser's own word (the Origin
// header), or the pass that the relay has written into the frame of exactly this origin. With a pass, the one who speaks is
// that frame, or the page itself: what got hold of a pass elsewhere is neither. The relay's own origin is that of the
// hosted chat page.
func (g *Gateway) checkOrigin(ctx context.Context, p peer, dep *deployment.Deployment, origin, pass string) error {
	if !dep.Allows(origin) && !g.Deployments.Own(origin, p.host) {
		return wire.Problemf(wire.CodeOrigin, "deployment %q does not list the origin %.200q", dep.Name, origin)
	}
	if pass != "" {
		if p.origin != origin && !g.Deployments.Own(p.origin, p.host) {
			return wire.Problemf(wire.CodeOrigin, "a pass is for the frame of its page; %.200q is another origin, or is missing in public_urls of relay.yaml", p.origin)
		}
		err := g.Access.VerifyPass(ctx, dep.Name, origin, pass)
		if isCode(err, wire.CodeToken) || isCode(err, wire.CodeTokenExpired) {
			return wire.Problemf(wire.CodePass, "the pass of the page's frame has run out, or was never good")
		}
		return err
	}
	if p.origin != origin {
		return wire.Problemf(wire.CodeOrigin, "a hello for the origin %.200q needs the pass of its frame", origin)
	}
	return nil
}

// resumed is the session that a visitor's token or handle leads to.
type resumed struct {
	session, participant string
	handle               string // to be kept in place of the one that was given
	token                access.Token
	gone                 bool      // the handle leads nowhere
	withheld             bool      // nothing is told before there is an identity
	byToken              bool      // of a connection that comes back
	rung                 wire.Rung // by which the relay itself has found it
}

// resume goes by the token; where that is no longer good, by the handle. A token that is not good and has no handle
// beside it is an error, which its owner can mend; a handle that is not good only begins anew.
func (c *conn) resume(ctx context.Context, dep *deployment.Deployment, h *wire.Hello, person *access.Identity) (r resumed, err error) {
	if h.Token != "" {
		claims, err := c.g.Access.VerifyVisitor(ctx, dep.Name, h.Token)
		if err == nil {
			r.session, r.participant, r.byToken = claims.Session, claims.Participant, true
			r.token, err = c.g.Access.Renew(ctx, claims.Vouched(person))
			return r, err
		}
		if h.Handle == "" {
			return r, err
		}
	}
	if h.Handle == "" {
		return r, nil
	}
	found, err := c.g.Access.Resume(ctx, dep.Name, h.Handle)
	if isCode(err, wire.CodeNoSession) {
		return resumed{gone: true}, nil
	}
	if err != nil {
		return r, err
	}
	r.session, r.participant, r.handle = found.Session, found.Participant, found.Handle
	r.token, err = c.g.Access.VouchedToken(ctx, dep.Name, found.Session, found.Participant, person)
	return r, err
}

func (c *conn) admitAgent(ctx context.Context, h *wire.Hello) error {
	// Agents prove themselves by password or token; other sites are still kept from trying in an agent's browser.
	if c.peer.origin != "" && !c.g.Deployments.Own(c.peer.origin, c.peer.host) {
		return wire.Problemf(wire.CodeOrigin, "the desktop is served by the relay itself; %.200q is not listed in public_urls of relay.yaml", c.peer.origin)
	}
	if h.Token == "" {
		c.identify(identity{role: wire.RoleAgent, hello: keptOf(h)})
		c.send(c.newWelcome())
		return nil
	}
	claims, agent, err := c.g.Access.VerifyAgent(ctx, h.Token)
	if err != nil {
		return err
	}
	t, err := c.g.Access.Renew(ctx, claims)
	if err != nil {
		return err
	}
	c.identify(identity{role: wire.RoleAgent, hello: keptOf(h), agent: &agent, claims: t.Claims})
	return c.welcomeAgent(ctx, 0, agent, t)
}

// signIn takes a name and a password; answered by a second welcome.
func (c *conn) signIn(ctx context.Context, f *wire.SignIn) error {
	if c.agent != nil {
		return wire.Problemf(wire.CodeBadRequest, "already signed in; sign out first")
	}
	at, name := c.network, access.Fold(f.Username)
	attempt, err := c.g.signIns.allow(ctx, at, name)
	if err != nil {
		return err
	}
	agent, err := c.g.Access.SignIn(ctx, f.Username, f.Password)
	if !isCode(err, wire.CodeSignIn) {
		attempt.notFailed()
	}
	if err != nil {
		return err
	}
	if err := c.g.Access.RememberPlace(ctx, agent, at); err != nil {
		c.g.Log.WarnContext(ctx, "an agent may not be known here the next time", "err", err)
	}
	t, err := c.g.Access.AgentToken(ctx, agent)
	if err != nil {
		return err
	}
	c.identify(identity{role: wire.RoleAgent, hello: c.identity.hello, agent: &agent, claims: t.Claims})
	return c.welcomeAgent(ctx, f.Ref, agent, t)
}

func (c *conn) welcomeAgent(ctx context.Context, ref uint32, agent access.Agent, t access.Token) error {
	defer c.hold()()
	c.atEnd(c.g.Hub.Subscribe(live.Agent(agent.ID), c))
	c.g.Desk.Connected(agent, c.id)
	c.atEnd(func() { c.g.Desk.Disconnected(agent.ID, c.id) })

	sessions, err := c.g.Desk.Open(ctx, agent.ID)
	if err != nil {
		return err
	}
	offers, err := c.g.Desk.Offers(ctx, agent.ID)
	if err != nil {
		return err
	}
	w := c.newWelcome()
	w.Ref, w.Token, w.TokenMs = ref, t.Value, t.ForMs
	w.Agent = &wire.Agent{ID: agent.ID, Username: agent.Username, Name: agent.Name,
		Ready: c.g.Desk.Ready(agent.ID), Capacity: agent.Capacity}
	for _, row := range offers {
		w.Offers = append(w.Offers, c.offer(row))
	}
	later, err := c.fillSessions(ctx, w, sessions, agent.ID)
	if err != nil {
		return err
	}
	calls, frames, err := c.agentCallbacks(ctx, agent.ID)
	if err != nil {
		return err
	}
	w.Callbacks = calls
	c.send(w)
	for _, f := range append(later, frames...) {
		c.send(f)
	}
	return nil
}

// fillSessions puts an agent's sessions into the welcome, as many as fit into its frame; the others are given back as
// frames of their own.
func (c *conn) fillSessions(ctx context.Context, w *wire.Welcome, rows []chat.Session, agent string) (later []wire.Frame, err error) {
	left := welcomeBytes
	for _, row := range rows {
		snapshot, err := c.take(ctx, row.ID, agent, welcomeBytes/len(rows))
		if err != nil {
			return nil, err
		}
		opened := &wire.Opened{Snapshot: snapshot}
		b, err := wire.Encode(opened)
		if err != nil {
			return nil, err
		}
		if left -= len(b); left < 0 {
			later = append(later, opened)
			continue
		}
		w.Sessions = append(w.Sessions, snapshot)
	}
	return later, nil
}

func (c *conn) newWelcome() *wire.Welcome {
	return &wire.Welcome{
		Version: wire.Version, Build: c.g.Build, Connection: c.id, NowMs: c.g.Clock.NowMs(),
		Limits: wire.Limits{FrameBytes: wire.MaxFrame, MessageRunes: wire.MaxMessageRunes,
			PerSecond: wire.FramesPerSecond, Burst: wire.FramesBurst, Page: wire.PageSize},
	}
}

func (c *conn) identify(i identity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.identity = i
	c.checkedUp = c.g.Clock.UpMs()
}

// keptOf is what stays of a hello for as long as the connection does: none of its proofs, which are long and secret.
func keptOf(h *wire.Hello) wire.Hello {
	kept := *h
	kept.Pass, kept.Token, kept.Handle, kept.Handoff, kept.Identity = "", "", "", "", ""
	return kept
}
