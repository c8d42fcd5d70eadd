package desk

import (
	"slices"
	"strconv"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
)

// Conversation is one chat of this agent: the session itself, and what only an agent has of it.
type Conversation struct {
	*chat.Conversation
	Visitor  wire.Visitor
	UserData map[string]any   // attached data
	Pages    []wire.VisitPage // of the visit, in order
	Draft    string           // written and not sent
	Uploads  *attachment.Queue
	// Finishing is true from the moment the agent has chosen Done until the session is completed.
	Finishing bool

	unconfirmed bool // the relay has not told of it since the connection is back
	asked       bool // the relay was asked to complete it, and has not answered
}

// Name is what to call the visitor, "" where nothing is known.
func (c *Conversation) Name() string { return Name(c.Visitor) }

// Online tells whether the visitor is connected.
func (c *Conversation) Online() bool { return c.Visitor.Online }

// LastMessage is the last message or file of either side, also one that is on its way.
func (c *Conversation) LastMessage() (chat.Line, bool) {
	lines := c.Lines()
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Kind == wire.KindMessage || lines[i].Kind == wire.KindFile {
			return lines[i], true
		}
	}
	return chat.Line{}, false
}

// WaitingSinceMs is when the visitor wrote what nobody has answered yet, on the relay's clock; 0 where nobody waits.
func (c *Conversation) WaitingSinceMs() int64 {
	if last, ok := c.LastMessage(); ok && !last.Mine() && !c.Over() {
		return last.Ms
	}
	return 0
}

// sending tells whether a message or file is still on its way to the relay.
func (c *Conversation) sending() bool {
	return slices.ContainsFunc(c.Lines(), func(l chat.Line) bool { return l.Delivery == chat.Sending }) || c.uploading()
}

// takeSessions takes the conversations that the relay has for this agent. Where they do not all fit into the welcome, the
// others follow as Opened: until then none is given up.
func (d *Desk) takeSessions(sessions []wire.Snapshot) {
	for _, c := range d.Conversations {
		c.unconfirmed = true
	}
	for _, s := range sessions {
		d.takeSession(s)
	}
	if d.nothingSelected() {
		d.selectKept()
	}
	for _, c := range d.Conversations {
		d.finish(c)
	}
}

// forgetUnconfirmed gives up what the relay has not told of by the time it answers the first request after its welcome.
func (d *Desk) forgetUnconfirmed() {
	for _, c := range slices.Clone(d.Conversations) {
		if !c.unconfirmed {
			continue
		}
		c.unconfirmed = false
		if len(c.Unsent()) > 0 {
			c.Lost() // stays until the agent has seen what was not sent
			continue
		}
		d.remove(c)
	}
	d.forgetOthers()
	if d.nothingSelected() && len(d.Conversations) > 0 {
		d.Select(d.Conversations[0].ID())
	}
}

func (d *Desk) takeSession(s wire.Snapshot) *Conversation {
	c := d.conversation(s.Session)
	if c == nil {
		c = d.add(s)
	} else {
		c.Resume(s)
	}
	c.UserData = s.UserData
	if s.Visitor != nil {
		c.Visitor = *s.Visitor
	}
	c.asked, c.unconfirmed = false, false
	d.askJourney(s.Session)
	c.Uploads.Online()
	if d.selected(c) {
		c.Uploads.Ask()
		d.look(c)
	}
	return c
}

func (d *Desk) add(s wire.Snapshot) *Conversation {
	session := s.Session
	c := &Conversation{Draft: d.kept[keepDraft+session]}
	env := d.env
	env.Changed = func() {
		if c.Conversation != nil { // it is still being made
			d.conversationChanged(c)
		}
	}
	c.Uploads = attachment.NewQueue(d.files, session, d.o.NewID, func() { d.uploadsChanged(c) })
	c.Conversation = chat.NewConversation(env, s)
	d.Conversations = append(d.Conversations, c)
	slices.SortStableFunc(d.Conversations, byStart)
	c.Restore(chat.ParseUnsent(d.kept[keepUnsent+session]), d.seen(c))
	return c
}

