package webchat

import (
	"strconv"
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// groupWithin is how close messages of one sender are to be drawn as one group.
const groupWithin = 5 * time.Minute

// transcript is what was said, and who types. Each message has an element of its own that never moves, so that it is
// drawn and read out once. Only the last lines are drawn, so that a long chat costs no more than a short one.
func (d painter) transcript() []*view.Node {
	conv := d.a.client.Conversation()
	from := conv.Position().After - int64(d.p.lines)
	own, hidden := d.p.ownMessages(conv, from)
	earlier := hidden || conv.HasEarlier() || (len(conv.Entries()) > 0 && conv.Entries()[0].Seq <= from)
	lines := d.visible(conv.LinesAfter(from))
	d.p.shows = lines
	if len(lines) == 0 && len(conv.Entries()) == 0 { // else the page has not said yet how it shows them
		return []*view.Node{spinner()}
	}
	live := "polite"
	if d.p.quiet {
		live = "off"
	}
	log := view.Box("div", "cx-transcript", d.lines(lines, own)...).With("role", "log", "aria-live", live,
		"aria-relevant", "additions", "tabindex", "0", "aria-label", d.t.Get("AriaTranscript"))
	log.Stick, log.Announce = true, "polite"
	if earlier {
		log.On = []view.Handler{{Event: "scroll", Action: actScroll, WaitMs: 250}}
	}
	return []*view.Node{
		view.Box("div", "cx-transcript-wrapper",
			view.If(earlier, d.button("cx-btn-link cx-earlier", "ChatEarlier", actEarlier)), log),
		d.typing(conv),
	}
}

// lines draws the lines with the days between them, and the page's own messages where they were put.
func (d painter) lines(lines []chat.Line, rest []injected) []*view.Node {
	var all []*view.Node
	d.p.deleted = attachment.Deleted(d.a.client.Conversation().Entries())
	last, day := lastMine(lines), ""
	for i := range lines {
		l := &lines[i]
		for len(rest) > 0 && (l.Seq == 0 || rest[0].after < l.Seq) {
			all = append(all, d.injectedTree(&rest[0]))
			rest = rest[1:]
		}
		if on := d.day(l.Ms); on != day {
			if day != "" || on != d.day(d.a.o.NowMs()) { // a chat of today needs no date
				all = append(all, d.separator(on, l.Ms))
			}
			day = on
		}
		all = append(all, d.line(lines, i, l.Key == last))
	}
	for i := range rest {
		all = append(all, d.injectedTree(&rest[i]))
	}
	return all
}

// day names the day of a time, for comparing.
func (d painter) day(ms int64) string {
	return time.UnixMilli(ms).In(d.a.o.Zone).Format("2006-01-02")
}

// separator says on which day the messages below were written.
func (d painter) separator(day string, ms int64) *view.Node {
	text := d.t.Get("todayLabel")
	if day != d.day(d.a.o.NowMs()) {
		text = d.t.Day(time.UnixMilli(ms).In(d.a.o.Zone))
	}
	if text == "" {
		text = d.a.o.Day(ms, d.t.Get("Lang"))
	}
	return view.Box("div", "cx-day", view.Say("span", "cx-day-text", text)).Keyed("day " + day)
}

// visible leaves out the lines that are nothing to a visitor.
func (d painter) visible(lines []chat.Line) []chat.Line {
	all := make([]chat.Line, 0, len(lines))
	for _, l := range lines {
		if d.shows(&l) {
			all = append(all, l)
		}
	}
	return all
}

// shows puts a line into the form in which it is shown; false where it is nothing to a visitor, or the page has silenced
// it with an empty text.
func (d painter) shows(l *chat.Line) bool {
	if !d.a.look(d.p.page, l) {
		return false
	}
	switch l.Kind {
	case wire.KindMessage, wire.KindFile:
		return true
	case wire.KindState:
		if l.Data["interactionState"] != "Completed" {
			return false
		}
	case wire.KindJoined, wire.KindLeft, wire.KindFileDeleted:
	default:
		return false
	}
	_, text := d.systemText(l)
	return text != ""
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
	if !isSaid(l) {
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

// isSaid tells whether a line is what somebody wrote or sent, rather than something that happened.
func isSaid(l *chat.Line) bool { return l.Kind == wire.KindMessage || l.Kind == wire.KindFile }

// together tells whether two neighbouring lines belong to one group.
func together(a, b *chat.Line) bool {
	return isSaid(a) && isSaid(b) && a.From.ID == b.From.ID &&
		b.Ms-a.Ms < groupWithin.Milliseconds()
}

func (d painter) message(l *chat.Line, first, last bool) *view.Node {
	n := view.Box("div", "cx-message cx-participant "+side(l),
		noPicture(),
		d.sender(l, first),
		view.Box("div", "cx-bubble", d.said(l)),
		d.meta(l, last),
	)
	if l.Seq > 0 {
		n.With("id", messageID(l.Seq))
	}
	if l.Delivery == chat.Failed {
		n.Add(d.failed(l))
	}
	return n
}

// noPicture is where pages put one, by style or by script.
func noPicture() *view.Node {
	return view.Box("div", "cx-avatar-wrapper", view.Box("div", "avatar cx-avatar cx-none")).With("aria-hidden", "true")
}

// said is what a message says. HTML is only ever what the page itself has made of it.
func (d painter) said(l *chat.Line) *view.Node {
	switch {
	case l.Kind == wire.KindFile:
		return d.file(l)
	case l.HTML:
		n := view.Box("div", "cx-message-text")
		n.HTML = l.Text
		return n
	}
	return said("div", "cx-message-text", markup(l.Text, d.marked())).With("dir", "auto")
}

// marked tells whether messages may be written in Markdown.
func (d painter) marked() bool { return d.p.markdown || d.s.on("markdown") }

// messageID is the id of a message's element.
func messageID(seq int64) string { return "cx-chat-index-" + strconv.FormatInt(seq, 10) }

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

// time is when something was said.
func (d painter) time(ms int64) *view.Node {
	at := time.UnixMilli(ms).In(d.a.o.Zone)
	return view.Box("div", "cx-meta",
		view.Say("time", "cx-time", d.t.Clock(at, d.s.hours())).With("datetime", at.Format(time.RFC3339)))
}

// meta is the time, and how far an own message has come, where that is worth saying.
func (d painter) meta(l *chat.Line, last bool) *view.Node {
	n := d.time(l.Ms)
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
	if l.Seq > 0 {
		message.With("id", messageID(l.Seq))
	}
	return view.Box("div", "cx-message-group cx-system-group", message.With("data-message", hook)).Keyed(l.Key)
}

func (d painter) systemText(l *chat.Line) (hook, text string) {
	visitor := l.From.Kind == "visitor"
	switch {
	case l.Kind == wire.KindFileDeleted:
		return "File Deleted", d.t.With("FileDeleted", "FilenameFull", attachment.Of(l.Data).Name)
	case l.Kind == wire.KindJoined && visitor:
		return "Chat Started", d.t.Get("ChatStarted")
	case l.Kind == wire.KindJoined:
		return "Agent Connected", d.cameOrWent(l.From, "Connected")
	case l.Kind == wire.KindLeft && visitor:
		return "Chat Ended", d.t.Get("VisitorLeft")
	case l.Kind == wire.KindLeft:
		return "Agent Disconnected", d.cameOrWent(l.From, "Disconnected")
	}
	return "Chat Ended", d.t.Get("ChatEnded")
}

// cameOrWent says that an agent, or what pages may word by itself ("BotConnected"), is there or gone.
func (d painter) cameOrWent(who wire.Participant, what string) string {
	role := "Agent"
	switch who.Kind {
	case "bot":
		role = "Bot"
	case "supervisor":
		role = "Supervisor"
	}
	words, given := d.t[role+what]
	if !given {
		words = d.t.Get("Agent" + what)
	}
	for _, placeholder := range []string{"<%Agent%>", "<%" + role + "%>"} {
		words = strings.ReplaceAll(words, placeholder, d.name(who))
	}
	return words
}

// typing says who types. Its place is there all the time, so that it is read out when it begins.
func (d painter) typing(conv *chat.Conversation) *view.Node {
	n := view.Box("div", "cx-typing").With("role", "status")
	for _, who := range conv.Typing() {
		n.Add(view.Say("span", "cx-typing-indicator", d.t.With("AgentTyping", "Agent", d.name(who))))
	}
	return n
}
