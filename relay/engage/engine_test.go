package engage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/config"
	"foyer/relay/desk"
	"foyer/relay/live"
	"foyer/relay/notify"
	"foyer/relay/store"
	"foyer/relay/visit"
)

const startMs = 1_700_000_000_000

// fixture is an engine over a real store, whose time and work the test owns.
type fixture struct {
	*Engine
	t     *testing.T
	clock *clocktest.Clock
	hub   *live.Hub
	room  desk.Room
	hook  *hook
	told  []string
	n     int

	watched map[string]int
	asked   chan error
}

func (f *fixture) Room(context.Context, string, []string) (desk.Room, error) { return f.room, nil }

// Deliver implements live.Receiver: the page writes down what it is told.
func (f *fixture) Deliver(m live.Message) {
	for _, one := range m.(live.Notify).Messages {
		text := one.Channel
		if c, ok := one.Data["config"].(map[string]any); ok {
			text = fmt.Sprint("invite to ", c["type"])
		}
		if one.Page != "" {
			text += " on " + one.Page[31:]
		}
		f.told = append(f.told, text)
	}
}

func newFixture(t *testing.T, rules string) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: clocktest.New(startMs), hook: &hook{}, room: desk.Room{Ready: 1, WithRoom: 1, Free: 3},
		watched: map[string]int{}, asked: make(chan error, 1000)}
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: log})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	f.hub = live.NewHub(live.Options{Clock: f.clock})
	visits := visit.NewService(visit.Options{Store: s.Visits(), Live: f.hub, Clock: f.clock})
	archive := visit.NewArchive(s.History())
	f.Engine = NewEngine(NewService(Options{Desk: f, Watch: f, Notify: notify.NewService(f.hub, archive), Visits: visits, Archive: archive,
		Clock: f.clock, IDs: &chattest.IDs{}}), f.hook, log)
	f.SetRules(mustCompile(t, rules))
	f.show("shop", id(1), []string{id(11), id(12)}, f)
	return f
}

// show opens pages.
func (f *fixture) show(deployment, visit string, pages []string, r live.Receiver) {
	f.t.Helper()
	_, err := f.hub.ShowPages(deployment, visit, pages, r)
	must(f.t, err)
}

// Decided implements Watch, as the following do: the fixture counts what it is told.
func (f *fixture) Decided(_ string, v Verdict) { f.watched[string(v)]++ }
func (f *fixture) Failed(string)               { f.watched["failed"]++ }
func (f *fixture) Invited(kind string)         { f.watched["invited "+kind]++ }
func (f *fixture) Answered(code string)        { f.watched[code]++ }
func (f *fixture) Behind()                     { f.watched["behind"]++ }
func (f *fixture) Asked(_ string, err error)   { f.asked <- err }

