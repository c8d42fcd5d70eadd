package live

import (
	"foyer/relay/chat"
	"foyer/relay/notify"
)

// Message is one of the structs of this file. Receivers share what its slices and maps point to and must not change it.
type Message interface{ topic() Topic }

// Committed says that entries of a session are durable, with the row after them. One session's entries come in order
// from one relay; who sees a gap (another relay was faster) reads it from the store, and one who knows a Seq already
// leaves the entry out.
type Committed struct {
	Session chat.Session
	Entries []chat.Entry
}

// Typing says that From types in the session, or stopped.
type Typing struct {
	Session string
	From    chat.Participant
	On      bool
	Text    string // preview; usually empty
}

// Delivered says that all entries up to Seq have reached From's screen.
type Delivered struct {
	Session string
	From    chat.Participant
	Seq     int64
}

// Draft is what From has in the input of Connection. It is for From's other connections only.
type Draft struct {
	Session    string
	From       chat.Participant
	Connection string
	Text       string
}

// Presence says that Who has a connection, or has had none for the grace time.
type Presence struct {
	Session string
	Who     chat.Participant
	Online  bool
}

// Offer asks an agent to take a session: its row holds the offer's id and end (Session.Offer, Session.OfferEndsMs).
type Offer struct {
	Agent   string
	Session chat.Session
}

// OfferGone withdraws an offer. Reason as in wire.OfferGone.
type OfferGone struct {
	Agent  string
	Offer  string
	Reason string
}

// Opened says that the session is now the agent's, and that the offer is thereby over.
type Opened struct {
	Agent   string
	Offer   string
	Session chat.Session
}

// AgentState is the agent's readiness after a change.
type AgentState struct {
	Agent string
	Ready bool
}

// VisitChanged says that a visit has new events.
type VisitChanged struct {
	Deployment string
	Visit      string
}

// Notify carries messages to the open pages of a visit. Each connection takes those for its own pages.
type Notify struct {
	Deployment string
	Visit      string
	Messages   []notify.Message
}

func (m Committed) topic() Topic    { return Session(m.Session.ID) }
func (m Typing) topic() Topic       { return Session(m.Session) }
func (m Delivered) topic() Topic    { return Session(m.Session) }
func (m Draft) topic() Topic        { return Session(m.Session) }
func (m Presence) topic() Topic     { return Session(m.Session) }
func (m Offer) topic() Topic        { return Agent(m.Agent) }
func (m OfferGone) topic() Topic    { return Agent(m.Agent) }
func (m Opened) topic() Topic       { return Agent(m.Agent) }
func (m AgentState) topic() Topic   { return Agent(m.Agent) }
func (m VisitChanged) topic() Topic { return Visit(m.Deployment, m.Visit) }
func (m Notify) topic() Topic       { return Pages(m.Deployment, m.Visit) }
