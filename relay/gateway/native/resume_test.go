package native

import (
	"fmt"
	"testing"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/wire"
)

func TestResendAfterALostAcknowledgementAddsNothing(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			visitor, agent, started := r.conversation(open)
			session := started.Snapshot.Session
			message := &wire.Send{Ref: 5, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "once"}
			visitor.say(message)
			next(agent, func(p *wire.Push) bool { return p.Entries[0].Text == "once" })
			visitor.cut() // whether the acknowledgement arrived is not known

			h := hello()
			h.Token = started.Token
			h.Resume = []wire.Position{{Session: session, After: 2}}
			back, w := r.visitor(open, h)
			if len(w.Sessions) != 1 || w.HandleGone || w.Token == "" {
				t.Fatalf("the welcome is %+v", w)
			}
			if got := w.Sessions[0].Entries; len(got) != 1 || got[0].Seq != 3 || got[0].ClientID != "m1" {
				t.Errorf("after 2 there is %+v", got)
			}
			back.say(message)
			if ack := next(back, func(a *wire.Ack) bool { return a.Ref == 5 }); ack.Seq != 3 {
				t.Errorf("the resend was acknowledged with %+v", ack)
			}
			if n := len(r.stored(session)); n != 3 {
				t.Errorf("%d entries are stored, not 3", n)
			}
		})
	}
}

func TestResentStartLeadsToTheSameSession(t *testing.T) {
	r := newRelay(t)
	first, _ := r.visitor((*testRelay).socket, hello())
	first.say(&wire.Start{Ref: 1, ClientID: "start"})
	a := next[*wire.Started](first, nil)
	first.cut()
	second, _ := r.visitor((*testRelay).socket, hello())
	second.say(&wire.Start{Ref: 1, ClientID: "start"})
	b := next[*wire.Started](second, nil)
	if a.Snapshot.Session != b.Snapshot.Session || r.sessions() != 1 {
		t.Errorf("the resend began %s beside %s", b.Snapshot.Session, a.Snapshot.Session)
	}

	h := hello()
	h.Device = id("7")
	stranger, _ := r.visitor((*testRelay).socket, h)
	stranger.say(&wire.Start{Ref: 1, ClientID: "start"})
	if e := next[*wire.Error](stranger, nil); e.Code != wire.CodeConflict {
		t.Errorf("a stranger with the same start id got %+v", e)
	}
}

func TestHandleTakesTheChatUpOnTheNextPage(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	visitor.cut()
	h := hello()
	h.Handle, h.Page = started.Snapshot.Handle, id("2")
	back, w := r.visitor((*testRelay).socket, h)
	if len(w.Sessions) != 1 || w.Sessions[0].Session != session || len(w.Sessions[0].Entries) != 2 || w.Sessions[0].Handle != "" {
		t.Fatalf("the welcome is %+v", w)
	}
	agent.say(&wire.Send{Ref: 9, Session: session, ClientID: "a1", Kind: wire.KindMessage, Text: "welcome back"})
	next(back, func(p *wire.Push) bool { return p.Entries[0].Text == "welcome back" })

	r.clock.Advance(access.HandleRotateMs)
	_, w = r.visitor((*testRelay).socket, h)
	if w.Sessions[0].Handle == "" || w.Sessions[0].Handle == started.Snapshot.Handle {
		t.Errorf("an old handle was not replaced: %q", w.Sessions[0].Handle)
	}
}

func TestHandlesThatLeadNowhereAreForgotten(t *testing.T) {
	r := newRelay(t)
	_, started := r.chatting((*testRelay).socket)
	handle := started.Snapshot.Handle
	cases := []struct {
		name   string
		change func(*wire.Hello)
	}{
		{"made up", func(h *wire.Hello) { h.Handle = "made-up" }},
		{"of another deployment", func(h *wire.Hello) { h.Handle, h.Deployment, h.Origin = handle, "other", otherOrigin }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := hello()
			c.change(h)
			_, w := r.visitor((*testRelay).socket, h)
			if !w.HandleGone || len(w.Sessions) != 0 || w.Token != "" {
				t.Errorf("the welcome is %+v", w)
			}
		})
	}
}

