package desk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

var (
	anna = access.Agent{ID: "anna", Name: "Anna", Capacity: 3}
	bert = access.Agent{ID: "bert", Name: "Bert", Capacity: 3}
)

// desktops writes down what agents are told; offers are known by their session's subject, which is unique in these tests.
type desktops struct {
	chattest.Live
	subjects map[string]string  // by offer id
	offers   map[string]string  // the last one's id, by subject
	waiting  map[string]Outlook // by agent
}

func (d *desktops) Offer(agent string, s chat.Session) {
	d.subjects[s.Offer], d.offers[s.Subject] = s.Subject, s.Offer
	d.Note("%s is offered %s", agent, s.Subject)
}

func (d *desktops) OfferGone(agent, offer, reason string) {
	d.Note("%s loses %s: %s", agent, d.subjects[offer], reason)
}

func (d *desktops) Opened(agent, offer string, s chat.Session) {
	d.Note("%s opens %s", agent, s.Subject)
}

func (d *desktops) Waiting(agent string, o Outlook) { d.waiting[agent] = o }

func (d *desktops) AgentState(agent string, ready bool) { d.Note("%s ready %t", agent, ready) }

type fixture struct {
	*Service
	t     *testing.T
	chats *chat.Service
	store *chattest.Store
	live  *desktops
	clock *clocktest.Clock
	ids   *chattest.IDs
	visit map[string]chat.Started // by subject
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, store: chattest.NewStore(), clock: clocktest.New(startMs), ids: &chattest.IDs{}, visit: map[string]chat.Started{}}
	f.restart()
	return f
}

// restart makes the services anew over the same store, as after a crash of the relay.
func (f *fixture) restart() {
	f.live = &desktops{subjects: map[string]string{}, offers: map[string]string{}, waiting: map[string]Outlook{}}
	f.chats = chat.NewService(chat.Options{Store: f.store, Live: &chattest.Live{}, Clock: f.clock, IDs: f.ids})
	f.Service = NewService(Options{Chats: f.chats, Live: f.live, Clock: f.clock, IDs: f.ids})
}

func (f *fixture) mustStart(subjects ...string) {
	f.t.Helper()
	for _, subject := range subjects {
		s, err := f.chats.Start(f.t.Context(), chat.StartRequest{Deployment: "demo", Subject: subject})
		if err != nil {
			f.t.Fatalf("start: %v", err)
		}
		f.visit[subject] = s
	}
}

func (f *fixture) mustBeReady(agents ...access.Agent) {
	f.t.Helper()
	for _, a := range agents {
		f.Connected(a, a.ID+"-1")
		if err := f.SetReady(a.ID, true); err != nil {
			f.t.Fatalf("ready: %v", err)
		}
	}
	f.live.Take()
}

// after lets time pass and routes; it gives what agents were told.
func (f *fixture) after(ms int64) []string {
	f.clock.Advance(ms)
	f.pass(f.t.Context())
	return f.live.Take()
}

