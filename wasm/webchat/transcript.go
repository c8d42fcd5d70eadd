package webchat

import (
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// groupWithin is how close messages of one sender are to be drawn as one group.
const groupWithin = 5 * time.Minute

// transcript is what was said, and who types. Each message has an element of its own that never moves, so that it is
// drawn and read out once.
func (d painter) transcript() []*view.Node {
	conv := d.a.client.Conversation()
	lines := d.visible(conv.Lines())
	if len(lines) == 0 {
		return []*view.Node{spinner()}
	}
	earlier := conv.HasEarlier() || len(lines) > d.p.lines
	if len(lines) > d.p.lines {
		lines = lines[len(lines)-d.p.lines:]
	}
	live := "polite"
	if d.p.quiet {
		live = "off"
	}
	log := view.Box("div", "cx-transcript").With("role", "log", "aria-live", live, "aria-relevant", "additions",
		"tabindex", "0", "aria-label", d.t.Get("AriaTranscript"))
	log.Stick, log.Announce = true, "polite"
	last := lastMine(lines)
	for i, l := range lines {
		log.Add(d.line(lines, i, l.Key == last))
	}
	return []*view.Node{
		view.Box("div", "cx-transcript-wrapper",
			view.If(earlier, d.button("cx-btn-link cx-earlier", "ChatEarlier", actEarlier)), log),
		d.typing(conv),
	}
}

// visible leaves out the lines that are nothing to a visitor.
func (d painter) visible(lines []chat.Line) []chat.Line {
	all := make([]chat.Line, 0, len(lines))
	for _, l := range lines {
		if !d.a.look(d.p.page, &l) {
			continue
		}
		switch l.Kind {
		case wire.KindMessage, wire.KindJoined, wire.KindLeft:
			all = append(all, l)
		case wire.KindState:
			if l.Data["interactionState"] == "Completed" {
				all = append(all, l)
			}
		}
	}
	return all
}

// lastMine is the key of the visitor's last message: the one whose delivery is worth showing.
func lastMine(lines []chat.Line) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if l := &lines[i]; l.Kind == wire.KindMessage && l.Mine() && l.Delivery != chat.Failed {
			return l.Key
		}
	}
	return ""
}

func (d painter) line(lines []chat.Line, i int, last bool) *view.Node {
	l := &lines[i]
	if l.Kind != wire.KindMessage {
		return d.systemLine(l)
	}
	class := "cx-message-group"
	first := i == 0 || !together(&lines[i-1], l)
	if first {
		class += " cx-first"
	}
	if i == len(lines)-1 || !together(l, &lines[i+1]) {
		class += " cx-last"
	}
	return view.Box("div", class, d.message(l, first, last)).Keyed(l.Key)
}

// together tells whether two neighbouring lines belong to one group.
func together(a, b *chat.Line) bool {
	return a.Kind == wire.KindMessage && b.Kind == wire.KindMessage && a.From.ID == b.From.ID &&
		b.Ms-a.Ms < groupWithin.Milliseconds()
}

func (d painter) message(l *chat.Line, first, last bool) *view.Node {
	n := view.Box("div", "cx-message cx-participant "+side(l),
		d.sender(l, first),
		view.Box("div", "cx-bubble", text(l)),
		d.meta(l, last),
	)
	if l.Seq > 0 {
		n.With("id", "cx-chat-index-"+strconv.FormatInt(l.Seq, 10))
	}
	if l.Delivery == chat.Failed {
		n.Add(d.failed(l))
	}
	return n
}

// text is what a message says. HTML is only ever what the page itself has made of it.
func text(l *chat.Line) *view.Node {
	if l.HTML {
		return &view.Node{Tag: "div", Attrs: map[string]string{"class": "cx-message-text"}, HTML: l.Text}
	}
	return view.Say("div", "cx-message-text", l.Text).With("dir", "auto")
}

func side(l *chat.Line) string {
	if l.Mine() {
		return "cx-you"
	}
	switch l.From.Kind {
	case "agent":
		return "cx-them cx-Agent"
	case "bot":
		return "cx-them cx-Bot"
	case "supervisor":
		return "cx-them cx-Supervisor"
	}
	return "cx-them"
}

// sender names who wrote, to screen readers with each message.
func (d painter) sender(l *chat.Line, first bool) *view.Node {
	class, name := "cx-name", d.name(l.From)
	if l.Mine() {
		name = d.t.Get("AriaYouSaid")
	}
	if l.Mine() || !first {
		class += " cx-sr-only"
	}
	return view.Say("div", class, name)
}

func (d painter) name(p wire.Participant) string {
	if p.Nickname != "" {
		return p.Nickname
	}
	return d.t.Get("AgentUnnamed")
}

// meta is the time, and how far an own message has come, where that is worth saying.
func (d painter) meta(l *chat.Line, last bool) *view.Node {
	at := time.UnixMilli(l.Ms).In(d.a.o.Zone)
	n := view.Box("div", "cx-meta", view.Say("time", "cx-time", d.t.Clock(at, d.s.hours())).With("datetime", at.Format(time.RFC3339)))
	class, key := "", ""
	switch l.Delivery {
	case chat.Sending:
		class, key = "cx-sending", "MessageSending"
	case chat.Sent:
		class, key = "cx-sent", "MessageSent"
	case chat.Delivered:
		class, key = "cx-delivered", "MessageDelivered"
	}
	if key != "" && (last || l.Delivery == chat.Sending) {
		n.Add(view.Say("span", "cx-message-state "+class, d.t.Get(key)))
	}
	return n
}

func (d painter) failed(l *chat.Line) *view.Node {
	n := view.Box("div", "cx-failed",
		view.Say("span", "cx-failed-text", d.t.With("MessageFailed", "Reason", d.t.Reason(l.Reason))))
	if !d.a.client.Live() { // nothing more can be sent in this chat
		return n
	}
	return n.Add(d.button("cx-btn-link cx-retry", "MessageRetry", actRetry),
		d.button("cx-btn-link cx-discard", "MessageDiscard", actDiscard))
}

// systemLine says that somebody came or went.
func (d painter) systemLine(l *chat.Line) *view.Node {
	hook, text := d.systemText(l)
	message := view.Box("div", "cx-message cx-participant cx-system", view.Say("div", "cx-message-text", text))
	return view.Box("div", "cx-message-group cx-system-group", message.With("data-message", hook)).Keyed(l.Key)
}

func (d painter) systemText(l *chat.Line) (hook, text string) {
	visitor := l.From.Kind == "visitor"
	switch {
	case l.Kind == wire.KindJoined && visitor:
		return "Chat Started", d.t.Get("ChatStarted")
	case l.Kind == wire.KindJoined:
		return "Agent Connected", d.t.With("AgentConnected", "Agent", d.name(l.From))
	case l.Kind == wire.KindLeft && visitor:
		return "Chat Ended", d.t.Get("VisitorLeft")
	case l.Kind == wire.KindLeft:
		return "Agent Disconnected", d.t.With("AgentDisconnected", "Agent", d.name(l.From))
	}
	return "Chat Ended", d.t.Get("ChatEnded")
}

// typing says who types. Its place is there all the time, so that it is read out when it begins.
func (d painter) typing(conv *chat.Conversation) *view.Node {
	n := view.Box("div", "cx-typing").With("role", "status")
	for _, who := range conv.Typing() {
		n.Add(view.Say("span", "cx-typing-indicator", d.t.With("AgentTyping", "Agent", d.name(who))))
	}
	return n
}