func mustCompile(t *testing.T, rules string) []*Rule {
	t.Helper()
	file, err := config.Parse([]byte("deployments: [{name: shop}]\nrules:\n" + rules))
	must(t, err)
	compiled, err := Compile(file.Rules)
	must(t, err)
	return compiled
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func id(n int) string { return fmt.Sprintf("%032d", n) }

// happen records an event of visit 1 on page 11, "name", "name@page" or "name;category", and lets the rules look.
func (f *fixture) happen(what string, data map[string]any) {
	f.t.Helper()
	f.happenIn(1, what, data)
}

func (f *fixture) happenIn(in int, what string, data map[string]any) {
	f.t.Helper()
	f.n++
	name, category, _ := strings.Cut(what, ";")
	name, page, _ := strings.Cut(name, "@")
	if page == "" {
		page = "11"
	}
	e := visit.Event{ID: id(1000 + f.n), Type: visit.Business, Name: name, Page: strings.Repeat("0", 30) + page, Visit: id(in),
		Device: id(9), Ms: f.clock.NowMs(), Category: category, Data: data}
	if name == visit.PageEntered || name == visit.SignIn {
		e.Type = visit.System
	}
	must(f.t, f.service.Visits.Record(context.Background(), "shop", []visit.Event{e}))
	f.settle()
}

// settle does the work that is due.
func (f *fixture) settle() {
	for len(f.jobs) > 0 {
		f.work(context.Background(), <-f.jobs)
	}
}

func (f *fixture) pass(ms int64) {
	f.clock.Advance(ms)
	f.settle()
}

func (f *fixture) wantTold(want ...string) {
	f.t.Helper()
	if !slices.Equal(f.told, want) {
		f.t.Errorf("told %q, want %q", f.told, want)
	}
	f.told = nil
}

func TestRules(t *testing.T) {
	tests := map[string]struct {
		rule   string // lines behind its name
		events string
		want   string
	}{
		"an event":              {"on: [Add]", "View Add", "hi on 1"},
		"another event":         {"on: [Add]", "View", ""},
		"once in a visit":       {"on: [Add]", "Add Add Add", "hi on 1"},
		"twice in a visit":      {"on: [Add]\nper_visit: 2", "Add Add Add", "hi on 1, hi on 1"},
		"on the event's page":   {"on: [Add]", "Add@12", "hi on 2"},
		"a condition":           {"when: times(\"Add\") >= 2 && pages == 0", "Add View Add", "hi on 1"},
		"of pages":              {"when: pages > 1", "PageEntered@11 PageEntered@12", "hi on 2"},
		"of a category":         {"when: times(\"category:shoes\") == 2", "View;shoes Add;sale;shoes", "hi on 1"},
		"of the state":          {"when: state == \"Authenticated\"", "Add SignIn", "hi on 1"},
		"of the agents":         {"when: agentsReady > 1", "Add", ""},
		"of the event":          {"when: event.name == \"Add\" && event.data.n == 2", "View Add", "hi on 1"},
		"of an older event":     {"on: [View]\nwhen: data(\"Add\").n == 2", "View Add View", "hi on 1"},
		"singleton":             {"pattern: {kind: singleton, events: [\"category:sale\"]}", "Add Add;sale", "hi on 1"},
		"sequence":              {"pattern: {kind: sequence, events: [A, B]}", "B A C B", "hi on 1"},
		"sequence, wrong order": {"pattern: {kind: sequence, events: [A, B]}", "B A", ""},
		"set":                   {"pattern: {kind: set, events: [A, B]}", "B A", "hi on 1"},
		"set, one is missing":   {"pattern: {kind: set, events: [A, B]}", "A A", ""},
		"counter":               {"pattern: {kind: counter, events: [A], count: 3}", "A B A A", "hi on 1"},
		"search":                {"pattern: {kind: search, text: \"red +shoes?\"}", "Search", "hi on 1"},
		"search, another text":  {"pattern: {kind: search, text: \"blue\"}", "Search", ""},
		"pattern and condition": {"pattern: {kind: singleton, events: [A]}\nwhen: seen(\"B\")", "A B A", "hi on 1"},
		"another deployment":    {"deployment: demo", "Add", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rule := "  - name: r\n    do: [{notify: [{channel: hi}]}]\n    " + strings.ReplaceAll(tt.rule, "\n", "\n    ") + "\n"
			f := newFixture(t, rule)
			for i, e := range strings.Fields(tt.events) {
				data := map[string]any{"n": int64(i + 1), "searchString": "RED  shoe"}
				f.happen(e, data)
			}
			if got := strings.Join(f.told, ", "); got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

func TestInvitationsKeepToTheAgentsCapacity(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], do: [{invite: {type: chat}}], per_visit: 9, per_device: 9}\n")
	f.room = desk.Room{Ready: 1}
	f.happen("Add", nil)
	f.wantTold()
	f.pass(roomMs)
	f.room = desk.Room{Ready: 1, WithRoom: 1, Free: 1, Waiting: 1}
	f.happen("Add", nil)
	f.wantTold()
	f.pass(roomMs)
	f.room.Waiting = 0
	f.happen("Add", nil)
	f.wantTold("invite to chat on 1")
	f.pass(roomMs)
	f.room.Free = 5
	f.happen("Add", nil)
	f.wantTold() // one at a time
	must(t, f.service.Dispose(t.Context(), "shop", Result{Visit: id(1), Engagement: f.engagement(), Code: Rejected}))
	f.happen("Add", nil)
	f.wantTold("invite to chat on 1")
}

func (f *fixture) engagement() string { return f.engagementOf(1) }

// engagementOf is the id of the last invitation of a visit.
func (f *fixture) engagementOf(v int) string {
	f.t.Helper()
	l, err := f.service.Archive.Events(f.t.Context(), visit.Query{Visits: []string{id(v)}, Names: []string{visit.InvitationSent}, Limit: 10})
	must(f.t, err)
	return l.Items[len(l.Items)-1].Data["engagementID"].(string)
}

func TestRulesSeeEarlierInvitations(t *testing.T) {
	f := newFixture(t, `  - {name: a, on: [Add], do: [{invite: {type: callback}}]}
  - {name: b, on: [View], when: 'len(invitations) == 1 && invitations[0].result == "reject" && invitations[0].rule == "a"', do: [{notify: [{channel: sorry, page: all}]}]}
`)
	f.happen("Add", nil)
	f.happen("View", nil)
	f.wantTold("invite to callback on 1")
	must(t, f.service.Dispose(t.Context(), "shop", Result{Visit: id(1), Engagement: f.engagement(), Code: Rejected}))
	f.happen("View", nil)
	f.wantTold("sorry")
}

func TestLimitsOutliveTheVisitAndTheRelay(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], do: [{notify: [{channel: hi}]}], per_device: 2}\n")
	f.show("shop", id(2), []string{id(11)}, f)
	f.show("shop", id(3), []string{id(11)}, f)
	f.happen("Add", nil)
	f.journeys.clear() // as after a start
	f.happen("Add", nil)
	f.wantTold("hi on 1")
	f.happenIn(2, "Add", nil)
	f.happenIn(3, "Add", nil)
	f.wantTold("hi on 1")
	f.clock.Advance(dayMs + 1)
	f.happenIn(3, "Add", nil)
	f.wantTold("hi on 1")
}

