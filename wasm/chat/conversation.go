package chat

import (
	"math"

	"foyer/relay/wire"
)

// States of a session that decide what can be done in it; see State in relay/chat.
const (
	stateQueued    = "Queued"
	stateOffered   = "Offered"
	stateActive    = "Active"
	stateCompleted = "Completed"
	stateEnded     = "Ended"
)

// Who ended a session.
const (
	ByVisitor = "visitor"
	ByAgent   = "agent"
	ByNobody  = "" // it runs, or nobody knows: the relay does not have it any more
)

// Conversation is one session as one participant sees it: visitor or agent.
type Conversation struct {
	env     Env
	id      string
	me      wire.Participant
	state   string
	started int64
	lost    bool

	log       Log
	tail      bool  // the end of a long log is being fetched; until then nothing of it is here
	wanted    int64 // the newest Seq that was heard of
	fetching  bool
	more      bool // the session has older entries than Log.First
	fetchMore bool
	present   []wire.Participant
	online    map[string]bool

	outbox  *Outbox
	typist  typist
	typists typists

	delivered int64 // the others' screens have everything up to here
	shown     int64 // this side's screens have everything up to here
	told      int64 // what the relay was told of shown
	read      int64 // counted as read up to here
	readAll   bool  // what is being fetched counts as read
}

// NewConversation takes up a session from what the relay told of it.
func NewConversation(env Env, s wire.Snapshot) *Conversation {
	c := &Conversation{
		env: env, id: s.Session, me: s.Me, online: map[string]bool{},
		typist:  typist{env: env, session: s.Session},
		typists: typists{env: env},
	}
	c.outbox = newOutbox(env, s.Session, c.kept)
	c.Resume(s)
	return c
}

// ID is the session's id.
func (c *Conversation) ID() string { return c.id }

// Me is the participant on this side.
func (c *Conversation) Me() wire.Participant { return c.me }

// State is the session's state as the relay last told it: Queued, Offered, Active, Completed or Ended.
func (c *Conversation) State() string { return c.state }

// StartedMs is when the session began, Unix milliseconds.
func (c *Conversation) StartedMs() int64 { return c.started }

// Entries gives the log as far as it is here; the caller must not change it.
func (c *Conversation) Entries() []wire.Entry { return c.log.Entries() }

// Position says how far the log is here, for the hello.
func (c *Conversation) Position() wire.Position {
	return wire.Position{Session: c.id, After: c.log.Last()}
}

// Resume takes in the session as the relay has it: at the start, and after each reconnection. What is waiting is sent.
func (c *Conversation) Resume(s wire.Snapshot) {
	c.me, c.started = s.Me, s.StartedMs
	c.present = append([]wire.Participant(nil), s.Participants...)
	c.fetching, c.fetchMore = false, false
	if s.More && c.log.Last() == 0 {
		c.setState(s.State)
		c.fetchTail()
	} else {
		c.take(s.Entries, false)
		c.setState(s.State)
		if s.More {
			c.want(c.log.Last() + 1)
		}
	}
	if !c.Over() {
		c.outbox.Online()
	}
	c.tellShown(true)
	c.env.Changed()
}

// Offline says that the connection is gone: typing is not known any more, and what is written waits.
func (c *Conversation) Offline() {
	c.outbox.Offline()
	c.typist.forget()
	c.typists.clear()
	c.fetching, c.fetchMore = false, false
	c.env.Changed()
}

// Pushed takes in new entries.
func (c *Conversation) Pushed(f *wire.Push) {
	c.take(f.Entries, true)
	c.setState(f.State)
	c.env.Changed()
}

// take adds entries that are in order; present tells whether they change who is in the session (a snapshot says that
// itself).
func (c *Conversation) take(entries []wire.Entry, present bool) {
	if len(entries) == 0 {
		return
	}
	if c.tail {
		c.wanted = max(c.wanted, entries[len(entries)-1].Seq)
		return
	}
	added, gap := c.log.Append(entries)
	for _, e := range added {
		c.arrived(e, present)
	}
	if gap {
		c.want(entries[len(entries)-1].Seq)
	}
}

