package window

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/view"
)

const callOffer = "offer-call"

// ring offers a callback to all of the agent's tabs.
func (r *relay) ring(c wire.Callback) {
	r.call = &c
	r.tell(&wire.CallbackOffer{Offer: callOffer, ExpiresMs: 30_000, Callback: c})
	r.loop.Run()
}

func (r *relay) acceptCall(b *tab) (wire.Frame, *wire.Problem) {
	r.mine = true
	for _, other := range r.tabs {
		if other != b && other.online {
			other.window.desk.Frame(&wire.CallbackOpened{Offer: callOffer, Callback: *r.call})
		}
	}
	return &wire.CallbackOpened{Offer: callOffer, Callback: *r.call}, nil
}

func (r *relay) callDone(_ *tab, f *wire.CallbackDone) (wire.Frame, *wire.Problem) {
	if !r.mine || r.call.ID != f.ID {
		return nil, wire.Problemf(wire.CodeNoCallback, "not yours")
	}
	r.mine = false
	r.tell(&wire.CallbackClosed{ID: f.ID, Disposition: f.Disposition})
	return &wire.Ack{}, nil
}

// lastDone is how the relay was told that the call went.
func (r *relay) lastDone() *wire.CallbackDone {
	for i := len(r.asked) - 1; i >= 0; i-- {
		if f, ok := r.asked[i].(*wire.CallbackDone); ok {
			return f
		}
	}
	return nil
}

func (r *relay) adasCall() wire.Callback {
	now := r.loop.Now().UnixMilli()
	return wire.Callback{ID: "call-1", Name: "Ada", Phone: "+49 (30) 123-456", Subject: "A tent", CreatedMs: now, DesiredMs: now,
		UserData: map[string]any{"webengagement": "", "visitID": "V1"}}
}

// finish presses one of the buttons of the call's form, with what stands in it.
func (b *tab) finish(name string, fields map[string]string) {
	f := b.control(name)
	b.do("click", f, view.Action{Fields: fields})
}

func TestACallIsOfferedTakenAndDone(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	b.click("Ready")
	r.ring(r.adasCall())
	offers := b.region("Offers")
	for _, text := range []string{"Ada", "Callback", "+49 (30) 123-456", "A tent", "As soon as possible", "30 s left"} {
		shows(t, offers, text)
	}
	shows(t, strings.Join(b.said, "|"), "Callback offered: Ada. 30 seconds to accept.")
	if link := b.control("+49 (30) 123-456"); link.Attrs["href"] != "tel:+4930123456" {
		t.Errorf("the number leads to %q", link.Attrs["href"])
	}

	b.click("Accept")
	call := b.region("Callback")
	for _, text := range []string{"Ada", "A tent", "+49 (30) 123-456", "How did the call go?"} {
		shows(t, call, text)
	}
	shows(t, b.region("Attached data"), "webengagement\nyes: accepted an invitation")
	shows(t, b.region("Attached data"), "visitID\nV1")
	shows(t, b.region("Journey"), "https://shop.example/tents")

	b.finish("Not reached", map[string]string{"again": "30", "note": "voicemail"})
	if f := r.lastDone(); f == nil || f.Disposition != wire.CallNotReached || f.AgainMin != 30 || f.Note != "voicemail" || f.ID != "call-1" {
		t.Errorf("the relay was told %+v", f)
	}
	shows(t, textOf(b.tree), "The callback of Ada is done.")
	doesNotShow(t, b.region("Conversations"), "Ada")
}

func TestHowACallWentIsSaidInOneOfThreeWays(t *testing.T) {
	for name, want := range map[string]string{"Reached": wire.CallReached, "Wrong number": wire.CallWrongNumber, "Not reached": wire.CallNotReached} {
		r := newRelay(t)
		b := r.atWork()
		r.ring(r.adasCall())
		b.click("Accept")
		b.finish(name, map[string]string{"again": "15", "note": ""})
		f := r.lastDone()
		if f == nil || f.Disposition != want || (f.AgainMin != 0) != (want == wire.CallNotReached) {
			t.Errorf("%s told the relay %+v", name, f)
		}
	}
}

