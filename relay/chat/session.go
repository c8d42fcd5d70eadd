// Package chat is the domain of chat sessions: what a session is, its append-only log, and who may change it how.
//
// The gateways call it (Service); it calls the store and the live hub through the small interfaces that it declares
// here, and knows neither HTTP nor SQL nor NATS nor msgpack. It must never acknowledge what the store has not made
// durable, and never store what is live only (typing, presence, delivery).
package chat

import "foyer/relay/wire"

// State is where a session's current interaction stands. Finalizing and Completed are the names that pages see as
// interactionState (spec/digital-channels.md).
type State string

const (
	Queued     State = "Queued"     // waits for an agent
	Offered    State = "Offered"    // one agent is being asked
	Active     State = "Active"     // an agent has it
	Finalizing State = "Finalizing" // the agent is done; only ever seen in the log, Completed follows in the same change
	Completed  State = "Completed"  // over: the agent is done
	Ended      State = "Ended"      // over: the visitor ended it; an agent who had it still marks it done, then it is Completed
)

// Over tells whether nothing can be written any more.
func (s State) Over() bool { return s == Completed || s == Ended }

// Kinds of participants.
const (
	Visitor = "visitor"
	Agent   = "agent"
	System  = "system"
)

// Participant is somebody in a session. The agent's ID is the same in all sessions (the agent's id); a visitor's is the
// session's own.
type Participant struct {
	ID       string
	Kind     string // Visitor, Agent, System
	Nickname string
	JoinedMs int64
	LeftMs   int64 // 0 while in the session
}

// SystemParticipant signs what nobody wrote. Its id is the all-zero one of spec/digital-channels.md.
var SystemParticipant = Participant{ID: "00000000-0000-0000-0000-000000000000", Kind: System, Nickname: "System"}

// Session is the row of a session: everything about it that is not in the log.
type Session struct {
	ID           string // UUIDv7
	Deployment   string
	Queue        string
	State        State
	VisitorID    string // participant id of the visitor
	FirstName    string
	LastName     string
	Email        string
	Subject      string
	Nickname     string
	Visit        string // visitID of the page that started it
	Device       string // globalVisitID
	Page         string // pageID
	Origin       string
	Language     string
	UserData     map[string]any
	Identity     string // sub of the customer's signed identity, verified; "" where nobody vouches for the visitor
	StartID      string // the client's id of the start request; unique within the deployment
	Agent        string // agent id while Offered or Active, and who completed it
	Offer        string // id of the open offer, while Offered
	OfferEndsMs  int64  // when that offer expires, Unix ms
	QueuedMs     int64  // since when it waits, while Queued or Offered
	StartedMs    int64
	EndedMs      int64
	Seq          int64 // of the last entry
	LastMs       int64 // of the last entry
	Participants []Participant
}

// Participant finds a participant who has not left.
func (s *Session) Participant(id string) (Participant, bool) {
	for _, p := range s.Participants {
		if p.ID == id && p.LeftMs == 0 {
			return p, true
		}
	}
	return Participant{}, false
}

// Entry is one line of the log. Seq and Ms are given by the store, in the transaction that keeps it.
type Entry struct {
	Seq      int64
	Ms       int64
	ID       string // UUIDv7
	Kind     string // wire.KindMessage …
	From     Participant
	Text     string
	Data     map[string]any
	ClientID string // the client message id; unique within the session; "" for what the relay writes
}

// Cursor is the entry's place in the log.
func (e Entry) Cursor() wire.Cursor { return wire.Cursor{Ms: e.Ms, Seq: e.Seq} }
