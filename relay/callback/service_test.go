package callback_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"foyer/relay/callback"
	"foyer/relay/callback/callbacktest"
	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/config"
	"foyer/relay/desk"
	"foyer/relay/hours"
	"foyer/relay/retention"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

// told writes down what desktops and the router are told.
type told struct{ chattest.Live }

func (t *told) CallbackOffer(agent string, c callback.Callback) {
	t.Note("%s is offered %s", agent, c.Subject)
}
func (t *told) OfferGone(agent, offer, reason string) {
	t.Note("%s loses %s: %s", agent, offer, reason)
}
func (t *told) CallbackOpened(agent, _ string, c callback.Callback) {
	t.Note("%s opens %s", agent, c.Subject)
}
func (t *told) CallbackClosed(agent string, c callback.Callback) {
	t.Note("%s closes %s: %s", agent, c.Subject, c.Disposition)
}
func (t *told) Busied(agent, _ string) { t.Note("%s is busied", agent) }
func (t *told) Wake()                  {}

type fixture struct {
	*callback.Service
	t     *testing.T
	store *callbacktest.Store
	clock *clocktest.Clock
	told  *told
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, store: &callbacktest.Store{}, clock: clocktest.New(startMs), told: &told{}}
	f.Service = callback.NewService(callback.Options{Store: f.store, Live: f.told, Clock: f.clock, IDs: &chattest.IDs{}, Router: f.told})
	return f
}

func request(subject string) callback.Request {
	return callback.Request{Deployment: "demo", ClientID: "client-" + subject, Subject: subject, Phone: "+49 30 " + fmt.Sprint(1000+len(subject)),
		Visit: "visit-" + subject, Device: "device-" + subject}
}

func (f *fixture) mustAsk(r callback.Request) callback.Callback {
	f.t.Helper()
	c, err := f.Ask(f.t.Context(), r)
	if err != nil {
		f.t.Fatalf("ask for %s: %v", r.Subject, err)
	}
	return c
}

func (f *fixture) offer(c callback.Callback, agent, offer string) error {
	return f.Source().Offer(f.t.Context(), desk.Task{ID: c.ID}, agent, offer, f.clock.NowMs()+1000)
}

func (f *fixture) takeBack(c callback.Callback, agent, offer, reason string) error {
	return f.Source().Return(f.t.Context(), desk.Task{ID: c.ID, Agent: agent, Offer: offer}, reason)
}

// mustHave lets an agent be offered a callback and accept it.
func (f *fixture) mustHave(agent string, c callback.Callback) {
	f.t.Helper()
	if err := f.offer(c, agent, "offer"); err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.Accept(f.t.Context(), agent, "offer"); err != nil {
		f.t.Fatal(err)
	}
	f.told.Take()
}

func (f *fixture) wantWaiting(want ...string) {
	f.t.Helper()
	all, err := f.Source().Waiting(f.t.Context(), 10)
	var got []string
	for _, task := range all {
		c, err := f.store.Callback(f.t.Context(), task.ID)
		if err != nil {
			f.t.Fatal(err)
		}
		got = append(got, c.Subject)
	}
	if err != nil || !slices.Equal(got, want) {
		f.t.Errorf("waiting are %v, %v, want %v", got, err, want)
	}
}

func (f *fixture) wantTold(want ...string) {
	f.t.Helper()
	if got := f.told.Take(); !slices.Equal(got, want) {
		f.t.Errorf("told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	if !errors.Is(err, &wire.Problem{Code: code}) {
		t.Errorf("error is %v, want code %s", err, code)
	}
}

func TestACallIsDueAtTheTimeAskedFor(t *testing.T) {
	f := newFixture(t)
	soon := f.mustAsk(request("now"))
	r := request("later")
	r.DesiredMs = startMs + 60_000
	later := f.mustAsk(r)
	if soon.DesiredMs != startMs || later.DesiredMs != startMs+60_000 || soon.State != callback.Scheduled {
		t.Errorf("kept %+v and %+v", soon, later)
	}
	f.wantWaiting("now")
	f.clock.Advance(60_000)
	f.wantWaiting("now", "later")
}

func TestACallIsDueWhileSomebodyIsThere(t *testing.T) {
	// startMs is a Tuesday, 22:13:20 UTC.
	const morning = startMs + (10*60+46)*60_000 + 40_000 // Wednesday, 9:00
	office, err := hours.New(config.Hours{TimeZone: "UTC", Open: []config.Opening{{Days: []string{"wed"}, From: "09:00", To: "17:00"}}})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ desired, due int64 }{
		"as soon as possible": {0, morning},
		"the first minute":    {morning, morning},
		"the last one":        {morning + 8*3600_000 - 1, morning + 8*3600_000 - 1},
		"a minute too early":  {morning - 60_000, 0},
		"too late":            {morning + 8*3600_000, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			r := request("tea")
			r.DesiredMs, r.Hours = c.desired, office
			kept, err := f.Ask(t.Context(), r)
			if c.due == 0 {
				wantCode(t, err, wire.CodeCallbackHours)
				return
			}
			if err != nil || kept.DueMs != c.due || kept.DesiredMs != c.due {
				t.Errorf("kept %+v, %v, want it due at %d", kept, err, c.due)
			}
		})
	}
}

