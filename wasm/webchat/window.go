package webchat

import (
	"strconv"

	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// Ids of elements that others refer to.
const (
	unreadID  = "cx-webchat-unread"
	askedID   = "cx-webchat-confirm-title"
	askedText = "cx-webchat-confirm-body"
)

// window is the window on one page.
func (d painter) window() *view.Node {
	class := "cx-widget cx-common-container cx-webchat cx-desktop"
	if d.s.mobile(d.p.page.Address()) {
		class = "cx-widget cx-common-container cx-webchat cx-mobile"
	} else if d.s.main["mobileMode"] == false || d.s.main["mobileModeBreakpoint"] != nil {
		class += " cx-never-mobile"
	}
	if d.a.window == Minimized {
		class += " cx-minimized"
	}
	root := view.Box("div", class, d.titlebar()).With("role", "dialog", "aria-label", d.t.Get("ChatTitle"), "aria-modal", "false",
		"tabindex", "-1", "lang", d.t.Get("Lang"), "dir", d.t.Get("Dir"))
	d.focusable(root, onWindow)
	root.On = []view.Handler{{Event: "keydown", Action: actEscape, Keys: []string{"Escape"}, Prevent: true, Stop: true}}
	root.Handle("focusin", actFocusIn).Handle("focusout", actFocusOut)
	if d.p.drawn != isBar && d.takesFiles() {
		root.Handle("files", actAttach).With("data-drop", d.t.Get("FileDrop"))
	}
	// All of it is there from the beginning and in every state, hidden by the style where it is not of use: pages put
	// things of their own into it once, see the table of hooks_test.go.
	body, footer := d.body(), d.footer()
	if d.p.overlay != nil && d.p.overlay.hideFooter {
		footer.With("hidden", "")
	}
	if d.a.window == Minimized {
		hide(body, footer)
	}
	root.Add(body, footer)
	if d.p.asked == notAsked {
		return root
	}
	for _, n := range root.Children { // neither keyboard nor mouse get behind the question
		n.With("inert", "")
	}
	return root.Add(d.confirm())
}

func (d painter) titlebar() *view.Node {
	title := view.Say("h2", "cx-title", d.t.Get("ChatTitle"))
	toggle, drawing, looks := "AriaMinimize", drawMinimize, "icon-minimize"
	if d.a.window == Minimized {
		toggle, drawing, looks = "AriaMaximize", drawRestore, "icon-maximize"
		title.Handle("click", actToggle) // the bar is large, its button is small; who uses keys has the button
	}
	minimize := d.iconButton("cx-icon cx-button-minimize "+looks, toggle, drawing, actToggle).With("aria-describedby", unreadID)
	closing := d.iconButton("cx-icon cx-button-close icon-close", "AriaClose", drawClose, actClose)
	return view.Box("div", "cx-titlebar",
		title,
		view.Box("div", "cx-subtitle").Keyed("subtitle"),
		d.unreadBadge(),
		view.Box("div", "cx-button-group cx-buttons-window-control cx-window-controls", d.focusable(minimize, onToggle), d.focusable(closing, onClose)),
	)
}

// unreadBadge counts what came while the window was minimised. Its place is there before, so that it is read out.
func (d painter) unreadBadge() *view.Node {
	badge := view.Box("div", "cx-unread-place").With("id", unreadID, "role", "status")
	if n := d.a.unread(); n > 0 && d.a.window == Minimized {
		badge.Add(view.Say("span", "cx-sr-only", d.t.Get("UnreadMessagesTitle")+": "),
			view.Say("span", "cx-unread", strconv.Itoa(n)))
	}
	return badge
}

func (d painter) body() *view.Node {
	body := view.Box("div", "cx-body", d.status())
	switch d.a.holds() {
	case isForm:
		body.Add(d.form())
	case isTalk, isOver:
		body.Add(d.transcript()...)
	case isConnecting, isStarting:
		body.Add(spinner())
	}
	if d.p.overlay != nil {
		for _, n := range body.Children {
			n.With("inert", "")
		}
		body.Add(d.overlay())
	}
	return body
}

// status says what the visitor waits for. It is there all the time, so that its changes are read out.
func (d painter) status() *view.Node {
	class, text := d.statusText(d.a.holds())
	if text == "" {
		return view.Box("div", "cx-status").With("role", "status")
	}
	return view.Box("div", "cx-status "+class, view.Say("p", "cx-status-text", text)).With("role", "status")
}

func (d painter) statusText(now content) (class, text string) {
	client := d.a.client
	switch {
	case d.p.problem != "" && (now == isTalk || now == isOver):
		return "cx-denied", d.t.Get(d.p.problem)
	case now == isDenied || (client.Status() == chat.Denied && now == isTalk):
		return "cx-denied", d.t.With("ChatDenied", "Reason", d.t.Reason(client.Denial()))
	case client.Status() == chat.Reconnecting && now != isForm && now != isOver:
		return "cx-reconnecting", d.t.Get("ChatReconnecting")
	case now == isConnecting, now == isTalk && client.Status() == chat.Connecting:
		return "cx-connecting", d.t.Get("ChatConnecting")
	case now == isStarting:
		return "cx-starting", d.t.Get("ChatFormBusy")
	case now == isTalk && client.Phase() == chat.Waiting:
		return "cx-waiting", d.t.Get("ChatWaiting")
	}
	return "", ""
}

func (d painter) footer() *view.Node {
	input, tools := d.input().Keyed("input"), d.tools().Keyed("tools")
	n := view.Box("div", "cx-footer").Keyed("footer")
	switch d.a.holds() {
	case isTalk:
		n.Add(d.uploadList(), d.tooLong())
	case isOver:
		n.With("class", "cx-footer cx-ended").Add(d.over()...)
		hide(input, tools)
	default:
		hide(n, input, tools)
	}
	return n.Add(input, tools, view.Box("div", "cx-powered-by").Keyed("powered-by"))
}

func hide(all ...*view.Node) {
	for _, n := range all {
		n.With("hidden", "")
	}
}

func (d painter) input() *view.Node {
	text := view.Box("textarea", "cx-message-input").With("name", "message", "rows", "1", "aria-label", d.t.Get("AriaMessage"),
		"placeholder", d.t.Get("ChatInputPlaceholder"), "autocomplete", "off", "dir", "auto", "enterkeyhint", "send")
	text.Props = map[string]any{"value": d.a.client.Draft()}
	limit := d.s.limit()
	text.On = []view.Handler{
		{Event: "keydown", Action: actSend, Keys: []string{"Enter"}, Prevent: true, Fields: true, Clear: true, Limit: limit},
		{Event: "input", Action: actTyped, WaitMs: 300},
	}
	send := view.Box("button", "cx-send", icon(drawSend)).With("type", "submit", "data-message", "ChatSend",
		"aria-label", d.t.Get("ChatSend"))
	form := view.Box("form", "cx-input-container", view.Box("div", "cx-textarea-cell", d.focusable(text, onInput)), send)
	form.On = []view.Handler{{Event: "submit", Action: actSend, Prevent: true, Fields: true, Clear: true, Limit: limit}}
	return form.With("autocomplete", "off")
}

// over says how the chat has ended, and what can be done now.
func (d painter) over() []*view.Node {
	words := "ChatEndedUnknown"
	switch d.a.client.Conversation().EndedBy() {
	case chat.ByAgent:
		words = "ChatEndedByAgent"
	case chat.ByVisitor:
		words = "ChatEndedByVisitor"
	}
	again := d.button("cx-btn-primary cx-start-new", "ChatStartNew", actAgain)
	return []*view.Node{
		view.Say("p", "cx-ended-text", d.t.Get(words)),
		buttons("", d.button("cx-btn-default cx-save", "TranscriptSave", actSave), d.focusable(again, onAgain)),
	}
}

// confirm asks whether to end the chat, or to close the form.
func (d painter) confirm() *view.Node {
	title, body, no, yes := "EndConfirmTitle", "EndConfirmBody", "EndConfirmReject", "EndConfirmAccept"
	if d.p.asked == askedForm {
		title, body, no, yes = "ConfirmCloseTitle", "ConfirmCloseBody", "ConfirmCloseReject", "ConfirmCloseAccept"
	}
	n := view.Box("div", "cx-confirm",
		view.Say("h3", "cx-confirm-title", d.t.Get(title)).With("id", askedID),
		view.Say("p", "cx-confirm-body", d.t.Get(body)).With("id", askedText),
		buttons("cx-buttons-binary", d.focusable(d.button("cx-btn-default", no, actKeep), onConfirm),
			d.button("cx-btn-primary", yes, actEndNow)),
	)
	return n.With("role", "alertdialog", "aria-modal", "true", "aria-labelledby", askedID, "aria-describedby", askedText).
		Keyed("confirm")
}