func TestHoldOutIsStableAndNearItsShare(t *testing.T) {
	r, afterRestart := &Rule{config: config.Rule{Name: "r", HoldOut: 20}}, &Rule{config: config.Rule{Name: "r", HoldOut: 20}}
	n := 0
	for i := range 10_000 {
		if r.heldOut(id(i)) != afterRestart.heldOut(id(i)) {
			t.Fatal("it changes its mind")
		}
		if r.heldOut(id(i)) {
			n++
		}
	}
	if n < 1800 || n > 2200 {
		t.Errorf("%d of 10000 are held out", n)
	}
	f := newFixture(t, "  - {name: r, on: [Add], do: [{notify: [{channel: hi}]}], hold_out: 100}\n")
	f.happen("Add", nil)
	f.wantTold()
	l, err := f.service.Archive.Events(t.Context(), visit.Query{Names: []string{visit.RuleFired}, Limit: 10})
	if err != nil || len(l.Items) != 1 || l.Items[0].Data["heldOut"] != true {
		t.Errorf("noted are %+v, %v", l.Items, err)
	}
}

func TestWaitLooksAgain(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], when: 'times(\"Buy\") == 0', per_visit: 2, do: [{notify: [{channel: one}]}, {wait: 5}, {notify: [{channel: two}]}]}\n")
	f.happen("Add", nil)
	f.pass(4999)
	f.wantTold("one on 1")
	f.pass(1)
	f.wantTold("two on 1")
	f.happen("Add", nil)
	f.happen("Buy", nil)
	f.pass(5000)
	f.wantTold("one on 1")
}

