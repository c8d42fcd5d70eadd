package visitor

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/page"
)

// serviceContinue of a page shows the relay's visible frame with the button that asks the browser for access to the
// shared cookie: {shown: true}, answered with the handle of the chat that was found, or ""; {shown: false} takes it away.
const serviceContinue = "continue"

// sharing keeps the site's chat in the cookie of the relay's frame, and finds one that another site has kept there. What
// the frame is asked stands in www/frame/bridge.js.
type sharing struct {
	v     *Visitor
	kept  string     // the handle of the chat that the cookie leads to, "" for none
	asked bool       // the button was shown, or cannot be of use
	shown *page.Page // where the button is, nil for nowhere
}

func newSharing(v *Visitor) *sharing {
	s := &sharing{v: v}
	v.chat.Client().Watch(s.follow)
	return s
}

// begin offers the ladder what a page's frame may find, where there is no chat.
func (s *sharing) begin(p *page.Page) {
	for _, r := range []wire.Rung{wire.RungCookie, wire.RungActivate} {
		s.v.crossing.ladder.Offer(r, func(done func(string)) {
			p.AskFrame(map[string]any{"t": "take", "rung": string(r)}, func(answer map[string]any) {
				handle, _ := answer["handle"].(string)
				done(handle)
			})
		})
	}
}

// follow keeps in the cookie what has become of the chat.
func (s *sharing) follow() {
	client := s.v.chat.Client()
	handle := client.Handle()
	switch {
	case client.Live() && client.Phase() != chat.Starting && handle != "" && handle != s.kept:
		s.kept = handle
		s.tellFrame("keep", handle)
	case s.kept != "" && (handle == "" || client.Phase() == chat.Over):
		s.tellFrame("drop", s.kept)
		s.kept = ""
	}
	if s.shown != nil && client.Phase() != chat.None {
		s.hide()
	}
}

func (s *sharing) tellFrame(what, handle string) {
	l := s.v.crossing.ladder
	pages := s.v.site.Pages()
	if len(pages) == 0 || !l.Allows(wire.RungCookie) && !l.Allows(wire.RungActivate) && !l.Allows(wire.RungButton) {
		return
	}
	pages[len(pages)-1].AskFrame(map[string]any{"t": what, "handle": handle}, func(map[string]any) {})
}

// opened is called when the visitor opens the window of a page. Who has no chat here may have one on another site: where
// the browser would share the cookie if it were asked, a button asks, once a visit.
func (s *sharing) opened(p *page.Page) {
	client := s.v.chat.Client()
	if s.asked || client.Phase() != chat.None || client.Resuming() || !s.v.crossing.ladder.Allows(wire.RungButton) {
		return
	}
	s.asked = true
	p.AskFrame(map[string]any{"t": "access"}, func(answer map[string]any) {
		if answer["access"] == "ask" && client.Phase() == chat.None {
			s.v.crossing.ladder.Offer(wire.RungButton, func(done func(string)) { s.show(p, done) })
		}
	})
}

func (s *sharing) show(p *page.Page, done func(handle string)) {
	s.shown = p
	p.Call(serviceContinue, map[string]any{"shown": true}, func(_ bool, value any) {
		s.shown = nil
		handle, _ := value.(string)
		done(handle)
	})
}

func (s *sharing) hide() {
	p := s.shown
	s.shown = nil
	p.Call(serviceContinue, map[string]any{"shown": false}, nil)
}
