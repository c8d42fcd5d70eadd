package page

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/view"
)

// fakePort is a page in the hands of the test.
type fakePort struct {
	tell   func(map[string]any) // the page speaks
	gone   func()               // its frame is found to be gone
	heard  []map[string]any     // what Go sent
	closed bool
}

func (p *fakePort) Send(m map[string]any)               { p.heard = append(p.heard, m) }
func (p *fakePort) Listen(receive func(map[string]any)) { p.tell = receive }
func (p *fakePort) Closed(f func())                     { p.gone = f }
func (p *fakePort) Close()                              { p.closed = true }

// of gives the messages of a kind that the page was sent, and forgets all.
func (p *fakePort) of(t string) []map[string]any {
	var some []map[string]any
	for _, m := range p.heard {
		if m["t"] == t {
			some = append(some, m)
		}
	}
	p.heard = nil
	return some
}

// notes is a Handler that writes down what it is told.
type notes struct {
	lines    []string
	pages    []*Page
	commands []*Command
}

func (n *notes) note(format string, args ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *notes) Hello(p *Page, events []wire.Event) {
	n.pages = append(n.pages, p)
	n.note("hello %s %d", p.IDs().Page, len(events))
}
func (n *notes) Command(p *Page, c *Command) {
	n.commands = append(n.commands, c)
	n.note("command %s %v", c.Name, c.Data)
}
func (n *notes) Input(p *Page, root string, a view.Action) { n.note("input %s %s", root, a.Name) }
func (n *notes) Stored(p *Page, key string)                { n.note("stored %s=%s", key, p.Site().Stored(key)) }
func (n *notes) Track(p *Page, e wire.Event)               { n.note("track %s", e.Name) }
func (n *notes) Changed(p *Page, what string)              { n.note("changed %s", what) }
func (n *notes) Moved(p *Page, events []wire.Event) {
	n.note("moved %s %s %d", p.Address().URL, p.IDs().Page, len(events))
}
func (n *notes) Gone(p *Page) { n.note("gone %s", p.IDs().Page) }

func (n *notes) take() []string {
	lines := n.lines
	n.lines = nil
	return lines
}

// stage is a door with handlers that take notes.
type stage struct {
	*testing.T
	loop  *looptest.Fake
	sites *Sites
	notes map[*Site]*notes
}

func newStage(t *testing.T) *stage {
	s := &stage{T: t, loop: looptest.New(), notes: map[*Site]*notes{}}
	s.sites = NewSites(s.loop, func(site *Site) Handler {
		n := &notes{}
		s.notes[site] = n
		return n
	})
	return s
}

var shop = Frame{Deployment: "demo", Origin: "https://shop.example", Pass: "pass", Build: "b1"}

// connect opens a port whose page has not spoken yet.
func (s *stage) connect(f Frame) *fakePort {
	p := &fakePort{}
	s.sites.Connect(p, f)
	s.loop.Run()
	return p
}

// enter connects a page that says hello, with what it keeps.
func (s *stage) enter(f Frame, id string, stored map[string]any) (*fakePort, *Page) {
	s.Helper()
	port := s.connect(f)
	s.say(port, map[string]any{
		"t": "hello", "v": 1.0, "page": map[string]any{"id": id, "url": "https://shop.example/" + id, "visible": true},
		"ids":    map[string]any{"device": "D", "visit": "V", "page": id},
		"stored": stored,
	})
	for _, n := range s.notes {
		for _, p := range n.pages {
			if p.port == Port(port) && !p.gone {
				return port, p
			}
		}
	}
	s.Fatal("there is no page after hello")
	return nil, nil
}

func (s *stage) say(p *fakePort, m map[string]any) {
	p.tell(m)
	s.loop.Run()
}

func (s *stage) expect(p *Page, want ...string) {
	s.Helper()
	if got := s.notes[p.site].take(); !reflect.DeepEqual(got, want) {
		s.Fatalf("the handler was told %q, want %q", got, want)
	}
}

