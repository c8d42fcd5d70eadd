package visitor

import (
	"testing"

	"foyer/relay/wire"
)

// withSisters is a deployment of several sites that asks its visitors.
var withSisters = map[string]any{"name": "demo", "chat": true, "rungs": []any{"session", "cookie", "button"}}

// unasked is one that does not ask them.
var unasked = map[string]any{"name": "demo", "chat": true, "rungs": []any{"session", "handoff", "cookie", "activate", "identity"}}

// chatsBeside has the visitor of a page chat in an open window, where the frame says how it stands with the cookie.
func chatsBeside(t *testing.T, deployment map[string]any, access, window string) (*world, *port) {
	w := newWorld(t)
	f := &frame{answers: map[string]map[string]any{"access": {"access": access}}}
	p := w.enterFramed(f, deployment, map[string]any{"handle": "H1", "window": window})
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	return w, p
}

func TestKeepingTheChatIsOfferedWhereAClickWouldHelp(t *testing.T) {
	for name, tt := range map[string]struct {
		deployment     map[string]any
		access, window string
		offered        int
	}{
		"the browser may ask":                  {withSisters, "ask", "open", 1},
		"the cookie is shared":                 {withSisters, "has", "open", 0},
		"access was given":                     {withSisters, "granted", "open", 0},
		"the browser never shares it":          {withSisters, "never", "open", 0},
		"the visitor has not agreed":           {withSisters, "", "open", 0},
		"the deployment does not ask visitors": {unasked, "ask", "open", 0},
		"the window is minimized":              {withSisters, "ask", "minimized", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := chatsBeside(t, tt.deployment, tt.access, tt.window)
			w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
			got := p.calls("keep")
			if len(got) != tt.offered {
				t.Fatalf("offered %d times: %v", len(got), got)
			}
			if tt.offered > 0 && got[0]["args"].(map[string]any)["handle"] != "H1" {
				t.Errorf("with %v", got[0]["args"])
			}
		})
	}
}

func TestWhatIsKeptIsTheHandleOfNow(t *testing.T) {
	w, p := chatsBeside(t, withSisters, "ask", "open")
	renewed := talk()
	renewed.Handle = "H2"
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{renewed}})
	all := p.calls("keep")
	if args := all[len(all)-1]["args"].(map[string]any); len(all) != 2 || args["shown"] != true || args["handle"] != "H2" {
		t.Errorf("called %v", all)
	}
}

func TestKeepingIsOfferedOnAPageThatIsSeen(t *testing.T) {
	w := newWorld(t)
	p := w.enterFramed(&frame{answers: map[string]map[string]any{"access": {"access": "ask"}}}, withSisters,
		map[string]any{"handle": "H1", "window": "open"})
	w.say(p, map[string]any{"t": "page", "what": "hidden"})
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	if all := p.calls("keep"); len(all) != 0 {
		t.Errorf("offered on a page in the background: %v", all)
	}
	w.say(p, map[string]any{"t": "page", "what": "visible"})
	if all := p.calls("keep"); len(all) != 1 {
		t.Errorf("called %v", all)
	}
}

func TestTheOfferGoesWithTheChat(t *testing.T) {
	w, p := chatsBeside(t, withSisters, "ask", "open")
	w.hear(w.socket(), &wire.Push{Session: "S", State: "Completed"})
	all := p.calls("keep")
	if len(all) != 2 || all[1]["args"].(map[string]any)["shown"] != false {
		t.Errorf("called %v", all)
	}
}

func TestTheVisitorsAnswerIsHeardOnce(t *testing.T) {
	w, p := chatsBeside(t, withSisters, "ask", "open")
	w.say(p, map[string]any{"t": "result", "n": float64(p.calls("keep")[0]["n"].(int)), "ok": true, "value": ""})
	w.hear(w.socket(), &wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	w.hear(w.socket(), &wire.Push{Session: "S", State: "Completed"})
	if all := p.calls("keep"); len(all) != 1 {
		t.Errorf("called %v", all)
	}
}

func TestTheNextPageOffersWhatThisOneTookAway(t *testing.T) {
	w, first := chatsBeside(t, withSisters, "ask", "open")
	second := w.enter(withSisters, map[string]any{"handle": "H1", "window": "open"})
	if all := second.calls("keep"); len(all) != 0 {
		t.Fatalf("offered on two pages: %v", all)
	}
	w.say(first, map[string]any{"t": "bye"})
	if all := second.calls("keep"); len(all) != 1 {
		t.Errorf("called %v", all)
	}
}
