// Package desk is the agent desktop's model: who is signed in, the offers, the conversations with their logs, drafts and
// outboxes, the calls, and the journeys of the visitors. It holds what one tab of the desktop knows.
//
// wasm/desktop makes one Desk, feeds it the frames of its connection, and gives it to wasm/desktop/window, which draws
// it and turns the agent's actions into calls of its methods. All methods and callbacks run on one goroutine (the
// loop's). The package must never touch JavaScript, and never show as sent what the relay has not acknowledged.
package desk

import (
	"cmp"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
)

// Link is the connection to the relay, as the desk needs it.
type Link interface {
	chat.Link
	// Restart drops the connection, if there is one, and begins with a new hello at once.
	Restart()
}

// Keep is what the tab keeps over a reload: texts by key.
type Keep interface {
	// Keep remembers a value; "" forgets it.
	Keep(key, value string)
}

// Options are what a desk needs; all fields are required.
type Options struct {
	Link  Link
	Loop  chat.Loop
	NowMs func() int64  // the worker's clock, Unix milliseconds
	NewID func() string // ids of messages, unique for ever
	Keep  Keep
	// Carrier makes the requests about files.
	Carrier attachment.Carrier
	// Notify is told what the agent should notice. It is called after the desk has changed, and must not change it.
	Notify func(Event)
}

// Phase is how far the agent has come.
type Phase int

// Phases, in the order in which a visit of the desktop goes through them.
const (
	Starting  Phase = iota // no answer from the relay yet, or a kept token is being tried
	SignedOut              // the relay waits for a name and a password
	SigningIn              // they are on their way
	SignedIn
)

// Connection is how the connection to the relay stands.
type Connection int

// A desk is Waiting before it was ever online, too.
const (
	Waiting Connection = iota // not connected, trying
	Online
	Refused // the relay does not want this client; reloading the page is the only way on
)

// EventKind says what happened.
type EventKind int

// Kinds of events.
const (
	Changed        EventKind = iota // something that is shown is different
	SignInFailed                    // Event.Problem
	OfferCame                       // Event.Offer
	OfferWent                       // Event.Offer, Event.Reason
	MessageCame                     // Event.Conversation, Event.Entry: a message or file from the visitor, not seen yet
	FileFetched                     // Event.Sent, Event.File: the agent asked for it
	Accepted                        // Event.Conversation or Event.Call: taken in this tab
	VisitorEnded                    // Event.Conversation
	Finished                        // Event.Conversation: done and out of the list
	CallFinished                    // Event.Call: done and out of the list
	Trouble                         // Event.Problem: a request failed
	ConnectionLost                  // the desk was online and is no longer
	ConnectionBack                  // and is again
)

// Event is something that the agent should notice.
type Event struct {
	Kind         EventKind
	Offer        *Offer
	Conversation *Conversation
	Call         *Call
	Entry        wire.Entry
	Sent         attachment.Sent
	File         *attachment.File
	Current      bool   // of Finished and CallFinished: it was the selected one
	Reason       string // of OfferWent, as in wire.OfferGone
	Problem      *wire.Problem
}

// Desk is the model. Its exported fields are for reading.
type Desk struct {
	Phase         Phase
	Connection    Connection
	RefusedCode   wire.Code // while Refused
	Agent         wire.Agent
	Ready         bool          // what the agent wants; the relay is told again after every reconnection
	SignInProblem *wire.Problem // why the last sign-in failed
	Offers        []*Offer      // oldest first
	Conversations []*Conversation
	Calls         []*Call
	Waiting       wire.Waiting // in the agent's queues, for anybody
	Selected      string       // id of a session or call, "" for none
	Limits        wire.Limits

	o           Options
	env         chat.Env
	files       *attachment.Client
	fetching    map[string]bool   // files that the agent has asked for, by id
	kept        map[string]string // what the tab kept, until the sessions it belongs to are known
	token       string
	skewMs      int64 // the relay's clock minus ours
	readyUntold bool  // the agent chose, and the relay has not acknowledged it
	visible     bool  // the page is in front of the agent
	was         bool  // online before, so that coming back is worth a word
}