// seen is how far the agent had read before a reload; in a new tab, what came before the agent's last message.
func (d *Desk) seen(c *Conversation) int64 {
	if seen, err := strconv.ParseInt(d.kept[keepSeen+c.ID()], 10, 64); err == nil {
		return seen
	}
	entries := c.Entries()
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].From.ID == c.Me().ID {
			return entries[i].Seq
		}
	}
	return 0
}

// conversationChanged keeps what a reload must find again, and goes on with what waited for this.
func (d *Desk) conversationChanged(c *Conversation) {
	if d.conversation(c.ID()) == c {
		d.keep(keepUnsent+c.ID(), chat.FormatUnsent(c.Unsent()))
		d.keep(keepSeen+c.ID(), strconv.FormatInt(c.ReadSeq(), 10))
		c.filesArrived()
		d.finish(c)
	}
	d.changed()
}

// remove takes a conversation out of the list; the next one takes its place before the agent.
func (d *Desk) remove(c *Conversation) {
	i := slices.Index(d.Conversations, c)
	if i < 0 {
		return
	}
	d.Conversations = slices.Delete(d.Conversations, i, i+1)
	c.Offline()
	c.Uploads.Close()
	for _, key := range []string{keepDraft, keepUnsent, keepSeen} {
		d.keep(key+c.ID(), "")
	}
	if d.Selected != c.ID() {
		return
	}
	d.setSelected("")
	if n := len(d.Conversations); n > 0 {
		d.Select(d.Conversations[min(i, n-1)].ID())
	} else if len(d.Calls) > 0 {
		d.Select(d.Calls[0].ID)
	}
}

func (d *Desk) opened(f *wire.Opened) {
	d.Offers = slices.DeleteFunc(d.Offers, func(o *Offer) bool { return o.ID == f.Offer })
	c := d.takeSession(f.Snapshot)
	if d.nothingSelected() {
		d.Select(c.ID())
	}
}

func (d *Desk) push(f *wire.Push) {
	c := d.conversation(f.Session)
	if c == nil {
		return
	}
	was, had := c.State(), c.Position().After
	c.Pushed(f)
	if d.selected(c) {
		d.look(c)
	}
	for _, e := range f.Entries {
		d.entryCame(c, e, had)
	}
	if c.State() != was && c.State() == StateEnded {
		d.notify(Event{Kind: VisitorEnded, Conversation: c})
	}
	if c.State() == StateCompleted {
		d.completed(c)
	}
}

// StateEnded and StateCompleted are the states of a session that is over: Ended by the visitor, Completed by the agent.
const (
	StateEnded     = "Ended"
	StateCompleted = "Completed"
)

func (d *Desk) entryCame(c *Conversation, e wire.Entry, had int64) {
	if e.Seq <= had {
		return
	}
	switch {
	case e.Kind == wire.KindData:
		c.mergeData(e.Data)
	case (e.Kind == wire.KindMessage || e.Kind == wire.KindFile) && e.From.ID != c.Me().ID:
		d.notify(Event{Kind: MessageCame, Conversation: c, Entry: e})
	}
}

func (c *Conversation) mergeData(data map[string]any) {
	if c.UserData == nil {
		c.UserData = map[string]any{}
	}
	for k, v := range data {
		if v == nil {
			delete(c.UserData, k)
			continue
		}
		c.UserData[k] = v
	}
}

// completed takes a conversation out of the list, in whichever tab it was done.
func (d *Desk) completed(c *Conversation) {
	if d.conversation(c.ID()) != c {
		return // told twice: by the answer to Done, and by push
	}
	current := d.selected(c)
	d.remove(c)
	d.notify(Event{Kind: Finished, Conversation: c, Current: current})
}