func TestHelloMakesAPageAndIsWelcomed(t *testing.T) {
	s := newStage(t)
	port := s.connect(shop)
	s.say(port, map[string]any{
		"t": "hello", "v": 1.0,
		"page": map[string]any{
			"id": "P1", "url": "https://shop.example/a", "origin": "https://liar.example", "title": "A", "referrer": "r",
			"lang": "de", "tz": "Europe/Berlin", "screen": "1x2", "ua": "u", "visible": true,
		},
		"ids": map[string]any{"device": "D1", "visit": "V1", "page": "P1"}, "newVisit": true, "handoff": "T",
		"events": []any{map[string]any{"eventID": "E1", "eventName": "VisitStarted"}, "nonsense"},
		"stored": map[string]any{"handle": "h", "draft": nil},
		"deployment": map[string]any{
			"name": "demo", "chat": true, "monitoring": true, "consent": true, "lang": "de", "base": "https://relay",
			"texts": map[string]any{"ChatButton": "Chat"}, "rungs": []any{"session", 7.0, "handoff"},
		},
	})
	welcome := port.of("welcome")
	if len(welcome) != 1 || welcome[0]["v"] != Version || welcome[0]["build"] != "b1" {
		t.Fatalf("welcomed with %v", welcome)
	}
	var p *Page
	for _, n := range s.notes {
		p = n.pages[0]
	}
	s.expect(p, "hello P1 1")
	wantAddress := Address{
		URL: "https://shop.example/a", Origin: "https://liar.example", Title: "A", Referrer: "r", Lang: "de",
		TZ: "Europe/Berlin", Screen: "1x2", UA: "u", Visible: true,
	}
	wantDeployment := Deployment{
		Name: "demo", Chat: true, Monitoring: true, Consent: true, Lang: "de", Base: "https://relay",
		Texts: map[string]string{"ChatButton": "Chat"}, Rungs: []string{"session", "handoff"},
	}
	site := p.Site()
	switch {
	case p.Address() != wantAddress:
		t.Errorf("the address is %+v", p.Address())
	case p.IDs() != IDs{Device: "D1", Visit: "V1", Page: "P1"}:
		t.Errorf("the ids are %+v", p.IDs())
	case p.Handoff() != "T":
		t.Errorf("the token is %q", p.Handoff())
	case !p.NewVisit():
		t.Error("it is not a new visit")
	case !reflect.DeepEqual(p.Deployment(), wantDeployment):
		t.Errorf("the deployment is %+v", p.Deployment())
	case site.Origin() != shop.Origin || site.Deployment() != "demo" || site.Pass() != "pass":
		t.Errorf("the site is %s, %s, %s: what the frame says counts, not the page", site.Origin(), site.Deployment(), site.Pass())
	case site.Stored("handle") != "h" || site.Stored("draft") != "":
		t.Errorf("kept: %v", site.stored)
	}
}

// The page rejects a command that Go has not heard in time: then it must not be done.
func TestACommandIsNotDoneAfterItsTime(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "A", nil)
	s.expect(p, "hello A 0")
	now := float64(s.loop.Now().UnixMilli())
	const year = 365 * 24 * 60 * 60 * 1000
	for _, c := range []struct {
		name  string
		until float64
	}{{"late", now - 1}, {"in time", now}, {"of a page that lives a year ago", now - year}, {"of one in a year", now + year}} {
		s.say(port, map[string]any{"t": "command", "n": 1.0, "name": c.name, "data": "x", "until": c.until})
	}
	s.expect(p, "command in time x", "command of a page that lives a year ago x", "command of one in a year x")
}

func TestNothingCountsBeforeHello(t *testing.T) {
	s := newStage(t)
	port := s.connect(shop)
	s.say(port, map[string]any{"t": "command", "n": 1.0, "name": "WebChat.open"})
	if len(s.notes) != 0 || len(port.heard) != 0 {
		t.Fatalf("there are %d sites, and %v was sent", len(s.notes), port.heard)
	}
	s.loop.Advance(silence)
	if !port.closed {
		t.Fatal("a port that never said hello stays open")
	}
}

func TestPagesOfOneOriginAndDeploymentAreASite(t *testing.T) {
	s := newStage(t)
	_, a := s.enter(shop, "A", nil)
	_, b := s.enter(shop, "B", nil)
	_, other := s.enter(Frame{Deployment: "demo", Origin: "https://other.example"}, "C", nil)
	_, third := s.enter(Frame{Deployment: "test", Origin: shop.Origin}, "D", nil)
	if a.Site() != b.Site() || a.Site() == other.Site() || a.Site() == third.Site() {
		t.Fatal("the sites are mixed up")
	}
	if got := a.Site().Pages(); len(got) != 2 || got[0] != a || got[1] != b {
		t.Fatalf("the pages are %v", got)
	}
}