func (c *Conversation) arrived(e wire.Entry, present bool) {
	c.outbox.Arrived(e.ClientID)
	c.typists.drop(e.From.ID)
	if !present {
		return
	}
	switch e.Kind {
	case wire.KindJoined:
		c.leave(e.From.ID)
		c.present = append(c.present, e.From)
	case wire.KindLeft:
		c.leave(e.From.ID)
	}
}

func (c *Conversation) leave(id string) {
	for i, p := range c.present {
		if p.ID == id {
			c.present = append(c.present[:i:i], c.present[i+1:]...)
			return
		}
	}
}

// want fetches the log up to seq.
func (c *Conversation) want(seq int64) {
	c.wanted = max(c.wanted, seq)
	if c.fetching || c.tail || c.log.Last() >= c.wanted {
		return
	}
	c.fetching = true
	after := c.log.Last()
	c.env.Link.Request(&wire.History{Session: c.id, After: after, Limit: wire.PageSize},
		func(reply wire.Frame, problem *wire.Problem) {
			c.fetching = false
			page, ok := reply.(*wire.Page)
			if problem != nil || !ok {
				c.later(problem, func() { c.want(c.wanted) })
				return
			}
			c.take(page.Entries, true)
			if c.log.Last() > after && (page.More || c.log.Last() < c.wanted) {
				c.want(max(c.wanted, c.log.Last()+1))
			}
			c.env.Changed()
		})
}

// fetchTail begins with the newest entries of a long log: who comes back to it reads its end.
func (c *Conversation) fetchTail() {
	if c.tail || c.log.Last() > 0 {
		return
	}
	c.tail = true
	c.env.Link.Request(&wire.History{Session: c.id, Before: math.MaxInt64, Limit: wire.PageSize},
		func(reply wire.Frame, problem *wire.Problem) {
			c.tail = false
			page, ok := reply.(*wire.Page)
			if problem != nil || !ok {
				c.later(problem, c.fetchTail)
				return
			}
			c.log.Begin(page.Entries)
			c.more = page.More
			for _, e := range page.Entries {
				c.outbox.Arrived(e.ClientID)
			}
			if c.readAll {
				c.read, c.readAll = c.log.Last(), false
			}
			c.want(c.wanted)
			c.env.Changed()
		})
}

// later repeats what the relay could not do just now. After a broken connection the welcome does that.
func (c *Conversation) later(problem *wire.Problem, f func()) {
	if problem == nil || problem.Code == wire.CodeNoConnection || !wire.Means(problem.Code).Retry {
		return
	}
	c.env.Loop.After(again(problem, 1), f)
}

// HasEarlier tells whether the session has entries older than those that are here.
func (c *Conversation) HasEarlier() bool { return c.more }

// FetchEarlier asks for older entries; Changed follows when they have come. done, where it is not nil, is told what came
// of it; where nothing is to be fetched, or that is under way, it is not called.
func (c *Conversation) FetchEarlier(done func(*wire.Problem)) {
	if !c.more || c.fetchMore {
		return
	}
	c.fetchMore = true
	c.env.Link.Request(&wire.History{Session: c.id, Before: c.log.First(), Limit: wire.PageSize},
		func(reply wire.Frame, problem *wire.Problem) {
			c.fetchMore = false
			if page, ok := reply.(*wire.Page); ok && problem == nil {
				c.log.Prepend(page.Entries)
				c.more = page.More && len(page.Entries) > 0
				c.env.Changed()
			}
			if done != nil {
				done(problem)
			}
		})
}

// setState notes the session's state. After Ended only Completed can follow: a push that was on its way when the visitor
// ended the session here does not open it again.
func (c *Conversation) setState(state string) {
	if state == "" || (c.state == stateEnded && state != stateCompleted) {
		return
	}
	c.state = state
	if c.Over() {
		c.stop(wire.CodeSessionEnded)
	}
}

// stop fails what is waiting.
func (c *Conversation) stop(why wire.Code) {
	c.outbox.Stop(why)
	c.typist.forget()
	c.typists.clear()
}

// Lost says that the relay does not know this session any more, or has closed it to this participant.
func (c *Conversation) Lost() {
	c.lost = true
	c.stop(wire.CodeNoSession)
	c.env.Changed()
}

// Over tells whether nothing can be written any more.
func (c *Conversation) Over() bool {
	return c.lost || c.state == stateCompleted || c.state == stateEnded
}