func (d *Desk) presence(f *wire.Presence) {
	c := d.conversation(f.Session)
	if c == nil {
		return
	}
	c.PresenceChanged(f)
	if f.Who.Kind == "visitor" {
		c.Visitor.Online = f.Online
	}
}

// Select brings a conversation or call before the agent.
func (d *Desk) Select(id string) {
	c := d.conversation(id)
	if c == nil && d.call(id) == nil {
		return
	}
	d.setSelected(id)
	if c == nil {
		d.changed()
		return
	}
	c.Uploads.Ask()
	d.look(c)
	d.changed()
}

// SelectNext selects what is so many places further in the list, round and round.
func (d *Desk) SelectNext(step int) {
	all := d.listed()
	n := len(all)
	if n == 0 {
		return
	}
	i := slices.Index(all, d.Selected)
	d.Select(all[((i+step)%n+n)%n])
}

// selectKept selects what was selected before a reload; while that has not come, nothing else takes its place.
func (d *Desk) selectKept() {
	if kept := d.kept[keepSelected]; kept != "" {
		d.Selected = kept
		return
	}
	if len(d.Conversations) > 0 {
		d.Select(d.Conversations[0].ID())
	}
}

func (d *Desk) setSelected(session string) {
	d.Selected = session
	d.keep(keepSelected, session)
}

func (d *Desk) selected(c *Conversation) bool { return d.Selected == c.ID() }

// look notes that what is there is before the agent's eyes, if the page is.
func (d *Desk) look(c *Conversation) {
	if d.visible {
		c.Shown()
		d.keep(keepSeen+c.ID(), strconv.FormatInt(c.ReadSeq(), 10))
	}
}

// Write notes what stands in a conversation's input: kept over a reload, shown in the agent's other tabs, and told to
// the visitor as typing.
func (d *Desk) Write(session, text string) {
	c := d.conversation(session)
	if c == nil || c.Draft == text {
		return
	}
	d.setDraft(c, text)
	c.Key(text)
	if chat.Units(text) <= wire.MaxMessageRunes { // one that is too long waits here until it is split or sent as a file
		d.o.Link.Tell(&wire.Draft{Session: session, Text: text})
	}
	d.changed()
}

func (d *Desk) setDraft(c *Conversation, text string) {
	c.Draft = text
	d.keep(keepDraft+c.ID(), text)
}

func (d *Desk) otherDraft(f *wire.Draft) {
	if c := d.conversation(f.Session); c != nil {
		d.setDraft(c, f.Text)
	}
}

// Send writes a message into a conversation: it is shown at once, and goes out in its turn.
func (d *Desk) Send(session, text string) {
	c := d.conversation(session)
	if c == nil || c.Over() {
		return
	}
	// Before the message: a tab that shows it already must not hold it as a draft still.
	d.setDraft(c, "")
	d.o.Link.Tell(&wire.Draft{Session: session})
	c.Conversation.Write(text)
	d.changed()
}

// Done marks a conversation done, as soon as what was written in it has been sent.
func (d *Desk) Done(session string) {
	c := d.conversation(session)
	if c == nil || c.Finishing {
		return
	}
	c.Finishing = true
	d.finish(c)
	d.changed()
}

// finish asks the relay to complete a conversation that the agent is done with, once nothing stands in the way.
func (d *Desk) finish(c *Conversation) {
	if !c.Finishing || c.asked || d.Connection != Online {
		return
	}
	if c.sending() {
		return
	}
	c.asked = true
	d.o.Link.Request(&wire.Done{Session: c.ID()}, func(_ wire.Frame, p *wire.Problem) {
		c.asked = false
		switch {
		case p == nil:
			d.completed(c) // its last entries come by push, to this tab, too late to matter
		case p.Code == wire.CodeNoConnection:
			return // the next welcome leads here again
		case p.Code == wire.CodeNoSession || p.Code == wire.CodeSessionEnded || p.Code == wire.CodeForbidden:
			d.completed(c)
		default:
			c.Finishing = false
			d.trouble(p)
		}
		d.changed()
	})
}
