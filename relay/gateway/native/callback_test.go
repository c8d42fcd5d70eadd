package native

import (
	"testing"

	"foyer/relay/callback"
	"foyer/relay/wire"
)

// asked is a request for a call as soon as possible.
func asked(clientID string) *wire.RequestCallback {
	return &wire.RequestCallback{Ref: 7, ClientID: clientID, Name: "Ada", Phone: "+49 30 123456", Subject: "Tents",
		UserData: map[string]any{"webengagement": ""}}
}

func TestACallIsAskedForOfferedAndDone(t *testing.T) {
	for name, open := range transports {
		t.Run(name, func(t *testing.T) { tellCallback(t, newRelay(t), open) })
	}
}

func tellCallback(t *testing.T, r *testRelay, open func(*testRelay, string) *client) {
	agent := r.atWork(open, "ann")
	second, _ := r.agent(open, "ann")
	visitor, _ := r.visitor(open, hello())
	visitor.say(&wire.Events{Ref: 1, Events: []wire.Event{pageEvent("E", "1", 1000, "https://shop.example/tents")}})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 1 })

	visitor.say(asked("call-1"))
	made := next[*wire.CallbackMade](visitor, nil)
	if made.Ref != 7 || made.ID == "" || made.Desired != r.clock.NowMs() {
		t.Errorf("made %+v", made)
	}
	offer := next[*wire.CallbackOffer](agent, nil)
	if c := offer.Callback; c.ID != made.ID || c.Phone != "+49 30 123456" || c.Name != "Ada" || c.Subject != "Tents" ||
		c.Visit != id("A") || c.Page != id("1") || c.Origin != shopOrigin || offer.ExpiresMs != 30_000 {
		t.Errorf("offered %+v", offer)
	}
	if v, there := offer.Callback.UserData["webengagement"]; !there || v != "" {
		t.Errorf("attached are %v", offer.Callback.UserData)
	}
	agent.say(&wire.Journey{Ref: 8, Session: made.ID})
	if p := next(agent, func(p *wire.VisitPages) bool { return p.Ref == 8 }); urls(p.Pages) != "https://shop.example/tents" {
		t.Errorf("the journey is %+v", p)
	}

	agent.say(&wire.Accept{Ref: 9, Offer: offer.Offer})
	if opened := next[*wire.CallbackOpened](agent, nil); opened.Ref != 9 || opened.Callback.ID != made.ID {
		t.Errorf("opened %+v", opened)
	}
	if opened := next[*wire.CallbackOpened](second, nil); opened.Ref != 0 || opened.Offer != offer.Offer {
		t.Errorf("the other desktop opened %+v", opened)
	}
	visitor.say(&wire.Events{Ref: 2, Events: []wire.Event{pageEvent("F", "2", 2000, "https://shop.example/stoves")}})
	if p := next[*wire.VisitPages](agent, nil); urls(p.Pages) != "https://shop.example/tents https://shop.example/stoves" {
		t.Errorf("the journey went on as %+v", p)
	}

	agent.say(&wire.CallbackDone{Ref: 10, ID: made.ID, Disposition: wire.CallNotReached, AgainMin: 5, Note: "voicemail"})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 10 })
	if gone := next[*wire.CallbackClosed](second, nil); gone.ID != made.ID || gone.Disposition != wire.CallNotReached {
		t.Errorf("the other desktop closed %+v", gone)
	}
	r.clock.Advance(5 * 60_000)
	untilTrue(t, func() bool { // the desk sets its timers in its own time
		c, err := r.store.Callbacks().Callback(t.Context(), made.ID)
		if err == nil && c.State == callback.Scheduled {
			r.clock.Advance(1000)
		}
		return err == nil && c.State == callback.Offered
	})
	again := next[*wire.CallbackOffer](agent, nil)
	if again.Callback.ID != made.ID || again.Callback.Attempts != 1 || again.Callback.Note != "voicemail" {
		t.Errorf("offered again %+v", again)
	}
	agent.say(&wire.Reject{Ref: 11, Offer: again.Offer})
	next(agent, func(a *wire.Ack) bool { return a.Ref == 11 })
	next(second, func(g *wire.OfferGone) bool { return g.Offer == again.Offer && g.Reason == "rejected" })
}

