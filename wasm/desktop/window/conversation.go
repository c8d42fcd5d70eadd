package window

import (
	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/link"
	"foyer/wasm/view"
)

// regionKey is the key of the region Conversation.
const regionKey = "conversation"

// conversation is the region Conversation.
func (w *Window) conversation() *view.Node {
	region := with(el("section", "fd-conversation fd-pane", regionKey), "aria-label", w.t("Conversation"))
	c := w.desk.Current()
	if c == nil {
		if call := w.desk.CurrentCall(); call != nil {
			region.Children = w.call(call)
			return with(region, "aria-label", w.t("Callback"))
		}
		region.Children = []*view.Node{w.overview()}
		return region
	}
	region.Children = compact([]*view.Node{w.heading(c), w.transcript(c), w.typing(c), w.uploads(c), w.foot(c)})
	if w.takesFiles(c) {
		on(region, view.Handler{Event: "files", Action: "attach"})
	}
	return region
}

func (w *Window) heading(c *desk.Conversation) *view.Node {
	presence := "Offline"
	if c.Online() {
		presence = "Online"
	}
	done := button("", w.t("Done"), "done")
	return el("header", "fd-heading", "heading-"+c.ID(),
		el("div", "fd-heading-who", "who",
			txt("h2", "fd-title", w.nameOf(c.Visitor)),
			view.If(c.Visitor.Subject != "", txt("p", "fd-heading-subject", c.Visitor.Subject))),
		el("p", "fd-heading-state", "state",
			with(txt("span", "fd-dot"+onlineClass(c), ""), "aria-hidden", "true"),
			txt("span", "", w.t(presence)),
			txt("span", "fd-chip", w.stateOf(c))),
		keyed(disabled(done, c.Finishing), "done"))
}

func onlineClass(c *desk.Conversation) string {
	if c.Online() {
		return " fd-online"
	}
	return ""
}

// transcript shows the log; what comes is read out once.
func (w *Window) transcript(c *desk.Conversation) *view.Node {
	log := with(el("div", "fd-transcript", "transcript-"+c.ID()),
		"role", "log", "aria-live", "polite", "aria-label", w.t("Transcript"), "tabindex", "0")
	log.Stick = true
	if c.HasEarlier() {
		log.Children = append(log.Children, keyed(button("fd-quiet fd-earlier", w.t("Earlier"), "earlier"), "earlier"))
	}
	var before *chat.Line
	lines := c.Lines()
	quiet, deleted := alreadySaid(lines), attachment.Deleted(c.Entries())
	for i, l := range lines {
		if quiet[i] {
			l.Delivery = said
		}
		if n := w.line(c, l, before, deleted); n != nil {
			log.Children = append(log.Children, n)
			before = &l
		}
	}
	return log
}

// said stands for a delivery that a later message says as well. Like all others it is not chat.NotMine.
const said = chat.Delivery(-1)

// alreadySaid finds the messages that are sent or delivered and followed by another one that has come as far.
func alreadySaid(lines []chat.Line) map[int]bool {
	quiet, last := map[int]bool{}, map[chat.Delivery]int{}
	for i, l := range lines {
		if l.Delivery != chat.Sent && l.Delivery != chat.Delivered {
			continue
		}
		if before, ok := last[l.Delivery]; ok {
			quiet[before] = true
		}
		last[l.Delivery] = i
	}
	return quiet
}

// line draws one line, nil for what an agent has no use for.
func (w *Window) line(c *desk.Conversation, l chat.Line, before *chat.Line, deleted map[string]bool) *view.Node {
	switch l.Kind {
	case wire.KindMessage:
		return w.message(c, l, before, keyed(with(link.Show(el("p", "fd-text", ""), l.Text), "dir", "auto"), "text"))
	case wire.KindFile:
		return w.message(c, l, before, w.file(attachment.Of(l.Data), deleted))
	}
	text := w.systemText(c, l)
	if text == "" {
		return nil
	}
	return el("p", "fd-system", l.Key, txt("span", "", text), txt("time", "fd-time", w.clock(l.Ms)))
}

func (w *Window) systemText(c *desk.Conversation, l chat.Line) string {
	switch l.Kind {
	case wire.KindJoined:
		return w.t("Joined", "name", w.author(c, l.From))
	case wire.KindLeft:
		return w.t("Left", "name", w.author(c, l.From))
	case wire.KindState:
		if state, ok := l.Data["interactionState"].(string); ok {
			return w.t("StateChanged", "state", state)
		}
	case wire.KindData:
		return w.t("DataChanged")
	case wire.KindNotice:
		return w.t("Notice", "name", w.author(c, l.From), "text", l.Text)
	case wire.KindFileDeleted:
		return w.t("FileDeleted", "name", w.author(c, l.From), "file", attachment.Of(l.Data).Name)
	}
	return ""
}

// author is what a transcript calls somebody.
func (w *Window) author(c *desk.Conversation, p wire.Participant) string {
	switch {
	case p.ID == c.Me().ID:
		return w.t("You")
	case p.Kind == "visitor":
		return w.nameOf(c.Visitor)
	case p.Kind == "system":
		return w.t("System")
	}
	return p.Nickname
}

