package window

import (
	"foyer/relay/wire"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// offers are the conversations and callbacks that the agent may take, above everything else.
func (w *Window) offers() *view.Node {
	region := el("section", "fd-offers", "offers")
	for _, o := range w.desk.Offers {
		region.Children = append(region.Children, w.offer(o))
	}
	if len(region.Children) == 0 {
		return with(region, "hidden", "")
	}
	return with(region, "aria-label", w.t("Offers"))
}

func (w *Window) offer(o *desk.Offer) *view.Node {
	id := "fd-offer-" + o.ID
	off := o.Asked || w.desk.Connection != desk.Online
	answer := func(class, text, action string) *view.Node {
		return with(disabled(button(class, text, action), off), "aria-describedby", id) // no key: the offer's is theirs
	}
	left := w.t("OfferSeconds", "n", number(w.desk.SecondsLeft(o)))
	return el("article", "fd-offer", o.ID,
		with(el("div", "fd-offer-who", "who",
			txt("strong", "fd-offer-name", w.nameOf(o.Visitor)),
			view.If(o.Call != nil, w.offeredCall(o.Call)),
			view.If(o.Visitor.Subject != "", txt("span", "fd-offer-subject", o.Visitor.Subject))), "id", id),
		keyed(txt("span", "fd-offer-left", left), "left"),
		view.If(len(o.Pages) > 0, w.offerPages(o.Pages)),
		el("div", "fd-offer-answer", "",
			answer("fd-primary", w.t("Accept"), "accept"),
			answer("", w.t("Reject"), "reject")))
}

// offeredCall says that it is a callback, whom to ring and for when.
func (w *Window) offeredCall(c *wire.Callback) *view.Node {
	if c == nil {
		return nil
	}
	call := desk.Call{Callback: *c}
	return el("span", "fd-offer-call", "call",
		txt("span", "fd-chip", w.t("Callback")),
		w.phone(&call),
		txt("span", "", w.desired(*c)))
}

func (w *Window) offerPages(pages []wire.VisitPage) *view.Node {
	list := with(el("ol", "fd-offer-pages", "pages"), "aria-label", w.t("OfferPages"))
	for _, p := range pages {
		list.Children = append(list.Children, keyed(txt("li", "", pageName(p)), p.Page))
	}
	return list
}
