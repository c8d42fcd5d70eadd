package visitor

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/webchat"
)

// serviceKeep of a page shows the relay's visible frame as a line under the chat window, with the button by which the
// browser lets other sites have the cookie, too: {shown: true, handle}, answered when the visitor has decided or cannot be
// asked, and called again with a handle that was renewed; {shown: false} takes it away.
const serviceKeep = "keep"

// keeping offers the visitor to keep the chat on the deployment's other sites, where the browser keeps the cookie of the
// relay's frame for this site alone unless a person clicks. The chat never waits for it.
type keeping struct {
	v     *Visitor
	asked bool       // the visitor of this chat was asked, or need not be
	shown *page.Page // where the line is, nil for nowhere
	with  string     // the handle that it was shown with
	turn  int        // numbers the times that it was shown: the end of an older one is not heard
}

func newKeeping(v *Visitor) *keeping {
	k := &keeping{v: v}
	v.chat.Client().Watch(k.follow)
	return k
}

// follow offers it once in a chat, beside an open window, and takes it away with the chat.
func (k *keeping) follow() {
	client := k.v.chat.Client()
	handle := client.Handle()
	if !client.Live() || client.Phase() == chat.Starting || handle == "" {
		k.asked = false
		k.hide()
		return
	}
	if k.shown != nil && k.with != handle {
		k.with = handle
		k.shown.Call(serviceKeep, map[string]any{"shown": true, "handle": handle}, nil)
	}
	if k.asked || k.v.chat.Window() != webchat.Open || !k.v.crossing.ladder.Allows(wire.RungButton) {
		return
	}
	if p := k.page(); p != nil {
		k.asked = true
		k.ask(p)
	}
}

// page is the one to show it on: the last that the visitor sees, nil for none.
func (k *keeping) page() (seen *page.Page) {
	for _, p := range k.v.site.Pages() {
		if p.Visible() {
			seen = p
		}
	}
	return seen
}

func (k *keeping) ask(p *page.Page) {
	client := k.v.chat.Client()
	p.AskFrame(map[string]any{"t": "access"}, func(answer map[string]any) {
		if answer["access"] != "ask" || !k.asked || k.shown != nil {
			return
		}
		k.shown, k.with = p, client.Handle()
		k.turn++
		turn := k.turn
		p.Call(serviceKeep, map[string]any{"shown": true, "handle": k.with}, func(ok bool, _ any) {
			if ok && k.turn == turn { // else the page is going, see gone
				k.shown = nil
			}
		})
	})
}

func (k *keeping) hide() {
	if k.shown == nil {
		return
	}
	p := k.shown
	k.shown = nil
	p.Call(serviceKeep, map[string]any{"shown": false}, nil)
}

// gone is called when a page is: the next one asks, unless its tab remembers an answer.
func (k *keeping) gone(p *page.Page) {
	if k.shown == p {
		k.shown, k.asked = nil, false
		k.follow()
	}
}