// New makes a desk from what the tab kept.
func New(o Options, kept map[string]string) *Desk {
	d := &Desk{o: o, kept: map[string]string{}, fetching: map[string]bool{}, visible: true}
	for k, v := range kept {
		d.kept[k] = v
	}
	d.env = chat.Env{Link: o.Link, Loop: o.Loop, NowMs: d.NowMs, NewID: o.NewID}
	d.files = &attachment.Client{Carrier: o.Carrier, Loop: o.Loop, Token: d.onlineToken}
	d.token = d.kept[keepToken]
	d.Ready = d.kept[keepReady] != ""
	d.Selected = d.kept[keepSelected]
	return d
}

// Hello is the first frame of every connection.
func (d *Desk) Hello() *wire.Hello {
	h := &wire.Hello{Version: wire.Version, Role: wire.RoleAgent, Token: d.token}
	for _, c := range d.Conversations {
		h.Resume = append(h.Resume, c.Position())
	}
	return h
}

// SetConnection tells the desk how its connection stands. It counts as online only after the relay's welcome.
func (d *Desk) SetConnection(c Connection, code wire.Code) {
	switch {
	case c == Online:
		return // the welcome decides
	case c == Refused && d.token != "" && (code == wire.CodeToken || code == wire.CodeTokenExpired || code == wire.CodeForbidden):
		d.forgetAgent()
		d.o.Link.Restart()
	case c == Refused:
		d.Connection, d.RefusedCode = Refused, code
	default:
		d.offline()
	}
	d.changed()
}

func (d *Desk) offline() {
	lost := d.Connection == Online
	d.Connection = Waiting
	if d.Phase == SigningIn {
		d.Phase = SignedOut
	}
	for _, c := range d.Conversations {
		c.Offline()
	}
	if lost && d.Phase == SignedIn {
		d.notify(Event{Kind: ConnectionLost})
	}
}

// SetVisible tells the desk whether the page is in front of the agent: what comes while it is not stays unread.
func (d *Desk) SetVisible(visible bool) {
	d.visible = visible
	if c := d.Current(); c != nil {
		d.look(c)
	}
	d.changed()
}

// Frame takes a frame of the relay that is not the answer to a request.
func (d *Desk) Frame(f wire.Frame) {
	switch f := f.(type) {
	case *wire.Welcome:
		d.welcome(f)
	case *wire.AgentState:
		if !d.readyUntold {
			d.setReady(f.Ready)
		}
	case *wire.Token:
		d.keepToken(f.Token)
	case *wire.Offer:
		d.offerCame(*f, nil)
	case *wire.CallbackOffer:
		d.callOffered(f)
	case *wire.CallbackOpened:
		d.callOpened(f)
	case *wire.CallbackClosed:
		d.callClosed(f.ID)
	case *wire.Waiting:
		d.Waiting = *f
	case *wire.OfferGone:
		d.offerGone(f.Offer, f.Reason)
	case *wire.Opened:
		d.opened(f)
	case *wire.Push:
		d.push(f)
	case *wire.Typing:
		if c := d.conversation(f.Session); c != nil {
			c.TypingHeard(f)
		}
	case *wire.Delivered:
		if c := d.conversation(f.Session); c != nil {
			c.DeliveredHeard(f)
		}
	case *wire.Draft:
		d.otherDraft(f)
	case *wire.Presence:
		d.presence(f)
	case *wire.VisitPages:
		d.pages(f)
	default:
		return
	}
	d.changed()
}

// NowMs is the relay's clock, as far as it is known: the times of log entries are to be compared with it.
func (d *Desk) NowMs() int64 { return d.o.NowMs() + d.skewMs }

// Current is the selected conversation, nil for none.
func (d *Desk) Current() *Conversation { return d.conversation(d.Selected) }

// Unread counts what the agent has not seen in all conversations.
func (d *Desk) Unread() int {
	n := 0
	for _, c := range d.Conversations {
		n += c.Unread()
	}
	return n
}

func (d *Desk) conversation(session string) *Conversation {
	for _, c := range d.Conversations {
		if c.ID() == session {
			return c
		}
	}
	return nil
}

func byStart(a, b *Conversation) int {
	return cmp.Or(cmp.Compare(a.StartedMs(), b.StartedMs()), cmp.Compare(a.ID(), b.ID()))
}

func (d *Desk) notify(e Event) { d.o.Notify(e) }

func (d *Desk) changed() { d.notify(Event{Kind: Changed}) }

// trouble shows a problem that the agent can do something about; a lost connection has its own banner.
func (d *Desk) trouble(p *wire.Problem) {
	if p.Code == wire.CodeNoConnection || p.Code == wire.CodeDraining {
		return
	}
	d.notify(Event{Kind: Trouble, Problem: p})
}