func (f *fixture) wantAfter(ms int64, want ...string) {
	f.t.Helper()
	if got := f.after(ms); !slices.Equal(got, want) {
		f.t.Errorf("after %d ms agents were told\n  %s\nwant\n  %s", ms, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func (f *fixture) mustAccept(a access.Agent, subject string) {
	f.t.Helper()
	if _, err := f.Accept(f.t.Context(), a, f.live.offers[subject]); err != nil {
		f.t.Fatalf("%s accepts %s: %v", a.ID, subject, err)
	}
	f.live.Take()
}

func (f *fixture) mustBeDone(agent, subject string) {
	f.t.Helper()
	if _, err := f.Done(f.t.Context(), agent, f.visit[subject].Session.ID); err != nil {
		f.t.Fatalf("%s is done with %s: %v", agent, subject, err)
	}
}

func (f *fixture) state(subject string) chat.State {
	row, err := f.store.Session(f.t.Context(), f.visit[subject].Session.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return row.State
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("error is %v, want code %s", err, code)
	}
}

func TestNobodyIsOfferedAnythingBeforeReady(t *testing.T) {
	f := newFixture(t)
	f.mustStart("tea")
	f.Connected(anna, "c1")
	f.wantAfter(0)
	if err := f.SetReady("anna", true); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(0, "anna ready true", "anna is offered tea")
}

func TestLongestIdleFirst(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	f.mustStart("one", "two", "three")
	f.wantAfter(0, "anna is offered one", "bert is offered two", "anna is offered three")
}

func TestWhoIsDoneGoesToTheBack(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	f.mustStart("one", "two")
	f.wantAfter(0, "anna is offered one", "bert is offered two")
	f.mustAccept(anna, "one")
	f.mustAccept(bert, "two")
	f.mustBeDone("bert", "two")
	f.mustBeDone("anna", "one")
	f.mustStart("three")
	f.wantAfter(0, "bert is offered three")
}

func TestIdleAgentsComeBeforeBusyOnes(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("one")
	f.after(0)
	f.mustAccept(anna, "one")
	f.mustBeReady(bert)
	f.mustStart("two")
	f.wantAfter(0, "bert is offered two")
}

func TestLongestWaitingSessionFirst(t *testing.T) {
	f := newFixture(t)
	f.mustStart("early")
	f.clock.Advance(10)
	f.mustStart("late")
	f.mustBeReady(access.Agent{ID: "anna", Capacity: 1})
	f.wantAfter(0, "anna is offered early")
}

func TestCapacityCountsOfferedAndActive(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(access.Agent{ID: "anna"}) // no capacity of her own: DefaultChats
	f.mustStart("one", "two", "three", "four")
	f.wantAfter(0, "anna is offered one", "anna is offered two", "anna is offered three")
	f.mustAccept(anna, "one")
	f.wantAfter(0)

	// A session that the visitor ended is still in her list, but takes no room.
	if err := f.chats.End(t.Context(), f.visit["one"].Session.ID, f.visit["one"].Visitor.ID); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(0, "anna is offered four")
	open, err := f.Open(t.Context(), "anna")
	if err != nil || len(open) != 1 || open[0].State != chat.Ended {
		t.Errorf("open are %v, %v", open, err)
	}
}

func TestAnOfferIsAcceptedOnce(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.after(0)
	offer := f.live.offers["tea"]
	_, err := f.Accept(t.Context(), bert, offer)
	wantCode(t, err, wire.CodeOfferGone)
	row, err := f.Accept(t.Context(), anna, offer)
	if err != nil || row.State != chat.Active || row.Agent != "anna" {
		t.Fatalf("accepted %+v, %v", row, err)
	}
	if p, in := row.Participant("anna"); !in || p.Nickname != "Anna" || p.Kind != chat.Agent {
		t.Errorf("the agent is in the session as %+v, %t", p, in)
	}
	if told := f.live.Take(); !slices.Equal(told, []string{"anna opens tea"}) {
		t.Errorf("told %v", told)
	}
	_, err = f.Accept(t.Context(), anna, offer)
	wantCode(t, err, wire.CodeOfferGone)
	wantCode(t, f.Reject(t.Context(), "anna", offer), wire.CodeOfferGone)
	wantCode(t, f.Reject(t.Context(), "anna", ""), wire.CodeOfferGone)
	f.wantAfter(OfferMs + 1)
}

func TestARejectedSessionGoesToSomebodyElse(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	f.mustStart("tea")
	f.wantAfter(0, "anna is offered tea")
	if err := f.Reject(t.Context(), "anna", f.live.offers["tea"]); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(0, "anna loses tea: rejected", "bert is offered tea")
	if err := f.Reject(t.Context(), "bert", f.live.offers["tea"]); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(AskAgainMs-1, "bert loses tea: rejected")
	f.wantAfter(1, "anna is offered tea")
}

func TestTheOnlyAgentIsAskedAgainSooner(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.after(0)
	if err := f.Reject(t.Context(), "anna", f.live.offers["tea"]); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(AskOnlyMs-1, "anna loses tea: rejected")
	f.wantAfter(1, "anna is offered tea")
}

func TestAnOfferThatRunsOutGoesToSomebodyElse(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	f.mustStart("tea")
	f.after(0)
	f.wantAfter(OfferMs - 1)
	f.wantAfter(1, "anna loses tea: timeout", "bert is offered tea")
}

func TestOffersOutliveARestartAndRunOut(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea", "cake")
	f.after(0)
	f.mustAccept(anna, "cake")
	f.restart()

	f.Connected(anna, "c2")
	f.wantAfter(1000)
	offers, err := f.Offers(t.Context(), "anna")
	if err != nil || len(offers) != 1 || offers[0].Subject != "tea" || offers[0].OfferEndsMs != startMs+OfferMs {
		t.Fatalf("offers are %v, %v", offers, err)
	}
	open, err := f.Open(t.Context(), "anna")
	if err != nil || len(open) != 1 || open[0].Subject != "cake" {
		t.Fatalf("open are %v, %v", open, err)
	}
	f.after(OfferMs)
	if got := f.state("tea"); got != chat.Queued {
		t.Errorf("tea is %s, want Queued", got)
	}
	f.mustBeReady(bert)
	f.wantAfter(0, "bert is offered tea")
}

func TestOffersOfAnAgentWhoIsGoneGoBack(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	f.mustStart("tea")
	f.wantAfter(0, "anna is offered tea")
	f.Connected(anna, "anna-2")
	f.Disconnected("anna", "anna-1")
	f.wantAfter(AgentGoneMs)
	f.Disconnected("anna", "anna-2")
	f.wantAfter(AgentGoneMs - 1)
	f.wantAfter(1, "anna loses tea: timeout", "bert is offered tea")
	if f.Ready("anna") {
		t.Error("anna is gone and still ready")
	}
	wantCode(t, f.SetReady("anna", true), wire.CodeNoConnection)
}

func TestAReloadedDesktopKeepsReadinessAndOffers(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.after(0)
	f.Disconnected("anna", "anna-1")
	f.Disconnected("anna", "anna-1")
	f.mustStart("cake")
	f.wantAfter(AgentGoneMs - 1) // nothing new while she is away
	f.Connected(anna, "anna-2")
	f.wantAfter(AgentGoneMs, "anna is offered cake")
	if !f.Ready("anna") {
		t.Error("anna is not ready any more")
	}
}

func TestNotReadyKeepsOpenOffers(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.after(0)
	if err := f.SetReady("anna", false); err != nil {
		t.Fatal(err)
	}
	f.mustStart("cake")
	f.wantAfter(0, "anna ready false")
	f.mustAccept(anna, "tea")
}

func TestSettingReadyAgainTellsNobodyAndKeepsTheTurn(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna, bert)
	if err := f.SetReady("anna", true); err != nil {
		t.Fatal(err)
	}
	f.mustStart("tea")
	f.wantAfter(0, "anna is offered tea")
}

func TestTheVisitorLeavesWhileAnAgentIsAsked(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.after(0)
	if err := f.chats.End(t.Context(), f.visit["tea"].Session.ID, f.visit["tea"].Visitor.ID); err != nil {
		t.Fatal(err)
	}
	f.wantAfter(OfferMs, "anna loses tea: ended")
	_, err := f.Accept(t.Context(), anna, f.live.offers["tea"])
	wantCode(t, err, wire.CodeOfferGone)
}

func TestASessionThatAnotherRelayTookIsLeftAlone(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea", "cake")
	f.store.BeforeApply(func(c chat.Change) {
		if c.Session != f.visit["tea"].Session.ID {
			return
		}
		f.store.BeforeApply(nil)
		if _, err := f.chatsOfAnotherRelay().Offer(t.Context(), c.Session, "zoe", "offer-z", startMs+OfferMs); err != nil {
			t.Error(err)
		}
	})
	f.wantAfter(0, "anna is offered cake")
	f.wantAfter(OfferMs - 1)
}

func (f *fixture) chatsOfAnotherRelay() *chat.Service {
	return chat.NewService(chat.Options{Store: f.store, Live: &chattest.Live{}, Clock: f.clock, IDs: f.ids})
}

func TestAStoreThatFailsIsAskedAgain(t *testing.T) {
	f := newFixture(t)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.store.Fail(errors.New("disk is full"))
	f.wantAfter(0)
	f.store.Fail(nil)
	f.wantAfter(LookMs, "anna is offered tea")
}

func TestPassSaysWhenItIsNeededAgain(t *testing.T) {
	f := newFixture(t)
	wantNext := func(what string, want int64) {
		t.Helper()
		if got := f.pass(t.Context()) - f.clock.NowMs(); got != want {
			t.Errorf("%s: next pass in %d ms, want %d", what, got, want)
		}
	}
	wantNext("nothing to do", LookMs)
	f.mustBeReady(anna)
	f.mustStart("tea")
	f.pass(t.Context())
	f.clock.Advance(OfferMs - 1000)
	wantNext("an offer runs out", 1000)
	f.Disconnected("anna", "anna-1")
	f.clock.Advance(AgentGoneMs)
	f.pass(t.Context())
	wantNext("an offer went back", LookMs)
}

func TestRunRoutesWhatComesAndWhatIsDue(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan string, 10)
	f.Service = NewService(Options{Chats: f.chats, Live: telling{told}, Clock: f.clock, IDs: f.ids})
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()

	f.Connected(access.Agent{ID: "anna"}, "c1")
	if err := f.SetReady("anna", true); err != nil {
		t.Fatal(err)
	}
	f.mustStart("tea")
	if got := <-told; got != "anna is offered tea" {
		t.Errorf("told %q", got)
	}
	for len(told) == 0 { // Run sets its timers in its own time, so the clock goes on until one of them has done it
		f.clock.Advance(1000)
		runtime.Gosched()
	}
	if got := <-told; got != "anna loses tea" {
		t.Errorf("told %q", got)
	}
	cancel()
	<-done
	if f.clock.Timers() != 0 {
		t.Errorf("%d timers are left behind", f.clock.Timers())
	}
}

// telling passes offers on to a channel.
type telling struct{ to chan string }

func (l telling) Offer(agent string, s chat.Session) {
	l.to <- fmt.Sprintf("%s is offered %s", agent, s.Subject)
}
func (l telling) OfferGone(agent, _, _ string)       { l.to <- agent + " loses tea" }
func (l telling) Opened(_, _ string, _ chat.Session) {}
func (l telling) AgentState(_ string, _ bool)        {}
func (l telling) Waiting(string, Outlook)            {}