func TestACallThatWasTriedSaysSo(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	c := r.adasCall()
	c.Attempts, c.Note, c.DesiredMs = 2, "voicemail", c.CreatedMs+60_000
	r.ring(c)
	b.click("Accept")
	shows(t, b.region("Callback"), "Attempts so far\n2")
	shows(t, b.region("Callback"), "voicemail")
	doesNotShow(t, b.region("Callback"), "As soon as possible")
}

func TestACallLivesThroughAReloadAndALostConnection(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.ring(r.adasCall())
	b.click("Accept")
	b = b.reload()
	shows(t, b.region("Callback"), "How did the call go?")
	b.drop()
	b.finish("Reached", nil)
	if r.lastDone() != nil {
		t.Error("the relay was told while there is no connection")
	}
	b.connect()
	b.finish("Reached", nil)
	doesNotShow(t, b.region("Conversations"), "Ada")
}

func TestACallThatIsGoneGoesWithTheNextConnection(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.ring(r.adasCall())
	b.click("Accept")
	b.drop()
	r.mine = false // done in another browser
	b.connect()
	doesNotShow(t, b.region("Conversations"), "Ada")
	if b.has("Reached") {
		t.Error("the form is still there")
	}
}

func TestAnOfferOfACallThatIsGoneGoesWithTheNextConnection(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.ring(r.adasCall())
	b.drop()
	b.connect()
	if b.has("Accept") {
		t.Error("the offer is still there")
	}
}

func TestTabsAreInStepAboutCalls(t *testing.T) {
	r := newRelay(t)
	b, other := r.atWork(), r.atWork()
	r.ring(r.adasCall())
	b.click("Accept")
	r.loop.Run()
	if other.has("Accept") {
		t.Error("the other tab still offers it")
	}
	shows(t, other.region("Conversations"), "Ada")
	b.finish("Reached", nil)
	r.loop.Run()
	doesNotShow(t, other.region("Conversations"), "Ada")
}

func TestCallsAndConversationsShareTheListAndTheKeys(t *testing.T) {
	r, b := talking(t)
	c := r.adasCall()
	c.Name = "Grace"
	r.ring(c)
	b.press("Alt+Enter")
	shows(t, b.region("Callback"), "Grace")
	b.press("Alt+ArrowDown")
	b.control("Message")
	b.press("Alt+ArrowUp")
	shows(t, b.region("Callback"), "Grace")
	b.finish("Reached", nil)
	b.control("Message") // what is left takes its place
}

func TestAnEmptyDesktopSaysHowThingsStand(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	where := func() string { return b.region("Conversation") }
	shows(t, where(), "You are not ready")
	shows(t, where(), "Nobody is waiting.")
	shows(t, where(), "No callback is planned.")
	now := r.loop.Now()
	at := func(d time.Duration) int64 { return now.Add(d).UnixMilli() }
	r.tell(&wire.Waiting{N: 3, SinceMs: at(-time.Minute), NextMs: []int64{at(time.Minute), at(48 * time.Hour)}})
	r.loop.Run()
	shows(t, where(), "Waiting for an agent: 3")
	shows(t, where(), "Next callbacks: "+now.UTC().Add(time.Minute).Format("15:04")+" · "+now.UTC().Add(48*time.Hour).Format("2006-01-02 15:04"))
	r.loop.Advance(time.Minute)
	shows(t, where(), "The longest for 2 min")
	b.click("Start taking conversations")
	doesNotShow(t, where(), "Start taking conversations")
	shows(t, where(), "You are ready")
	r.queue("s1", ada)
	b.click("Accept")
	doesNotShow(t, where(), "You are ready")
}

func TestTheWaitOfACallCounts(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.ring(r.adasCall())
	b.click("Accept")
	r.loop.Advance(2 * time.Minute)
	shows(t, b.region("Callback"), "As soon as possible (asked 2 min ago)")
}
