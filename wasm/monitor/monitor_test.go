package monitor

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
)

// bench is a monitor whose fetches and pages are in the hands of the test.
type bench struct {
	*testing.T
	*Monitor
	loop    *looptest.Fake
	fetched []string
	answer  func(string, error)
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, loop: looptest.New()}
	b.Monitor = New(Options{
		Loop: b.loop,
		Fetch: func(path string, done func(string, error)) {
			b.fetched = append(b.fetched, path)
			b.answer = done
		},
		Match: func(source, text string) bool {
			re, err := regexp.Compile("(?i)" + source)
			return err == nil && re.MatchString(text)
		},
	})
	return b
}

// fakePage notes what it is asked to do.
type fakePage struct {
	untracked  bool
	url, id    string
	deployment page.Deployment
	dsl        any // dslResource
	calls      []call
	logged     []string
}

type call struct {
	service string
	args    map[string]any
	done    func(bool, any)
}

func (p *fakePage) Tracked() bool { return !p.untracked }
func (p *fakePage) Address() page.Address {
	return page.Address{URL: p.url, Origin: "https://shop.example", Title: "Tents"}
}
func (p *fakePage) IDs() page.IDs               { return page.IDs{Page: p.id} }
func (p *fakePage) Deployment() page.Deployment { return p.deployment }
func (p *fakePage) Tracker(option string) any {
	if option == "dslResource" {
		return p.dsl
	}
	return nil
}
func (p *fakePage) Call(service string, args map[string]any, done func(bool, any)) {
	p.calls = append(p.calls, call{service, args, done})
}
func (p *fakePage) Log(level, text string) { p.logged = append(p.logged, level+" "+text) }

// take gives the last call, which has to be of that service, and forgets it.
func (p *fakePage) take(t *testing.T, service string) call {
	t.Helper()
	if len(p.calls) == 0 || p.calls[len(p.calls)-1].service != service {
		t.Fatalf("the page was not asked for %s last, but %v", service, p.calls)
	}
	c := p.calls[len(p.calls)-1]
	p.calls = p.calls[:len(p.calls)-1]
	return c
}

func newPage() *fakePage {
	return &fakePage{url: "https://shop.example/tents", id: "P1", deployment: page.Deployment{
		Base: "https://relay.example",
		DSL:  map[string]any{"url": "/server/resources/dsl/own.xml", "expressions": "named", "functions": "shop", "never": []any{"iban"}},
	}}
}

func element(name string, attrs map[string]any, children ...any) any {
	return map[string]any{"name": name, "attrs": attrs, "children": children}
}

// bought is a document with an event of two triggers.
var bought = element("properties", nil, element("events", nil, element("event", map[string]any{"name": "Bought"},
	element("trigger", map[string]any{"action": "click", "url": "/tents"}),
	element("trigger", map[string]any{"action": "submit", "url": "/tents"}))))

// begun is a page that watches for the event Bought.
func (b *bench) begun() *fakePage {
	b.Helper()
	p := newPage()
	b.Begin(p)
	b.answer("<xml>", nil)
	p.take(b.T, "xml").done(true, bought)
	return p
}

func TestAPageWatchesForWhatItsDeploymentNames(t *testing.T) {
	b := newBench(t)
	p := newPage()
	b.Begin(p)
	if want := []string{"/server/resources/dsl/own.xml"}; !reflect.DeepEqual(b.fetched, want) {
		t.Fatalf("fetched %v", b.fetched)
	}
	b.answer("<xml>", nil)
	xml := p.take(t, "xml")
	if xml.args["text"] != "<xml>" {
		t.Errorf("to be parsed: %v", xml.args)
	}
	xml.done(true, bought)
	watch := p.take(t, "watch")
	if events, _ := watch.args["events"].([]any); len(events) != 1 || watch.args["page"] != "P1" ||
		watch.args["expressions"] != "named" || watch.args["functions"] != "shop" || watch.args["never"] == nil {
		t.Errorf("ordered %v", watch.args)
	}
}

