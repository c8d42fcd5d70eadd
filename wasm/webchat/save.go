package webchat

import (
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
)

// goOnSaving offers the transcript as a file to a visitor who wants it, once the whole conversation is here. What cannot
// be had (the connection is away) is left out.
func (a *App) goOnSaving(p *pane) {
	conv := a.client.Conversation()
	if !p.saving || conv == nil || p.texts == nil {
		return
	}
	if !conv.HasEarlier() {
		a.save(p, conv)
		return
	}
	conv.FetchEarlier(func(problem *wire.Problem) {
		if problem != nil && p.saving {
			a.save(p, conv)
		}
	})
}

// save has the page offer what is here.
func (a *App) save(p *pane, conv *chat.Conversation) {
	p.saving = false
	name := "chat-" + time.UnixMilli(conv.StartedMs()).In(a.o.Zone).Format("2006-01-02") + ".txt"
	text := painter{a, p, p.texts, p.settings()}.written(conv)
	p.page.Call("save", map[string]any{"name": name, "type": "text/plain;charset=utf-8", "text": text}, nil)
}

// written is the conversation as one would write it down, with the page's own messages where they were put.
func (d painter) written(conv *chat.Conversation) string {
	var b strings.Builder
	write := func(ms int64, text string) {
		b.WriteString(time.UnixMilli(ms).In(d.a.o.Zone).Format("2006-01-02 15:04  "))
		b.WriteString(strings.ReplaceAll(text, "\n", "\r\n    "))
		b.WriteString("\r\n")
	}
	own := d.p.injected
	upTo := func(seq int64) {
		for len(own) > 0 && (seq == 0 || own[0].after < seq) {
			if m := &own[0]; m.session == conv.ID() && m.html == nil {
				write(m.ms, named(m.name, m.text))
			}
			own = own[1:]
		}
	}
	for _, said := range conv.Lines() {
		shown := said
		if !d.shows(&shown) {
			continue
		}
		if shown.HTML { // that is the page's own way to show it
			shown.Text = said.Text
		}
		upTo(said.Seq)
		write(said.Ms, d.spoken(&shown))
	}
	upTo(0)
	return b.String()
}

// spoken is a line as one would write it down.
func (d painter) spoken(l *chat.Line) string {
	if !isSaid(l) {
		_, text := d.systemText(l)
		return text
	}
	name, text := d.name(l.From), l.Text
	if l.Mine() {
		name = d.t.Get("AriaYouSaid")
	}
	if l.Kind == wire.KindFile {
		f := attachment.Of(l.Data)
		text = f.Name + " (" + attachment.FormatSize(f.Size) + ")"
	}
	return named(name, text)
}

// named puts the name of who said something in front of it.
func named(name, text string) string {
	if name == "" {
		return text
	}
	return name + ": " + text
}
