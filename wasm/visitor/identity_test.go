package visitor

import (
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/webchat"
)

func configuredAs(identity any) map[string]any {
	return map[string]any{"t": "config", "main": map[string]any{"identity": identity}}
}

func (w *world) helloNow() *wire.Hello {
	w.Helper()
	h, ok := w.socket().sent[0].(*wire.Hello)
	if !ok {
		w.Fatalf("the relay was told %+v", w.socket().sent)
	}
	return h
}

func TestThePageSaysWhoTheVisitorIs(t *testing.T) {
	t.Run("as a text", func(t *testing.T) {
		w := newWorld(t)
		p := w.enter(withChat, nil)
		w.say(p, configuredAs("jwt"))
		if h := w.helloNow(); h.Identity != "jwt" {
			t.Errorf("the hello is %+v", h)
		}
	})
	t.Run("by a function, which is asked again in time", func(t *testing.T) {
		w := newWorld(t)
		p := w.enter(withChat, nil)
		fn := map[string]any{"$fn": 7.0}
		w.say(p, configuredAs(fn))
		w.say(p, configuredAs(map[string]any{"$fn": 7.0}))
		asked := p.calls("fn")
		if len(asked) != 1 || asked[0]["args"].(map[string]any)["fn"] != 7.0 {
			t.Fatalf("asked %v", asked)
		}
		w.say(p, map[string]any{"t": "result", "n": float64(asked[0]["n"].(int)), "ok": true, "value": "jwt-1"})
		if h := w.helloNow(); h.Identity != "jwt-1" {
			t.Errorf("the hello is %+v", h)
		}
		w.hear(w.socket(), &wire.Welcome{IdentityMs: 40_000})
		w.loop.Advance(9 * time.Second)
		if n := len(p.calls("fn")); n != 1 {
			t.Errorf("asked %d times", n)
		}
		w.loop.Advance(time.Second)
		asked = p.calls("fn")
		if len(asked) != 2 {
			t.Fatalf("asked %v", asked)
		}
		w.say(p, map[string]any{"t": "result", "n": float64(asked[1]["n"].(int)), "ok": true, "value": "jwt-2"})
		s := w.socket()
		if renewed, ok := s.sent[len(s.sent)-1].(*wire.Identify); !ok || renewed.Identity != "jwt-2" {
			t.Errorf("the relay was told %+v", s.sent)
		}
	})
	t.Run("by a command, which says what became of it", func(t *testing.T) {
		w := newWorld(t)
		p := w.enter(withChat, nil)
		w.say(p, map[string]any{"t": "command", "n": 1.0, "name": "Foyer.identify", "data": map[string]any{"token": "jwt"}})
		if h := w.helloNow(); h.Identity != "jwt" {
			t.Errorf("the hello is %+v", h)
		}
		w.hear(w.socket(), &wire.Error{Code: wire.CodeIdentity, Fatal: true})
		if m := p.got("settle"); m == nil || m["ok"] != false || m["value"] != "identity_invalid" {
			t.Errorf("settled with %v", m)
		}
	})
}

func TestAChatFoundByIdentityIsShown(t *testing.T) {
	w := newWorld(t)
	p := w.enter(withChat, nil)
	w.say(p, configuredAs("jwt"))
	snapshot := talk()
	snapshot.Handle = "H"
	w.hear(w.socket(), &wire.Welcome{IdentityMs: 300_000, Rung: wire.RungIdentity, Sessions: []wire.Snapshot{snapshot}})
	client := w.visitor.chat.Client()
	if !client.Live() || client.Rung() != wire.RungIdentity || w.visitor.chat.Window() != webchat.Open {
		t.Errorf("live %t, by %q, window %q", client.Live(), client.Rung(), w.visitor.chat.Window())
	}
}