func TestVisitorWhoWasAwayLearnsHowTheChatEnded(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	visitor.cut()
	agent.say(&wire.Send{Ref: 8, Session: session, ClientID: "a1", Kind: wire.KindMessage, Text: "last words"})
	agent.say(&wire.Done{Ref: 9, Session: session})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 9 })
	h := hello()
	h.Handle = started.Snapshot.Handle
	h.Resume = []wire.Position{{Session: session, After: 2}}
	back, w := r.visitor((*testRelay).socket, h)
	if !w.HandleGone || len(w.Sessions) != 1 || w.Sessions[0].State != string(chat.Completed) || len(w.Sessions[0].Entries) != 4 {
		t.Errorf("the welcome is %+v", w)
	}
	back.say(&wire.Start{Ref: 1, ClientID: "new"})
	next[*wire.Started](back, nil)
}

func TestExpiredTokenGivesWayToTheHandle(t *testing.T) {
	r := newRelay(t)
	_, started := r.chatting((*testRelay).socket)
	r.clock.Advance(access.VisitorTokenMs + 60_000)
	h := hello()
	h.Token, h.Handle = started.Token, started.Snapshot.Handle
	_, w := r.visitor((*testRelay).socket, h)
	if len(w.Sessions) != 1 || w.Token == "" || w.Token == started.Token {
		t.Errorf("the welcome is %+v", w)
	}
}

func TestTwoTabsOfOneVisitorAreInStep(t *testing.T) {
	r := newRelay(t)
	first, agent, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	h := hello()
	h.Handle = started.Snapshot.Handle
	second, _ := r.visitor((*testRelay).socket, h)
	first.say(&wire.Draft{Session: session, Text: "I am wri"})
	if d := next[*wire.Draft](second, nil); d.Text != "I am wri" {
		t.Errorf("the draft is %+v", d)
	}
	second.say(&wire.Send{Ref: 2, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "I am writing"})
	for _, c := range []*client{first, agent} {
		next(c, func(p *wire.Push) bool { return p.Entries[0].Text == "I am writing" })
	}
	for _, f := range append(agent.seen, first.seen...) {
		if _, ok := f.(*wire.Draft); ok {
			t.Error("the draft reached somebody else, or came back")
		}
	}
}

func TestAgentTakesUpEverythingAgain(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			visitor, agent, started := r.conversation(open)
			token := ""
			for _, f := range agent.seen {
				if w, ok := f.(*wire.Welcome); ok && w.Token != "" {
					token = w.Token
				}
			}
			agent.cut()
			visitor.say(&wire.Send{Ref: 4, Session: started.Snapshot.Session, ClientID: "m1", Kind: wire.KindMessage, Text: "anybody there?"})
			next(visitor, func(a *wire.Ack) bool { return a.Ref == 4 })

			back := open(r, "")
			back.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent, Token: token,
				Resume: []wire.Position{{Session: started.Snapshot.Session, After: 2}}})
			w := next[*wire.Welcome](back, nil)
			if w.Agent == nil || w.Agent.Username != "ann" || !w.Agent.Ready || len(w.Sessions) != 1 {
				t.Fatalf("the welcome is %+v", w)
			}
			if s := w.Sessions[0]; len(s.Entries) != 1 || s.Entries[0].Text != "anybody there?" || s.Visitor == nil {
				t.Errorf("the session is %+v", s)
			}
			back.say(&wire.SignOut{Ref: 5})
			next(back, func(a *wire.Ack) bool { return a.Ref == 5 })
			if e := back.ends(); name == socketTransport && e != nil {
				t.Errorf("signing out ended with %+v", e)
			}
			again := open(r, "")
			again.say(&wire.Hello{Version: wire.Version, Role: wire.RoleAgent, Token: token})
			if e := again.ends(); e == nil || e.Code != wire.CodeToken {
				t.Errorf("the token is still good after signing out: %+v", e)
			}
		})
	}
}

func TestOpenOfferIsInTheWelcome(t *testing.T) {
	r := newRelay(t)
	agent := r.atWork((*testRelay).socket, "ann")
	r.chatting((*testRelay).socket)
	offer := next[*wire.Offer](agent, nil)
	r.clock.Advance(10_000)
	_, w := r.agent((*testRelay).socket, "ann")
	if len(w.Offers) != 1 || w.Offers[0].Offer != offer.Offer || w.Offers[0].ExpiresMs != 20_000 {
		t.Errorf("the welcome's offers are %+v", w.Offers)
	}
}

