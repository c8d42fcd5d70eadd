package webchat

import "foyer/wasm/view"

// painter draws the window on one page.
type painter struct {
	a *App
	p *pane
	t Texts
	s settings
}

// Drawings of the buttons, strokes in a box of 24 by 24.
const (
	drawMinimize = "M6 18h12"
	drawRestore  = "M6 15l6-6 6 6"
	drawClose    = "M6 6l12 12M18 6L6 18"
	drawSend     = "M4 12l16-8-5 17-4-7z"
)

func icon(drawing string) *view.Node {
	svg := view.Box("svg", "cx-icon").With("viewBox", "0 0 24 24", "aria-hidden", "true", "focusable", "false")
	return svg.Add(view.Box("path", "cx-svg-icon-tone1").With("d", drawing))
}

// iconButton is a button that shows a drawing and is named by a text.
func (d painter) iconButton(class, name, drawing, action string) *view.Node {
	b := view.Box("button", "cx-icon-button "+class, icon(drawing))
	return b.With("type", "button", "aria-label", d.t.Get(name)).Handle("click", action)
}

// button is a button with words on it.
func (d painter) button(class, name, action string) *view.Node {
	return view.Say("button", "cx-btn "+class, d.t.Get(name)).With("type", "button").Handle("click", action)
}

// said makes an element that holds what markup has made of a text.
func said(tag, class string, nodes []*view.Node) *view.Node {
	if len(nodes) == 1 && nodes[0].Tag == "span" {
		return view.Say(tag, class, nodes[0].Text)
	}
	return view.Box(tag, class, nodes...)
}

// buttons is a row of buttons at the end of a form or a question.
func buttons(class string, all ...*view.Node) *view.Node {
	return view.Box("div", "cx-button-container", view.Box("div", "cx-button-group "+class, all...))
}

// focusable lets the focus move to the element when the pane asks for it.
func (d painter) focusable(n *view.Node, as string) *view.Node {
	n.Focus = d.p.focusOn(as)
	return n
}

func spinner() *view.Node { return view.Box("div", "cx-spinner").With("aria-hidden", "true") }
