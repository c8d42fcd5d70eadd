package view

// The builders below keep windows readable where they are written, and small: a map literal of attributes costs more
// code than the element that it is for.

// Box makes an element with a class and children; nil children are left out, so that a window can say If(open, …).
func Box(tag, class string, children ...*Node) *Node {
	n := &Node{Tag: tag, Attrs: map[string]string{"class": class}}
	return n.Add(children...)
}

// Say makes an element with a class that holds a text.
func Say(tag, class, text string) *Node {
	n := Box(tag, class)
	n.Text = text
	return n
}

// Add puts children behind those that are there; nil children are left out.
func (n *Node) Add(children ...*Node) *Node {
	for _, c := range children {
		if c != nil {
			n.Children = append(n.Children, c)
		}
	}
	return n
}

// With sets attributes, given as names and values.
func (n *Node) With(pairs ...string) *Node {
	for i := 0; i+1 < len(pairs); i += 2 {
		n.Attrs[pairs[i]] = pairs[i+1]
	}
	return n
}

// Prop gives a DOM property a value; one whose name begins with -- is a custom property of its style.
func (n *Node) Prop(name string, value any) *Node {
	if n.Props == nil {
		n.Props = map[string]any{}
	}
	n.Props[name] = value
	return n
}

// Handle sends an action when an event happens.
func (n *Node) Handle(event, action string) *Node {
	n.On = append(n.On, Handler{Event: event, Action: action})
	return n
}

// Keyed gives the element a key.
func (n *Node) Keyed(key string) *Node {
	n.Key = key
	return n
}
