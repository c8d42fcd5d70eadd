package webchat

import (
	"strconv"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

type attrs = map[string]string

// Ids of elements that others refer to.
const (
	titleID   = "cx-webchat-title"
	unreadID  = "cx-webchat-unread"
	askedID   = "cx-webchat-confirm-title"
	askedText = "cx-webchat-confirm-body"
)

// Drawings of the buttons, strokes in a box of 24 by 24.
const (
	drawMinimize = "M6 18h12"
	drawRestore  = "M6 15l6-6 6 6"
	drawClose    = "M6 6l12 12M18 6L6 18"
	drawSend     = "M4 12l16-8-5 17-4-7z"
)

// tree is the window on one page.
func (a *App) tree(p *pane) *view.Node {
	root := view.El("div", a.rootAttrs(p), a.titlebar(p))
	root.Focus = p.focusOn(onWindow)
	root.On = []view.Handler{
		{Event: "keydown", Action: actEscape, Keys: []string{"Escape"}, Prevent: true, Stop: true},
		{Event: "focusin", Action: actFocusIn},
		{Event: "focusout", Action: actFocusOut},
	}
	if p.drawn == isBar {
		return root
	}
	asked := p.asked != notAsked
	root.Children = append(root.Children, inertIf(asked, a.body(p)))
	if footer := a.footer(p); footer != nil {
		root.Children = append(root.Children, inertIf(asked, footer))
	}
	if asked {
		inertIf(true, root.Children[0])
		root.Children = append(root.Children, a.confirm(p))
	}
	return root
}

func (a *App) rootAttrs(p *pane) attrs {
	class := "cx-widget cx-webchat cx-desktop"
	if p.narrow() {
		class = "cx-widget cx-webchat cx-mobile"
	}
	if a.window == Minimized {
		class += " cx-minimized"
	}
	return attrs{
		"class": class, "role": "dialog", "aria-labelledby": titleID, "aria-modal": "false", "tabindex": "-1",
		"lang": a.texts.Get("Lang"),
	}
}

// inertIf keeps the keyboard and the mouse out of a part while a question is open.
func inertIf(asked bool, n *view.Node) *view.Node {
	if asked {
		n.Attrs["inert"] = ""
	}
	return n
}

func (a *App) titlebar(p *pane) *view.Node {
	toggle, drawing := "AriaMinimize", drawMinimize
	if a.window == Minimized {
		toggle, drawing = "AriaMaximize", drawRestore
	}
	minimize := a.iconButton("cx-button-minimize", toggle, drawing, actToggle)
	minimize.Attrs["aria-describedby"] = unreadID
	minimize.Focus = p.focusOn(onToggle)
	closing := a.iconButton("cx-button-close", "AriaClose", drawClose, actClose)
	closing.Focus = p.focusOn(onClose)
	return view.El("div", attrs{"class": "cx-titlebar"},
		view.Txt("h2", attrs{"class": "cx-title", "id": titleID}, a.texts.Get("ChatTitle")),
		a.unreadBadge(),
		view.El("div", attrs{"class": "cx-window-controls"}, minimize, closing),
	)
}

// unreadBadge counts what came while the window was minimised. Its place is there before, so that it is read out.
func (a *App) unreadBadge() *view.Node {
	badge := view.El("div", attrs{"class": "cx-unread-place", "id": unreadID, "role": "status"})
	if n := a.unread(); n > 0 && a.window == Minimized {
		badge.Children = []*view.Node{
			view.Txt("span", attrs{"class": "cx-sr-only"}, a.texts.Get("UnreadMessagesTitle")+": "),
			view.Txt("span", attrs{"class": "cx-unread"}, strconv.Itoa(n)),
		}
	}
	return badge
}

// iconButton is a button that shows a drawing and is named by a text.
func (a *App) iconButton(class, name, drawing, action string) *view.Node {
	b := view.El("button", attrs{"type": "button", "class": "cx-icon-button " + class, "aria-label": a.texts.Get(name)}, icon(drawing))
	b.On = onClick(action)
	return b
}

func icon(drawing string) *view.Node {
	return view.El("svg", attrs{"class": "cx-icon", "viewBox": "0 0 24 24", "aria-hidden": "true", "focusable": "false"},
		view.El("path", attrs{"d": drawing}))
}

func onClick(action string) []view.Handler {
	return []view.Handler{{Event: "click", Action: action}}
}

// button is a button with words on it.
func (a *App) button(class, name, action string) *view.Node {
	b := view.Txt("button", attrs{"type": "button", "class": class}, a.texts.Get(name))
	b.On = onClick(action)
	return b
}

func (a *App) body(p *pane) *view.Node {
	body := view.El("div", attrs{"class": "cx-body"}, a.status(p.drawn))
	switch p.drawn {
	case isForm:
		body.Children = append(body.Children, a.formTree(p))
	case isTalk, isOver:
		body.Children = append(body.Children, a.transcript(p)...)
	case isConnecting, isStarting:
		body.Children = append(body.Children, spinner())
	}
	return body
}

func spinner() *view.Node { return view.El("div", attrs{"class": "cx-spinner", "aria-hidden": "true"}) }

// status says what the visitor waits for. It is there all the time, so that its changes are read out.
func (a *App) status(now content) *view.Node {
	class, text := a.statusText(now)
	n := view.El("div", attrs{"class": "cx-status " + class, "role": "status"})
	if text != "" {
		n.Children = []*view.Node{view.Txt("p", attrs{"class": "cx-status-text"}, text)}
	} else {
		n.Attrs["class"] = "cx-status"
	}
	return n
}

func (a *App) statusText(now content) (class, text string) {
	client := a.client
	switch {
	case now == isDenied || (client.Status() == chat.Denied && now == isTalk):
		return "cx-denied", a.texts.With("ChatDenied", "Reason", a.texts.Reason(client.Denial()))
	case client.Status() == chat.Reconnecting && now != isForm && now != isOver:
		return "cx-reconnecting", a.texts.Get("ChatReconnecting")
	case now == isConnecting, now == isTalk && client.Status() == chat.Connecting:
		return "cx-connecting", a.texts.Get("ChatConnecting")
	case now == isStarting:
		return "cx-starting", a.texts.Get("ChatFormBusy")
	case now == isTalk && client.Phase() == chat.Waiting:
		return "cx-waiting", a.texts.Get("ChatWaiting")
	}
	return "", ""
}

func (a *App) footer(p *pane) *view.Node {
	switch p.drawn {
	case isTalk:
		return view.El("div", attrs{"class": "cx-footer"}, a.input(p),
			view.El("div", attrs{"class": "cx-footer-actions"}, a.button("cx-btn cx-btn-link cx-end-chat", "ChatEnd", actEnd)))
	case isOver:
		return a.overFooter(p)
	}
	return nil
}

func (a *App) input(p *pane) *view.Node {
	text := view.El("textarea", attrs{
		"class": "cx-message-input", "name": "message", "rows": "1", "aria-label": a.texts.Get("AriaMessage"),
		"placeholder": a.texts.Get("ChatInputPlaceholder"), "maxlength": strconv.Itoa(wire.MaxMessageRunes),
		"autocomplete": "off", "dir": "auto",
	})
	text.Props = map[string]any{"value": a.client.Draft()}
	text.Focus = p.focusOn(onInput)
	text.On = []view.Handler{
		{Event: "keydown", Action: actSend, Keys: []string{"Enter"}, Prevent: true, Fields: true, Clear: true},
		{Event: "input", Action: actTyped, WaitMs: 300},
	}
	send := view.El("button", attrs{
		"type": "submit", "class": "cx-send", "data-message": "ChatSend", "aria-label": a.texts.Get("ChatSend"),
	}, icon(drawSend))
	form := view.El("form", attrs{"class": "cx-input-container", "autocomplete": "off"},
		view.El("div", attrs{"class": "cx-textarea-cell"}, text), send)
	form.On = []view.Handler{{Event: "submit", Action: actSend, Prevent: true, Fields: true, Clear: true}}
	return form
}

func (a *App) overFooter(p *pane) *view.Node {
	words := "ChatEndedUnknown"
	switch a.client.Conversation().EndedBy() {
	case chat.ByAgent:
		words = "ChatEndedByAgent"
	case chat.ByVisitor:
		words = "ChatEndedByVisitor"
	}
	again := a.button("cx-btn cx-btn-primary cx-start-new", "ChatStartNew", actAgain)
	again.Focus = p.focusOn(onAgain)
	return view.El("div", attrs{"class": "cx-footer cx-ended"},
		view.Txt("p", attrs{"class": "cx-ended-text"}, a.texts.Get(words)),
		view.El("div", attrs{"class": "cx-button-container"}, view.El("div", attrs{"class": "cx-button-group"}, again)),
	)
}

// confirm asks whether to end the chat.
func (a *App) confirm(p *pane) *view.Node {
	keep := a.button("cx-btn cx-btn-default", "EndConfirmReject", actKeep)
	keep.Focus = p.focusOn(onConfirm)
	n := view.El("div", attrs{
		"class": "cx-confirm", "role": "alertdialog", "aria-modal": "true", "aria-labelledby": askedID, "aria-describedby": askedText,
	},
		view.Txt("h3", attrs{"class": "cx-confirm-title", "id": askedID}, a.texts.Get("EndConfirmTitle")),
		view.Txt("p", attrs{"class": "cx-confirm-body", "id": askedText}, a.texts.Get("EndConfirmBody")),
		view.El("div", attrs{"class": "cx-button-container"},
			view.El("div", attrs{"class": "cx-button-group cx-buttons-binary"},
				keep, a.button("cx-btn cx-btn-primary", "EndConfirmAccept", actEndNow))),
	)
	n.Key = "confirm"
	return n
}