func TestWhereTheDocumentIs(t *testing.T) {
	tests := []struct {
		name    string
		dsl     any
		fetched string
		asked   string // of the page's own site
		logs    int
	}{
		{"none is named", nil, "/server/resources/dsl/own.xml", "", 0},
		{"at the relay", "https://relay.example/frontend/resources/dsl/x.xml", "/frontend/resources/dsl/x.xml", "", 0},
		{"a path of the relay", "/server/resources/dsl/x.xml", "/server/resources/dsl/x.xml", "", 0},
		{"of the page's own site", "https://shop.example/dsl.xml", "", "https://shop.example/dsl.xml", 0},
		{"at a vendor's host", "https://gwe.vendor.example:9443/server/resources/dsl/domain-model.xml", DefaultDocument, "", 1},
		{"at a host that only begins like the site", "https://shop.example.evil.example/dsl.xml", DefaultDocument, "", 1},
		{"without a scheme", "//evil.example/dsl.xml", DefaultDocument, "", 1},
		{"no text", 5.0, "/server/resources/dsl/own.xml", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			p := newPage()
			p.dsl = test.dsl
			b.Begin(p)
			if test.asked != "" {
				if xml := p.take(t, "xml"); xml.args["url"] != test.asked {
					t.Errorf("the page was asked for %v", xml.args)
				}
			} else if !reflect.DeepEqual(b.fetched, []string{test.fetched}) {
				t.Errorf("fetched %v, want %s", b.fetched, test.fetched)
			}
			if b.Begin(p); len(p.logged) != test.logs {
				t.Errorf("logged %v", p.logged)
			}
		})
	}
}

func TestNothingIsWatchedForOnAPageThatIsNotTracked(t *testing.T) {
	b := newBench(t)
	p := newPage()
	p.untracked = true
	p.deployment.Categories = []any{map[string]any{"name": "tents", "tags": []any{map[string]any{"plain": "tent"}}}}
	b.Begin(p)
	if len(b.fetched) != 0 || len(p.calls) != 0 {
		t.Fatalf("fetched %v, called %v", b.fetched, p.calls)
	}
	p.untracked = false
	b.Begin(p)
	if len(b.fetched) != 1 || p.take(t, "category").args["value"] != "tents" {
		t.Error("nothing happened after consent")
	}
}

func TestTheDocumentIsReadOnceForAllPages(t *testing.T) {
	b := newBench(t)
	first, second, third := newPage(), newPage(), newPage()
	b.Begin(first)
	b.Begin(second)
	b.answer("<xml>", nil)
	first.take(t, "xml").done(true, bought)
	first.take(t, "watch")
	second.take(t, "watch")
	b.Begin(third)
	third.take(t, "watch")
	if len(b.fetched) != 1 {
		t.Errorf("fetched %v", b.fetched)
	}
	b.loop.Advance(freshFor)
	b.Begin(third)
	if len(b.fetched) != 2 {
		t.Error("an old document was not read again")
	}
}

func TestWhatCannotBeReadIsSaidAndTriedAgain(t *testing.T) {
	tests := []struct {
		name string
		fail func(b *bench, p *fakePage)
		log  string
	}{
		{"the relay has none", func(b *bench, _ *fakePage) { b.answer("", errors.New("status 404")) }, "status 404"},
		{"it is huge", func(b *bench, _ *fakePage) { b.answer(strings.Repeat("x", maxDocument+1), nil) }, "larger than"},
		{"it is no XML", func(b *bench, p *fakePage) {
			b.answer("<xml", nil)
			p.take(b.T, "xml").done(false, "Error: not well-formed")
		}, "not well-formed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			p := newPage()
			b.Begin(p)
			test.fail(b, p)
			if len(p.logged) != 1 || !strings.Contains(p.logged[0], test.log) {
				t.Errorf("logged %v", p.logged)
			}
			if b.Begin(newPage()); len(b.fetched) != 2 {
				t.Error("the next page does not try again")
			}
		})
	}
}

