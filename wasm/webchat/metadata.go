package webchat

import (
	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/shape"
)

// story is what has become of the window, for the metadata of its events. Times are Unix milliseconds, 0 for never.
type story struct {
	proactive, prefilled, autoSubmitted bool
	opened, started, closed, cancelled  int64
}

// metadata is what the window's events carry.
func (a *App) metadata() map[string]any {
	m := map[string]any{
		"proactive": a.story.proactive, "prefilled": a.story.prefilled, "autoSubmitted": a.story.autoSubmitted,
		"coBrowseInitiated": false, "transferInitiated": false,
	}
	for name, ms := range map[string]int64{
		"opened": a.story.opened, "started": a.story.started, "closed": a.story.closed, "cancelled": a.story.cancelled,
	} {
		m[name] = false
		if ms > 0 {
			m[name] = ms
		}
	}
	if rung := a.client.Rung(); rung != "" {
		m["rung"] = string(rung)
	}
	if why := a.client.Refused(); why != "" {
		m["errors"] = []any{string(why)}
	}
	form := make(map[string]any, len(a.form))
	for name, value := range a.form {
		form[name] = value
	}
	m["form"] = form
	a.count(m)
	return m
}

// count adds how much was said, and by whom.
func (a *App) count(m map[string]any) {
	var mine, theirs, system int
	agents := map[string]bool{}
	if conv := a.client.Conversation(); conv != nil {
		for _, e := range conv.Entries() {
			switch {
			case e.Kind != wire.KindMessage:
				system++
			case e.From.ID == conv.Me().ID:
				mine++
			default:
				theirs++
			}
			if e.From.Kind == "agent" {
				agents[e.From.ID] = true
			}
		}
	}
	m["userMessages"], m["agentMessages"], m["systemMessages"], m["numAgents"] = mine, theirs, system, len(agents)
}

// publish tells all pages of something that has happened to the window, each when it shows what it is told: who hears of
// it looks there.
func (a *App) publish(name string) {
	now := a.o.NowMs()
	switch name {
	case "WebChat.opened":
		a.story.opened, a.story.closed, a.story.started, a.story.cancelled = now, 0, 0, 0
	case "WebChat.started":
		a.story.started = now
	case "WebChat.closed":
		a.story.closed = now
	case "WebChat.cancelled":
		a.story.cancelled = now
	}
	for _, p := range a.panes {
		data := a.metadata()
		tell := func() { p.page.Publish(name, data, false) }
		switch name {
		case "WebChat.completed", "WebChat.cancelled", "WebChat.closed":
			p.ends = append(p.ends, tell)
		default:
			p.settles = append(p.settles, tell)
		}
	}
	a.changed()
}

// publishAdded tells a page of the lines that it shows for the first time, with their elements. The page may change them:
// nothing in them is drawn again but how far they have come.
func (d painter) publishAdded() {
	conv, p, now := d.a.client.Conversation(), d.p, d.a.holds()
	if conv == nil || !p.shown || now != isTalk && now != isOver {
		return
	}
	if p.addedIn != conv.ID() {
		p.addedIn, p.added = conv.ID(), map[string]bool{}
	}
	for i := range p.shows {
		if l := &p.shows[i]; l.Seq > 0 && !p.added[l.Key] {
			p.added[l.Key] = true
			p.publishMessage(d.told(l), messageID(l.Seq))
		}
	}
	for i := range p.injected {
		if m := &p.injected[i]; !m.told {
			m.told = true
			p.publishMessage(map[string]any{"type": "Message", "text": m.text, "html": m.html != nil, "time": m.ms,
				"from": map[string]any{"type": "System", "name": m.name}}, m.id)
		}
	}
}

func (p *pane) publishMessage(data map[string]any, id string) {
	p.page.Publish("WebChat.messageAdded", map[string]any{"data": data, "html": page.ElementOf(id)}, false)
}

// told is a line as pages know messages, with the text that the visitor sees.
func (d painter) told(l *chat.Line) map[string]any {
	m := shape.Message(shape.Chat{}, wire.Entry{
		Seq: l.Seq, Ms: l.Ms, ID: l.ID, Kind: l.Kind, From: l.From, Text: l.Text, Data: l.Data, ClientID: l.ClientID,
	})
	m["html"] = l.HTML
	switch {
	case l.Kind == wire.KindFile:
		m["text"] = attachment.Of(l.Data).Name
	case !isSaid(l):
		_, m["text"] = d.systemText(l)
	}
	return m
}
