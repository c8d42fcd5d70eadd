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
	html    any // a text or an element with type "html"
	mine    bool
	bare    bool // custom: without bubble, name and time
	bubble  bubble
	told    bool // messageAdded was published
}

// bubble is how an injected message looks. Empty fields leave that to the style sheets.
type bubble struct {
	fill, radius string // of CSS
	timeless     bool
	avatar       any    // a text of HTML or an element, in the place of a picture
	icon         string // or the class of an icon of the page's own
}

func readBubble(v any) bubble {
	m, _ := v.(map[string]any)
	avatar, _ := m["avatar"].(map[string]any)
	b := bubble{timeless: m["time"] == false, avatar: avatar["custom"]}
	b.fill, _ = m["fill"].(string)
	b.icon, _ = avatar["icon"].(string)
	b.radius, _ = asText(m["radius"])
	if _, isNumber := m["radius"].(float64); isNumber {
		b.radius += "px"
	}
	return b
}

// commandInject is WebChat.injectMessage {type, name, text, custom, bubble:{direction, name, time, fill, radius,
// avatar:{custom, icon}}}.
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
	m.bubble = readBubble(c.Field("bubble"))
	options, _ := c.Field("bubble").(map[string]any)
	m.mine = options["direction"] == "right"
	if name, ok := asText(options["name"]); ok && m.name == "" {
		m.name = name
	}
	p.injected = append(p.injected, m)
	if more := len(p.injected) - mostInjected; more > 0 {
		p.injected = append([]injected(nil), p.injected[more:]...)
	}
	a.drawn(p, c, page.ElementOf(m.id))
}

// mostInjected is how many messages a page may have in the transcript; the oldest make way for new ones.
const mostInjected = 1000

// ownMessages are those of the page's own messages in a conversation that are drawn where its lines from an entry on are,
// and no more of them than of lines; hidden tells whether there are others. Those of another conversation are forgotten.
func (p *pane) ownMessages(conv *chat.Conversation, from int64) (own []injected, hidden bool) {
	if len(p.injected) > 0 && p.injected[0].session != conv.ID() {
		p.injected = nil
	}
	first := max(len(p.injected)-p.lines, 0)
	for first < len(p.injected) && p.injected[first].after < from {
		first++
	}
	return p.injected[first:], first > 0
}

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
		n.Add(d.avatar(m), view.If(m.name != "", view.Say("div", "cx-name", m.name)), m.bubble.around(text),
			view.If(!m.bubble.timeless, d.time(m.ms)))
	}
	return view.Box("div", "cx-message-group cx-first cx-last", n.With("id", m.id)).Keyed(m.id)
}

// around is the bubble with what is in it.
func (b bubble) around(text *view.Node) *view.Node {
	n := view.Box("div", "cx-bubble", text)
	for property, value := range map[string]string{"--foyer-bubble": b.fill, "--foyer-bubble-radius": b.radius} {
		if value != "" {
			n.Prop(property, value)
		}
	}
	return n
}

// avatar is the picture beside a message, nil without one.
func (d painter) avatar(m *injected) *view.Node {
	var picture *view.Node
	switch {
	case m.bubble.avatar != nil:
		picture = d.supplied("avatar", m.id+"-avatar", m.bubble.avatar)
	case m.bubble.icon != "":
		picture = view.Box("div", "avatar "+m.bubble.icon)
	default:
		return nil
	}
	return view.Box("div", "cx-avatar-wrapper", picture).With("aria-hidden", "true")
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
