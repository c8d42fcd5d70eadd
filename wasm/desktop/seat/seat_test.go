package seat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
	"foyer/wasm/page"
	"foyer/wasm/transport"
)

// browser is a page, a socket and the files of the relay, all in the hands of the test.
type browser struct {
	loop    *looptest.Fake
	fetched []string
	answer  func(any, error)   // of the last fetch
	socket  transport.Listener // of the last socket
	sent    []wire.Frame       // on it
	dialled int
	tell    func(map[string]any) // the page speaks
	heard   []map[string]any     // what the page was sent
}

func (b *browser) Send(m map[string]any)               { b.heard = append(b.heard, m) }
func (b *browser) Listen(receive func(map[string]any)) { b.tell = receive }
func (b *browser) Closed(func())                       {}
func (b *browser) Close()                              {}

func (b *browser) Dial(l transport.Listener) transport.Socket {
	b.dialled++
	b.socket, b.sent = l, nil
	return &socket{b}
}

type socket struct{ b *browser }

func (s *socket) Send(raw []byte) {
	if f, err := wire.Decode(raw); err == nil {
		s.b.sent = append(s.b.sent, f)
	}
}
func (s *socket) Close() {}

func (b *browser) fetch(path string, done func(any, error)) {
	b.fetched = append(b.fetched, path)
	b.answer = done
}

// sit opens the page of a desktop that kept a token.
func sit(t *testing.T) *browser {
	t.Helper()
	b := &browser{loop: looptest.New()}
	sites := page.NewSites(b.loop, func(site *page.Site) page.Handler {
		return New(site, Options{
			Loop: b.loop, Dial: b, Fetch: b.fetch, NewID: func() string { return "id" }, Zone: time.UTC,
		})
	})
	sites.Connect(b, page.Frame{Origin: "https://relay.example"})
	b.loop.Run()
	b.hello()
	return b
}

func (b *browser) hello() {
	b.tell(map[string]any{
		"t": page.MsgHello, "stored": map[string]any{"token": "kept"}, "page": map[string]any{"visible": true},
		"deployment": map[string]any{"lang": "de", "texts": map[string]any{"en": "/en.json", "de": "/de.json"}},
	})
	b.loop.Run()
}

// open lets the socket open and answers the hello.
func (b *browser) open(t *testing.T, w *wire.Welcome) {
	t.Helper()
	b.socket.Open()
	b.loop.Run()
	b.receive(t, w)
}

func (b *browser) receive(t *testing.T, f wire.Frame) {
	t.Helper()
	raw, err := wire.Encode(f)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	b.socket.Message(raw)
	b.loop.Run()
}

// last is the newest message of a type that the page was sent, nil if there is none.
func (b *browser) last(kind string) map[string]any {
	for i := len(b.heard) - 1; i >= 0; i-- {
		if b.heard[i]["t"] == kind {
			return b.heard[i]
		}
	}
	return nil
}

var texts = map[string]any{"DesktopTitle": "Arbeitsplatz", "ProductName": "Foyer", "Username": "Benutzername"}

func signedIn() *wire.Welcome {
	return &wire.Welcome{Version: wire.Version, Token: "newer", Agent: &wire.Agent{ID: "a", Name: "Dora"}}
}

func TestItStartsWhenTheTextsOfThePagesLanguageAreThere(t *testing.T) {
	b := sit(t)
	if strings.Join(b.fetched, " ") != "/de.json" {
		t.Fatalf("fetched %v", b.fetched)
	}
	b.answer(nil, errors.New("the relay is away"))
	if b.dialled != 0 {
		t.Fatal("it connected without texts")
	}
	b.loop.Advance(textsAgain)
	if len(b.fetched) != 2 {
		t.Fatalf("fetched %v, want a second try", b.fetched)
	}
	b.answer(texts, nil)
	b.loop.Run()
	if b.dialled != 1 || b.last(page.MsgView) == nil {
		t.Fatalf("%d connections, shown: %v", b.dialled, b.last(page.MsgView))
	}
}

func TestItTakesUpWhatTheTabKept(t *testing.T) {
	b := sit(t)
	b.answer(texts, nil)
	b.open(t, signedIn())
	if h, ok := b.sent[0].(*wire.Hello); !ok || h.Token != "kept" || h.Role != wire.RoleAgent {
		t.Fatalf("the first frame is %+v", b.sent[0])
	}
	if m := b.last(page.MsgStore); m == nil {
		t.Fatal("nothing is kept")
	}
	kept := map[any]any{}
	for _, m := range b.heard {
		if m["t"] == page.MsgStore {
			kept[m["key"]] = m["value"]
		}
	}
	if kept["token"] != "newer" {
		t.Fatalf("kept %v, not the renewed token", kept)
	}
}

func TestARefusedTokenLeadsToASecondHelloWithoutIt(t *testing.T) {
	b := sit(t)
	b.answer(texts, nil)
	b.socket.Open()
	b.loop.Run()
	b.receive(t, wire.ErrorFrame(0, wire.Problemf(wire.CodeTokenExpired, "old"), true))
	if b.dialled != 2 {
		t.Fatalf("%d connections, want a second one", b.dialled)
	}
	b.open(t, &wire.Welcome{Version: wire.Version})
	if h, ok := b.sent[0].(*wire.Hello); !ok || h.Token != "" {
		t.Fatalf("the second hello is %+v", b.sent[0])
	}
}

func TestAPageThatLostItsPortIsShownTheSameAgain(t *testing.T) {
	b := sit(t)
	b.answer(texts, nil)
	b.open(t, signedIn())
	before := b.dialled
	b.heard = nil
	b.hello()
	if b.last(page.MsgView) == nil {
		t.Fatal("the page is shown nothing")
	}
	if b.dialled != before || len(b.fetched) != 1 {
		t.Fatal("the desk began anew")
	}
}
