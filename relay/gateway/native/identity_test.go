package native

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

const clubSecret = "the secret that the club's own server has"

// signed is an identity as the customer's server makes it, good for five minutes.
func (r *testRelay) signed(deployment, subject, name string) string {
	return r.signedWith(clubSecret, jwt.MapClaims{"aud": deployment, "sub": subject, "given_name": name,
		"exp": r.clock.NowMs()/1000 + 300})
}

func (r *testRelay) signedWith(secret string, claims jwt.MapClaims) string {
	r.tb.Helper()
	value, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
	must(r.tb, err)
	return value
}

func helloTo(deployment, identity string) *wire.Hello {
	h := hello()
	h.Deployment, h.Identity = deployment, identity
	return h
}

func (r *testRelay) identified(open func(*testRelay, string) *client, deployment, subject, name string) (*client, *wire.Started) {
	r.tb.Helper()
	c, _ := r.visitor(open, helloTo(deployment, r.signed(deployment, subject, name)))
	c.say(&wire.Start{Ref: 1, ClientID: r.IDs.New(), FirstName: "Mallory"})
	return c, next[*wire.Started](c, nil)
}

func TestAnIdentityFindsTheChatOnAnotherDevice(t *testing.T) {
	for name, open := range transports {
		for _, deployment := range []string{"club", "members"} {
			t.Run(name+"/"+deployment, func(t *testing.T) {
				r := newRelay(t)
				agent := r.atWork(open, "ann")
				first, started := r.identified(open, deployment, "account-7", "Ada")
				offer := next[*wire.Offer](agent, nil)
				if offer.Visitor.Verified != "account-7" || offer.Visitor.FirstName != "Ada" {
					t.Errorf("the agent is told of %+v", offer.Visitor)
				}
				first.say(&wire.Send{Ref: 2, Session: started.Snapshot.Session, ClientID: "m1", Kind: wire.KindMessage, Text: "hello"})
				next(first, func(a *wire.Ack) bool { return a.Ref == 2 })

				h := helloTo(deployment, r.signed(deployment, "account-7", "Ada"))
				h.Device, h.Visit = id("E"), id("F")
				second, w := r.visitor(open, h)
				if len(w.Sessions) != 1 || w.Sessions[0].Session != started.Snapshot.Session || w.Sessions[0].Handle == "" ||
					w.Rung != wire.RungIdentity || w.Token == "" || len(w.Sessions[0].Entries) != 2 {
					t.Fatalf("the other device was welcomed with %+v", w)
				}
				second.say(&wire.Send{Ref: 3, Session: started.Snapshot.Session, ClientID: "m2", Kind: wire.KindMessage, Text: "from my phone"})
				next(second, func(a *wire.Ack) bool { return a.Ref == 3 })
				next(first, func(p *wire.Push) bool { return len(p.Entries) == 1 && p.Entries[0].Text == "from my phone" })

				_, other := r.visitor(open, helloTo(deployment, r.signed(deployment, "account-8", "Ben")))
				if len(other.Sessions) != 0 || other.Token != "" {
					t.Errorf("somebody else was welcomed with %+v", other)
				}
			})
		}
	}
}

func TestIdentitiesThatAreRefused(t *testing.T) {
	r := newRelay(t)
	nowS := r.clock.NowMs() / 1000
	for name, tt := range map[string]struct {
		deployment, identity string
		code                 wire.Code
	}{
		"wrong signature":                  {"club", r.signedWith("a secret of somebody else, as long as it takes", jwt.MapClaims{"aud": "club", "sub": "a", "exp": nowS + 300}), wire.CodeIdentity},
		"expired":                          {"club", r.signedWith(clubSecret, jwt.MapClaims{"aud": "club", "sub": "a", "exp": nowS - 60}), wire.CodeIdentityExpired},
		"other audience":                   {"club", r.signed("members", "a", ""), wire.CodeIdentity},
		"a deployment that verifies none":  {"shop", r.signed("shop", "a", ""), wire.CodeIdentity},
		"rubble":                           {"club", "a.b.c", wire.CodeIdentity},
		"wrong signature, where required":  {"members", r.signedWith("a secret of somebody else, as long as it takes", jwt.MapClaims{"aud": "members", "sub": "a", "exp": nowS + 300}), wire.CodeIdentity},
		"other audience, where required":   {"members", r.signed("club", "a", ""), wire.CodeIdentity},
		"expired since, where it required": {"members", r.signedWith(clubSecret, jwt.MapClaims{"aud": "members", "sub": "a", "exp": nowS - 60}), wire.CodeIdentityExpired},
	} {
		t.Run(name, func(t *testing.T) {
			c := r.socket(shopOrigin)
			c.say(helloTo(tt.deployment, tt.identity))
			if e := c.ends(); e == nil || e.Code != tt.code {
				t.Errorf("refused with %+v, want %s", e, tt.code)
			}
			if code := c.code(); code != wire.Means(tt.code).Close {
				t.Errorf("closed with %d", code)
			}
		})
	}
	if n := r.sessions(); n != 0 {
		t.Errorf("%d sessions were stored", n)
	}
}