// Waiting tells whether no agent has the session yet.
func (c *Conversation) Waiting() bool {
	return !c.lost && (c.state == stateQueued || c.state == stateOffered)
}

// EndedBy tells who ended the session: ByVisitor, ByAgent or ByNobody.
func (c *Conversation) EndedBy() string {
	if !c.Over() {
		return ByNobody
	}
	if c.state == stateEnded || c.visitorLeft() {
		return ByVisitor
	}
	if c.state == stateCompleted {
		return ByAgent
	}
	return ByNobody
}

func (c *Conversation) visitorLeft() bool {
	for _, e := range c.log.Entries() {
		if e.Kind == wire.KindLeft && e.From.Kind == "visitor" {
			return true
		}
	}
	return false
}

// Present are the others who are in the session now.
func (c *Conversation) Present() []wire.Participant {
	var others []wire.Participant
	for _, p := range c.present {
		if p.ID != c.me.ID {
			others = append(others, p)
		}
	}
	return others
}

// HadAgent tells whether an agent is in the session, or was as far as its log is here.
func (c *Conversation) HadAgent() bool {
	for _, p := range c.present {
		if p.Kind == "agent" {
			return true
		}
	}
	for _, e := range c.log.Entries() {
		if e.From.Kind == "agent" {
			return true
		}
	}
	return false
}

// PresenceChanged notes that one of the others is connected, or no longer.
func (c *Conversation) PresenceChanged(f *wire.Presence) {
	c.online[f.Who.ID] = f.Online
	if f.Online { // a new connection has not heard what was delivered before
		c.tellShown(true)
	} else {
		c.typists.drop(f.Who.ID)
	}
	c.env.Changed()
}

// Online tells whether a participant is connected, as far as is known.
func (c *Conversation) Online(participant string) bool { return c.online[participant] }

// TypingHeard takes in that one of the others types, or has stopped.
func (c *Conversation) TypingHeard(f *wire.Typing) {
	if f.From.ID == c.me.ID || c.Over() {
		return
	}
	c.typists.heard(f)
	c.env.Changed()
}

// TypingMyself tells whether the others were told that this person types.
func (c *Conversation) TypingMyself() bool { return c.typist.on }

// TypingFaded tells whether a participant who typed was not heard of again, rather than having stopped.
func (c *Conversation) TypingFaded(participant string) bool { return c.typists.faded == participant }

// Typing are the others who type just now.
func (c *Conversation) Typing() []wire.Participant {
	var who []wire.Participant
	for _, t := range c.typists.list {
		who = append(who, t.who)
	}
	return who
}

// Preview is what one of the others has written and not sent, where they let it be seen; "" for nothing.
func (c *Conversation) Preview() string {
	for _, t := range c.typists.list {
		if t.text != "" {
			return t.text
		}
	}
	return ""
}

// Key notes that this person types; an empty input is no typing.
func (c *Conversation) Key(text string) {
	if c.Over() {
		return
	}
	if text == "" {
		c.typist.over()
		return
	}
	c.typist.key(text)
}

// Write adds a message, shown at once and sent in its turn. It gives back the client message id, or "" for a blank text.
func (c *Conversation) Write(text string) string {
	c.typist.over()
	id := c.outbox.Write(text)
	c.env.Changed()
	return id
}

// Retry sends a refused message again.
func (c *Conversation) Retry(clientID string) {
	c.outbox.Retry(clientID)
	c.env.Changed()
}

// Discard forgets a refused message.
func (c *Conversation) Discard(clientID string) {
	c.outbox.Discard(clientID)
	c.env.Changed()
}

// Withdraw takes back a message that the relay cannot have; false for one that it may have.
func (c *Conversation) Withdraw(clientID string) bool {
	taken := c.outbox.Withdraw(clientID)
	c.env.Changed()
	return taken
}

// kept puts an acknowledged message into the log, if its turn has come: its push may have been lost, or be later.
func (c *Conversation) kept(m wire.Send, ack *wire.Ack) {
	if ack.Seq > 0 {
		c.take([]wire.Entry{{
			Seq: ack.Seq, Ms: ack.Ms, Kind: m.Kind, From: c.me, Text: m.Text, Data: m.Data, ClientID: m.ClientID,
		}}, true)
	}
	c.env.Changed()
}
