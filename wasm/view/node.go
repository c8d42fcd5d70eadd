// Package view is the tree that a page shows: elements with keys, what changed between two trees, and the events that
// come back. It is plain Go: windows (wasm/webchat, wasm/desktop) build trees with it and are tested without a browser;
// wasm/page sends the differences to the page, where www/view (foyer-view.js) applies them to ordinary DOM.
//
// It must never touch JavaScript, and a tree holds no HTML but what the customer's own page has written (Node.HTML): the
// text of visitors, agents and servers is text.
package view

// Node is one element. Two trees are compared by Key where siblings have one, else by position among the siblings
// of the same tag without a key; a Tag that changes makes a new element. Values of Props are strings, numbers or booleans.
type Node struct {
	Tag      string
	Key      string            // unique among its siblings; "" = by position among those without a key
	Text     string            // text content; a node has Text or Children
	Attrs    map[string]string // "" sets the attribute to the empty string; leave a key out to remove it
	Props    map[string]any    // DOM properties (value, checked, disabled) and custom ones of the style (--name): see "set" below
	On       []Handler
	Children []*Node
	// Focus moves the keyboard focus to the element when the value changes to another non-empty one.
	Focus string
	// Stick keeps a scrolling element at its end while it is at its end; a reader who scrolled up is left alone.
	Stick bool
	// HTML is content that the page itself has supplied: its template of a form, its overlay, its message. It must never
	// hold what anybody else wrote. Where it says {key}, the child with that Key goes; the other children follow it. With
	// another HTML the element is made anew.
	HTML string
	// Announce marks a live region whose additions are read once: the page sets role and aria-live before content comes.
	Announce string // "", "polite", "assertive"
}

// Handler is one event that a node wants. What the page does at once is declared here, because Go answers too late to
// decide about a default action.
type Handler struct {
	// Event is a DOM event name: click, submit, input, keydown, change, focusin, scroll …; or "files": a button that asks
	// for files (Keys are the types it offers, ".pdf"), any other element to drop or paste them into. While files are
	// dragged over it, that has the attribute data-dropping.
	Event   string
	Action  string   // the name under which Go gets it
	Keys    []string // for key events: only these (KeyboardEvent.key, with modifiers in front: "Shift+Enter", "Control+k"); nil = all
	Prevent bool     // preventDefault; with Keys, only for those keys
	Stop    bool     // stopPropagation
	Fields  bool     // send the values of the form's named fields (of the form that the node is or is in)
	Clear   bool     // with Fields: empty the form's text fields at once, after they were read
	WaitMs  int      // at most one event in so many ms, the last one always sent (input, scroll)
	Limit   int      // with Clear: a field with more units of UTF-16 than that is left as it is; 0 for none
	AsFile  string   // send the text of the field of this name as a file too (Action.Files), named after the field: message.txt
	Insert  string   // put the element's text into the field of this name, at its cursor; the field's own input event follows
}

// Op is one difference, in the form in which it goes to the page: an array of a letter and its arguments. Elements have
// numbers that Go gives; 0 is the root's container. Ops are applied in order, all of one message in one go.
//
//	["new", id, tag, parent, before, attrs, text|null]  make and insert before the element `before` (0: at the end)
//	["attr", id, name, value|null]                       set or remove an attribute
//	["set", id, name, value]                             set a property; "value" of a field that somebody writes in, or edited since, is left alone
//	["text", id, text]                                   set the text content
//	["move", id, parent, before]                         move
//	["del", id]                                          remove, with everything in it
//	["on", id, handlers]                                 replaces the handlers: [[event, action, keys|null, prevent, stop, fields, clear, waitMs, insert, limit, asFile], …]
//	["html", id, html, {key: child, …}]                  Node.HTML, once, when the children are there
//	["focus", id]
//	["stick", id, bool]
type Op []any

// Action is an event that came back from the page.
type Action struct {
	Name   string            // Handler.Action
	Node   int               // the element's number
	Key    string            // the nearest Key of the element or its ancestors, for lists
	Value  string            // the element's value, where it has one
	Press  string            // for key events, as in Handler.Keys
	Fields map[string]string // with Handler.Fields
	Files  []any             // of the event "files", or with Handler.AsFile: *attachment.File, whose bytes stay with the browser
}

// Builders keep trees readable where they are written.

// El makes an element with children; nil children are left out, so that a window can say If(open, …).
func El(tag string, attrs map[string]string, children ...*Node) *Node {
	n := &Node{Tag: tag, Attrs: attrs}
	for _, c := range children {
		if c != nil {
			n.Children = append(n.Children, c)
		}
	}
	return n
}

// Txt makes an element that holds a text.
func Txt(tag string, attrs map[string]string, text string) *Node {
	return &Node{Tag: tag, Attrs: attrs, Text: text}
}

// If gives the node or nothing.
func If(cond bool, n *Node) *Node {
	if cond {
		return n
	}
	return nil
}
