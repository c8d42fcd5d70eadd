package native

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/wire"
)

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
)

// goUserAgent is what the tests' own connections call themselves.
const goUserAgent = "Go-http-client/1.1"

// askedHandoff asks for tokens and gives the answer.
func askedHandoff(c *client, session string, origins ...string) *wire.Handoff {
	c.tb.Helper()
	c.say(&wire.AskHandoff{Ref: 77, Session: session, Origins: origins})
	return next(c, func(h *wire.Handoff) bool { return h.Ref == 77 })
}

// redemption is the hello by which the sister site's page redeems a token that came from the shop.
func redemption(token string) *wire.Hello {
	h := hello()
	h.Origin, h.Handoff, h.From = sisterOrigin, token, shopOrigin
	return h
}

// redeems posts a hello as a page of the origin would, and gives what comes back: a handle, or the code of the refusal.
func (r *testRelay) redeems(h *wire.Hello, origin, userAgent string) (handle string, refusal wire.Code) {
	r.tb.Helper()
	b, err := wire.Encode(h)
	must(r.tb, err)
	q, err := http.NewRequestWithContext(r.tb.Context(), "POST", r.http.URL+"/native/v1/handoff", bytes.NewReader(b))
	must(r.tb, err)
	q.Header.Set("User-Agent", userAgent)
	if origin != "" {
		q.Header.Set("Origin", origin)
	}
	a, err := http.DefaultClient.Do(q)
	must(r.tb, err)
	defer a.Body.Close()
	b, err = io.ReadAll(a.Body)
	must(r.tb, err)
	f, err := wire.Decode(b)
	must(r.tb, err)
	switch f := f.(type) {
	case *wire.Handoff:
		if a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
			r.tb.Errorf("status %d, header %v", a.StatusCode, a.Header)
		}
		return f.Handle, ""
	case *wire.Error:
		if want := wire.Means(f.Code).HTTP; a.StatusCode != want {
			r.tb.Errorf("%s came with status %d, not %d", f.Code, a.StatusCode, want)
		}
		return "", f.Code
	}
	r.tb.Fatalf("answered with %T", f)
	return "", ""
}

// climbed is how many pages have found their chat by a rung, as the relay counts it.
func (r *testRelay) climbed(rung wire.Rung) (n float64) {
	r.tb.Helper()
	families, err := r.Metrics.(*prometheus.Registry).Gather()
	must(r.tb, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "foyer_crossdomain_rung_total" && m.GetLabel()[0].GetValue() == string(rung) {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}

func TestAChatFollowsItsVisitorToAnotherSite(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			here, agent, started := r.conversation(open)
			session := started.Snapshot.Session
			asked := askedHandoff(here, session, sisterOrigin)
			if len(asked.Tokens) != 1 || asked.ForMs != access.HandoffMs ||
				!slices.Equal(asked.Towards, []string{shopOrigin, sisterOrigin}) {
				t.Fatalf("answered %+v", asked)
			}
			handle, refusal := r.redeems(redemption(asked.Tokens[0]), sisterOrigin, goUserAgent)
			if refusal != "" || handle == "" || handle == started.Snapshot.Handle {
				t.Fatalf("redeemed: %q, %s", handle, refusal)
			}

			h := hello()
			h.Origin, h.Handle, h.Rung = sisterOrigin, handle, wire.RungHandoff
			there, welcome := r.visitor(open, h)
			if len(welcome.Sessions) != 1 || welcome.Sessions[0].Session != session || welcome.Sessions[0].Me != started.Snapshot.Me {
				t.Fatalf("the other site sees %+v", welcome.Sessions)
			}
			if n := r.climbed("handoff"); n != 1 {
				t.Errorf("counted %v times", n)
			}
			there.say(&wire.Send{Ref: 5, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "over here"})
			next(agent, func(p *wire.Push) bool { return p.Entries[0].Text == "over here" })
			next(here, func(p *wire.Push) bool { return p.Entries[0].Text == "over here" })
			there.say(&wire.End{Ref: 6, Session: session})
			next(there, func(a *wire.Ack) bool { return a.Ref == 6 })
			next(here, func(p *wire.Push) bool { return p.State == string(chat.Ended) })
		})
	}
}

