package webchatservice

import (
	"slices"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// tell brings the page up to date: the chat that it knows to its end, then the one of now.
func (t *tab) tell() {
	now := t.s.o.Client.Conversation()
	t.tellConnection()
	if t.conv != now && t.unproven() {
		now = nil
	}
	if t.conv != now {
		t.tellEnd(true)
		if now != nil {
			t.join(now)
		}
	}
	if t.conv == nil {
		return
	}
	t.tellEntries()
	t.serveWants()
	t.tellTyping()
	t.tellEnd(false)
	t.handOut()
}

// join begins with another chat. One that is over already is nothing to a page that has just come.
func (t *tab) join(conv *chat.Conversation) {
	t.conv, t.upTo, t.first, t.endMs = conv, 0, 0, 0
	t.over, t.left, t.typing, t.typingSelf, t.wants = false, false, nil, false, nil
	t.restoring = t.isEarlier(conv)
	switch {
	case !t.restoring:
		answer := t.table().Session(t.chat(conv), conv.Entries())
		t.publish("Started", answer)
		t.publish("started", answer)
	case conv.Over():
		t.over, t.left, t.restoring = true, true, false
		t.upTo = lastSeq(conv)
		t.s.tellLost(conv)
	default:
		t.publish("restored", shape.Object("async", t.async() != nil))
	}
}

// isEarlier tells whether a session had begun before the page was there.
func (t *tab) isEarlier(conv *chat.Conversation) bool {
	return t.s.began != conv.ID() || t.missed == conv.ID()
}

// unproven tells whether the page would take up a chat of which only this client knows: it has outlived its pages, and
// without a connection nobody can say whether the relay still has it.
func (t *tab) unproven() bool {
	conv := t.s.active()
	return conv != nil && conv != t.conv && t.isEarlier(conv) && t.s.o.Client.Status() != chat.Online
}

// tellLost says that an earlier chat cannot be taken up, where it ended with no page there to hear it.
func (s *Service) tellLost(conv *chat.Conversation) {
	if s.ended == conv.ID() {
		return
	}
	s.ended = conv.ID()
	s.publish("restoreFailed", nil)
}

// tellEntries tells what is new in the log, as far as it is ready to be shown.
func (t *tab) tellEntries() {
	conv := t.conv
	if t.restoring && !t.skipToEnd() {
		return
	}
	lines := conv.LinesAfter(t.upTo)
	ready, waits := 0, false
	for i := range lines {
		l := &lines[i]
		done := t.lookAt(conv, l).done // also of what is on its way: so it is never shown first and hidden later
		waits = waits || !done
		if !waits && l.Seq > 0 {
			ready++
		}
	}
	// What is restored comes in pages, not in the pieces in which filters and functions are done with it.
	if t.paused || ready == 0 || t.restoring && waits {
		return
	}
	entries := entriesAfter(conv, t.upTo)[:ready]
	t.upTo = entries[ready-1].Seq
	begins := t.first == 0
	if begins {
		t.first = entries[0].Seq
	}
	t.tellPages(entries)
	if begins && t.restoring {
		t.tellWhoWasThereBefore(entries)
	}
	t.restoring = t.restoring && t.upTo < lastSeq(conv)
}

// tellWhoWasThereBefore says who is here and came before these entries, the first that a page is told of a chat that it
// restores.
func (t *tab) tellWhoWasThereBefore(entries []wire.Entry) {
	if entries[0].Seq == 1 {
		return
	}
	for _, who := range append([]wire.Participant{t.conv.Me()}, t.conv.Present()...) {
		came := slices.ContainsFunc(entries, func(e wire.Entry) bool {
			return e.Kind == wire.KindJoined && e.From.ID == who.ID
		})
		if !came {
			joined := wire.Entry{Kind: wire.KindJoined, From: who, Ms: t.conv.StartedMs()}
			t.tellParticipant(who, "Connected", shape.Message(t.chat(t.conv), joined), t.upTo)
		}
	}
}

// skipToEnd has a page that restores a chat begin where it should: with the whole log, or with its last page where chats
// are asynchronous. It is false while that is not here.
func (t *tab) skipToEnd() bool {
	if t.upTo > 0 {
		return true
	}
	if t.async() == nil {
		return t.s.complete(t.conv)
	}
	if n := int64(t.perPage()); n > 0 {
		t.upTo = max(lastSeq(t.conv)-n, 0)
	}
	return true
}

// tellPages publishes entries, by pages while a chat is restored.
func (t *tab) tellPages(entries []wire.Entry) {
	size := len(entries)
	if n := t.perPage(); t.restoring && n > 0 {
		size = min(size, n)
	}
	for len(entries) > 0 {
		n := min(size, len(entries))
		t.tellMessages(entries[:n], t.restoring)
		for _, e := range entries[:n] {
			t.tellComing(e, t.restoring)
		}
		entries = entries[n:]
	}
}

// tellMessages publishes entries; restoring says that they are no news.
func (t *tab) tellMessages(entries []wire.Entry, restoring bool) {
	table, c := t.table(), t.chat(t.conv)
	originals := make([]any, len(entries))
	for i, e := range entries {
		originals[i] = table.Original(c, e)
	}
	t.publish("messageReceived", shape.Object(
		"originalMessages", originals, "messages", t.messages(entries), "restoring", restoring,
		"sessionData", table.SessionData(c),
	))
}

// messages are entries in their normal form, as the page's filters and functions have them.
func (t *tab) messages(entries []wire.Entry) []any {
	list := make([]any, 0, len(entries))
	for _, e := range entries {
		if m := t.message(e); m != nil {
			list = append(list, m)
		}
	}
	return list
}

// message is nil for one that is filtered out.
func (t *tab) message(e wire.Entry) map[string]any {
	m := shape.Message(t.chat(t.conv), e)
	k := t.looks[keyOf(e)]
	switch {
	case k == nil:
		return m
	case k.filtered:
		return nil
	case k.message == nil:
		return m
	}
	made := merged(m, k.message)
	for _, field := range []string{"index", "id", "time", "utcTime"} { // not known while it was on its way
		made[field] = m[field]
	}
	return made
}

// tellComing says who came or went. Of those before the page was there, only that they are here.
func (t *tab) tellComing(e wire.Entry, restoring bool) {
	what := "Connected"
	switch e.Kind {
	case wire.KindJoined:
		if restoring && !t.isPresent(e.From) {
			return
		}
	case wire.KindLeft:
		if restoring {
			return
		}
		what = "Disconnected"
	default:
		return
	}
	t.tellParticipant(e.From, what, t.message(e), e.Seq)
}

// tellParticipant publishes that somebody is Connected or Disconnected, with the agents as of an entry.
func (t *tab) tellParticipant(p wire.Participant, what string, message any, upTo int64) {
	who := p.Kind
	switch who {
	case "visitor":
		who = "client"
		t.left = what == "Disconnected"
	case "agent", "supervisor", "bot":
	default:
		return
	}
	t.publish(who+what, t.participantData(message, upTo))
}

func (t *tab) isPresent(p wire.Participant) bool {
	if p.ID == t.conv.Me().ID {
		return true
	}
	for _, other := range t.conv.Present() {
		if other.ID == p.ID {
			return true
		}
	}
	return false
}

func (t *tab) participantData(message any, upTo int64) map[string]any {
	agents, connected := agentsOf(t.conv, upTo)
	return shape.Object("message", message, "agents", agents, "numAgentsConnected", connected)
}

// tellTyping says who has begun to type, and who has stopped.
func (t *tab) tellTyping() {
	before, now := t.typing, t.conv.Typing()
	t.typing = now
	for _, who := range before {
		if has(now, who) {
			continue
		}
		if t.conv.TypingFaded(who.ID) {
			t.publish("agentTypingTimeout", t.typingData(who, "TypingStopped"))
		}
		t.publish("agentTypingStopped", t.typingData(who, "TypingStopped"))
	}
	for _, who := range now {
		if !has(before, who) {
			t.publish("agentTypingStarted", t.typingData(who, "TypingStarted"))
		}
	}
	if self := t.conv.TypingMyself(); self != t.typingSelf {
		t.typingSelf = self
		name := "clientTypingStopped"
		if self {
			name = "clientTypingStarted"
		}
		t.publish(name, nil)
	}
}

func (t *tab) typingData(who wire.Participant, kind string) map[string]any {
	m := shape.Message(t.chat(t.conv), wire.Entry{Kind: kind, From: who, Ms: t.s.o.NowMs()})
	delete(m, "index")
	delete(m, "id")
	return m
}

func has(list []wire.Participant, who wire.Participant) bool {
	for _, p := range list {
		if p.ID == who.ID {
			return true
		}
	}
	return false
}

// tellEnd says that the chat is over, after everything else that there is to say of it; at once where the page turns to
// another one.
func (t *tab) tellEnd(now bool) {
	conv := t.conv
	if conv == nil || t.over || !now && (!conv.Over() || t.upTo < lastSeq(conv) && !t.paused) {
		return
	}
	t.over, t.endMs, t.s.ended = true, t.s.o.NowMs(), conv.ID()
	if !t.left && conv.EndedBy() == chat.ByVisitor {
		// The entry of it comes later, or not at all: the visitor is no longer there to hear it.
		left := wire.Entry{Kind: wire.KindLeft, From: conv.Me(), Ms: t.endMs}
		t.publish("clientDisconnected", t.participantData(shape.Message(t.chat(conv), left), lastSeq(conv)))
		t.left = true
	}
	t.publish("ended", nil)
}

func lastSeq(conv *chat.Conversation) int64 {
	if entries := conv.Entries(); len(entries) > 0 {
		return entries[len(entries)-1].Seq
	}
	return 0
}

// entriesAfter are the entries of the log behind a Seq.
func entriesAfter(conv *chat.Conversation, seq int64) []wire.Entry {
	entries := conv.Entries()
	for i := range entries {
		if entries[i].Seq > seq {
			return entries[i:]
		}
	}
	return nil
}