func TestMessagesReachTheHandler(t *testing.T) {
	cases := []struct {
		msg  map[string]any
		want []string
	}{
		{map[string]any{"t": "command", "n": 1.0, "name": "WebChat.open", "data": "x"}, []string{"command WebChat.open x"}},
		{map[string]any{"t": "stored", "key": "draft", "value": "hi"}, []string{"stored draft=hi"}},
		{map[string]any{"t": "stored", "key": "draft", "value": nil}, nil},
		{map[string]any{"t": "track", "event": map[string]any{"eventID": "E", "eventName": "Bought"}}, []string{"track Bought"}},
		{map[string]any{"t": "track", "event": map[string]any{"eventName": "without id"}}, nil},
		{map[string]any{"t": "page", "what": "hidden"}, []string{"changed hidden"}},
		{map[string]any{
			"t": "moved", "page": map[string]any{"id": "P2", "url": "/b"}, "ids": map[string]any{"page": "P2"},
			"events": []any{map[string]any{"eventID": "E", "eventName": "PageEntered"}},
		}, []string{"moved /b P2 1"}},
		{map[string]any{"t": "input", "root": "nowhere", "node": 1.0, "action": "x"}, nil},
		{map[string]any{"t": "alive"}, nil},
		{map[string]any{"t": "from the future"}, nil},
		{map[string]any{"t": 7.0}, nil},
		{map[string]any{}, nil},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.msg["t"]), func(t *testing.T) {
			s := newStage(t)
			port, p := s.enter(shop, "P1", nil)
			s.expect(p, "hello P1 0")
			s.say(port, c.msg)
			s.expect(p, c.want...)
		})
	}
}

func TestVisibleFollowsThePage(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	s.say(port, map[string]any{"t": "page", "what": "hidden"})
	if p.Visible() || p.Site().Visible() {
		t.Fatal("visible after hidden")
	}
	s.say(port, map[string]any{"t": "page", "what": "visible"})
	if !p.Visible() || !p.Site().Visible() {
		t.Fatal("hidden after visible")
	}
}

func TestAPageIsTrackedFromTheHelloOnOrLater(t *testing.T) {
	s := newStage(t)
	port := s.connect(shop)
	s.say(port, map[string]any{"t": "hello", "tracked": true, "tracker": map[string]any{"dslResource": "/d.xml"}})
	first := s.sites.site(shop).Pages()[0]
	if !first.Tracked() || first.Tracker("dslResource") != "/d.xml" || first.Tracker("other") != nil {
		t.Errorf("tracked %v, with %v", first.Tracked(), first.tracker)
	}
	port, later := s.enter(shop, "P2", nil)
	if later.Tracked() {
		t.Error("tracked without having said so")
	}
	s.say(port, map[string]any{"t": "page", "what": "tracked"})
	if !later.Tracked() {
		t.Error("not tracked after the visitor's consent")
	}
}

func TestACommandIsSettledOnce(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	s.say(port, map[string]any{"t": "command", "n": 4.0, "name": "x"})
	port.heard = nil
	c := s.notes[p.site].commands[0]
	c.Settle(true, "fine")
	c.Settle(false, "again")
	got := port.of("settle")
	if len(got) != 1 || got[0]["n"] != 4.0 || got[0]["ok"] != true || got[0]["value"] != "fine" {
		t.Fatalf("settled with %v", got)
	}
}

func TestCallsAreAnswered(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	port.heard = nil
	var answers []any
	p.Call("json", map[string]any{"url": "/x"}, func(ok bool, v any) { answers = append(answers, ok, v) })
	p.Call("sound", nil, nil)
	calls := port.of("call")
	if calls[0]["service"] != "json" || calls[0]["n"] == 0 || calls[1]["n"] != 0 {
		t.Fatalf("called %v", calls)
	}
	answer := map[string]any{"t": "result", "n": float64(calls[0]["n"].(int)), "ok": true, "value": "opened"}
	s.say(port, answer)
	s.say(port, answer)
	if !reflect.DeepEqual(answers, []any{true, "opened"}) {
		t.Fatalf("answered %v", answers)
	}
	p.Call("json", nil, func(ok bool, v any) { answers = append(answers, ok, v) })
	s.say(port, map[string]any{"t": "bye"})
	p.Call("json", nil, func(ok bool, v any) { answers = append(answers, ok, v) })
	s.loop.Run()
	if !reflect.DeepEqual(answers, []any{true, "opened", false, nil, false, nil}) {
		t.Fatalf("a page that goes leaves calls open: %v", answers)
	}
}

