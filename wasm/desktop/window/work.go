package window

import (
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// work is the desktop of an agent who has signed in.
func (w *Window) work() *view.Node {
	root := el("div", "fd fd-work", "work",
		w.bar(),
		w.bannerLine(),
		with(keyed(txt("p", "fd-notice", w.notice), "notice"), "role", "status"),
		el("main", "fd-columns fd-show-"+string(w.pane), "columns",
			w.offers(),
			w.list(),
			w.conversation(),
			w.details()),
		w.navigation(),
		view.If(w.help, w.helpPanel()))
	// The root takes the focus of clicks beside controls, so that the shortcuts work from everywhere.
	with(root, "tabindex", "-1")
	return on(root, view.Handler{Event: "keydown", Action: "key", Keys: shortcutKeys(w.help), Prevent: true})
}

func (w *Window) bar() *view.Node {
	d := w.desk
	return el("header", "fd-bar", "bar",
		txt("h1", "fd-brand", w.t("ProductName")),
		with(el("div", "fd-readiness", "readiness",
			w.readyButton("Ready", "ready", d.Ready),
			w.readyButton("NotReady", "notready", !d.Ready)),
			"role", "group", "aria-label", w.t("Readiness")),
		el("div", "fd-me", "me",
			txt("span", "fd-me-name", d.Agent.Name),
			txt("span", "fd-me-state "+stateClass(d.Ready), w.t(stateKey(d.Ready)))),
		el("div", "fd-bar-end", "end",
			w.focusable(keyed(with(button("fd-quiet", w.t("Help"), "help"), "aria-expanded", yes(w.help)), "help"), toHelpDone),
			keyed(button("fd-quiet", w.t("SignOut"), "signout"), "signout")))
}

func stateKey(ready bool) string {
	if ready {
		return "StateReady"
	}
	return "StateNotReady"
}

func stateClass(ready bool) string {
	if ready {
		return "fd-is-ready"
	}
	return "fd-is-not-ready"
}

func yes(is bool) string {
	if is {
		return "true"
	}
	return "false"
}

func (w *Window) readyButton(key, action string, pressed bool) *view.Node {
	b := button("fd-segment fd-"+action, w.t(key), action)
	return keyed(with(b, "aria-pressed", yes(pressed)), action)
}

// bannerLine is there always, so that screen readers follow it, and empty while all is well.
func (w *Window) bannerLine() *view.Node {
	text := ""
	switch {
	case w.desk.Connection == desk.Refused:
		text = w.refused()
	case w.banner:
		text = w.t("Reconnecting")
	}
	return with(keyed(txt("p", "fd-banner", text), "banner"), "role", "status")
}

// navigation chooses what a narrow screen shows; wide ones show everything and hide it.
func (w *Window) navigation() *view.Node {
	item := func(key string, to pane, unread int) *view.Node {
		b := button("fd-tab", "", "show-"+string(to))
		b.Children = []*view.Node{txt("span", "", w.t(key)), view.If(unread > 0, w.badge(unread))}
		b.Children = compact(b.Children)
		if w.pane == to {
			with(b, "aria-current", "true")
		}
		return keyed(b, string(to))
	}
	return with(el("nav", "fd-nav", "nav",
		item("ShowList", paneList, w.desk.Unread()),
		item("ShowConversation", paneConversation, 0),
		item("ShowDetails", paneDetails, 0)),
		"aria-label", w.t("Navigation"))
}

func compact(nodes []*view.Node) []*view.Node {
	kept := nodes[:0]
	for _, n := range nodes {
		if n != nil {
			kept = append(kept, n)
		}
	}
	return kept
}

func (w *Window) badge(n int) *view.Node {
	return el("span", "fd-badge", "badge",
		with(txt("span", "", number(n)), "aria-hidden", "true"),
		hidden(" "+w.t("Unread", "n", number(n))))
}
