package window

import "foyer/wasm/view"

// shortcut is a key that works everywhere in the desktop. Only named keys: on some systems Alt makes letters others.
type shortcut struct {
	key, text string
	do        func(*Window)
}

func shortcuts() []shortcut {
	return []shortcut{
		{"Alt+ArrowDown", "HelpNext", func(w *Window) { w.step(1) }},
		{"Alt+ArrowUp", "HelpPrevious", func(w *Window) { w.step(-1) }},
		{"Alt+Enter", "HelpAccept", (*Window).acceptFirst},
		{"Alt+Delete", "HelpReject", (*Window).rejectFirst},
		{"Alt+End", "HelpDone", func(w *Window) { w.desk.Done(w.desk.Selected) }},
	}
}

func shortcutKeys(help bool) []string {
	var keys []string
	for _, s := range shortcuts() {
		keys = append(keys, s.key)
	}
	if help {
		keys = append(keys, "Escape")
	}
	return keys
}

func (w *Window) pressed(key string) {
	if key == "Escape" {
		w.closeHelp()
		return
	}
	for _, s := range shortcuts() {
		if s.key == key {
			s.do(w)
			return
		}
	}
}

func (w *Window) step(by int) {
	w.desk.SelectNext(by)
	if w.desk.Selected != "" {
		w.open()
	}
}

func (w *Window) acceptFirst() {
	if len(w.desk.Offers) > 0 {
		w.desk.Accept(w.desk.Offers[0].ID)
	}
}

func (w *Window) rejectFirst() {
	if len(w.desk.Offers) > 0 {
		w.desk.Reject(w.desk.Offers[0].ID)
	}
}

func (w *Window) closeHelp() {
	if w.help {
		w.help = false
		w.moveFocus(toHelpDone)
	}
}

// helpPanel lists the keys.
func (w *Window) helpPanel() *view.Node {
	rows := []*view.Node{
		w.helpRow("Enter", "HelpSend"),
		w.helpRow("Shift+Enter", "HelpNewLine"),
	}
	for _, s := range shortcuts() {
		rows = append(rows, w.helpRow(s.key, s.text))
	}
	rows = append(rows, w.helpRow("Tab", "HelpTab"), w.helpRow("Escape", "HelpClose"))
	title := with(txt("h2", "fd-title", w.t("HelpTitle")), "id", "fd-help-title")
	shut := w.focusable(button("fd-quiet", w.t("Close"), "help"), toHelp)
	return with(el("div", "fd-help", "help", title,
		el("dl", "fd-keys", "", rows...), shut),
		"role", "dialog", "aria-labelledby", "fd-help-title")
}

func (w *Window) helpRow(key, text string) *view.Node {
	return el("div", "fd-key", key, el("dt", "", "", txt("kbd", "", key)), txt("dd", "", w.t(text)))
}