func TestWhatMayNotBeAskedFor(t *testing.T) {
	cases := []struct {
		name   string
		change func(*callback.Request)
		code   wire.Code
		field  string
	}{
		{"no number", func(r *callback.Request) { r.Phone = "" }, wire.CodeBadPhone, wire.FieldPhone},
		{"letters", func(r *callback.Request) { r.Phone = "0800-FLOWERS" }, wire.CodeBadPhone, wire.FieldPhone},
		{"a time that is past", func(r *callback.Request) { r.DesiredMs = startMs - callback.LateMs - 1 }, wire.CodeCallbackTime, wire.FieldTime},
		{"a time that is negative", func(r *callback.Request) { r.DesiredMs = -1 }, wire.CodeCallbackTime, wire.FieldTime},
		{"a time too far ahead", func(r *callback.Request) { r.DesiredMs = startMs + wire.MaxCallbackAhead + 1 }, wire.CodeCallbackTime, wire.FieldTime},
		{"a long name", func(r *callback.Request) { r.Name = strings.Repeat("é", chat.MaxNameRunes+1) }, wire.CodeBadRequest, wire.FieldFirstName},
		{"a NUL", func(r *callback.Request) { r.Subject = "a\x00" }, wire.CodeBadRequest, wire.FieldSubject},
		{"data of a strange kind", func(r *callback.Request) { r.UserData = map[string]any{"k": struct{}{}} }, wire.CodeBadRequest, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			r := request("tea")
			c.change(&r)
			_, err := f.Ask(t.Context(), r)
			wantCode(t, err, c.code)
			if p := err.(*wire.Problem); p.Field != c.field {
				t.Errorf("in the field %q, want %q", p.Field, c.field)
			}
			f.clock.Advance(2 * wire.MaxCallbackAhead)
			f.wantWaiting()
		})
	}
}

func TestAClockALittleSlowAsksForNow(t *testing.T) {
	f := newFixture(t)
	r := request("tea")
	r.DesiredMs = startMs - callback.LateMs
	if c := f.mustAsk(r); c.DesiredMs != startMs {
		t.Errorf("due at %d", c.DesiredMs)
	}
}

func TestAResendIsAnsweredWithTheFirst(t *testing.T) {
	f := newFixture(t)
	r := request("tea")
	r.DesiredMs = startMs + 1000
	first := f.mustAsk(r)
	f.clock.Advance(callback.LateMs + 2000) // its time is past by now
	if again := f.mustAsk(r); again.ID != first.ID {
		t.Errorf("%s became %s", first.ID, again.ID)
	}
	r.Device = "another"
	_, err := f.Ask(t.Context(), r)
	wantCode(t, err, wire.CodeConflict)
	r.DesiredMs = 0
	_, err = f.Ask(t.Context(), r)
	wantCode(t, err, wire.CodeConflict)
}

func TestNobodyAsksForMoreThanAFewCalls(t *testing.T) {
	f := newFixture(t)
	ask := func(n int) error {
		r := request(strings.Repeat("x", n))
		r.Device = "same"
		_, err := f.Ask(t.Context(), r)
		return err
	}
	for n := range callback.MaxWaiting {
		if err := ask(n + 1); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, ask(callback.MaxWaiting+1), wire.CodeCallbackLimit)
}

