package window

import (
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// againChoices are the minutes after which a call in vain may be tried again.
var againChoices = []int{5, 15, 30, 60, 240, 1440}

const againUsual = 15 // minutes

// callItem is a call in the list.
func (w *Window) callItem(c *desk.Call) *view.Node {
	b := button("fd-item", "", "select")
	b.Children = []*view.Node{
		el("span", "fd-item-top", "top",
			with(txt("span", "fd-call-sign", "☎"), "aria-hidden", "true"),
			txt("span", "fd-item-name", w.nameOf(c.Visitor()))),
		keyed(txt("span", "fd-item-last", c.Phone), "last"),
		el("span", "fd-item-state", "state", txt("span", "", w.t("Callback"))),
	}
	if c.ID == w.desk.Selected {
		with(b, "aria-current", "true")
	}
	return el("li", "", c.ID, b)
}

// call is the region Conversation while a call is selected.
func (w *Window) call(c *desk.Call) []*view.Node {
	return []*view.Node{
		el("header", "fd-heading", "heading-"+c.ID,
			el("div", "fd-heading-who", "who",
				w.focusable(with(txt("h2", "fd-title", w.nameOf(c.Visitor())), "tabindex", "-1"), toCall),
				view.If(c.Subject != "", txt("p", "fd-heading-subject", c.Subject))),
			el("p", "fd-heading-state", "state", txt("span", "fd-chip", w.t("Callback")))),
		with(el("div", "fd-call", "call-"+c.ID,
			w.callFacts(c),
			w.callForm(c)), "tabindex", "0", "role", "group", "aria-label", w.t("Callback")),
	}
}

func (w *Window) callFacts(c *desk.Call) *view.Node {
	row := func(key, name string, value *view.Node) *view.Node {
		return el("div", "fd-call-fact", key, txt("dt", "", name), el("dd", "", "", value))
	}
	attempts := view.If(c.Attempts > 0, row("attempts", w.t("CallAttempts"), txt("span", "", number(c.Attempts))))
	note := view.If(c.Note != "", row("note", w.t("CallLastNote"), with(txt("span", "", c.Note), "dir", "auto")))
	return el("dl", "fd-call-facts", "facts",
		row("phone", w.t("Phone"), w.phone(c)),
		row("desired", w.t("CallDesired"), txt("span", "", w.desired(c.Callback))),
		attempts, note)
}

// phone is a link that the agent's telephone opens.
func (w *Window) phone(c *desk.Call) *view.Node {
	return with(txt("a", "fd-phone", c.Phone), "href", "tel:"+c.Dial(), "dir", "ltr")
}

// desired is when the visitor wants to be rung.
func (w *Window) desired(c wire.Callback) string {
	if c.DesiredMs <= c.CreatedMs {
		waited := time.Duration(max(0, w.desk.NowMs()-c.CreatedMs)) * time.Millisecond
		return w.t("CallNow", "time", w.span(waited))
	}
	return w.clock(c.DesiredMs)
}

// callForm says how the call went.
func (w *Window) callForm(c *desk.Call) *view.Node {
	off := c.Finishing || w.desk.Connection != desk.Online
	finish := func(class, text, action string) *view.Node {
		b := keyed(disabled(txt("button", "fd-button "+class, text), off), action)
		return on(with(b, "type", "button"), view.Handler{Event: "click", Action: action, Fields: true})
	}
	choice := with(el("select", "fd-field fd-call-again", "again"), "id", "fd-call-again", "name", "again")
	for _, min := range againChoices {
		o := with(txt("option", "", w.span(time.Duration(min)*time.Minute)), "value", number(min))
		if min == againUsual {
			with(o, "selected", "")
		}
		choice.Children = append(choice.Children, keyed(o, number(min)))
	}
	note := with(el("textarea", "fd-field", "note"), "id", "fd-call-note", "name", "note", "rows", "3", "maxlength", "1000", "dir", "auto")
	form := with(el("form", "fd-call-form", "form",
		with(txt("h3", "fd-title", w.t("CallOutcome")), "id", "fd-call-outcome"),
		el("div", "fd-row", "note",
			with(txt("label", "fd-label", w.t("CallNote")), "for", "fd-call-note"), note),
		el("div", "fd-call-answers", "answers",
			finish("fd-primary", w.t("CallReached"), "call-reached"),
			finish("", w.t("CallWrongNumber"), "call-wrong-number")),
		el("div", "fd-call-answers", "later",
			finish("", w.t("CallNotReached"), "call-not-reached"),
			with(txt("label", "", w.t("CallAgain")), "for", "fd-call-again"), choice)),
		"aria-labelledby", "fd-call-outcome")
	return on(form, view.Handler{Event: "submit", Action: "call-nothing", Prevent: true})
}

// callDone takes what the form of the selected call says.
func (w *Window) callDone(a view.Action) {
	disposition, again := wire.CallReached, 0
	switch a.Name {
	case "call-wrong-number":
		disposition = wire.CallWrongNumber
	case "call-not-reached":
		disposition = wire.CallNotReached
		again, _ = strconv.Atoi(a.Fields["again"]) // the relay refuses what is no number of minutes
	}
	w.desk.CallDone(w.desk.Selected, disposition, again, a.Fields["note"])
}

func (w *Window) callFinished(c *desk.Call, current bool) {
	w.say(w.t("CallFinished", "name", w.nameOf(c.Visitor())))
	if current {
		w.afterCurrent()
	}
}