func TestRequestsForCallsThatAreRefused(t *testing.T) {
	r := newRelay(t)
	visitor, _ := r.visitor((*testRelay).socket, hello())
	refused := func(what string, f *wire.RequestCallback, code wire.Code) {
		t.Helper()
		visitor.say(f)
		if e := next[*wire.Error](visitor, nil); e.Code != code || e.Ref != f.Ref || e.Fatal {
			t.Errorf("%s: %+v, want %s", what, e, code)
		}
	}
	change := func(f func(*wire.RequestCallback)) *wire.RequestCallback {
		q := asked("c-x")
		f(q)
		return q
	}
	refused("no client id", asked(""), wire.CodeBadRequest)
	refused("no number", change(func(q *wire.RequestCallback) { q.Phone = "tomorrow" }), wire.CodeBadPhone)
	refused("yesterday", change(func(q *wire.RequestCallback) { q.Desired = 1 }), wire.CodeCallbackTime)
	for i := range callback.MaxWaiting {
		visitor.say(asked(string(rune('a' + i))))
		next[*wire.CallbackMade](visitor, nil)
	}
	refused("one too many", asked("z"), wire.CodeCallbackLimit)
	visitor.say(asked("a"))
	if next[*wire.CallbackMade](visitor, nil).ID == "" {
		t.Error("a resend was not answered")
	}

	h := hello()
	h.Deployment, h.Origin = "other", otherOrigin
	visitor, _ = r.visitor((*testRelay).socket, h)
	refused("a deployment without callbacks", asked("b"), wire.CodeForbidden)
}

func TestAVisitorTakesACallBack(t *testing.T) {
	r := newRelay(t)
	agent := r.atWork((*testRelay).socket, "ann")
	visitor, _ := r.visitor((*testRelay).socket, hello())
	visitor.say(asked("call-1"))
	made := next[*wire.CallbackMade](visitor, nil)
	offer := next[*wire.CallbackOffer](agent, nil)

	h := hello()
	h.Device = id("E")
	stranger, _ := r.visitor((*testRelay).socket, h)
	stranger.say(&wire.CancelCallback{Ref: 1, ID: made.ID})
	if e := next[*wire.Error](stranger, nil); e.Code != wire.CodeNoCallback {
		t.Errorf("another device was answered %+v", e)
	}
	visitor.say(&wire.CancelCallback{Ref: 2, ID: made.ID})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 2 })
	next(agent, func(g *wire.OfferGone) bool { return g.Offer == offer.Offer })

	agent.say(&wire.CancelCallback{Ref: 3, ID: made.ID})
	if e := agent.ends(); e == nil || e.Code != wire.CodeNotForRole {
		t.Errorf("an agent was answered %+v", e)
	}
}

func TestRequestsForCallsFromOneAddressAreLimited(t *testing.T) {
	r := newRelay(t)
	visitor, _ := r.visitor((*testRelay).socket, hello())
	for i := range 21 {
		visitor.say(&wire.RequestCallback{Ref: uint32(i + 1), ClientID: "x", Phone: "tomorrow"})
		e := next[*wire.Error](visitor, nil)
		if want := map[bool]wire.Code{true: wire.CodeBadPhone, false: wire.CodeRate}[i < 20]; e.Code != want {
			t.Fatalf("request %d: %+v", i, e)
		}
	}
}

func TestOnlyAgentsSayHowACallWent(t *testing.T) {
	r := newRelay(t)
	visitor, _ := r.visitor((*testRelay).socket, hello())
	visitor.say(&wire.CallbackDone{Ref: 1, ID: "x", Disposition: wire.CallReached})
	if e := visitor.ends(); e == nil || e.Code != wire.CodeNotForRole {
		t.Errorf("a visitor was answered %+v", e)
	}
	agent := r.atWork((*testRelay).socket, "ann")
	agent.say(&wire.CallbackDone{Ref: 1, ID: "x", Disposition: wire.CallReached})
	if e := next[*wire.Error](agent, nil); e.Code != wire.CodeNoCallback {
		t.Errorf("a callback that is not there: %+v", e)
	}
}

func TestCallsOutliveTheRelay(t *testing.T) {
	dir := t.TempDir()
	var active string
	t.Run("before", func(t *testing.T) {
		r := openRelay(t, dir)
		agent := r.atWork((*testRelay).socket, "ann")
		visitor, _ := r.visitor((*testRelay).socket, hello())
		visitor.say(asked("one"))
		offer := next[*wire.CallbackOffer](agent, nil)
		agent.say(&wire.Accept{Ref: 3, Offer: offer.Offer})
		active = next[*wire.CallbackOpened](agent, nil).Callback.ID
		visitor.say(asked("two")) // waits: the agent rings one at a time
		next(visitor, func(m *wire.CallbackMade) bool { return m.ID != active })
	})
	r := openRelay(t, dir)
	agent, welcome := r.agent((*testRelay).socket, "ann")
	if len(welcome.Callbacks) != 1 || welcome.Callbacks[0] != active {
		t.Fatalf("the welcome lists %v", welcome.Callbacks)
	}
	if opened := next[*wire.CallbackOpened](agent, nil); opened.Callback.ID != active {
		t.Errorf("opened %+v", opened)
	}
	agent.say(&wire.Ready{Ref: 2, Ready: true})
	agent.say(&wire.CallbackDone{Ref: 4, ID: active, Disposition: wire.CallReached})
	offer := next[*wire.CallbackOffer](agent, nil)
	if offer.Callback.ID == active {
		t.Error("what is done is offered again")
	}
	if done, err := r.store.Callbacks().Callback(t.Context(), active); err != nil || done.State != callback.Done {
		t.Errorf("kept is %+v, %v", done, err)
	}
}