func TestHandoffsThatAreRefusedBurnNothing(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	session := started.Snapshot.Session
	pass := func(deployment, origin string) string {
		p, err := r.Access.Pass(t.Context(), deployment, origin)
		must(t, err)
		return p.Value
	}
	for _, c := range []struct {
		name      string
		change    func(*wire.Hello)
		origin    string // the browser's word
		userAgent string
		want      wire.Code
	}{
		{"from the site that asked for it", func(h *wire.Hello) { h.Origin = shopOrigin }, shopOrigin, goUserAgent, wire.CodeHandoff},
		{"from a site that is not listed", func(h *wire.Hello) { h.Origin = "https://evil.example" }, "https://evil.example", goUserAgent, wire.CodeOrigin},
		{"from a site that says it is another", func(*wire.Hello) {}, "https://evil.example", goUserAgent, wire.CodeOrigin},
		{"with the pass of another site", func(h *wire.Hello) { h.Pass = pass("shop", shopOrigin) }, r.http.URL, goUserAgent, wire.CodePass},
		{"with its pass in the hands of another site", func(h *wire.Hello) { h.Pass = pass("shop", sisterOrigin) }, "https://evil.example", goUserAgent, wire.CodeOrigin},
		{"with the pass of another deployment", func(h *wire.Hello) { h.Pass = pass("other", sisterOrigin) }, r.http.URL, goUserAgent, wire.CodePass},
		{"without pass and origin", func(*wire.Hello) {}, "", goUserAgent, wire.CodeOrigin},
		{"from a null origin", func(h *wire.Hello) { h.Origin = "null" }, "null", goUserAgent, wire.CodeOrigin},
		{"from a sub-domain", func(h *wire.Hello) { h.Origin = "https://a.sister.example" }, "https://a.sister.example", goUserAgent, wire.CodeOrigin},
		{"from another port", func(h *wire.Hello) { h.Origin = sisterOrigin + ":8443" }, sisterOrigin + ":8443", goUserAgent, wire.CodeOrigin},
		{"over plain http", func(h *wire.Hello) { h.Origin = "http://sister.example" }, "http://sister.example", goUserAgent, wire.CodeOrigin},
		{"from a host with a trailing dot", func(h *wire.Hello) { h.Origin = sisterOrigin + "." }, sisterOrigin + ".", goUserAgent, wire.CodeOrigin},
		{"to another deployment", func(h *wire.Hello) { h.Deployment, h.Origin = "other", otherOrigin }, otherOrigin, goUserAgent, wire.CodeHandoff},
		{"in another browser", func(*wire.Hello) {}, sisterOrigin, firefox, wire.CodeHandoff},
		{"by a link in a mail", func(h *wire.Hello) { h.From = "" }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"by a stranger's link", func(h *wire.Hello) { h.From = "https://evil.example" }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"by a look-alike's link", func(h *wire.Hello) { h.From = shopOrigin + ".evil.example" }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"by a link of a page without origin", func(h *wire.Hello) { h.From = "null" }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"by a link on the site itself", func(h *wire.Hello) { h.From = sisterOrigin }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"cut", func(h *wire.Hello) { h.Handoff = h.Handoff[1:] }, sisterOrigin, goUserAgent, wire.CodeHandoff},
		{"without a token", func(h *wire.Hello) { h.Handoff = "" }, sisterOrigin, goUserAgent, wire.CodeBadRequest},
		{"as an agent", func(h *wire.Hello) { h.Role = wire.RoleAgent }, sisterOrigin, goUserAgent, wire.CodeBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.clock.Advance(10_000)
			token := askedHandoff(here, session, sisterOrigin).Tokens[0]
			h := redemption(token)
			c.change(h)
			if handle, refusal := r.redeems(h, c.origin, c.userAgent); handle != "" || refusal != c.want {
				t.Errorf("got %q and %q, want %s", handle, refusal, c.want)
			}
			if handle, refusal := r.redeems(redemption(token), sisterOrigin, goUserAgent); handle == "" {
				t.Errorf("its bearer got %q", refusal)
			}
			if handle, refusal := r.redeems(redemption(token), sisterOrigin, goUserAgent); handle != "" || refusal != wire.CodeHandoff {
				t.Errorf("replayed it gave %q and %q", handle, refusal)
			}
		})
	}
	here.say(&wire.Send{Ref: 9, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "unharmed"})
	next(here, func(a *wire.Ack) bool { return a.Ref == 9 })
}

func TestATokenIsRedeemedWithThePassOfTheFrame(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	h := redemption(askedHandoff(here, started.Snapshot.Session, sisterOrigin).Tokens[0])
	p, err := r.Access.Pass(t.Context(), "shop", sisterOrigin)
	must(t, err)
	h.Pass = p.Value
	if handle, refusal := r.redeems(h, r.http.URL, goUserAgent); handle == "" { // the worker's origin is the relay's
		t.Errorf("refused with %s", refusal)
	}
}

