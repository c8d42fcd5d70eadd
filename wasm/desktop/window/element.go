package window

import "foyer/wasm/view"

// el makes an element with a class and a key; "" leaves either out.
func el(tag, class, key string, children ...*view.Node) *view.Node {
	n := view.El(tag, map[string]string{}, children...)
	n.Key = key
	if class != "" {
		n.Attrs["class"] = class
	}
	return n
}

// txt makes an element that holds a text.
func txt(tag, class, text string) *view.Node {
	n := el(tag, class, "")
	n.Text = text
	return n
}

// with sets attributes, given as names and values.
func with(n *view.Node, pairs ...string) *view.Node {
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Attrs[pairs[i]] = pairs[i+1]
	}
	return n
}

func keyed(n *view.Node, key string) *view.Node {
	n.Key = key
	return n
}

func on(n *view.Node, handlers ...view.Handler) *view.Node {
	n.On = append(n.On, handlers...)
	return n
}

func disabled(n *view.Node, is bool) *view.Node {
	if n.Props == nil {
		n.Props = map[string]any{}
	}
	n.Props["disabled"] = is
	return n
}

// button makes a button that sends an action when it is pressed.
func button(class, text, action string) *view.Node {
	n := txt("button", "fd-button "+class, text)
	return on(with(n, "type", "button"), view.Handler{Event: "click", Action: action})
}

// hidden is a text for screen readers only.
func hidden(text string) *view.Node { return txt("span", "fd-hidden", text) }

// focusable lets the focus move to the element when the window asks for it.
func (w *Window) focusable(n *view.Node, as target) *view.Node {
	if w.focus == as {
		n.Focus = number(w.focusTurn)
	}
	return n
}