func TestAPageThatGoesWhileItParsesLeavesTheWorkToTheNext(t *testing.T) {
	b := newBench(t)
	goes, stays := newPage(), newPage()
	b.Begin(goes)
	b.Begin(stays)
	b.answer("<xml>", nil)
	b.Gone(goes)
	goes.take(t, "xml").done(false, nil)
	b.answer("<xml>", nil)
	stays.take(t, "xml").done(true, bought)
	stays.take(t, "watch")
	if len(goes.logged)+len(goes.calls) > 0 {
		t.Errorf("the page that went: %v, %v", goes.logged, goes.calls)
	}
}

func TestAnotherViewOfAnApplicationIsWatchedAnew(t *testing.T) {
	b := newBench(t)
	p := b.begun()
	p.take(t, "watch")
	p.id = "P2"
	b.Begin(p)
	if got := p.take(t, "watch").args["page"]; got != "P2" {
		t.Errorf("watched for on page %v", got)
	}
	p.url = "https://shop.example/stoves"
	b.Begin(p)
	if events := p.take(t, "watch").args["events"].([]any); len(events) != 0 {
		t.Errorf("where there is nothing to watch for: %v", events)
	}
	p.url, p.id = "https://shop.example/", "P4"
	if b.Begin(p); len(p.calls) != 0 {
		t.Errorf("still nothing to watch for, and the page was told %v", p.calls)
	}
}

func TestProblemsOfTheDocumentAreTold(t *testing.T) {
	b := newBench(t)
	p := newPage()
	b.Begin(p)
	b.answer("<xml>", nil)
	p.take(t, "xml").done(true, element("html", nil))
	if want := []string{"warn /server/resources/dsl/own.xml: the document is <html>, not <properties>"}; !reflect.DeepEqual(p.logged, want) {
		t.Errorf("logged %v", p.logged)
	}
}

func TestEventsAreChecked(t *testing.T) {
	b := newBench(t)
	p := newPage()
	p.deployment.Categories = []any{map[string]any{"name": "tents", "tags": []any{map[string]any{"plain": "tent"}}}}
	b.Begin(p)
	b.answer("<xml>", nil)
	p.take(t, "xml").done(true, bought)
	card := map[string]any{"total": 5.0, "note": "4111 1111 1111 1111"}
	got := b.Check(p, []wire.Event{
		{Name: "PageEntered", Page: "P1"},
		{Name: "Own", Page: "P1", Category: "own", Data: card},
		{Name: "PageExited", Page: "P0"},
		{Name: "Bought", Page: "P1", Category: "tents", Data: card},
	})
	want := []wire.Event{
		{Name: "PageEntered", Page: "P1", Category: "tents"},
		{Name: "Own", Page: "P1", Category: "own;tents", Data: card},
		{Name: "PageExited", Page: "P0"},
		{Name: "Bought", Page: "P1", Category: "tents", Data: map[string]any{"total": 5.0}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if len(p.logged) != 1 || !strings.Contains(p.logged[0], "note") || strings.Contains(p.logged[0], "4111") {
		t.Errorf("logged %v", p.logged)
	}
	if other := newPage(); len(b.Check(other, want)) != 4 {
		t.Error("events of a page that is not known are lost")
	}
}

func TestTheCategoryOfAPageIsToldAndTakenBack(t *testing.T) {
	b := newBench(t)
	p := newPage()
	p.deployment.DSL = nil
	p.deployment.Categories = []any{map[string]any{"name": "sale", "tags": []any{map[string]any{"regex": `sale=\d`}}}}
	if b.Begin(p); len(p.calls) != 0 {
		t.Fatalf("told %v", p.calls)
	}
	p.url = "https://shop.example/?sale=1"
	b.Begin(p)
	if got := p.take(t, "category").args["value"]; got != "sale" {
		t.Errorf("told %v", got)
	}
	p.url = "https://shop.example/"
	b.Begin(p)
	if got := p.take(t, "category").args["value"]; got != "" {
		t.Errorf("told %v", got)
	}
}
