package webchat

import (
	"strconv"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

// muted tells whether the visitor wants no sound.
func (a *App) muted() bool { return a.o.Site.Stored(page.KeepMuted) != "" }

func (a *App) mute() {
	if a.muted() {
		a.o.Site.Store(page.KeepMuted, "")
		return
	}
	a.o.Site.Store(page.KeepMuted, "yes")
}

// hear takes notice when somebody else has written and the visitor is not looking: a sound plays on one page, and a closed
// window comes back where that page wants it to.
func (a *App) hear() {
	conv := a.client.Conversation()
	if conv == nil {
		return
	}
	last := int64(0)
	for i, entries := 0, conv.Entries(); i < len(entries); i++ {
		if e := entries[len(entries)-1-i]; e.Kind == wire.KindMessage && e.From.ID != conv.Me().ID {
			last = e.Seq
			break
		}
	}
	known := a.heardIn == conv.ID()
	isNew := known && last > a.heard && conv.Unread() > 0
	a.heardIn, a.heard = conv.ID(), last
	if !isNew {
		return
	}
	p := a.panes[len(a.panes)-1]
	if !a.muted() {
		p.page.Call("sound", map[string]any{"name": "message"}, nil)
	}
	a.comeBack(p.settings().object("async"))
}

// markTitle says in the title of a page that is not in front that something waits there. The page itself takes it back
// when it is seen.
func (a *App) markTitle(p *pane, t Texts) {
	mark := ""
	if n := a.unread(); n > 0 && !p.page.Visible() && t != nil {
		mark = "(" + strconv.Itoa(n) + ") " + t.Get("UnreadMessagesTitle")
	}
	if mark == p.marked {
		return
	}
	p.marked = mark
	p.page.Call("unread", map[string]any{"text": mark}, nil)
}

// comeBack shows a closed window in the state that a page's settings of lasting chats name for a new message.
func (a *App) comeBack(async map[string]any) {
	if a.window != Closed || async["enabled"] != true {
		return
	}
	switch async["newMessageRestoreState"] {
	case "minimized":
		a.setWindow(Minimized)
	case "open", "maximized":
		a.setWindow(Open)
	}
}
