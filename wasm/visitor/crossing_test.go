package visitor

import (
	"errors"
	"reflect"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/transport"
	"foyer/wasm/webchat"
)

// counter redeems tokens, as the test decides.
type counter struct {
	asked  []*wire.Hello
	answer func(transport.PollAnswer, error)
}

func (c *counter) Do(r transport.PollRequest, done func(transport.PollAnswer, error)) func() {
	f, err := wire.Decode(r.Body)
	if err != nil || r.Method != "POST" || r.Path != "/native/v1/handoff" {
		panic(r.Path)
	}
	c.asked = append(c.asked, f.(*wire.Hello))
	c.answer = done
	return func() {}
}

func (w *world) answers(c *counter, status int, f wire.Frame) {
	w.Helper()
	b, err := wire.Encode(f)
	if err != nil {
		w.Fatal(err)
	}
	c.answer(transport.PollAnswer{Status: status, Body: b}, nil)
	w.loop.Run()
}

// arriving is a page of the shop to which a token has come.
func arriving(t *testing.T, deployment, stored map[string]any) (*world, *counter, *port) {
	t.Helper()
	c := &counter{}
	w := newWorld(t)
	w.poll = c
	w.handoff = "T"
	p := w.enter(deployment, stored)
	w.handoff = ""
	return w, c, p
}

// talk is a session that goes on.
func talk() wire.Snapshot {
	me := wire.Participant{ID: "v", Kind: "visitor"}
	return wire.Snapshot{Session: "S", State: "Active", Me: me, Participants: []wire.Participant{me},
		Entries: []wire.Entry{{Seq: 1, ID: "e", Kind: wire.KindJoined, From: me}}}
}

// handed is the last call of the service handoff, nil for none.
func (p *port) handed() (towards []any) {
	for _, m := range p.heard {
		if m["t"] == "call" && m["service"] == "handoff" {
			towards = m["args"].(map[string]any)["towards"].([]any)
		}
	}
	return towards
}

func TestATokenBringsItsChat(t *testing.T) {
	w, c, p := arriving(t, withChat, nil)
	if len(c.asked) != 1 || !reflect.DeepEqual(c.asked[0], &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor,
		Deployment: "demo", Origin: "https://shop.example", Pass: "pass", Handoff: "T", From: "https://sister.example"}) {
		t.Fatalf("the relay was asked %+v", c.asked)
	}
	w.answers(c, 200, &wire.Handoff{Handle: "H"})
	hello := w.socket().sent[0].(*wire.Hello)
	if hello.Handle != "H" || hello.Rung != wire.RungHandoff || hello.Handoff != "" {
		t.Fatalf("the hello is %+v", hello)
	}
	if kept := p.got("store"); kept == nil || w.visitor.site.Stored("handle") != "H" {
		t.Error("the site does not keep it")
	}
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	client := w.visitor.chat.Client()
	if !client.Live() || client.Rung() != wire.RungHandoff || w.visitor.chat.Window() != webchat.Open {
		t.Errorf("live %t, by %q, window %q", client.Live(), client.Rung(), w.visitor.chat.Window())
	}
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	if hello := w.visitor.hello(); hello.Rung != "" {
		t.Errorf("a connection that comes back says it came by %q", hello.Rung)
	}
}

func TestWhatTheSiteHasKeptComesBeforeAToken(t *testing.T) {
	w, c, _ := arriving(t, withChat, map[string]any{"handle": "h", "window": "open"})
	if hello := w.socket().sent[0].(*wire.Hello); hello.Handle != "h" || hello.Rung != wire.RungSession {
		t.Fatalf("the hello is %+v", hello)
	}
	if len(c.asked) != 0 {
		t.Fatal("the token was used beside it")
	}
	w.hear(w.socket(), &wire.Welcome{HandleGone: true})
	if len(c.asked) != 1 {
		t.Fatal("the token was not used when it led nowhere")
	}
	w.answers(c, 200, &wire.Handoff{Handle: "H"})
	if hello := w.socket().sent[0].(*wire.Hello); hello.Handle != "H" {
		t.Fatalf("the hello is %+v", hello)
	}
}

func TestATokenThatIsRefusedChangesNothing(t *testing.T) {
	w, c, _ := arriving(t, withChat, nil)
	w.answers(c, 403, wire.ErrorFrame(0, &wire.Problem{Code: wire.CodeHandoff}, true))
	w.loop.Advance(redeemsAgain)
	if len(w.sockets) != 0 || len(c.asked) != 1 || w.visitor.chat.Window() != webchat.Closed {
		t.Errorf("%d sockets, asked %d times, window %q", len(w.sockets), len(c.asked), w.visitor.chat.Window())
	}
}

