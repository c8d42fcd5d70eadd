package visitor

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/transport"
)

// world is a page, the relay's sockets and its files, all in the hands of the test.
type world struct {
	*testing.T
	loop    *looptest.Fake
	sites   *page.Sites
	visitor *Visitor
	fetched []string
	answer  func(any, error)    // of the last fetch
	text    func(string, error) // of the last fetch of a text
	sockets []*socket
	poll    transport.Poller // nil for none
	handoff string           // what the next page says of a token
	framed  *frame           // answers what the frames of tabs are asked; nil for none
}

// port is one tab.
type port struct {
	tell  func(map[string]any)
	heard []map[string]any
	frame func(question map[string]any, done func(map[string]any)) // nil where there is none that answers
}

func (p *port) Send(m map[string]any)               { p.heard = append(p.heard, m) }
func (p *port) Listen(receive func(map[string]any)) { p.tell = receive }
func (p *port) Closed(func())                       {}
func (p *port) Close()                              {}

// got is the last message of a kind.
func (p *port) got(t string) map[string]any {
	for i := len(p.heard) - 1; i >= 0; i-- {
		if p.heard[i]["t"] == t {
			return p.heard[i]
		}
	}
	return nil
}

type socket struct {
	transport.Listener
	sent   []wire.Frame
	pages  []*wire.Pages // apart: they go whenever there is another page
	closed bool
}

func (s *socket) Send(raw []byte) {
	f, err := wire.Decode(raw)
	if err != nil {
		panic(err)
	}
	if pages, ok := f.(*wire.Pages); ok {
		s.pages = append(s.pages, pages)
		return
	}
	s.sent = append(s.sent, f)
}
func (s *socket) Close() { s.closed = true }

func (w *world) Dial(l transport.Listener) transport.Socket {
	s := &socket{Listener: l}
	w.sockets = append(w.sockets, s)
	return s
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, loop: looptest.New()}
	w.sites = page.NewSites(w.loop, func(site *page.Site) page.Handler {
		w.visitor = New(site, Options{
			Loop: w.loop, Dial: w, Poll: w.poll,
			Fetch: func(path string, done func(any, error)) {
				w.fetched = append(w.fetched, path)
				w.answer = done
			},
			FetchText: func(path string, done func(string, error)) {
				w.fetched = append(w.fetched, path)
				w.text = done
			},
			Matches: func(source, text string) bool { return strings.Contains(text, source) },
			NewID:   func() string { return "id" }, Zone: time.UTC,
			Day: func(int64, string) string { return "a day" },
		})
		return w.visitor
	})
	return w
}

func (w *world) say(p *port, m map[string]any) {
	p.tell(m)
	w.loop.Run()
}

// enter opens a tab of the shop.
func (w *world) enter(deployment map[string]any, stored map[string]any, events ...any) *port {
	return w.enterWith("pass", deployment, stored, events...)
}

func (w *world) enterWith(pass string, deployment map[string]any, stored map[string]any, events ...any) *port {
	p := &port{}
	if w.framed != nil {
		p.frame = w.framed.serve
	}
	w.sites.Connect(p, page.Frame{Deployment: "demo", Origin: "https://shop.example", Pass: pass})
	w.loop.Run()
	w.say(p, map[string]any{
		"t": "hello", "page": map[string]any{"id": "P", "url": "https://shop.example/", "lang": "en", "visible": true,
			"referrer": "https://sister.example/tents?x=1"},
		"ids":        map[string]any{"device": "D", "visit": "V", "page": "P"},
		"deployment": deployment, "stored": stored, "events": events, "handoff": w.handoff,
	})
	return p
}

var (
	withChat    = map[string]any{"name": "demo", "chat": true, "lang": "de"}
	withoutChat = map[string]any{"name": "demo", "monitoring": true}
	entered     = map[string]any{"eventID": "E1", "eventName": "PageEntered", "visitID": "V"}
)

// socket is the connection of now, after the visitor's hello.
func (w *world) socket() *socket {
	w.Helper()
	if len(w.sockets) == 0 {
		w.Fatal("nothing connects to the relay")
	}
	s := w.sockets[len(w.sockets)-1]
	if len(s.sent) == 0 {
		s.Open()
		w.loop.Run()
	}
	return s
}

func (w *world) hear(s *socket, f wire.Frame) {
	b, err := wire.Encode(f)
	if err != nil {
		w.Fatal(err)
	}
	s.Message(b)
	w.loop.Run()
}