func TestRenderSendsDifferencesAndInputComesBack(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	port.heard = nil
	button := func(text string) *view.Node {
		return &view.Node{Tag: "button", Text: text, On: []view.Handler{{Event: "click", Action: "send"}}}
	}
	p.Render("webchat", "cx-widget", button("Send"))
	first := port.of("view")
	if len(first) != 1 || first[0]["root"] != "webchat" || first[0]["class"] != "cx-widget" || len(first[0]["ops"].([]any)) == 0 {
		t.Fatalf("sent %v", first)
	}
	p.Render("webchat", "cx-widget", button("Send"))
	if again := port.of("view"); again != nil {
		t.Fatalf("the same tree sent %v", again)
	}
	p.Render("webchat", "cx-widget cx-dark", button("Send"))
	if class := port.of("view"); len(class) != 1 || class[0]["class"] != "cx-widget cx-dark" {
		t.Fatalf("another class sent %v", class)
	}
	s.notes[p.site].take()
	s.say(port, map[string]any{"t": "input", "root": "webchat", "node": 1.0, "action": "send"})
	s.expect(p, "input webchat send")
	p.Remove("webchat")
	p.Remove("webchat")
	removed := port.of("view")
	if len(removed) != 1 || removed[0]["ops"] != nil {
		t.Fatalf("removing sent %v", removed)
	}
	p.Render("webchat", "cx-widget", button("Send"))
	if anew := port.of("view"); len(anew) != 1 || len(anew[0]["ops"].([]any)) != len(first[0]["ops"].([]any)) {
		t.Fatalf("after removing, it sent %v", anew)
	}
}

func TestTheSameTreeOnAllPages(t *testing.T) {
	s := newStage(t)
	one, p := s.enter(shop, "P1", nil)
	p.Site().Render("webchat", "c", view.Txt("p", nil, "a"))
	two, _ := s.enter(shop, "P2", nil)
	one.heard, two.heard = nil, nil
	p.Site().Render("webchat", "c", view.Txt("p", nil, "b"))
	a, b := one.of("view")[0]["ops"].([]any), two.of("view")[0]["ops"].([]any)
	if a[0].([]any)[0] != "text" || b[0].([]any)[0] != "new" {
		t.Fatalf("the first page got %v, the second %v", a, b)
	}
}

func TestStoreKeepsOnAllPagesAndTheirEchoIsNoNews(t *testing.T) {
	s := newStage(t)
	one, p := s.enter(shop, "P1", nil)
	two, _ := s.enter(shop, "P2", nil)
	one.heard, two.heard = nil, nil
	s.notes[p.site].take()
	site := p.Site()
	site.Store("draft", "hi")
	site.Store("draft", "hi")
	for _, port := range []*fakePort{one, two} {
		if got := port.of("store"); len(got) != 1 || got[0]["key"] != "draft" || got[0]["value"] != "hi" {
			t.Fatalf("stored %v", got)
		}
	}
	s.say(two, map[string]any{"t": "stored", "key": "draft", "value": "hi"})
	s.expect(p)
	site.Store("draft", "")
	if got := one.of("store"); len(got) != 1 || got[0]["value"] != nil || site.Stored("draft") != "" {
		t.Fatalf("removing stored %v", got)
	}
}

func TestWhatALaterPageKeepsDoesNotOverrideWhatIsKnown(t *testing.T) {
	s := newStage(t)
	_, p := s.enter(shop, "P1", map[string]any{"handle": "old"})
	p.Site().Store("handle", "new")
	s.enter(shop, "P2", map[string]any{"handle": "old", "window": "open"})
	if p.Site().Stored("handle") != "new" || p.Site().Stored("window") != "open" {
		t.Fatalf("kept: %v", p.site.stored)
	}
	for _, q := range p.Site().Pages() {
		s.say(q.port.(*fakePort), map[string]any{"t": "bye"})
	}
	s.enter(shop, "P3", map[string]any{"handle": "third"})
	if p.Site().Stored("handle") != "third" || p.Site().Stored("window") != "" {
		t.Fatalf("after a time without pages, kept: %v", p.site.stored)
	}
}

func TestMirrorsReachLaterPages(t *testing.T) {
	s := newStage(t)
	_, p := s.enter(shop, "P1", nil)
	p.Site().Mirror("WebChat.open", true)
	later, _ := s.enter(shop, "P2", nil)
	if got := later.of("mirror"); len(got) != 1 || got[0]["key"] != "WebChat.open" || got[0]["value"] != true {
		t.Fatalf("the later page got %v", got)
	}
}

