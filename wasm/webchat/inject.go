package webchat

import (
	"strconv"

	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// injected is a message that the page's own script has put into the transcript. It belongs to the page: no other tab
// shows it, and the next page does not either.
type injected struct {
	session string
	after   int64 // Seq of the entry behind which it stands
	ms      int64
	id      string // of its element
	name    string
	text    string
	html    any // a text or {"$el":n} with type "html"
	mine    bool
	bare    bool // custom: without bubble, name and time
	told    bool // messageAdded was published
}

// commandInject is WebChat.injectMessage {type, name, text, custom, bubble:{direction, time}}.
func (a *App) commandInject(p *pane, c *page.Command) {
	conv := a.client.Conversation()
	if conv == nil || a.window == Closed {
		c.Settle(false, "No chat session to inject into")
		return
	}
	a.lastInjected++
	m := injected{
		session: conv.ID(), after: conv.Position().After, ms: a.o.NowMs(), bare: c.Field("custom") == true,
		id: "cx-injected-" + strconv.Itoa(a.lastInjected),
	}
	m.name, _ = asText(c.Field("name"))
	m.text, _ = asText(c.Field("text"))
	if c.Field("type") == "html" {
		m.html = c.Field("text")
	}
	bubble, _ := c.Field("bubble").(map[string]any)
	m.mine = bubble["direction"] == "right"
	if name, ok := asText(bubble["name"]); ok && m.name == "" {
		m.name = name
	}
	p.injected = append(p.injected, m)
	p.settles = append(p.settles, func() { c.Settle(true, elementOf(m.id)) }) // when its element is there
	a.changed()
}

// ownMessages are the page's own messages in a conversation; those of another are forgotten.
func (p *pane) ownMessages(conv *chat.Conversation) []injected {
	if len(p.injected) > 0 && p.injected[0].session != conv.ID() {
		p.injected = nil
	}
	return p.injected
}

// elementOf stands for an element of the page in what pages are told.
func elementOf(id string) any { return map[string]any{"$select": "#" + id} }

// injectedTree draws an injected message.
func (d painter) injectedTree(m *injected) *view.Node {
	text := d.supplied("cx-message-text", m.id+"-text", m.html)
	if m.html == nil {
		text = said("div", "cx-message-text", markup(m.text, d.marked())).With("dir", "auto")
	}
	side := "cx-them"
	if m.mine {
		side = "cx-you"
	}
	n := view.Box("div", "cx-message cx-participant cx-injected "+side)
	if m.bare {
		n.Add(text)
	} else {
		n.Add(view.If(m.name != "", view.Say("div", "cx-name", m.name)), view.Box("div", "cx-bubble", text), d.time(m.ms))
	}
	return view.Box("div", "cx-message-group cx-first cx-last", n.With("id", m.id)).Keyed(m.id)
}

// supplied is an element for what the page has made: HTML as a text, or an element of its own, which is put there when
// the tree is drawn.
func (d painter) supplied(class, id string, html any) *view.Node {
	n := view.Box("div", class)
	n.HTML, _ = html.(string)
	if element, ok := html.(map[string]any); ok {
		n.With("id", id)
		d.p.place(id, element)
	}
	return n
}

// place has the page put an element of its own into one of the window's, once for each time that this is drawn anew.
func (p *pane) place(id string, element map[string]any) {
	p.placing[id] = element
}

// placeAll comes after the drawing.
func (p *pane) placeAll() {
	for id, element := range p.placing {
		if !p.placed[id] {
			p.page.Call("place", map[string]any{"into": "#" + id, "el": element}, nil)
		}
	}
	p.placed = make(map[string]bool, len(p.placing))
	for id := range p.placing {
		p.placed[id] = true
	}
	clear(p.placing)
}