// TestNobodyWritesWithoutAnIdentityWhereItIsRequired: neither who never had one, nor with a handle or token alone, nor
// after it has expired.
func TestNobodyWritesWithoutAnIdentityWhereItIsRequired(t *testing.T) {
	r := newRelay(t)
	c, w := r.visitor((*testRelay).socket, helloTo("members", ""))
	if !w.NeedsIdentity {
		t.Errorf("welcomed with %+v", w)
	}
	c.say(&wire.Start{Ref: 1, ClientID: "s1"})
	if e := next[*wire.Error](c, nil); e.Ref != 1 || e.Code != wire.CodeIdentityRequired || e.Fatal {
		t.Errorf("the start got %+v", e)
	}
	c.say(&wire.Events{Ref: 2, Events: []wire.Event{{ID: id("E"), Type: "SYSTEM", Name: "PageEntered", Page: id("1"), Visit: id("A"), Device: id("D")}}})
	next(c, func(a *wire.Ack) bool { return a.Ref == 2 }) // what is no chat goes on

	mine, started := r.identified((*testRelay).socket, "members", "account-7", "Ada")
	session := started.Snapshot.Session
	for name, change := range map[string]func(*wire.Hello){
		"handle": func(h *wire.Hello) { h.Handle = started.Snapshot.Handle },
		"token":  func(h *wire.Hello) { h.Token = started.Token },
	} {
		t.Run("with the "+name+" alone", func(t *testing.T) {
			h := helloTo("members", "")
			change(h)
			c, w := r.visitor((*testRelay).socket, h)
			if !w.NeedsIdentity || w.HandleGone || len(w.Sessions) != 0 || w.Token != "" {
				t.Errorf("welcomed with %+v", w)
			}
			c.say(&wire.Send{Ref: 1, Session: session, ClientID: "x", Kind: wire.KindMessage, Text: "x"})
			if e := next[*wire.Error](c, nil); e.Code != wire.CodeIdentityRequired {
				t.Errorf("the message got %+v", e)
			}
			c.say(&wire.History{Ref: 2, Session: session})
			if e := next[*wire.Error](c, nil); e.Code != wire.CodeIdentityRequired {
				t.Errorf("the log was given out: %+v", e)
			}
		})
	}

	before := len(r.stored(session))
	r.clock.Advance(311_000) // five minutes, and what clocks may be off
	for ref, f := range []wire.Frame{
		&wire.Send{Ref: 10, Session: session, ClientID: "late", Kind: wire.KindMessage, Text: "late"},
		&wire.UserData{Ref: 11, Session: session, Data: map[string]any{"late": true}},
		&wire.End{Ref: 12, Session: session},
		&wire.Start{Ref: 13, ClientID: "late"},
	} {
		mine.say(f)
		e := next(mine, func(e *wire.Error) bool { return e.Ref == uint32(10+ref) })
		if e.Code != wire.CodeIdentityExpired || e.Fatal {
			t.Errorf("%T got %+v", f, e)
		}
	}
	row, err := r.store.Chat().Session(t.Context(), session)
	if err != nil || len(r.stored(session)) != before || row.State.Over() {
		t.Errorf("something was stored: %+v, %v", row, err)
	}
	again := helloTo("members", r.signed("members", "account-7", "Ada"))
	again.Token = started.Token
	c, w = r.visitor((*testRelay).socket, again)
	if len(w.Sessions) != 1 {
		t.Fatalf("with a new identity welcomed with %+v", w)
	}
	c.say(&wire.Send{Ref: 1, Session: session, ClientID: "late", Kind: wire.KindMessage, Text: "late"})
	next(c, func(a *wire.Ack) bool { return a.Ref == 1 })
}