func TestEventsOfAPageReachTheRelay(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withoutChat, nil, entered)
	s := w.socket()
	hello, ok := s.sent[0].(*wire.Hello)
	if !ok || hello.Deployment != "demo" || hello.Origin != "https://shop.example" || hello.Pass != "pass" ||
		hello.Device != "D" || hello.Visit != "V" || hello.Page != "P" || hello.Language != "en" {
		t.Fatalf("the hello is %+v", s.sent[0])
	}
	w.hear(s, &wire.Welcome{Version: wire.Version})
	events, ok := s.sent[1].(*wire.Events)
	if !ok || len(events.Events) != 1 || events.Events[0].ID != "E1" {
		t.Fatalf("sent %+v", s.sent[1])
	}
	w.hear(s, &wire.Ack{Ref: events.Ref})
	if kept := p.got("kept"); kept == nil {
		t.Fatal("the page was not told that its events are kept")
	}
	if len(w.fetched) != 0 {
		t.Fatalf("a deployment without chat fetched %v", w.fetched)
	}
}

func TestAPageThatIsTrackedWatchesForBusinessEvents(t *testing.T) {
	w := newWorld(t)
	deployment := map[string]any{
		"name": "demo", "monitoring": true, "dsl": map[string]any{"url": "/server/resources/dsl/domain-model.xml"},
		"categories": []any{map[string]any{"name": "shop", "tags": []any{map[string]any{"plain": "shop.example"}}}},
	}
	p := w.enter(deployment, nil)
	if len(w.fetched) != 0 || p.got("call") != nil {
		t.Fatal("watched without consent")
	}
	w.say(p, map[string]any{"t": "page", "what": "tracked"})
	if call := p.got("call"); call == nil || call["service"] != "category" {
		t.Fatalf("called %v", call)
	}
	w.text("<properties/>", nil)
	call := p.got("call")
	if call["service"] != "xml" {
		t.Fatalf("called %v", call)
	}
	trigger := func(action string) any {
		return map[string]any{"name": "trigger", "attrs": map[string]any{"action": action}}
	}
	event := map[string]any{"name": "event", "attrs": map[string]any{"name": "Bought"}, "children": []any{trigger("click"), trigger("submit")}}
	events := map[string]any{"name": "events", "children": []any{event}}
	tree := map[string]any{"name": "properties", "children": []any{events}}
	w.say(p, map[string]any{"t": "result", "n": float64(call["n"].(int)), "ok": true, "value": tree})
	if call = p.got("call"); call["service"] != "watch" {
		t.Fatalf("called %v", call)
	}
	w.say(p, map[string]any{"t": "track", "event": map[string]any{
		"eventID": "E1", "eventName": "Bought", "pageID": "P", "data": map[string]any{"card": "4111111111111111", "n": 1.0},
	}})
	s := w.socket()
	w.hear(s, &wire.Welcome{Version: wire.Version})
	sent, ok := s.sent[1].(*wire.Events)
	if !ok || sent.Events[0].Category != "shop" || len(sent.Events[0].Data) != 1 {
		t.Fatalf("sent %+v", s.sent[1])
	}
}

func TestNothingConnectsWithoutReason(t *testing.T) {
	w := newWorld(t)
	w.enter(withChat, nil)
	if len(w.sockets) != 0 {
		t.Fatal("a page without chat and events connects to the relay")
	}
}

func TestAKeptChatIsTakenUp(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withChat, map[string]any{"handle": "h", "window": "open"})
	if hello := w.socket().sent[0].(*wire.Hello); hello.Handle != "h" {
		t.Fatalf("the hello is %+v", hello)
	}
	if p.got("view") != nil {
		t.Fatal("a window is shown without words")
	}
	w.answer(map[string]any{"ChatTitle": "Chat"}, nil)
	w.loop.Run()
	if p.got("view") == nil {
		t.Fatal("no window is shown")
	}
}

func TestTextsAreFetchedOnceInTheDeploymentsLanguage(t *testing.T) {
	w := newWorld(t)
	w.enter(withChat, nil)
	w.enter(withChat, nil)
	w.answer(map[string]any{}, nil)
	w.enter(withChat, nil)
	if want := []string{"/texts/webchat.de.json"}; !slices.Equal(w.fetched, want) {
		t.Fatalf("fetched %v", w.fetched)
	}
}

func TestTextsThatCannotBeHadAreAskedForInEnglishAndAgain(t *testing.T) {
	w := newWorld(t)
	w.enter(withChat, nil)
	for range 2 {
		w.answer(nil, errors.New("status 404"))
	}
	w.loop.Advance(textsAgain)
	want := []string{"/texts/webchat.de.json", "/texts/webchat.en.json", "/texts/webchat.de.json"}
	if !slices.Equal(w.fetched, want) {
		t.Fatalf("fetched %v", w.fetched)
	}
}