func TestAPageThatConnectsLaterIsToldThen(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], do: [{notify: [{channel: one}]}, {notify: [{channel: two}]}]}\n")
	f.happenIn(2, "Add", nil)
	f.pass(2 * pageWaitMs)
	f.wantTold()
	f.show("shop", id(2), []string{id(11)}, f)
	f.pass(pageWaitMs)
	f.wantTold("one on 1", "two on 1")
}

func TestAWebhookIsToldOfTheVisitAndAnswersWithMessages(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], do: [{webhook: {url: 'https://hook.example/', secret: s3cret, timeout: 3}}]}\n")
	f.hook.answer = fmt.Sprintf(`[{"page":%q,"channel":"from the hook"}]`, id(11))
	f.happen("Add", map[string]any{"price": int64(9)})
	f.calls.Wait()
	f.wantTold("from the hook on 1")
	if want := (Webhook{URL: "https://hook.example/", Secret: "s3cret", TimeoutMs: 3000}); f.hook.called != want {
		t.Errorf("called %+v", f.hook.called)
	}
	var got hookRequest
	must(t, json.Unmarshal(f.hook.body, &got))
	if got.Rule != "r" || got.Deployment != "shop" || got.Event.Name != "Add" || got.Event.Data["price"] != 9.0 || got.Visit.ID != id(1) {
		t.Errorf("the hook got %+v", got)
	}
}

func TestAWebhookThatFailsOrIsSilentTellsNobody(t *testing.T) {
	for name, h := range map[string]*hook{"fails": {err: errors.New("it answers 403")}, "has no words": {answer: " \n"}, "talks nonsense": {answer: "{"}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, "  - {name: r, on: [Add], do: [{webhook: {url: 'https://hook.example/'}}]}\n")
			f.hook.answer, f.hook.err = h.answer, h.err
			f.happen("Add", nil)
			f.calls.Wait()
			f.wantTold()
		})
	}
}

// hook is a webhook; it answers at once unless it is silent.
type hook struct {
	answer string
	err    error
	silent chan struct{}

	mu     sync.Mutex
	called Webhook
	body   []byte
}

func (h *hook) Call(_ context.Context, w Webhook, body []byte) ([]byte, error) {
	h.mu.Lock()
	h.called, h.body = w, body
	h.mu.Unlock()
	if h.silent != nil {
		<-h.silent
	}
	return []byte(h.answer), h.err
}

func TestTheReadmesRulesCompile(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	must(t, err)
	_, rest, found := strings.Cut(string(b), "```yaml\nrules:\n")
	rules, _, closed := strings.Cut(rest, "```")
	if !found || !closed || len(mustCompile(t, rules)) == 0 {
		t.Error("README.md shows no rules")
	}
}

func FuzzConditions(f *testing.F) {
	for _, when := range []string{"seconds > 3", "data(\"Add\").n == 2", "invitations[5].result == \"\"", "times(event.name) / pages > 1", "event.data.a.b.c"} {
		f.Add(when)
	}
	f.Fuzz(func(t *testing.T, when string) {
		rules, err := Compile([]config.Rule{{Name: "r", PerVisit: 1, PerDevice: 1, When: config.Expression{Text: when, Line: 1},
			Do: []config.Action{{Notify: []config.Notification{{Channel: "x", Page: "current"}}}}}})
		if err != nil {
			return
		}
		j := NewJourney("shop", id(1))
		e := visit.Event{ID: id(2), Name: "Add", Data: map[string]any{"n": int64(2)}}
		j.Add(e)
		w := &world{nowMs: startMs, onDevice: func(string) (int, error) { return 0, nil }}
		_, _ = rules[0].decide(j, e, w) // whatever a condition does, it is an error at worst
	})
}