func TestATokenMayWaitForConsent(t *testing.T) {
	c := &counter{}
	w := newWorld(t)
	w.poll = c
	p := w.enter(withChat, nil)
	if len(c.asked) != 0 {
		t.Fatal("something was redeemed")
	}
	w.say(p, map[string]any{"t": "command", "n": 1.0, "name": "Foyer.arrive", "data": map[string]any{"token": "T"}})
	if len(c.asked) != 1 || c.asked[0].Handoff != "T" || c.asked[0].From != "https://sister.example" || p.got("settle")["ok"] != true {
		t.Errorf("the relay was asked %+v, the page told %v", c.asked, p.got("settle"))
	}
}

func TestARelayThatIsAwayIsAskedAgainForTheToken(t *testing.T) {
	w, c, _ := arriving(t, withChat, nil)
	for range redeemTries {
		c.answer(transport.PollAnswer{}, errors.New("no network"))
		w.loop.Run()
		w.loop.Advance(redeemsAgain)
	}
	if len(c.asked) != redeemTries {
		t.Errorf("asked %d times", len(c.asked))
	}
}

func TestRungsThatAreSwitchedOffAreLeftAlone(t *testing.T) {
	deployment := map[string]any{"name": "demo", "chat": true, "lang": "de", "rungs": []any{"cookie"}}
	w, c, _ := arriving(t, deployment, map[string]any{"handle": "h"})
	if len(c.asked) != 0 || len(w.sockets) != 0 || w.visitor.site.Stored("handle") != "" {
		t.Errorf("asked %d times, %d sockets, kept %q", len(c.asked), len(w.sockets), w.visitor.site.Stored("handle"))
	}
}

func TestPagesPutTokensIntoLinksWhileThereIsAChat(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withChat, map[string]any{"handle": "h"})
	s := w.socket()
	w.hear(s, &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	ask, ok := s.sent[len(s.sent)-1].(*wire.AskHandoff)
	if !ok || ask.Session != "S" || len(ask.Origins) != 0 {
		t.Fatalf("the relay was asked %+v", s.sent[len(s.sent)-1])
	}
	if p.handed() != nil {
		t.Fatal("the page began before it is known where to")
	}
	w.hear(s, &wire.Handoff{Ref: ask.Ref, Towards: []string{"https://shop.example", "https://b.example"}})
	want := []any{"https://shop.example", "https://b.example"}
	if !reflect.DeepEqual(p.handed(), want) {
		t.Fatalf("the page was told %v", p.handed())
	}
	if later := w.enter(withChat, nil); !reflect.DeepEqual(later.handed(), want) {
		t.Errorf("a later page was told %v", later.handed())
	}

	w.say(p, map[string]any{"t": "command", "n": 7.0, "name": "Foyer.handoff",
		"data": map[string]any{"origins": []any{"https://b.example"}}})
	ask = s.sent[len(s.sent)-1].(*wire.AskHandoff)
	w.hear(s, &wire.Handoff{Ref: ask.Ref, Tokens: []string{"T"}, ForMs: 60_000})
	if got := p.got("settle"); got["n"] != 7.0 || !reflect.DeepEqual(got["value"], map[string]any{"tokens": []any{"T"}, "forMs": 60_000.0}) {
		t.Errorf("the page got %v", got)
	}

	w.hear(s, &wire.Push{Session: "S", State: "Completed", Entries: []wire.Entry{{Seq: 2, ID: "f", Kind: wire.KindState}}})
	if len(p.handed()) != 0 {
		t.Errorf("after the end the page still has %v", p.handed())
	}
}

func TestADeploymentOfOneSiteHasNothingToHandOver(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withChat, map[string]any{"handle": "h"})
	s := w.socket()
	w.hear(s, &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	ask := s.sent[len(s.sent)-1].(*wire.AskHandoff)
	w.hear(s, &wire.Handoff{Ref: ask.Ref, Towards: []string{"https://shop.example"}})
	if p.handed() != nil {
		t.Errorf("the page was told %v", p.handed())
	}
}

func TestWhereAVisitorComesFrom(t *testing.T) {
	for referrer, want := range map[string]string{
		"https://sister.example/tents?x=http://a/b": "https://sister.example",
		"https://sister.example":                    "https://sister.example",
		"http://shop-a.localhost:8080/":             "http://shop-a.localhost:8080",
		"":                                          "",
		"about:client":                              "",
	} {
		if got := originOf(referrer); got != want {
			t.Errorf("%q: %q, want %q", referrer, got, want)
		}
	}
}
