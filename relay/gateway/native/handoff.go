package native

import (
	"cmp"
	"context"
	"net/http"

	"foyer/relay/access"
	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// askHandoff makes tokens that take the visitor's chat to other sites, ahead of the click that needs one.
func (c *conn) askHandoff(ctx context.Context, f *wire.AskHandoff) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	if !c.dep.AllowsRung(wire.RungHandoff) {
		return wire.Problemf(wire.CodeForbidden, "deployment %q hands no chats over to other sites", c.dep.Name)
	}
	if len(f.Origins) > wire.MaxHandoffs {
		return wire.Problemf(wire.CodeBadRequest, "at most %d tokens at once", wire.MaxHandoffs)
	}
	if c.isOver(f.Session) {
		return wire.Problemf(wire.CodeSessionEnded, "the session is over")
	}
	if ok, wait := c.g.handoffs.Allow(f.Session); !ok {
		return &wire.Problem{Code: wire.CodeRate, Text: "too many tokens are asked for", RetryMs: wait.Milliseconds()}
	}
	tokens, err := c.mintHandoffs(ctx, f, who)
	if err != nil {
		return err
	}
	c.send(&wire.Handoff{Ref: f.Ref, Tokens: tokens, ForMs: access.HandoffMs, Towards: c.dep.HandoffOrigins(c.origin)})
	return nil
}

// mintHandoffs makes the tokens; "" for each origin that may have none.
func (c *conn) mintHandoffs(ctx context.Context, f *wire.AskHandoff, who string) ([]string, error) {
	tokens := make([]string, len(f.Origins))
	var origins []string
	for _, origin := range f.Origins {
		if c.dep.MayHandOff(c.origin, origin) {
			origins = append(origins, origin)
		}
	}
	if len(origins) == 0 {
		return tokens, nil
	}
	minted, err := c.g.Access.MintHandoffs(ctx, access.Handoff{Session: f.Session, Participant: who,
		Deployment: c.dep.Name, Browser: c.peer.browser}, origins)
	if err != nil {
		return nil, err
	}
	c.g.metrics.handoff("minted", len(minted))
	for i, origin := range f.Origins {
		if c.dep.MayHandOff(c.origin, origin) {
			tokens[i], minted = minted[0], minted[1:]
		}
	}
	return tokens, nil
}

func (c *conn) isOver(session string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seats[session]
	return s == nil || s.over
}

// Handoff is POST /native/v1/handoff: redeems a one-time token for a handle of its chat. The body is a hello with the
// token, the proof of the page's origin is that of a hello, and a refused token stays what it was.
func (g *Gateway) Handoff(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	answer, err := g.redeem(w, r)
	if err != nil {
		g.answerError(w, r, err)
		return
	}
	b, err := wire.Encode(answer)
	if err != nil {
		g.answerError(w, r, err)
		return
	}
	answerFrames(w, http.StatusOK, b)
}

func (g *Gateway) redeem(w http.ResponseWriter, r *http.Request) (*wire.Handoff, error) {
	body, err := readBody(w, r, wire.MaxFrame)
	if err != nil {
		return nil, err
	}
	f, err := wire.Decode(body)
	if err != nil {
		return nil, err
	}
	h, ok := f.(*wire.Hello)
	if !ok || h.Handoff == "" || h.Role != wire.RoleVisitor {
		return nil, wire.Problemf(wire.CodeBadRequest, "a visitor's hello with the token to redeem is expected")
	}
	p := g.peerOf(r)
	origin := cmp.Or(h.Origin, p.origin)
	dep, err := g.Deployments.Resolve(deployment.Hints{Name: h.Deployment, Origin: origin})
	if err != nil {
		return nil, err
	}
	if err := g.checkOrigin(r.Context(), p, dep, origin, h.Pass); err != nil {
		return nil, err
	}
	if !g.comesFrom(dep, r.Host, h.From, origin) {
		g.metrics.handoff("refused", 1)
		return nil, wire.Problemf(wire.CodeHandoff, "the visitor does not come from another site of the deployment")
	}
	return g.exchange(r.Context(), dep, origin, p.browser, h.Handoff)
}

// comesFrom tells whether a visitor was led to a page of the origin to by another site of the deployment, or by the relay's
// own page, as their browser says. A token in any other link (an address that was copied and passed on, or one by which
// somebody would have visitors write into a chat that is not theirs) is no way to the chat. Who lies here has the token
// only for themselves.
func (g *Gateway) comesFrom(dep *deployment.Deployment, host, from, to string) bool {
	return from != to && (dep.Allows(from) || g.Deployments.Own(from, host))
}

// exchange gives a handle for a token, where the token's chat goes on.
func (g *Gateway) exchange(ctx context.Context, dep *deployment.Deployment, origin, browser, token string) (*wire.Handoff, error) {
	if !dep.AllowsRung(wire.RungHandoff) {
		return nil, wire.Problemf(wire.CodeForbidden, "deployment %q hands no chats over to other sites", dep.Name)
	}
	h, err := g.Access.RedeemHandoff(ctx, dep.Name, origin, browser, token)
	if err != nil {
		if isCode(err, wire.CodeHandoff) {
			g.metrics.handoff("refused", 1)
		}
		return nil, err
	}
	g.metrics.handoff("redeemed", 1)
	row, err := g.Chats.Session(ctx, h.Session, h.Participant)
	if err != nil {
		return nil, err
	}
	if row.State.Over() {
		return nil, wire.Problemf(wire.CodeSessionEnded, "the session is over")
	}
	handle, err := g.Access.IssueHandle(ctx, dep.Name, h.Session, h.Participant)
	if err != nil {
		return nil, err
	}
	return &wire.Handoff{Handle: handle}, nil
}