// message draws what somebody wrote or sent; what is their text or file.
func (w *Window) message(c *desk.Conversation, l chat.Line, before *chat.Line, what *view.Node) *view.Node {
	class := "fd-message fd-theirs"
	if l.Mine() {
		class = "fd-message fd-mine"
	}
	if l.Delivery == chat.Failed {
		class += " fd-failed"
	}
	grouped := before != nil && (before.Kind == wire.KindMessage || before.Kind == wire.KindFile) && before.From.ID == l.From.ID &&
		l.Ms-before.Ms < groupingSpan.Milliseconds()
	if grouped {
		class += " fd-grouped"
	}
	return el("div", class, l.Key,
		view.If(!grouped, el("p", "fd-by", "by",
			txt("span", "fd-author", w.author(c, l.From)),
			txt("time", "fd-time", w.clock(l.Ms)))),
		what,
		w.delivery(l))
}

// delivery says how far an own message has come.
func (w *Window) delivery(l chat.Line) *view.Node {
	switch l.Delivery {
	case chat.Sending:
		if w.desk.Connection != desk.Online {
			return keyed(txt("p", "fd-delivery fd-pending", w.t("Queued")), "delivery")
		}
		return keyed(txt("p", "fd-delivery fd-pending", w.t("Sending")), "delivery")
	case chat.Sent:
		return keyed(txt("p", "fd-delivery", w.t("Sent")), "delivery")
	case chat.Delivered:
		return keyed(txt("p", "fd-delivery fd-delivered", w.t("Delivered")), "delivery")
	case chat.Failed:
		return el("p", "fd-delivery fd-refused", "",
			txt("span", "", w.t("Failed")+": "+w.t(wire.Means(l.Reason).Key)),
			button("fd-quiet", w.t("Retry"), "retry"),
			button("fd-quiet", w.t("Discard"), "discard"))
	}
	return nil
}

// typing is there always, so that the transcript above it does not jump. What is being written is behind it, where the
// visitor's side lets it be seen.
func (w *Window) typing(c *desk.Conversation) *view.Node {
	text := ""
	if who := c.Typing(); len(who) > 0 {
		text = w.t("Typing", "name", w.author(c, who[0]))
	}
	preview := c.Preview()
	return with(el("p", "fd-typing", "typing",
		txt("span", "", text),
		view.If(preview != "", with(txt("span", "fd-preview", preview), "dir", "auto"))), "aria-live", "off")
}

// foot is where the agent writes; where nothing can be written any more, it says so.
func (w *Window) foot(c *desk.Conversation) *view.Node {
	if c.Over() {
		return with(el("p", "fd-over-note", "over-"+c.ID(), txt("span", "", w.t("VisitorEnded"))), "role", "status")
	}
	send := func(event string, keys ...string) view.Handler {
		return view.Handler{Event: event, Action: "send", Keys: keys, Prevent: true, Fields: true, Clear: true, Limit: w.limit()}
	}
	input := with(el("textarea", "fd-field fd-input", ""), "id", "fd-message", "name", "message", "rows", "3",
		"aria-describedby", "fd-message-hint", "dir", "auto")
	input.Props = map[string]any{"value": c.Draft}
	on(input, send("keydown", "Enter", "Control+Enter"),
		view.Handler{Event: "input", Action: "write", WaitMs: 250})
	return on(el("form", "fd-composer", c.ID(),
		with(txt("label", "fd-hidden", w.t("Message")), "for", "fd-message"),
		w.tooLong(c),
		w.focusable(input, toMessage),
		el("div", "fd-composer-end", "end",
			with(txt("span", "fd-hint", w.t("MessageHint")), "id", "fd-message-hint"),
			view.If(w.takesFiles(c), w.attachButton(c)),
			with(txt("button", "fd-button fd-primary", w.t("Send")), "type", "submit"))),
		send("submit"))
}

// tooLong says that the message is too long to be sent, and what can be done about it. Nothing of it is cut.
func (w *Window) tooLong(c *desk.Conversation) *view.Node {
	if chat.Units(c.Draft) <= w.limit() {
		return nil
	}
	n := el("div", "fd-too-long", "too-long", with(txt("p", "", w.sayTooLong(c.Draft)), "role", "alert"))
	if parts := len(chat.Split(c.Draft, w.limit())); parts <= chat.MostParts {
		n.Add(button("fd-quiet", w.t("SendParts", "n", number(parts)), "split"))
	}
	if w.takesFiles(c) && c.Uploads.Limits().Takes(&attachment.File{Name: "message.txt", Size: int64(len(c.Draft))}) {
		file := with(txt("button", "fd-button fd-quiet", w.t("SendAsFile")), "type", "button")
		n.Add(on(file, view.Handler{Event: "click", Action: "as-file", AsFile: "message"}))
	}
	return n
}

func (w *Window) sayTooLong(text string) string {
	return w.t("MessageTooLong", "n", number(chat.Units(text)), "limit", number(w.limit()))
}

// limit is how many characters a message may have. A browser counts some characters twice, never the other way round.
func (w *Window) limit() int {
	if n := w.desk.Limits.MessageRunes; n > 0 {
		return n
	}
	return wire.MaxMessageRunes
}
