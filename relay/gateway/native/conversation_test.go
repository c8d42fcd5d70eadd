package native

import (
	"strings"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

func TestConversationOverEitherTransport(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) { tellConversation(t, newRelay(t), open) })
	}
}

// tellConversation is the main job: a visitor is seen, chats, an agent answers and marks the chat done.
func tellConversation(t *testing.T, r *testRelay, open func(*testRelay, string) *client) {
	agent := r.atWork(open, "ann")
	visitor, welcome := r.visitor(open, hello())
	if welcome.Build != "test" || welcome.Limits.FrameBytes != wire.MaxFrame || welcome.HandleGone {
		t.Errorf("the welcome is %+v", welcome)
	}

	visitor.say(&wire.Events{Ref: 1, Events: []wire.Event{
		pageEvent("E", "1", 1000, "https://shop.example/"), pageEvent("F", "2", 2000, "https://shop.example/tents"),
	}})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 1 })

	visitor.say(&wire.Start{Ref: 2, ClientID: "start-1", FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com",
		Subject: "Tents", UserData: map[string]any{"basket": int64(3)}})
	started := next[*wire.Started](visitor, nil)
	session := started.Snapshot.Session
	if started.Token == "" || started.Snapshot.Handle == "" || started.Snapshot.UserData != nil || started.Snapshot.Visitor != nil {
		t.Errorf("the visitor got %+v", started)
	}
	if s := started.Snapshot; s.Me.Nickname != "Ada Lovelace" || len(s.Entries) != 1 || s.Entries[0].Kind != wire.KindJoined {
		t.Errorf("the session begins as %+v", s)
	}

	offer := next[*wire.Offer](agent, nil)
	if offer.Session != session || offer.Queue != "shop" || offer.Visitor.Email != "ada@example.com" || offer.ExpiresMs != 30_000 {
		t.Errorf("the offer is %+v", offer)
	}
	agent.say(&wire.Journey{Ref: 4, Session: session})
	journey := next(agent, func(p *wire.VisitPages) bool { return p.Ref == 4 })
	if got := urls(journey.Pages); got != "https://shop.example/ https://shop.example/tents" {
		t.Errorf("the journey is %s", got)
	}

	agent.say(&wire.Accept{Ref: 5, Offer: offer.Offer})
	opened := next(agent, func(o *wire.Opened) bool { return o.Ref == 5 })
	if s := opened.Snapshot; s.UserData["basket"] != int64(3) || s.Visitor == nil || !s.Visitor.Online || s.State != string(chat.Active) {
		t.Errorf("the agent got %+v", s)
	}
	joined := next(visitor, func(p *wire.Push) bool { return p.State == string(chat.Active) })
	if e := joined.Entries[0]; e.Kind != wire.KindJoined || e.From.Kind != chat.Agent || e.From.Nickname != "ANN" {
		t.Errorf("the visitor saw %+v join", e)
	}

	visitor.say(&wire.Typing{Session: session, On: true, Text: "Hel"})
	if typing := next[*wire.Typing](agent, nil); !typing.On || typing.Text != "Hel" || typing.From.Nickname != "Ada Lovelace" {
		t.Errorf("the agent saw %+v", typing)
	}
	agent.say(&wire.Typing{Session: session, On: true, Text: "secret thoughts"})
	if typing := next[*wire.Typing](visitor, nil); !typing.On || typing.Text != "" {
		t.Errorf("the visitor saw %+v", typing)
	}

	const hostile = "<img src=x onerror=alert(1)> \u202e é 🏕"
	visitor.say(&wire.Send{Ref: 6, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: hostile})
	ack := next(visitor, func(a *wire.Ack) bool { return a.Ref == 6 })
	if ack.Seq != 3 || ack.ClientID != "m1" || ack.Ms == 0 {
		t.Errorf("the acknowledgement is %+v", ack)
	}
	heard := next(agent, func(p *wire.Push) bool { return p.Entries[0].Kind == wire.KindMessage })
	if heard.Entries[0].Text != hostile || heard.Entries[0].Seq != ack.Seq {
		t.Errorf("the agent heard %+v", heard.Entries)
	}
	agent.say(&wire.Delivered{Session: session, Seq: ack.Seq})
	if d := next[*wire.Delivered](visitor, nil); d.Seq != ack.Seq || d.From.Kind != chat.Agent {
		t.Errorf("delivered: %+v", d)
	}
	agent.say(&wire.Send{Ref: 7, Session: session, ClientID: "m2", Kind: wire.KindMessage, Text: "Hello Ada"})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 7 })
	next(visitor, func(p *wire.Push) bool { return p.Entries[0].Text == "Hello Ada" })

	visitor.say(&wire.Events{Ref: 8, Events: []wire.Event{pageEvent("9", "3", 3000, "https://shop.example/pay")}})
	if on := next(agent, func(p *wire.VisitPages) bool { return p.Ref == 0 }); len(on.Pages) != 3 {
		t.Errorf("the journey went on to %s", urls(on.Pages))
	}

	agent.say(&wire.Done{Ref: 9, Session: session})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 9 })
	over := next(visitor, func(p *wire.Push) bool { return p.State == string(chat.Completed) })
	if got := kinds(over.Entries); got != "state left state" {
		t.Errorf("at the end the visitor saw %s", got)
	}
	visitor.say(&wire.Send{Ref: 10, Session: session, ClientID: "m3", Kind: wire.KindMessage, Text: "still there?"})
	if e := next[*wire.Error](visitor, nil); e.Ref != 10 || e.Code != wire.CodeSessionEnded || e.Fatal {
		t.Errorf("writing after the end: %+v", e)
	}
	if got := len(r.stored(session)); got != 7 {
		t.Errorf("%d entries are stored, not 7", got)
	}
}