func TestAChatStaysThatOfOnePerson(t *testing.T) {
	for _, deployment := range []string{"club", "members"} {
		t.Run(deployment, func(t *testing.T) {
			r := newRelay(t)
			_, started := r.identified((*testRelay).socket, deployment, "account-7", "Ada")
			before := len(r.stored(started.Snapshot.Session))
			for name, change := range map[string]func(*wire.Hello){
				"handle": func(h *wire.Hello) { h.Handle = started.Snapshot.Handle },
				"token":  func(h *wire.Hello) { h.Token = started.Token },
			} {
				h := helloTo(deployment, r.signed(deployment, "account-8", "Eve"))
				change(h)
				c := r.socket(shopOrigin)
				c.say(h)
				if e := c.ends(); e == nil || e.Code != wire.CodeIdentityOther {
					t.Errorf("with the %s of another person: %+v", name, e)
				}
			}
			row, err := r.store.Chat().Session(t.Context(), started.Snapshot.Session)
			if err != nil || row.Identity != "account-7" || len(r.stored(row.ID)) != before {
				t.Errorf("the session is %+v, %v", row, err)
			}
		})
	}
}

func TestAnAnonymousChatBecomesThatOfWhoIsIdentifiedInIt(t *testing.T) {
	r := newRelay(t)
	c, _ := r.visitor((*testRelay).socket, helloTo("club", ""))
	c.say(&wire.Start{Ref: 1, ClientID: "s1"})
	started := next[*wire.Started](c, nil)
	h := helloTo("club", r.signed("club", "account-7", "Ada"))
	h.Token = started.Token
	_, w := r.visitor((*testRelay).socket, h)
	if len(w.Sessions) != 1 || w.Rung != "" {
		t.Fatalf("welcomed with %+v", w)
	}
	row, err := r.store.Chat().Session(t.Context(), started.Snapshot.Session)
	if err != nil || row.Identity != "account-7" || row.UserData[chat.DataIdentityName] != "Ada" {
		t.Errorf("the session is %+v, %v", row, err)
	}
}

func TestANewerIdentityGoesOnWithoutANewConnection(t *testing.T) {
	r := newRelay(t)
	c, started := r.identified((*testRelay).socket, "members", "account-7", "Ada")
	session := started.Snapshot.Session
	r.clock.Advance(250_000)
	c.say(&wire.Identify{Ref: 5, Identity: r.signed("members", "account-7", "Ada")})
	if a := next(c, func(a *wire.Ack) bool { return a.Ref == 5 }); a.Ms < 290_000 || a.Ms > 310_000 {
		t.Errorf("it is said to be good for %d ms", a.Ms)
	}
	r.clock.Advance(250_000)
	c.say(&wire.Send{Ref: 6, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "still me"})
	next(c, func(a *wire.Ack) bool { return a.Ref == 6 })

	for ref, tt := range []struct {
		identity string
		code     wire.Code
	}{
		{r.signed("members", "account-8", "Eve"), wire.CodeIdentityOther},
		{r.signed("club", "account-7", "Ada"), wire.CodeIdentity},
		{"", wire.CodeIdentityOther},
	} {
		c.say(&wire.Identify{Ref: uint32(10 + ref), Identity: tt.identity})
		if e := next(c, func(e *wire.Error) bool { return e.Ref == uint32(10+ref) }); e.Code != tt.code || e.Fatal {
			t.Errorf("got %+v, want %s", e, tt.code)
		}
	}
	c.say(&wire.Send{Ref: 20, Session: session, ClientID: "m2", Kind: wire.KindMessage, Text: "and still"})
	next(c, func(a *wire.Ack) bool { return a.Ref == 20 })
}

func TestAnIdentityFindsNoChatWhereThatIsSwitchedOff(t *testing.T) {
	r := newRelay(t)
	_, started := r.identified((*testRelay).socket, "apart", "account-7", "Ada")
	if _, w := r.visitor((*testRelay).socket, helloTo("apart", r.signed("apart", "account-7", "Ada"))); len(w.Sessions) != 0 {
		t.Errorf("welcomed with %+v", w)
	}
	row, err := r.store.Chat().Session(t.Context(), started.Snapshot.Session)
	if err != nil || row.Identity != "account-7" { // it is still checked, and told
		t.Errorf("the session is %+v, %v", row, err)
	}
}
