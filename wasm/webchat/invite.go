package webchat

import (
	"strings"
	"time"

	"foyer/wasm/page"
	"foyer/wasm/view"
)

// inviteRoot is the root of the invitation on a page.
const inviteRoot = "webchat-invite"

// webEngagement is the key by which agents and reports tell chats that began with an invitation; it counts by being there.
const webEngagement = "webengagement"

const inviteTitleID = "cx-webchat-invite-title"

// Times of an automatic invitation where the page's autoInvite says nothing else.
const (
	inviteAfter  = 5 * time.Second
	inviteLasts  = 30 * time.Second
	chatIsOpened = "Chat is already open. Ignoring invite command."
)

// invitation asks the visitor whether to chat: a box on one page. words are the keys of its texts without their ends.
type invitation struct {
	words string // "Invite", or "RestoreTimeout" when a chat could not be taken up
	drawn bool
	stop  func() // of the time after which it goes
}

// commandInvite is WebChat.invite and, with the words of a chat that has run out, WebChat.reInvite.
func (a *App) commandInvite(p *pane, c *page.Command, words string) {
	if a.window != Closed {
		c.Settle(false, chatIsOpened)
		return
	}
	a.invite(p, words)
	a.drawn(p, c, nil)
}

func (a *App) invite(p *pane, words string) {
	a.uninvite(p)
	p.invited = &invitation{words: words, stop: func() {}}
	lasts := inviteLasts
	if s, ok := p.settings().autoInvite()["inviteTimeoutSeconds"].(float64); ok {
		lasts = time.Duration(s * float64(time.Second))
	}
	if lasts > 0 {
		p.invited.stop = a.o.Loop.After(lasts, func() {
			a.uninvite(p)
			a.changed()
		})
	}
	a.changed()
}

// RestoreTimedOut says that a chat was not taken up because its visitor was away for too long: pages that are configured so
// (inviteOnRestoreTimeout) ask whether to begin a new one.
func (a *App) RestoreTimedOut() {
	for _, p := range a.panes {
		if p.settings().on("inviteOnRestoreTimeout") {
			a.window, a.restored = Closed, false
			a.invite(p, "RestoreTimeout")
		}
	}
}

// uninvite takes the invitation away.
func (a *App) uninvite(p *pane) {
	if p.invited == nil {
		return
	}
	p.invited.stop()
	if p.invited.drawn {
		p.page.Remove(inviteRoot)
	}
	p.invited = nil
}

// planInvite invites the visitor after a while where the page's configuration wants that: once for all pages of the site,
// and nobody who has or had a chat.
func (a *App) planInvite(p *pane) {
	if p.stopInvite != nil {
		p.stopInvite()
		p.stopInvite = nil
	}
	auto := p.settings().autoInvite()
	if !truth(auto["enabled"]) || a.invited || a.hasChat() {
		return
	}
	after := inviteAfter
	if s, ok := auto["timeToInviteSeconds"].(float64); ok {
		after = time.Duration(s * float64(time.Second))
	}
	p.stopInvite = a.o.Loop.After(after, func() {
		if a.window == Closed && !a.invited && !a.hasChat() && p.page.Visible() {
			a.invited = true
			a.invite(p, "Invite")
		}
	})
}

// drawInvite shows the invitation, as long as there is no chat to be seen.
func (a *App) drawInvite(p *pane, t Texts) {
	if p.invited == nil || t == nil {
		return
	}
	if a.window != Closed {
		a.uninvite(p)
		return
	}
	d := painter{a, p, t, p.settings()}
	title, body := t.Get(p.invited.words+"Title"), t.Get(p.invited.words+"Body")
	box := view.Box("div", "cx-widget cx-toast",
		view.Box("div", "cx-toast-head", view.Say("h2", "cx-toast-title", title).With("id", inviteTitleID),
			d.iconButton("cx-button-close", "AriaClose", drawClose, actDecline)),
		view.Say("p", "cx-toast-body", body),
		buttons("cx-buttons-binary", d.button("cx-btn-default", p.invited.words+"Reject", actDecline),
			d.button("cx-btn-primary", p.invited.words+"Accept", actInvited)))
	box.On = []view.Handler{{Event: "keydown", Action: actDecline, Keys: []string{"Escape"}, Prevent: true}}
	p.page.Render(inviteRoot, rootClass, box.With("role", "dialog", "aria-labelledby", inviteTitleID, "aria-modal", "false",
		"lang", t.Get("Lang"), "dir", t.Get("Dir")))
	if !p.invited.drawn {
		p.invited.drawn = true
		p.page.Call("announce", map[string]any{"text": sentence(title) + " " + body}, nil)
	}
}

// accepted opens the chat that the visitor was invited to.
func (a *App) accepted(p *pane) {
	if p.invited != nil && p.invited.words == "Invite" {
		ids := p.page.IDs()
		a.addUserData(map[string]any{"visitID": ids.Visit, "pageID": ids.Page, webEngagement: ""})
	}
	a.uninvite(p)
	a.story.proactive = true
	a.setWindow(Open)
	p.wantFocus(a.content().focus())
	a.o.Connect()
}

// sentence ends a title that is read out together with what follows.
func sentence(title string) string {
	for _, end := range []string{".", "?", "!", "…", "。", "？", "！", "؟"} {
		if strings.HasSuffix(title, end) {
			return title
		}
	}
	return title + "."
}
