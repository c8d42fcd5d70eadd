package window

import (
	"strings"
	"time"

	"foyer/wasm/view"
)

// overview is what stands in the middle while nothing is selected: how things stand, and what to do.
func (w *Window) overview() *view.Node {
	dot, title, hint := "fd-dot", w.t("OverviewNotReady"), w.t("OverviewNotReadyHint")
	if w.desk.Ready {
		dot, title, hint = "fd-dot fd-online", w.t("OverviewReady"), w.t("OverviewReadyHint")
	}
	if len(w.desk.Conversations)+len(w.desk.Calls) > 0 {
		hint = w.t("ChooseConversation")
	}
	return el("div", "fd-overview", "overview", compact([]*view.Node{
		el("p", "fd-overview-title", "title",
			with(txt("span", dot, ""), "aria-hidden", "true"),
			txt("span", "", title)),
		txt("p", "", hint),
		view.If(!w.desk.Ready, keyed(button("fd-primary", w.t("OverviewBeReady"), "ready"), "ready")),
		el("div", "fd-overview-facts", "facts", w.whoWaits(), w.nextCalls()),
		txt("p", "fd-overview-keys", w.t("OverviewKeys"))})...)
}

// whoWaits says how many wait for an agent. Only their number is read out: the time counts.
func (w *Window) whoWaits() *view.Node {
	waiting := w.t("OverviewNobody")
	if n := w.desk.Waiting.N; n > 0 {
		waiting = w.t("OverviewWaiting", "n", number(n))
	}
	fact := el("div", "fd-overview-fact", "waiting", with(txt("p", "", waiting), "role", "status"))
	if since := w.desk.Waiting.SinceMs; since > 0 {
		d := time.Duration(max(0, w.desk.NowMs()-since)) * time.Millisecond
		class := "fd-waiting"
		if d >= waitingLong {
			class += " fd-waiting-long"
		}
		fact.Children = append(fact.Children, keyed(txt("p", class, w.t("OverviewLongest", "time", w.span(d))), "since"))
	}
	return fact
}

// nextCalls says when the next callbacks of the agent's queues are due.
func (w *Window) nextCalls() *view.Node {
	var times []string
	for _, ms := range w.desk.Waiting.NextMs {
		times = append(times, w.clock(ms))
	}
	text := w.t("OverviewNoCalls")
	if len(times) > 0 {
		text = w.t("OverviewNextCalls", "times", strings.Join(times, " · "))
	}
	return el("p", "fd-overview-fact", "calls", txt("span", "", text))
}
