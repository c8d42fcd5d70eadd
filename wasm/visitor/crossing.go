package visitor

import (
	"cmp"
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/crossdomain"
	"foyer/wasm/page"
	"foyer/wasm/transport"
)

// Commands of the loader's own, for chats that cross from one site to another.
const (
	commandArrive  = "Foyer.arrive"  // {token}: the visitor agrees only now to what Page.Handoff would have said
	commandHandoff = "Foyer.handoff" // {origins}: tokens for links to these; answered by {tokens, forMs}
)

// serviceHandoff of a page puts tokens into links: {towards: where to, nothing to stop}. See www/loader/handoff.
const serviceHandoff = "handoff"

const (
	handoffPath  = "/native/v1/handoff"
	redeemTries  = 3
	redeemsAgain = 2 * time.Second
)

// crossing takes the site's chat to other sites, and takes up one that comes from there.
type crossing struct {
	v      *Visitor
	ladder *crossdomain.Ladder

	toldOf  string   // the session whose links are being cared for, "" for none
	towards []string // where they may lead with a token
}

func newCrossing(v *Visitor) *crossing {
	x := &crossing{v: v}
	x.ladder = crossdomain.New(crossdomain.Options{Loop: v.o.Loop, TakeUp: func(_ wire.Rung, handle string) {
		v.chat.TakeUp(handle)
	}})
	v.chat.Client().Watch(x.follow)
	return x
}

// begin takes a page in, before the chat hears of it.
func (x *crossing) begin(p *page.Page) {
	if rungs := p.Deployment().Rungs; rungs != nil {
		x.ladder.Allow(rungs)
	}
	client := x.v.chat.Client()
	switch {
	case client.Live() || x.v.site.Stored(page.KeepHandle) == "":
	case x.ladder.Allows(wire.RungSession):
		x.ladder.Kept()
	default:
		x.v.site.Store(page.KeepHandle, "")
	}
	x.offer(p, p.Handoff())
	if len(x.towards) > 0 {
		x.tell(p)
	}
}

// follow looks at what has become of the chat.
func (x *crossing) follow() {
	client := x.v.chat.Client()
	switch {
	case client.Live():
		x.found(client)
	case client.Handle() != "" && client.Conversation() == nil && client.Status() != chat.Denied:
		// being taken up
	default:
		x.ladder.Outcome(false)
	}
	x.care(client)
}

func (x *crossing) found(client *chat.Client) {
	x.ladder.Outcome(true)
	if rung := x.ladder.Worked(); rung != "" {
		client.CameBy(rung)
	}
}

// care has the pages put tokens into links for as long as there is a chat to follow.
func (x *crossing) care(client *chat.Client) {
	session := ""
	if client.Live() && client.Conversation() != nil && client.Status() == chat.Online && x.ladder.Allows(wire.RungHandoff) {
		session = client.Conversation().ID()
	}
	if !client.Live() && x.toldOf != "" {
		x.toldOf = ""
		x.tellAll(nil)
		return
	}
	if session == "" || session == x.toldOf {
		return
	}
	x.toldOf = session
	x.v.link.Request(&wire.AskHandoff{Session: session}, func(f wire.Frame, p *wire.Problem) {
		answer, ok := f.(*wire.Handoff)
		switch {
		case x.toldOf != session:
		case ok && leadElsewhere(answer.Towards, x.v.site.Origin()):
			x.tellAll(answer.Towards)
		case p != nil && p.Code == wire.CodeNoConnection:
			x.toldOf = "" // asked again by the next welcome
		}
	})
}

// leadElsewhere tells whether there is any other site than this one.
func leadElsewhere(towards []string, origin string) bool {
	for _, t := range towards {
		if t != origin {
			return true
		}
	}
	return false
}

func (x *crossing) tellAll(towards []string) {
	if len(towards) == 0 && len(x.towards) == 0 {
		return
	}
	x.towards = towards
	for _, p := range x.v.site.Pages() {
		x.tell(p)
	}
}

func (x *crossing) tell(p *page.Page) {
	list := make([]any, len(x.towards))
	for i, t := range x.towards {
		list[i] = t
	}
	p.Call(serviceHandoff, map[string]any{"towards": list}, nil)
}

// command answers the loader's own commands; false for any other.
func (x *crossing) command(p *page.Page, c *page.Command) bool {
	switch c.Name {
	case commandArrive:
		x.arrive(p, c)
	case commandHandoff:
		x.mint(c)
	default:
		return false
	}
	return true
}

func (x *crossing) arrive(p *page.Page, c *page.Command) {
	token, _ := c.Field("token").(string)
	x.offer(p, token)
	c.Settle(true, nil)
}

// offer offers the ladder the token that came with the navigation to a page, where there is one.
func (x *crossing) offer(p *page.Page, token string) {
	if token == "" {
		return
	}
	a := arrival{token: token, from: originOf(p.Address().Referrer)}
	x.ladder.Offer(wire.RungHandoff, func(done func(string)) { x.redeem(a, redeemTries, done) })
}

// arrival is a token, and the site from which it came: the relay takes it from no other than the deployment's.
type arrival struct{ token, from string }

// originOf gives the origin of an address of http or https, as document.referrer has it; "" for anything else.
func originOf(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// redeem asks the relay for the chat's handle. What the relay refuses stays refused; what did not reach it is tried again.
func (x *crossing) redeem(a arrival, tries int, done func(handle string)) {
	site := x.v.site
	body, err := wire.Encode(&wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: site.Deployment(),
		Origin: site.Origin(), Pass: site.Pass(), Handoff: a.token, From: a.from})
	if err != nil || x.v.o.Poll == nil {
		done("")
		return
	}
	x.v.o.Poll.Do(transport.PollRequest{Method: "POST", Path: handoffPath, Body: body}, func(got transport.PollAnswer, err error) {
		x.v.o.Loop.Post(func() {
			switch {
			case err == nil && got.Status == 200:
				done(handleIn(got.Body))
			case (err != nil || got.Status >= 500 || got.Status == 429) && tries > 1:
				x.v.o.Loop.After(redeemsAgain, func() { x.redeem(a, tries-1, done) })
			default:
				done("")
			}
		})
	})
}

func handleIn(body []byte) string {
	f, err := wire.Decode(body)
	if answer, ok := f.(*wire.Handoff); ok && err == nil {
		return answer.Handle
	}
	return ""
}

// mint gets tokens for a page's links.
func (x *crossing) mint(c *page.Command) {
	listed, _ := c.Field("origins").([]any)
	ask := &wire.AskHandoff{Session: x.toldOf}
	for _, o := range listed[:min(len(listed), wire.MaxHandoffs)] {
		origin, _ := o.(string)
		ask.Origins = append(ask.Origins, origin)
	}
	x.v.link.Request(ask, func(f wire.Frame, p *wire.Problem) {
		answer, ok := f.(*wire.Handoff)
		if p != nil || !ok {
			c.Settle(false, string(cmp.Or(p, &wire.Problem{}).Code))
			return
		}
		tokens := make([]any, len(answer.Tokens))
		for i, t := range answer.Tokens {
			tokens[i] = t
		}
		c.Settle(true, map[string]any{"tokens": tokens, "forMs": float64(answer.ForMs)})
	})
}