func TestAnUnknownCommandIsRejected(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withChat, nil)
	w.say(p, map[string]any{"t": "command", "n": 1.0, "name": "Nobody.home"})
	if got := p.got("settle"); got == nil || got["ok"] != false {
		t.Fatalf("settled with %v", got)
	}
}

func TestEventsDoNotAskARelayAgainThatRefused(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withoutChat, nil, entered)
	w.hear(w.socket(), wire.ErrorFrame(0, wire.Problemf(wire.CodeOrigin, "no"), true))
	w.say(p, map[string]any{"t": "track", "event": map[string]any{"eventID": "E2", "eventName": "x"}})
	if len(w.sockets) != 1 {
		t.Fatalf("%d connections", len(w.sockets))
	}
	w.enter(withoutChat, nil)
	if len(w.sockets) != 2 {
		t.Fatal("a new page, which brings a new pass, does not try again")
	}
}

func TestPagesAreSentForANewPass(t *testing.T) {
	w := newWorld(t)
	tabs := []*port{w.enter(withChat, map[string]any{"handle": "H"}), w.enter(withChat, nil)}
	refuse := wire.ErrorFrame(0, wire.Problemf(wire.CodePass, "it has run out"), true)
	w.hear(w.socket(), refuse)
	for _, p := range tabs {
		if got := p.got("gone"); got == nil || got["reason"] != "pass" {
			t.Fatalf("a tab was told %v", got)
		}
	}

	back := w.enterWith("another", withChat, map[string]any{"handle": "H"})
	if len(w.sockets) != 2 {
		t.Fatalf("%d connections after a new pass", len(w.sockets))
	}
	hello, _ := w.socket().sent[0].(*wire.Hello)
	if hello == nil || hello.Pass != "another" || hello.Handle != "H" {
		t.Fatalf("said %+v", hello)
	}

	w.hear(w.socket(), &wire.Welcome{})
	if back.got("gone") != nil {
		t.Fatal("sent away although the pass is good")
	}
}

func TestAPassThatIsRefusedTwiceIsNotAskedForForEver(t *testing.T) {
	w := newWorld(t)
	w.enter(withChat, map[string]any{"handle": "H"})
	refuse := wire.ErrorFrame(0, wire.Problemf(wire.CodePass, "no"), true)
	w.hear(w.socket(), refuse)
	p := w.enter(withChat, map[string]any{"handle": "H"}) // with the same pass
	w.hear(w.socket(), refuse)
	if p.got("gone") != nil {
		t.Fatal("sent away again for the same pass")
	}
}

func TestTheConnectionOutlivesANavigationButNotAnEmptySite(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withoutChat, nil, entered)
	s := w.socket()
	w.hear(s, &wire.Welcome{})
	w.say(p, map[string]any{"t": "bye"})
	w.loop.Advance(emptyFor / 2)
	p = w.enter(withoutChat, nil)
	for range 4 {
		w.hear(s, &wire.Pong{}) // also to the probe of a page that has just come
		w.loop.Advance(emptyFor / 3)
	}
	if s.closed || len(w.sockets) != 1 {
		t.Fatal("the connection did not outlive the navigation")
	}
	w.say(p, map[string]any{"t": "bye"})
	w.loop.Advance(emptyFor)
	if !s.closed {
		t.Fatal("the connection stays without pages")
	}
}

func TestAPageThatBecomesVisibleProbesTheConnection(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withoutChat, nil, entered)
	s := w.socket()
	w.hear(s, &wire.Welcome{})
	sent := len(s.sent)
	w.say(p, map[string]any{"t": "page", "what": "visible"})
	if len(s.sent) != sent+1 || s.sent[sent].FrameType() != wire.TypePing {
		t.Fatalf("sent %v", s.sent[sent:])
	}
}

func TestANotificationReachesItsPage(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withoutChat, nil, entered)
	s := w.socket()
	w.hear(s, &wire.Welcome{Version: wire.Version})
	if n := len(s.pages); n != 1 || s.pages[0].Visit != "V" || len(s.pages[0].Pages) != 0 {
		t.Fatalf("of a page that is not recorded the relay was told %v", s.pages)
	}
	w.say(p, map[string]any{"t": "page", "what": "tracked"})
	if n := len(s.pages); n != 2 || !slices.Equal(s.pages[1].Pages, []string{"P"}) {
		t.Fatalf("the relay was told %v", s.pages)
	}
	w.hear(s, &wire.Notify{Visit: "V", Channel: "news", Data: map[string]any{"a": "b"}})
	if got := p.got("publish"); got["name"] != "GWE.news" {
		t.Fatalf("the page heard %v", got)
	}
}