func TestVisitorEndsTheChat(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	session := started.Snapshot.Session
	visitor.say(&wire.End{Ref: 9, Session: session})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 9 })
	next(agent, func(p *wire.Push) bool { return p.State == string(chat.Ended) })
	visitor.say(&wire.End{Ref: 10, Session: session})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 10 })

	agent.say(&wire.Done{Ref: 11, Session: session})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 11 })
	visitor.say(&wire.Start{Ref: 12, ClientID: "again"})
	if again := next[*wire.Started](visitor, nil); again.Snapshot.Session == session {
		t.Error("a new chat is the old one")
	}
}

func TestRejectedOfferGoesToSomebodyElse(t *testing.T) {
	r := newRelay(t)
	ann, bob := r.atWork((*testRelay).socket, "ann"), r.atWork((*testRelay).socket, "bob")
	_, started := r.chatting((*testRelay).socket)
	offer := next[*wire.Offer](ann, nil)
	ann.say(&wire.Reject{Ref: 3, Offer: offer.Offer})
	next(ann, func(a *wire.Ack) bool { return a.Ref == 3 })
	second := next[*wire.Offer](bob, nil)
	if second.Session != started.Snapshot.Session || second.Offer == offer.Offer {
		t.Errorf("bob was offered %+v", second)
	}
	ann.say(&wire.Accept{Ref: 4, Offer: second.Offer})
	if e := next[*wire.Error](ann, nil); e.Ref != 4 || e.Code != wire.CodeOfferGone || e.Fatal {
		t.Errorf("accepting bob's offer: %+v", e)
	}
	bob.say(&wire.Accept{Ref: 5, Offer: second.Offer})
	next(bob, func(o *wire.Opened) bool { return o.Ref == 5 })
}

func TestAgentWhoRejectsFollowsTheVisitNoLonger(t *testing.T) {
	r := newRelay(t)
	agent := r.atWork((*testRelay).socket, "ann")
	visitor, started := r.chatting((*testRelay).socket)
	offer := next[*wire.Offer](agent, nil)
	agent.say(&wire.Journey{Ref: 3, Session: started.Snapshot.Session})
	next[*wire.VisitPages](agent, nil)
	agent.say(&wire.Reject{Ref: 4, Offer: offer.Offer})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 4 })
	visitor.say(&wire.Events{Ref: 5, Events: []wire.Event{pageEvent("E", "1", 1000, "https://shop.example/private")}})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 5 })
	untilTrue(t, func() bool {
		for _, c := range r.all() {
			c.mu.Lock()
			n := len(c.journeys)
			c.mu.Unlock()
			if n > 0 {
				return false
			}
		}
		return true
	})
	agent.say(&wire.Ping{N: 1})
	next[*wire.Pong](agent, nil)
	for _, f := range agent.seen {
		if p, ok := f.(*wire.VisitPages); ok && len(p.Pages) > 0 {
			t.Errorf("the agent still sees %s", urls(p.Pages))
		}
	}
}

