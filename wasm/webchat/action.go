package webchat

import (
	"strings"

	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// What the visitor can do; the names under which a page sends it.
const (
	actEscape   = "escape"
	actFocusIn  = "focusin"
	actFocusOut = "focusout"
	actToggle   = "toggle"
	actClose    = "close"
	actCancel   = "cancel"
	actFilled   = "filled"
	actSubmit   = "submit"
	actTyped    = "typed"
	actSend     = "send"
	actSplit    = "split"  // sends a message that is too long as several
	actAsFile   = "asFile" // or as a file
	actRetry    = "retry"
	actDiscard  = "discard"
	actEarlier  = "earlier"
	actEnd      = "end"
	actEndNow   = "endNow"
	actKeep     = "keep"
	actAgain    = "again"
	actScroll   = "scroll"
	actEmojis   = "emojis" // opens and closes the picker
	actEmoji    = "emoji"  // one was picked: the page has put it into the message
	actMute     = "mute"
	actSave     = "save"
	actInvited  = "invited"
	actDecline  = "decline"

	actAttach     = "attach"
	actDropFile   = "dropFile"
	actAgainFile  = "againFile"
	actDownload   = "download"
	actDeleteFile = "deleteFile"
)

// Input does what the visitor wants on a page.
func (a *App) Input(p Page, act view.Action) {
	pane := a.pane(p)
	if pane == nil {
		return
	}
	switch act.Name {
	case actFocusIn:
		pane.hasFocus = true
		return
	case actFocusOut:
		pane.hasFocus = false
		return
	case actFilled:
		a.fill(pane, act.Fields)
	case actTyped:
		a.client.SetDraft(act.Value)
	default:
		a.act(pane, act)
	}
	a.changed()
}

func (a *App) act(p *pane, act view.Action) {
	switch act.Name {
	case actEscape:
		a.escape(p)
	case actToggle:
		a.toggle()
	case actClose:
		a.askToClose(p)
	case actCancel:
		a.askToClose(p)
	case actSubmit:
		a.fill(p, act.Fields)
		a.submit(p)
	case actEnd:
		a.ask(p, askedEnd)
	case actEndNow:
		a.endNow(p)
	case actKeep:
		a.keep(p)
	case actAgain:
		a.again(p)
	case actEarlier:
		a.earlier(p)
	case actScroll:
		if act.Value == "" { // at the top
			a.earlier(p)
		}
	case actEmojis:
		p.emojis = !p.emojis
	case actMute:
		a.mute()
	case actSave:
		p.saving = true
	case actInvited:
		a.accepted(p)
	case actDecline:
		a.uninvite(p)
	case actAttach, actDropFile, actAgainFile, actDownload, actDeleteFile:
		a.actOnFile(p, act)
	case actSend:
		a.send(p, act.Fields["message"])
	case actSplit:
		a.split(p)
	case actAsFile:
		a.sendAsFile(p, act)
	default:
		a.actOnMessage(act)
	}
}

// send sends what is in the input, unless it is too long: then it stays there, and the visitor hears why.
func (a *App) send(p *pane, text string) {
	if a.client.Conversation() == nil {
		return // the tab may act on a chat that another tab has closed
	}
	limit := p.settings().limit()
	if chat.Units(text) <= limit {
		a.client.Write(text)
		return
	}
	a.client.SetDraft(text)
	p.page.Call("announce", map[string]any{"text": p.texts.tooLong(text, limit), "assertive": true}, nil)
}

// split sends what is too long as several messages.
func (a *App) split(p *pane) {
	conv := a.client.Conversation()
	parts := chat.Split(a.client.Draft(), p.settings().limit())
	if conv == nil || conv.Over() || len(parts) > chat.MostParts {
		return
	}
	for _, part := range parts {
		a.client.Write(part)
	}
	p.wantFocus(onInput)
}

// sendAsFile sends what is too long as a file, once: of a double click, the second finds nothing any more.
func (a *App) sendAsFile(p *pane, act view.Action) {
	q, files := a.Uploads(), attachment.Files(act.Files)
	if q == nil || len(files) == 0 || !q.Limits().Takes(files[0]) || chat.Units(a.client.Draft()) <= p.settings().limit() {
		return
	}
	q.Add(files...)
	a.client.SetDraft("")
	p.wantFocus(onInput)
}

// actOnMessage does what only makes sense while there is a chat: the tab may act on one that another tab has closed.
func (a *App) actOnMessage(act view.Action) {
	conv := a.client.Conversation()
	if conv == nil {
		return
	}
	clientID := strings.TrimPrefix(act.Key, "c")
	switch act.Name {
	case actRetry:
		conv.Retry(clientID)
	case actDiscard:
		conv.Discard(clientID)
	}
}

func (a *App) escape(p *pane) {
	if p.asked != notAsked {
		a.keep(p)
		return
	}
	if p.emojis {
		p.emojis = false
		p.wantFocus(onEmojis)
		return
	}
	if a.window == Open {
		a.setWindow(Minimized)
	}
}

func (a *App) toggle() {
	if a.window == Open {
		a.setWindow(Minimized)
		return
	}
	a.setWindow(Open)
}

// askToClose closes the window. It asks first where a chat would end with it, or what was written in the form be lost.
func (a *App) askToClose(p *pane) {
	if phase := a.client.Phase(); phase == chat.Waiting || phase == chat.Talking {
		a.setWindow(Open)
		a.ask(p, askedEndClose)
		return
	}
	if p.written && a.client.Phase() == chat.None && p.settings().webchat["confirmFormCloseEnabled"] != false {
		a.setWindow(Open)
		a.ask(p, askedForm)
		return
	}
	a.close(p)
}

// close closes the window, and ends what may be going on in it.
func (a *App) close(p *pane) {
	a.client.End()
	a.publishPhase() // with the window, the chat is forgotten
	p.leave = true
	a.setWindow(Closed)
}

func (a *App) ask(p *pane, what confirming) {
	p.asked = what
	p.wantFocus(onConfirm)
}

// keep takes the question back.
func (a *App) keep(p *pane) {
	asked := p.asked
	p.asked = notAsked
	switch asked {
	case askedEndClose:
		p.wantFocus(onClose)
	case askedForm:
		p.wantFocus(onForm)
	default:
		p.wantFocus(onInput)
	}
}

func (a *App) endNow(p *pane) {
	asked := p.asked
	p.asked = notAsked
	if asked != askedEnd {
		a.close(p)
		return
	}
	a.client.End()
	p.wantFocus(onAgain)
}

func (a *App) again(p *pane) {
	a.client.Dismiss()
	p.wantFocus(onForm)
}

// earlier draws more of what was said before. That is not read out: it is no news.
func (a *App) earlier(p *pane) {
	conv := a.client.Conversation()
	if conv == nil {
		return
	}
	p.lines += linesAtFirst
	if len(conv.Entries()) < p.lines {
		conv.FetchEarlier(nil)
	}
	p.quiet = true
	a.o.Loop.After(quietFor, func() {
		p.quiet = false
		a.changed()
	})
}
