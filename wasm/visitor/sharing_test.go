package visitor

import (
	"slices"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/webchat"
)

// AskFrame implements page.FramePort.
func (p *port) AskFrame(question map[string]any, done func(map[string]any)) {
	if p.frame == nil {
		done(nil)
		return
	}
	p.frame(question, done)
}

// frame answers what Go asks, and notes it as "take cookie" or "keep H1".
type frame struct {
	asked   []string
	answers map[string]map[string]any // by what is asked
}

func (f *frame) serve(question map[string]any, done func(map[string]any)) {
	text := question["t"].(string)
	for _, key := range []string{"rung", "handle"} {
		if more, ok := question[key].(string); ok {
			text += " " + more
		}
	}
	f.asked = append(f.asked, text)
	done(f.answers[text])
}

func (f *frame) take() []string {
	asked := f.asked
	f.asked = nil
	return asked
}

// enterFramed opens a tab whose frame answers. Its frame cannot be asked before the page has said hello.
func (w *world) enterFramed(f *frame, deployment, stored map[string]any) *port {
	w.framed = f
	return w.enter(deployment, stored)
}

func wantAsked(t *testing.T, f *frame, want ...string) {
	t.Helper()
	if got := f.take(); !slices.Equal(got, want) {
		t.Errorf("the frame was asked %q, want %q", got, want)
	}
}

// calls are the arguments of a service's calls.
func (p *port) calls(service string) (all []map[string]any) {
	for _, m := range p.heard {
		if m["t"] == "call" && m["service"] == service {
			all = append(all, m)
		}
	}
	return all
}

func TestAChatThatAnotherSiteHasKeptInTheCookieIsTakenUp(t *testing.T) {
	for rung, want := range map[wire.Rung][]string{
		wire.RungCookie:   {"take cookie"},
		wire.RungActivate: {"take cookie", "take activate"},
	} {
		t.Run(string(rung), func(t *testing.T) {
			w := newWorld(t)
			f := &frame{answers: map[string]map[string]any{"take " + string(rung): {"handle": "H"}}}
			w.enterFramed(f, unasked, nil)
			wantAsked(t, f, want...)
			hello := w.socket().sent[0].(*wire.Hello)
			if hello.Handle != "H" || hello.Rung != rung {
				t.Fatalf("the hello is %+v", hello)
			}
			w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
			client := w.visitor.chat.Client()
			if !client.Live() || client.Rung() != rung || w.visitor.chat.Window() != webchat.Open {
				t.Errorf("live %t, by %q, window %q", client.Live(), client.Rung(), w.visitor.chat.Window())
			}
			wantAsked(t, f, "keep H")
		})
	}
}

func TestTheCookieFollowsTheChat(t *testing.T) {
	w := newWorld(t)
	f := &frame{}
	w.enterFramed(f, withChat, map[string]any{"handle": "H1"})
	wantAsked(t, f)
	snapshot := talk()
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{snapshot}})
	wantAsked(t, f, "keep H1")
	snapshot.Handle = "H2"
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{snapshot}})
	wantAsked(t, f, "keep H2")
	w.hear(w.socket(), &wire.Push{Session: "S", State: "Completed"})
	wantAsked(t, f, "drop H2")
}

func TestNoCookieWhereNoWayUsesOne(t *testing.T) {
	w := newWorld(t)
	f := &frame{}
	off := map[string]any{"name": "demo", "chat": true, "rungs": []any{"session", "handoff", "identity"}}
	w.enterFramed(f, off, map[string]any{"handle": "H1"})
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	w.hear(w.socket(), &wire.Push{Session: "S", State: "Completed"})
	wantAsked(t, f)
}

func openChat(n float64) map[string]any {
	return map[string]any{"t": "command", "n": n, "name": "WebChat.open"}
}

func TestTheButtonAsksOnceWhereTheBrowserMayShareTheCookie(t *testing.T) {
	for access, shown := range map[string]int{"ask": 1, "has": 0, "granted": 0, "never": 0, "": 0} {
		t.Run(access, func(t *testing.T) {
			w := newWorld(t)
			f := &frame{answers: map[string]map[string]any{"access": {"access": access}}}
			p := w.enterFramed(f, withChat, nil)
			w.say(p, openChat(1))
			w.say(p, map[string]any{"t": "command", "n": 2.0, "name": "WebChat.close"})
			w.say(p, openChat(3))
			if got := p.calls("continue"); len(got) != shown {
				t.Errorf("shown %d times: %v", len(got), got)
			}
		})
	}
}

func TestTheButtonBringsTheChat(t *testing.T) {
	w := newWorld(t)
	f := &frame{answers: map[string]map[string]any{"access": {"access": "ask"}}}
	p := w.enterFramed(f, withChat, nil)
	w.say(p, openChat(1))
	n := p.calls("continue")[0]["n"]
	w.say(p, map[string]any{"t": "result", "n": float64(n.(int)), "ok": true, "value": "H"})
	hello := w.socket().sent[0].(*wire.Hello)
	if hello.Handle != "H" || hello.Rung != wire.RungButton {
		t.Errorf("the hello is %+v", hello)
	}
}

func TestTheButtonGoesWhenAChatBegins(t *testing.T) {
	w := newWorld(t)
	f := &frame{answers: map[string]map[string]any{"access": {"access": "ask"}}}
	p := w.enterFramed(f, withChat, nil)
	w.say(p, openChat(1))
	w.visitor.chat.Client().Identify("", nil)
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	all := p.calls("continue")
	if len(all) != 2 || all[1]["args"].(map[string]any)["shown"] != false {
		t.Errorf("called %v", all)
	}
}