func TestATokenMayComeFromTheRelaysOwnPage(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	h := redemption(askedHandoff(here, started.Snapshot.Session, sisterOrigin).Tokens[0])
	h.From = r.http.URL
	if handle, refusal := r.redeems(h, sisterOrigin, goUserAgent); handle == "" {
		t.Errorf("refused with %s", refusal)
	}
}

func TestATokenOfYesterdayLeadsNowhere(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	token := askedHandoff(here, started.Snapshot.Session, sisterOrigin).Tokens[0]
	r.clock.Advance(access.HandoffMs)
	if handle, refusal := r.redeems(redemption(token), sisterOrigin, goUserAgent); handle != "" || refusal != wire.CodeHandoff {
		t.Errorf("got %q and %q", handle, refusal)
	}
}

func TestAChatThatIsOverIsNotHandedOver(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	session := started.Snapshot.Session
	token := askedHandoff(here, session, sisterOrigin).Tokens[0]
	here.say(&wire.End{Ref: 2, Session: session})
	next(here, func(a *wire.Ack) bool { return a.Ref == 2 })
	if handle, refusal := r.redeems(redemption(token), sisterOrigin, goUserAgent); handle != "" || refusal != wire.CodeSessionEnded {
		t.Errorf("got %q and %q", handle, refusal)
	}
	here.say(&wire.AskHandoff{Ref: 3, Session: session, Origins: []string{sisterOrigin}})
	if e := next(here, func(e *wire.Error) bool { return e.Ref == 3 }); e.Code != wire.CodeSessionEnded {
		t.Errorf("asking for another: %+v", e)
	}
}

func TestTokensAreOnlyForOtherSitesOfTheDeploymentAndForOnesOwnChat(t *testing.T) {
	r := newRelay(t)
	here, started := r.chatting((*testRelay).socket)
	stranger, _ := r.visitor((*testRelay).socket, hello())
	session := started.Snapshot.Session
	got := askedHandoff(here, session, shopOrigin, otherOrigin, sisterOrigin, "null", sisterOrigin)
	for i, want := range []bool{false, false, true, false, true} {
		if (got.Tokens[i] != "") != want {
			t.Errorf("token %d is %q", i, got.Tokens[i])
		}
	}
	if got.Tokens[2] == got.Tokens[4] {
		t.Error("two tokens are the same")
	}
	if got := askedHandoff(here, session); len(got.Tokens) != 0 || len(got.Towards) != 2 {
		t.Errorf("without origins: %+v", got)
	}
	for name, f := range map[string]*wire.AskHandoff{
		"somebody else's":  {Ref: 4, Session: session, Origins: []string{sisterOrigin}},
		"nobody's session": {Ref: 4, Session: "x", Origins: []string{sisterOrigin}},
	} {
		stranger.say(f)
		if e := next(stranger, func(e *wire.Error) bool { return e.Ref == 4 }); e.Code != wire.CodeNoSession {
			t.Errorf("%s: %+v", name, e)
		}
	}
	here.say(&wire.AskHandoff{Ref: 5, Session: session, Origins: make([]string, wire.MaxHandoffs+1)})
	if e := next(here, func(e *wire.Error) bool { return e.Ref == 5 }); e.Code != wire.CodeBadRequest {
		t.Errorf("too many: %+v", e)
	}
}

func TestAPageThatTakesItsChatUpIsCountedByItsRung(t *testing.T) {
	r := newRelay(t)
	_, started := r.chatting((*testRelay).socket)
	count := r.climbed
	for i, said := range []wire.Rung{"", wire.RungSession, "elevator", wire.RungCookie} {
		h := hello()
		h.Handle, h.Rung = started.Snapshot.Handle, said
		r.visitor((*testRelay).socket, h)
		if got := count(wire.RungSession) + count(wire.RungCookie); got != float64(i+1) {
			t.Errorf("%q: %v are counted", said, got)
		}
	}
	if count(wire.RungCookie) != 1 || count("elevator") != 0 {
		t.Error("counted under another name")
	}
	h := hello()
	h.Token = started.Token
	r.visitor((*testRelay).socket, h)
	h = hello()
	h.Handle, h.Resume = started.Snapshot.Handle, []wire.Position{{Session: started.Snapshot.Session, After: 1}}
	r.visitor((*testRelay).socket, h)
	if count(wire.RungSession) != 3 {
		t.Error("a connection that came back is counted")
	}
}
