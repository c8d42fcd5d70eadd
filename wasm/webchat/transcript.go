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
func (a *App) transcript(p *pane) []*view.Node {
	conv := a.client.Conversation()
	lines := visible(conv.Lines())
	if len(lines) == 0 {
		return []*view.Node{spinner()}
	}
	earlier := conv.HasEarlier() || len(lines) > p.lines
	if len(lines) > p.lines {
		lines = lines[len(lines)-p.lines:]
	}
	log := view.El("div", attrs{
		"class": "cx-transcript", "role": "log", "aria-live": "polite", "aria-relevant": "additions", "tabindex": "0",
		"aria-label": a.texts.Get("AriaTranscript"),
	})
	if p.quiet {
		log.Attrs["aria-live"] = "off"
	}
	log.Stick, log.Announce = true, "polite"
	last := lastMine(lines)
	for i, l := range lines {
		log.Children = append(log.Children, a.lineTree(lines, i, l.Key == last))
	}
	return []*view.Node{
		view.El("div", attrs{"class": "cx-transcript-wrapper"},
			view.If(earlier, a.button("cx-btn cx-btn-link cx-earlier", "ChatEarlier", actEarlier)), log),
		a.typing(conv),
	}
}

// visible leaves out the lines that are nothing to a visitor.
func visible(lines []chat.Line) []chat.Line {
	var all []chat.Line
	for _, l := range lines {
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
		if l := lines[i]; l.Kind == wire.KindMessage && l.Mine() && l.Delivery != chat.Failed {
			return l.Key
		}
	}
	return ""
}

func (a *App) lineTree(lines []chat.Line, i int, last bool) *view.Node {
	l := lines[i]
	if l.Kind != wire.KindMessage {
		return a.systemLine(l)
	}
	class := "cx-message-group"
	first := i == 0 || !together(lines[i-1], l)
	if first {
		class += " cx-first"
	}
	if i == len(lines)-1 || !together(l, lines[i+1]) {
		class += " cx-last"
	}
	n := view.El("div", attrs{"class": class}, a.message(l, first, last))
	n.Key = l.Key
	return n
}

// together tells whether two neighbouring lines belong to one group.
func together(a, b chat.Line) bool {
	return a.Kind == wire.KindMessage && b.Kind == wire.KindMessage && a.From.ID == b.From.ID &&
		b.Ms-a.Ms < groupWithin.Milliseconds()
}

func (a *App) message(l chat.Line, first, last bool) *view.Node {
	at := attrs{"class": "cx-message cx-participant " + side(l)}
	if l.Seq > 0 {
		at["id"] = "cx-chat-index-" + strconv.FormatInt(l.Seq, 10)
	}
	n := view.El("div", at,
		a.sender(l, first),
		view.El("div", attrs{"class": "cx-bubble"}, view.Txt("div", attrs{"class": "cx-message-text", "dir": "auto"}, l.Text)),
		a.meta(l, last),
	)
	if l.Delivery == chat.Failed {
		n.Children = append(n.Children, a.failed(l))
	}
	return n
}

func side(l chat.Line) string {
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
func (a *App) sender(l chat.Line, first bool) *view.Node {
	class, name := "cx-name", a.name(l.From)
	if l.Mine() {
		name = a.texts.Get("AriaYouSaid")
	}
	if l.Mine() || !first {
		class += " cx-sr-only"
	}
	return view.Txt("div", attrs{"class": class}, name)
}

func (a *App) name(p wire.Participant) string {
	if p.Nickname != "" {
		return p.Nickname
	}
	return a.texts.Get("AgentUnnamed")
}

// meta is the time, and how far an own message has come, where that is worth saying.
func (a *App) meta(l chat.Line, last bool) *view.Node {
	at := time.UnixMilli(l.Ms).In(a.o.Zone)
	n := view.El("div", attrs{"class": "cx-meta"},
		view.Txt("time", attrs{"class": "cx-time", "datetime": at.Format(time.RFC3339)}, a.texts.Clock(at)))
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
		n.Children = append(n.Children, view.Txt("span", attrs{"class": "cx-message-state " + class}, a.texts.Get(key)))
	}
	return n
}

func (a *App) failed(l chat.Line) *view.Node {
	n := view.El("div", attrs{"class": "cx-failed"},
		view.Txt("span", attrs{"class": "cx-failed-text"}, a.texts.With("MessageFailed", "Reason", a.texts.Reason(l.Reason))))
	if !a.client.Live() { // nothing more can be sent in this chat
		return n
	}
	n.Children = append(n.Children,
		a.button("cx-btn cx-btn-link cx-retry", "MessageRetry", actRetry),
		a.button("cx-btn cx-btn-link cx-discard", "MessageDiscard", actDiscard))
	return n
}

// systemLine says that somebody came or went.
func (a *App) systemLine(l chat.Line) *view.Node {
	hook, text := a.systemText(l)
	n := view.El("div", attrs{"class": "cx-message-group cx-system-group"},
		view.El("div", attrs{"class": "cx-message cx-participant cx-system", "data-message": hook},
			view.Txt("div", attrs{"class": "cx-message-text"}, text)))
	n.Key = l.Key
	return n
}

func (a *App) systemText(l chat.Line) (hook, text string) {
	visitor := l.From.Kind == "visitor"
	switch {
	case l.Kind == wire.KindJoined && visitor:
		return "Chat Started", a.texts.Get("ChatStarted")
	case l.Kind == wire.KindJoined:
		return "Agent Connected", a.texts.With("AgentConnected", "Agent", a.name(l.From))
	case l.Kind == wire.KindLeft && visitor:
		return "Chat Ended", a.texts.Get("VisitorLeft")
	case l.Kind == wire.KindLeft:
		return "Agent Disconnected", a.texts.With("AgentDisconnected", "Agent", a.name(l.From))
	}
	return "Chat Ended", a.texts.Get("ChatEnded")
}

// typing says who types. Its place is there all the time, so that it is read out when it begins.
func (a *App) typing(conv *chat.Conversation) *view.Node {
	n := view.El("div", attrs{"class": "cx-typing", "role": "status"})
	for _, who := range conv.Typing() {
		n.Children = append(n.Children, view.Txt("span", attrs{"class": "cx-typing-indicator"},
			a.texts.With("AgentTyping", "Agent", a.name(who))))
	}
	return n
}