func TestAgentsOtherDesktopOpensTheConversationToo(t *testing.T) {
	r := newRelay(t)
	first := r.atWork((*testRelay).socket, "ann")
	second, w := r.agent((*testRelay).socket, "ann")
	if !w.Agent.Ready {
		t.Error("the second desktop does not know that ann is ready")
	}
	_, started := r.chatting((*testRelay).socket)
	offer := next[*wire.Offer](second, nil)
	first.say(&wire.Accept{Ref: 3, Offer: offer.Offer})
	next(first, func(o *wire.Opened) bool { return o.Ref == 3 })
	opened := next[*wire.Opened](second, nil)
	if opened.Ref != 0 || opened.Offer != offer.Offer || opened.Snapshot.Session != started.Snapshot.Session {
		t.Errorf("the second desktop got %+v", opened)
	}
	first.say(&wire.Draft{Session: opened.Snapshot.Session, Text: "half a sen"})
	if d := next[*wire.Draft](second, nil); d.Text != "half a sen" {
		t.Errorf("the draft is %+v", d)
	}
	second.say(&wire.Ready{Ref: 4, Ready: false})
	if s := next[*wire.AgentState](first, func(s *wire.AgentState) bool { return !s.Ready }); s.Ready {
		t.Error("the first desktop still says ready")
	}
}

func TestVisitorsAttachedDataReachesTheAgent(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	visitor.say(&wire.UserData{Ref: 8, Session: started.Snapshot.Session, Data: map[string]any{"size": "L"}})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 8 && a.Seq > 0 })
	p := next(agent, func(p *wire.Push) bool { return p.Entries[0].Kind == wire.KindData })
	if p.Entries[0].Data["size"] != "L" {
		t.Errorf("the agent saw %+v", p.Entries[0])
	}
	agent.say(&wire.UserData{Ref: 9, Session: started.Snapshot.Session, Data: map[string]any{"note": "rude"}})
	p = next(visitor, func(p *wire.Push) bool {
		return p.Entries[0].Kind == wire.KindData && p.Entries[0].From.Kind == chat.Agent
	})
	if p.Entries[0].Data != nil {
		t.Errorf("the visitor saw the agent's data: %+v", p.Entries[0])
	}
}

func TestPresence(t *testing.T) {
	r := newRelay(t)
	visitor, agent, started := r.conversation((*testRelay).socket)
	token := started.Token
	visitor.cut()
	visitor.drain()
	untilTrue(t, func() bool {
		r.clock.Advance(1000)
		return !r.Hub.Online(started.Snapshot.Session, started.Snapshot.Me.ID)
	})
	if p := next(agent, func(p *wire.Presence) bool { return !p.Online }); p.Who.ID != started.Snapshot.Me.ID {
		t.Errorf("gone: %+v", p)
	}
	h := hello()
	h.Token = token
	back, _ := r.visitor((*testRelay).socket, h)
	next(agent, func(p *wire.Presence) bool { return p.Online })
	if p := next[*wire.Presence](back, nil); !p.Online || p.Who.Kind != chat.Agent {
		t.Errorf("the visitor is told %+v", p)
	}
}

func pageEvent(event, page string, ms int64, url string) wire.Event {
	return wire.Event{ID: id(event), Type: "SYSTEM", Name: "PageEntered", Page: id(page), Visit: id("A"), Device: id("D"), Ms: ms, URL: url}
}

func urls(pages []wire.VisitPage) string {
	var all []string
	for _, p := range pages {
		all = append(all, p.URL)
	}
	return strings.Join(all, " ")
}

func kinds(entries []wire.Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Kind)
	}
	return strings.Join(all, " ")
}
