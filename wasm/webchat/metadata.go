package webchat

import (
	"foyer/relay/wire"
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

// publish tells all pages of something that has happened to the window.
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
		if name == "WebChat.opened" || len(p.settles) > 0 {
			p.settles = append(p.settles, tell) // who hears that it is open may look into the window; all else stays in order
			continue
		}
		tell()
	}
}

// publishAdded tells a page of the messages that it shows for the first time, with their elements. The page may change
// them: nothing in them is drawn again but how far they have come.
func (a *App) publishAdded(p *pane) {
	conv := a.client.Conversation()
	if conv == nil || p.drawn != isTalk && p.drawn != isOver {
		return
	}
	last := conv.Position().After
	if p.addedIn != conv.ID() {
		p.addedIn, p.addedFrom, p.addedTo = conv.ID(), last+1, last
		a.publishRange(p, conv, p.drawnFrom, last)
	} else {
		a.publishRange(p, conv, p.drawnFrom, p.addedFrom-1)
		a.publishRange(p, conv, p.addedTo+1, last)
	}
	p.addedFrom, p.addedTo = min(p.addedFrom, p.drawnFrom), last
	for i := range p.injected {
		m := &p.injected[i]
		if !m.told {
			m.told = true
			p.page.Publish("WebChat.messageAdded", map[string]any{
				"data": map[string]any{"type": "Message", "text": m.text, "html": m.html != nil, "time": m.ms,
					"from": map[string]any{"type": "System", "name": m.name}},
				"html": page.ElementOf(m.id),
			}, false)
		}
	}
}

func (a *App) publishRange(p *pane, conv *chat.Conversation, from, to int64) {
	if from > to {
		return
	}
	for _, e := range conv.Entries() {
		if e.Seq >= from && e.Seq <= to && e.Kind == wire.KindMessage {
			p.page.Publish("WebChat.messageAdded", map[string]any{
				"data": shape.Message(shape.Chat{Session: conv.ID()}, e), "html": page.ElementOf(messageID(e.Seq)),
			}, false)
		}
	}
}
