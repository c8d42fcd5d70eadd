package window

import (
	"strings"

	"foyer/wasm/view"
)

// found is an element of a tree with what is around it.
type found struct {
	*view.Node
	key string // the nearest key, as the page reports it
}

// find gives the first element that fits, depth first.
func (b *tab) find(fits func(*view.Node) bool) (found, bool) {
	return search(b.tree, "", fits)
}

func search(n *view.Node, key string, fits func(*view.Node) bool) (found, bool) {
	if n.Key != "" {
		key = n.Key
	}
	if fits(n) {
		return found{n, key}, true
	}
	for _, c := range n.Children {
		if f, ok := search(c, key, fits); ok {
			return f, true
		}
	}
	return found{}, false
}

// textOf is everything that is written in an element, line by line.
func textOf(n *view.Node) string {
	var lines []string
	if n.Text != "" {
		lines = append(lines, n.Text)
	}
	for _, c := range n.Children {
		if t := textOf(c); t != "" {
			lines = append(lines, t)
		}
	}
	return strings.Join(lines, "\n")
}

// region is the text of the region with an accessible name.
func (b *tab) region(name string) string {
	b.relay.t.Helper()
	f, ok := b.find(func(n *view.Node) bool { return n.Tag == "section" && b.nameOf(n) == name })
	if !ok {
		return ""
	}
	return textOf(f.Node)
}

// nameOf is the accessible name, as far as this desktop makes them.
func (b *tab) nameOf(n *view.Node) string {
	if label := n.Attrs["aria-label"]; label != "" {
		return label
	}
	if id := n.Attrs["aria-labelledby"]; id != "" {
		return b.textBy("id", id)
	}
	if n.Tag == "input" || n.Tag == "textarea" {
		return b.textBy("for", n.Attrs["id"])
	}
	return textOf(n)
}

func (b *tab) textBy(attr, value string) string {
	f, ok := b.find(func(n *view.Node) bool { return n.Attrs[attr] == value })
	if !ok {
		return ""
	}
	return textOf(f.Node)
}

// control finds a button, link or field by its accessible name.
func (b *tab) control(name string) found {
	b.relay.t.Helper()
	f, ok := b.find(func(n *view.Node) bool {
		return (n.Tag == "button" || n.Tag == "a" || n.Tag == "input" || n.Tag == "textarea") && b.nameOf(n) == name
	})
	if !ok {
		b.relay.t.Fatalf("there is no %q on the screen:\n%s", name, textOf(b.tree))
	}
	return f
}

func (b *tab) has(name string) bool {
	_, ok := b.find(func(n *view.Node) bool { return n.Tag == "button" && b.nameOf(n) == name })
	return ok
}

// click presses a button.
func (b *tab) click(name string) {
	b.relay.t.Helper()
	f := b.control(name)
	if f.Props["disabled"] == true {
		b.relay.t.Fatalf("%q is disabled", name)
	}
	b.do("click", f, view.Action{})
}

// do sends the event of an element, as the page would.
func (b *tab) do(event string, f found, a view.Action) {
	b.relay.t.Helper()
	for _, h := range f.On {
		if h.Event == event {
			a.Name, a.Key = h.Action, f.key
			b.window.Handle(a)
			b.relay.loop.Run()
			return
		}
	}
	b.relay.t.Fatalf("<%s> %q does not listen to %s", f.Tag, b.nameOf(f.Node), event)
}

// submit sends a form with its fields.
func (b *tab) submit(action string, fields map[string]string) {
	b.relay.t.Helper()
	f, ok := b.find(func(n *view.Node) bool {
		return n.Tag == "form" && len(n.On) > 0 && n.On[0].Action == action
	})
	if !ok {
		b.relay.t.Fatalf("there is no form %q on the screen:\n%s", action, textOf(b.tree))
	}
	b.do("submit", f, view.Action{Fields: fields})
}

// writes has the agent type a text, as far as the page reports it.
func (b *tab) types(text string) {
	b.relay.t.Helper()
	b.do("input", b.control("Message"), view.Action{Value: text})
}

// sends has the agent send a text.
func (b *tab) sends(text string) {
	b.relay.t.Helper()
	b.submit("send", map[string]string{"message": text})
}

// press is a shortcut.
func (b *tab) press(key string) {
	b.relay.t.Helper()
	b.do("keydown", found{b.tree, b.tree.Key}, view.Action{Press: key})
}

// choose selects a conversation in the list by the visitor's name.
func (b *tab) choose(name string) {
	b.relay.t.Helper()
	f, ok := b.find(func(n *view.Node) bool {
		return n.Tag == "button" && strings.HasPrefix(n.Attrs["class"], "fd-button fd-item") && strings.Contains(textOf(n), name)
	})
	if !ok {
		b.relay.t.Fatalf("%q is not in the list:\n%s", name, b.region("Conversations"))
	}
	b.do("click", f, view.Action{})
}