func TestNothingIsPromisedThatIsNotKept(t *testing.T) {
	f := newFixture(t)
	f.store.Fail(errors.New("disk is full"))
	_, err := f.Ask(t.Context(), request("tea"))
	wantCode(t, err, wire.CodeUnavailable)
}

func TestOnlyAVerifiedIdentityNamesTheVisitor(t *testing.T) {
	f := newFixture(t)
	r := request("tea")
	r.UserData = map[string]any{chat.DataIdentitySubject: "boss", "cart": 3}
	if c := f.mustAsk(r); c.UserData[chat.DataIdentitySubject] != nil || c.UserData["cart"] != 3 || c.Identity != "" {
		t.Errorf("kept %+v", c)
	}
	r = request("cake")
	r.Person = &chat.Person{Subject: "customer-7"}
	if c := f.mustAsk(r); c.Identity != "customer-7" || c.UserData[chat.DataIdentitySubject] != "customer-7" {
		t.Errorf("kept %+v", c)
	}
}

func TestOneAgentTakesACallOver(t *testing.T) {
	f, ctx := newFixture(t), t.Context()
	c := f.mustAsk(request("tea"))
	if err := f.offer(c, "anna", "o1"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.offer(c, "bert", "o2"), wire.CodeConflict)
	_, err := f.Accept(ctx, "bert", "o1")
	wantCode(t, err, wire.CodeOfferGone)
	_, err = f.Of(ctx, "bert", c.ID)
	wantCode(t, err, wire.CodeNoCallback)
	if _, err := f.Of(ctx, "anna", c.ID); err != nil {
		t.Errorf("whoever is asked may look: %v", err)
	}
	f.wantTold("anna is offered tea")
	if got, err := f.Accept(ctx, "anna", "o1"); err != nil || got.State != callback.Active || got.Agent != "anna" {
		t.Fatalf("accepted %+v, %v", got, err)
	}
	f.wantTold("anna is busied", "anna opens tea")
	_, err = f.Accept(ctx, "anna", "o1")
	wantCode(t, err, wire.CodeOfferGone)
	wantCode(t, f.takeBack(c, "anna", "o1", "timeout"), wire.CodeOfferGone)
	f.wantWaiting()
}

