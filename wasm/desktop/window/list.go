package window

import (
	"time"

	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// list is the region Conversations.
func (w *Window) list() *view.Node {
	region := el("section", "fd-list fd-pane", "list",
		w.focusable(with(txt("h2", "fd-title", w.t("Conversations")), "id", "fd-list-title", "tabindex", "-1"), toList))
	with(region, "aria-labelledby", "fd-list-title")
	if len(w.desk.Conversations)+len(w.desk.Calls) == 0 {
		region.Children = append(region.Children, w.emptyList())
		return region
	}
	items := with(el("ul", "fd-items", "items"), "role", "list")
	for _, c := range w.desk.Calls {
		items.Children = append(items.Children, w.callItem(c))
	}
	for _, c := range w.desk.Conversations {
		items.Children = append(items.Children, w.item(c))
	}
	region.Children = append(region.Children, items)
	return region
}

func (w *Window) emptyList() *view.Node {
	hint := "NoConversationsNotReady"
	if w.desk.Ready {
		hint = "NoConversationsReady"
	}
	return el("div", "fd-empty", "empty",
		txt("p", "fd-empty-title", w.t("NoConversations")),
		txt("p", "", w.t(hint)))
}

func (w *Window) item(c *desk.Conversation) *view.Node {
	b := button("fd-item"+overClass(c), "", "select")
	b.Children = compact([]*view.Node{
		el("span", "fd-item-top", "top",
			w.presenceDot(c),
			txt("span", "fd-item-name", w.nameOf(c.Visitor)),
			view.If(c.Unread() > 0, w.badge(c.Unread()))),
		keyed(txt("span", "fd-item-last", w.lastLine(c)), "last"),
		el("span", "fd-item-state", "state",
			txt("span", "", w.stateOf(c)),
			w.waiting(c)),
	})
	if c.ID() == w.desk.Selected {
		with(b, "aria-current", "true")
	}
	return el("li", "", c.ID(), b)
}

func overClass(c *desk.Conversation) string {
	if c.Over() {
		return " fd-over"
	}
	return ""
}

func (w *Window) lastLine(c *desk.Conversation) string {
	if len(c.Typing()) > 0 {
		return w.t("TypingShort")
	}
	last, ok := c.LastMessage()
	switch {
	case !ok && c.Visitor.Subject != "":
		return c.Visitor.Subject
	case !ok:
		return ""
	case last.Mine():
		return w.t("You") + ": " + words(last.Kind, last.Text, last.Data)
	}
	return words(last.Kind, last.Text, last.Data)
}

// stateOf says how a conversation stands.
func (w *Window) stateOf(c *desk.Conversation) string {
	switch {
	case c.Finishing:
		return w.t("StateFinishing")
	case c.State() == desk.StateEnded:
		return w.t("StateEnded")
	case c.Over():
		return w.t("StateCompleted")
	}
	return w.t("StateActive")
}

func (w *Window) waiting(c *desk.Conversation) *view.Node {
	since := c.WaitingSinceMs()
	if since == 0 {
		return nil
	}
	d := time.Duration(max(0, w.desk.NowMs()-since)) * time.Millisecond
	class := "fd-waiting"
	if d >= waitingLong {
		class += " fd-waiting-long"
	}
	return keyed(txt("span", class, w.t("WaitingFor", "time", w.span(d))), "waiting")
}

func (w *Window) presenceDot(c *desk.Conversation) *view.Node {
	key, class := "Offline", "fd-dot"
	if c.Online() {
		key, class = "Online", "fd-dot fd-online"
	}
	return el("span", class, "dot", hidden(w.t(key)+" "))
}