// TestWelcomeFitsItsFrame: an agent's sessions with long logs and much attached data would not fit one frame.
func TestWelcomeFitsItsFrame(t *testing.T) {
	r := newRelay(t)
	agent := r.atWork((*testRelay).socket, "ann")
	sessions := map[string]bool{}
	big := make([]byte, 15_000)
	for i := range big {
		big[i] = 'x'
	}
	for i := range access.DefaultCapacity {
		visitor, _ := r.visitor((*testRelay).socket, hello())
		visitor.say(&wire.Start{Ref: 1, ClientID: fmt.Sprint("start", i), UserData: map[string]any{"big": string(big)}})
		session := next[*wire.Started](visitor, nil).Snapshot.Session
		sessions[session] = true
		for n := range 20 {
			visitor.say(&wire.Send{Ref: 2, Session: session, ClientID: fmt.Sprint(n), Kind: wire.KindMessage, Text: string(big[:4000])})
			next(visitor, func(a *wire.Ack) bool { return a.ClientID == fmt.Sprint(n) })
		}
		offer := next[*wire.Offer](agent, nil)
		agent.say(&wire.Accept{Ref: 3, Offer: offer.Offer})
		opened := next(agent, func(o *wire.Opened) bool { return o.Ref == 3 })
		if len(opened.Snapshot.Entries) == 0 || !opened.Snapshot.More {
			t.Errorf("a long log was opened with %d entries, more %v", len(opened.Snapshot.Entries), opened.Snapshot.More)
		}
	}
	back, w := r.agent((*testRelay).socket, "ann")
	for _, s := range w.Sessions {
		delete(sessions, s.Session)
	}
	if len(w.Sessions) == 0 || len(sessions) == 0 {
		t.Fatalf("%d sessions are in the welcome, %d beside it; the test wants both", len(w.Sessions), len(sessions))
	}
	for len(sessions) > 0 {
		delete(sessions, next[*wire.Opened](back, nil).Snapshot.Session)
	}
}

func TestHistoryInBothDirections(t *testing.T) {
	r := newRelay(t)
	visitor, _, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	for n := range 5 {
		visitor.say(&wire.Send{Ref: 2, Session: session, ClientID: fmt.Sprint(n), Kind: wire.KindMessage, Text: fmt.Sprint("message ", n)})
		next(visitor, func(a *wire.Ack) bool { return a.ClientID == fmt.Sprint(n) })
	}
	visitor.say(&wire.History{Ref: 10, Session: session, After: 2, Limit: 2})
	if p := next(visitor, func(p *wire.Page) bool { return p.Ref == 10 }); len(p.Entries) != 2 || p.Entries[0].Seq != 3 || !p.More {
		t.Errorf("after 2: %+v", p)
	}
	visitor.say(&wire.History{Ref: 11, Session: session, Before: 4})
	if p := next(visitor, func(p *wire.Page) bool { return p.Ref == 11 }); len(p.Entries) != 3 || p.Entries[2].Seq != 3 || p.More {
		t.Errorf("before 4: %+v", p)
	}
}

// TestRestartKeepsWhatWasAcknowledged opens the same data with another relay.
func TestRestartKeepsWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	var token, session string
	t.Run("before", func(t *testing.T) {
		r := openRelay(t, dir)
		visitor, started := r.chatting((*testRelay).socket)
		token, session = started.Token, started.Snapshot.Session
		visitor.say(&wire.Send{Ref: 2, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "kept"})
		next(visitor, func(a *wire.Ack) bool { return a.Ref == 2 })
	})
	r := openRelay(t, dir)
	h := hello()
	h.Token = token
	_, w := r.visitor((*testRelay).socket, h)
	if len(w.Sessions) != 1 || len(w.Sessions[0].Entries) != 2 || w.Sessions[0].Entries[1].Text != "kept" {
		t.Errorf("the welcome is %+v", w)
	}
	agent := r.atWork((*testRelay).socket, "ann")
	if o := next[*wire.Offer](agent, nil); o.Session != session {
		t.Errorf("the waiting session is not offered: %+v", o)
	}
}