func TestHowAPageGoes(t *testing.T) {
	cases := map[string]func(s *stage, port *fakePort){
		"it says bye":       func(s *stage, port *fakePort) { s.say(port, map[string]any{"t": "bye"}) },
		"its frame is gone": func(s *stage, port *fakePort) { port.gone(); s.loop.Run() },
		"it is silent":      func(s *stage, _ *fakePort) { s.loop.Advance(silence) },
	}
	for name, leave := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			port, p := s.enter(shop, "P1", nil)
			s.notes[p.site].take()
			leave(s, port)
			s.expect(p, "gone P1")
			port.heard = nil
			p.Render("webchat", "c", view.Txt("p", nil, "x"))
			p.Publish("x", nil, false)
			if len(port.heard) != 0 || len(p.Site().Pages()) != 0 {
				t.Fatalf("after it went: %v, %v", port.heard, p.Site().Pages())
			}
		})
	}
}

func TestAPageThatSpeaksStays(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	for range 10 {
		s.loop.Advance(silence - time.Second)
		s.say(port, map[string]any{"t": "alive"})
	}
	s.expect(p, "hello P1 0")
	s.loop.Advance(silence)
	s.expect(p, "gone P1")
}

func TestAPageThatWakesUpIsAskedToSayHelloAgain(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	s.loop.Advance(silence)
	port.heard = nil
	s.say(port, map[string]any{"t": "alive"})
	if got := port.of("gone"); len(got) != 1 {
		t.Fatalf("it was told %v", got)
	}
	s.say(port, map[string]any{"t": "hello", "ids": map[string]any{"page": "P2"}})
	s.expect(p, "hello P1 0", "gone P1", "hello P2 0")
}

func TestHelloAgainReplacesThePage(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "P1", nil)
	s.say(port, map[string]any{"t": "hello", "ids": map[string]any{"page": "P2"}})
	s.expect(p, "hello P1 0", "gone P1", "hello P2 0")
	if n := len(p.Site().Pages()); n != 1 {
		t.Fatalf("%d pages", n)
	}
}

func TestANewerPassCounts(t *testing.T) {
	s := newStage(t)
	_, p := s.enter(shop, "P1", nil)
	newer := shop
	newer.Pass = "newer"
	s.enter(newer, "P2", nil)
	if got := p.Site().Pass(); got != "newer" {
		t.Fatalf("the pass is %q", got)
	}
}

func TestAbandonTellsEveryPage(t *testing.T) {
	s := newStage(t)
	one, _ := s.enter(shop, "P1", nil)
	two := s.connect(shop)
	s.sites.Abandon("crashed")
	for _, port := range []*fakePort{one, two} {
		if got := port.of("gone"); len(got) != 1 || got[0]["reason"] != "crashed" || !port.closed {
			t.Fatalf("it was told %v, closed is %v", got, port.closed)
		}
	}
}

func TestAPageTellsItsConfiguration(t *testing.T) {
	s := newStage(t)
	port, p := s.enter(shop, "1", nil)
	if p.Config("webchat") != nil {
		t.Errorf("configured before it said so: %v", p.Config("webchat"))
	}
	n := s.notes[p.Site()]
	n.take()
	s.say(port, map[string]any{"t": "config", "webchat": map[string]any{"emojis": true}, "main": map[string]any{"lang": "de"}})
	if got := n.take(); !reflect.DeepEqual(got, []string{"changed configured"}) {
		t.Errorf("told %v", got)
	}
	if p.Config("webchat")["emojis"] != true || p.Config("main")["lang"] != "de" {
		t.Errorf("webchat %v, main %v", p.Config("webchat"), p.Config("main"))
	}
}

func TestWhatComesWithTheHelloIsTakenInBeforeAnythingIsTold(t *testing.T) {
	s := newStage(t)
	port := s.connect(shop)
	s.say(port, map[string]any{"t": "hello", "v": 1.0, "ids": map[string]any{"page": "P1"}, "then": []any{
		map[string]any{"t": "config", "webchat": map[string]any{"emojis": true}},
		"no message",
		map[string]any{"t": "command", "n": 1.0, "name": "WebChat.open", "data": "d"},
		map[string]any{"t": "bye"},
		map[string]any{"t": "command", "n": 2.0, "name": "WebChat.close"},
	}})
	for _, n := range s.notes {
		if got := n.take(); !reflect.DeepEqual(got, []string{"hello P1 0", "changed configured", "command WebChat.open d", "gone P1"}) {
			t.Errorf("told %v", got)
		}
	}
}