func TestFaultyRulesAreRefusedWithTheirLine(t *testing.T) {
	tests := map[string]struct{ when, says string }{
		"unknown name":    {"when: secnds > 3", "line 4: when: unknown name secnds (character 1)"},
		"not a condition": {"when: seconds + 1", "line 4: when: expected bool"},
		"wrong type":      {"when: seconds > \"x\"", "line 4: when: invalid operation"},
		"syntax":          {"when: seconds >", "line 4: when: unexpected token EOF"},
		"second line":     {"when: |\n      seconds > 3 &&\n      oops", "line 6: when: unknown name oops"},
		"regexp":          {"pattern: {kind: search, text: \"(\"}", "pattern: text"},
		"deep data":       {"when: 'true'\n    do: [{notify: [{channel: x, data: {a: {b: {c: {d: {}}}}}}]}]", "do, action 1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := "deployments: []\nrules:\n  - name: bad\n    " + tt.when + "\n"
			if !strings.Contains(tt.when, "do:") {
				text += "    do: [{notify: [{channel: x}]}]\n"
			}
			file, err := config.Parse([]byte(text))
			must(t, err)
			_, err = Compile(file.Rules)
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), `rule "bad"`) {
				t.Errorf("error is %v, want %q", err, tt.says)
			}
		})
	}
}

func TestARuleThatWaitsFollowsItsFile(t *testing.T) {
	const rule = "  - {name: r, on: [Add], when: '%s', do: [{notify: [{channel: one}]}, {wait: 5}, {notify: [{channel: %s}]}]}\n"
	tests := map[string]struct{ now, want string }{
		"the same, further below": {"  - {name: first, on: [Add], do: [{notify: [{channel: x}]}]}\n" + fmt.Sprintf(rule, "true", "two"), "two on 1"},
		"another condition":       {fmt.Sprintf(rule, "seen(\"Add\")", "two"), ""},
		"another action":          {fmt.Sprintf(rule, "true", "three"), ""},
		"gone":                    {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, fmt.Sprintf(rule, "true", "two"))
			f.happen("Add", nil)
			f.wantTold("one on 1")
			f.pass(4999)
			f.SetRules(mustCompile(t, tt.now))
			f.pass(1)
			if got := strings.Join(f.told, ", "); got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRulesThatComeBackSeeWhatHappenedWithoutThem(t *testing.T) {
	const rule = "  - {name: r, on: [Add], when: 'times(\"Add\") == 3', do: [{notify: [{channel: hi}]}]}\n"
	f := newFixture(t, rule)
	f.happen("Add", nil)
	f.SetRules(nil)
	f.happen("Add", nil)
	f.SetRules(mustCompile(t, rule))
	f.happen("Add", nil)
	f.wantTold("hi on 1")
}

func TestWebhooksThatDoNotAnswerAreAskedNoMore(t *testing.T) {
	f := newFixture(t, "  - {name: r, on: [Add], per_visit: 100, per_device: 1000, do: [{webhook: {url: 'https://hook.example/'}}]}\n")
	f.hook.silent = make(chan struct{})
	for range hooksAtMost + 1 {
		f.happen("Add", nil)
	}
	if err := <-f.asked; !errors.Is(err, errBusy) {
		t.Errorf("the call too many ends with %v", err)
	}
	close(f.hook.silent)
	for range hooksAtMost {
		if err := <-f.asked; err != nil {
			t.Error(err)
		}
	}
	f.calls.Wait()
	f.happen("Add", nil)
	if err := <-f.asked; err != nil {
		t.Error(err)
	}
}

func TestWhatGoesWrongAtEveryEventIsLoggedNowAndThen(t *testing.T) {
	f := newFixture(t, "  - {name: r, when: 'event.data.n > 1', do: [{notify: [{channel: hi}]}]}\n")
	var log strings.Builder
	f.log = slog.New(slog.NewTextHandler(&log, nil))
	for range 5 {
		f.happen("Add", nil)
	}
	if n := strings.Count(log.String(), "look at a rule"); n != 1 || !strings.Contains(log.String(), "rule=r") {
		t.Errorf("%d lines: %s", n, log.String())
	}
	if f.watched["failed"] != 5 {
		t.Errorf("watched %v", f.watched)
	}
}