func TestManyWhoAcceptAtOnce(t *testing.T) {
	f := newFixture(t)
	c := f.mustAsk(request("tea"))
	if err := f.offer(c, "anna", "o1"); err != nil {
		t.Fatal(err)
	}
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		won   int
	)
	for range 8 {
		group.Go(func() {
			if _, err := f.Accept(context.Background(), "anna", "o1"); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if won != 1 {
		t.Errorf("%d accepted", won)
	}
}

func TestACallThatWasReturnedWaitsInItsOldPlace(t *testing.T) {
	f := newFixture(t)
	first := f.mustAsk(request("first"))
	f.clock.Advance(10)
	f.mustAsk(request("second"))
	if err := f.offer(first, "anna", "o1"); err != nil {
		t.Fatal(err)
	}
	if err := f.takeBack(first, "anna", "o1", "rejected"); err != nil {
		t.Fatal(err)
	}
	f.wantTold("anna is offered first", "anna loses o1: rejected")
	f.wantWaiting("first", "second")
}

func TestACallThatWasReachedIsOver(t *testing.T) {
	f, ctx := newFixture(t), t.Context()
	c := f.mustAsk(request("tea"))
	f.mustHave("anna", c)
	_, err := f.Finish(ctx, "bert", callback.Outcome{ID: c.ID, Disposition: wire.CallReached})
	wantCode(t, err, wire.CodeNoCallback)
	for range 2 { // a resend does nothing
		got, err := f.Finish(ctx, "anna", callback.Outcome{ID: c.ID, Disposition: wire.CallReached, Note: " fine "})
		if err != nil || got.State != callback.Done || got.Note != "fine" || got.Attempts != 1 || got.EndedMs != startMs {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	f.wantTold("anna is busied", "anna closes tea: reached")
	if has, err := f.OfAgent(ctx, "anna"); err != nil || len(has) != 0 {
		t.Errorf("anna still has %v, %v", has, err)
	}
}

func TestAWrongNumberIsNotTriedAgain(t *testing.T) {
	f := newFixture(t)
	c := f.mustAsk(request("tea"))
	f.mustHave("anna", c)
	got, err := f.Finish(t.Context(), "anna", callback.Outcome{ID: c.ID, Disposition: wire.CallWrongNumber})
	if err != nil || got.State != callback.Done {
		t.Fatalf("%+v, %v", got, err)
	}
	f.clock.Advance(24 * 60 * 60_000)
	f.wantWaiting()
}

func TestWhoWasNotReachedIsRungAgainButNotForEver(t *testing.T) {
	f := newFixture(t)
	c := f.mustAsk(request("tea"))
	for n := range callback.MaxAttempts {
		f.wantWaiting("tea")
		f.mustHave("anna", c)
		got, err := f.Finish(t.Context(), "anna", callback.Outcome{ID: c.ID, Disposition: wire.CallNotReached, AgainMin: 15})
		if err != nil || got.Attempts != n+1 {
			t.Fatalf("attempt %d: %+v, %v", n+1, got, err)
		}
		f.clock.Advance(15*60_000 - 1)
		f.wantWaiting()
		f.clock.Advance(1)
	}
	f.wantWaiting()
}

func TestWhatIsNoOutcome(t *testing.T) {
	f := newFixture(t)
	c := f.mustAsk(request("tea"))
	f.mustHave("anna", c)
	for _, o := range []callback.Outcome{
		{Disposition: "shrug"},
		{Disposition: wire.CallNotReached},
		{Disposition: wire.CallNotReached, AgainMin: 1441},
		{Disposition: wire.CallReached, Note: strings.Repeat("x", callback.MaxNote+1)},
		{Disposition: wire.CallReached, Note: "\x00"},
	} {
		o.ID = c.ID
		_, err := f.Finish(t.Context(), "anna", o)
		wantCode(t, err, wire.CodeBadRequest)
	}
	_, err := f.Finish(t.Context(), "anna", callback.Outcome{ID: "none", Disposition: wire.CallReached})
	wantCode(t, err, wire.CodeNoCallback)
}

func TestACallIsCancelledUntilAnAgentHasIt(t *testing.T) {
	f, ctx := newFixture(t), t.Context()
	c := f.mustAsk(request("tea"))
	if err := f.offer(c, "anna", "o1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Cancel(ctx, c.Deployment, c.Device, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	f.wantTold("anna is offered tea", "anna loses o1: ended")
	f.wantWaiting()
	c = f.mustAsk(request("cake"))
	f.mustHave("anna", c)
	wantCode(t, f.Cancel(ctx, c.Deployment, c.Device, c.ID), wire.CodeConflict)
	wantCode(t, f.Cancel(ctx, c.Deployment, c.Device, "none"), wire.CodeNoCallback)
	wantCode(t, f.Cancel(ctx, c.Deployment, "another device", c.ID), wire.CodeNoCallback)
	wantCode(t, f.Cancel(ctx, "another deployment", c.Device, c.ID), wire.CodeNoCallback)
	wantCode(t, f.Cancel(ctx, c.Deployment, "", c.ID), wire.CodeNoCallback)
}

func TestCallsAreForgottenAfterTheirTime(t *testing.T) {
	f := newFixture(t)
	done, waits := f.mustAsk(request("done")), f.mustAsk(request("waits"))
	f.mustHave("anna", done)
	if _, err := f.Finish(t.Context(), "anna", callback.Outcome{ID: done.ID, Disposition: wire.CallReached}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	sweeper := retention.Sweeper{What: "callbacks", Delete: f.store.DeleteOver, Clock: f.clock, Days: func() map[string]int { return map[string]int{"demo": 2} },
		Log: slog.New(slog.DiscardHandler)}
	must := func(when string, kept bool) {
		t.Helper()
		if _, err := f.store.Callback(t.Context(), done.ID); (err == nil) != kept {
			t.Errorf("%s: %v", when, err)
		}
	}
	f.clock.Advance(2 * 24 * 60 * 60_000)
	if err := sweeper.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	must("on the last day", true)
	go func() { defer close(over); sweeper.Run(ctx) }()
	for { // Run sets its timers in its own time
		f.clock.Advance(10 * 60_000)
		if _, err := f.store.Callback(t.Context(), done.ID); err != nil {
			break
		}
	}
	cancel()
	<-over
	must("after it", false)
	if _, err := f.store.Callback(t.Context(), waits.ID); err != nil {
		t.Errorf("what waits is forgotten: %v", err)
	}
}
