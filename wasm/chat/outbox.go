package chat

import (
	"strings"
	"unicode/utf8"

	"foyer/relay/wire"
)

// Outbox holds what was written in one session and is not yet in its log, in the order in which it was written. One
// message at a time is with the relay, so that the order holds whatever the network does; after a broken connection the
// same message goes out again under the same client id.
type Outbox struct {
	items   []*outgoing
	flying  *outgoing // the one that the relay was asked to keep
	flight  int       // number of that request: an answer to an earlier one comes too late to fail it
	session string
	env     Env
	online  bool
	limit   int                              // characters of a message
	kept    func(m wire.Send, ack *wire.Ack) // the relay has it
	stop    func()                           // of the retry timer
	stopped wire.Code                        // set when nothing can be sent any more
}

// outgoing is one message on its way.
type outgoing struct {
	send     wire.Send
	ms       int64
	attempts int
	unsure   int       // requests for it of which nobody knows whether the relay has heard them
	failed   wire.Code // why it was refused; "" while it is still tried
	acked    bool      // durable, but its place in the log is behind a gap that is being fetched
}

// newOutbox makes the outbox of a session; kept is called for each message once the relay has it.
func newOutbox(env Env, session string, kept func(wire.Send, *wire.Ack)) *Outbox {
	return &Outbox{env: env, session: session, kept: kept, limit: wire.MaxMessageRunes}
}

// Write adds a message and sends it when its turn comes. It gives back the client message id, or "" for a text that is
// empty but for spaces.
func (o *Outbox) Write(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	m := &outgoing{ms: o.env.NowMs(), send: wire.Send{
		Session: o.session, ClientID: o.env.NewID(), Kind: wire.KindMessage, Text: text,
	}}
	if utf8.RuneCountInString(text) > o.limit {
		m.failed = wire.CodeTooLarge
	} else if o.stopped != "" {
		m.failed = o.stopped
	}
	o.items = append(o.items, m)
	o.pump()
	return m.send.ClientID
}

// Retry sends a refused message again, behind what is waiting.
func (o *Outbox) Retry(clientID string) {
	m := o.take(clientID)
	if m == nil {
		return
	}
	m.failed, m.attempts = "", 0
	if utf8.RuneCountInString(m.send.Text) > o.limit {
		m.failed = wire.CodeTooLarge
	} else if o.stopped != "" {
		m.failed = o.stopped
	}
	o.items = append(o.items, m)
	o.pump()
}

// Discard forgets a refused message.
func (o *Outbox) Discard(clientID string) { o.take(clientID) }

// Withdraw takes back a message that the relay cannot have. It is false for one that may be on its way, or there.
func (o *Outbox) Withdraw(clientID string) bool {
	for i, m := range o.items {
		if m.send.ClientID != clientID {
			continue
		}
		if m.unsure > 0 || m.acked {
			return false
		}
		o.items = append(o.items[:i:i], o.items[i+1:]...)
		return true
	}
	return false
}

// take removes a refused message from the list.
func (o *Outbox) take(clientID string) *outgoing {
	for i, m := range o.items {
		if m.send.ClientID == clientID && m.failed != "" {
			o.items = append(o.items[:i:i], o.items[i+1:]...)
			return m
		}
	}
	return nil
}

// Online sends what is waiting, and again what was under way when the connection broke.
func (o *Outbox) Online() {
	o.online, o.flying = true, nil
	o.pump()
}

// Offline stops sending. What was under way may or may not have arrived; Online sends it again.
func (o *Outbox) Offline() {
	o.online, o.flying = false, nil
	o.cancelRetry()
	if o.stopped != "" { // no answer comes, and nothing is sent again
		o.fail(o.stopped)
	}
}

// Stop fails everything that is waiting: the session takes nothing any more. What is with the relay just now may still
// have come in time; its answer says so.
func (o *Outbox) Stop(why wire.Code) {
	o.stopped = why
	o.cancelRetry()
	o.fail(why)
}

// fail marks what is not with the relay.
func (o *Outbox) fail(why wire.Code) {
	for _, m := range o.items {
		if !m.acked && m.failed == "" && m != o.flying {
			m.failed = why
		}
	}
}

// Arrived removes the message, which has shown up in the log.
func (o *Outbox) Arrived(clientID string) {
	if clientID == "" {
		return
	}
	for i, m := range o.items {
		if m.send.ClientID != clientID {
			continue
		}
		o.items = append(o.items[:i:i], o.items[i+1:]...)
		if o.flying == m {
			o.flying = nil
		}
		o.pump()
		return
	}
}

func (o *Outbox) cancelRetry() {
	if o.stop != nil {
		o.stop()
		o.stop = nil
	}
}

// pump sends the next message if none is under way.
func (o *Outbox) pump() {
	if !o.online || o.flying != nil || o.stop != nil {
		return
	}
	m := o.next()
	if m == nil {
		return
	}
	o.flying = m
	o.flight++
	m.unsure++
	frame, flight := m.send, o.flight
	o.env.Link.Request(&frame, func(reply wire.Frame, problem *wire.Problem) {
		o.answered(m, o.flying == m && o.flight == flight, reply, problem)
	})
}

func (o *Outbox) next() *outgoing {
	for _, m := range o.items {
		if m.failed == "" && !m.acked {
			return m
		}
	}
	return nil
}

// answered takes in the answer to a request; current tells that m was not sent again since, nor found in the log.
func (o *Outbox) answered(m *outgoing, current bool, reply wire.Frame, problem *wire.Problem) {
	if current {
		o.flying = nil
	}
	if problem == nil {
		o.acknowledged(m, reply)
		return
	}
	if refuses(problem.Code) {
		m.unsure--
	}
	if !current {
		return
	}
	o.refused(m, problem)
}

func (o *Outbox) acknowledged(m *outgoing, reply wire.Frame) {
	if ack, ok := reply.(*wire.Ack); ok && o.has(m) && !m.acked {
		m.acked, m.failed = true, ""
		o.kept(m.send, ack)
	}
	o.pump()
}

func (o *Outbox) has(m *outgoing) bool {
	for _, other := range o.items {
		if other == m {
			return true
		}
	}
	return false
}

// refuses tells whether a code says that the relay did not do what it was asked for. After others it may have: the answer
// was lost, or did not come in time.
func refuses(c wire.Code) bool { return c == wire.CodeRate || !wire.Means(c).Retry }

func (o *Outbox) refused(m *outgoing, problem *wire.Problem) {
	retry := wire.Means(problem.Code).Retry
	if retry && o.stopped != "" {
		m.failed = o.stopped
		o.env.Changed()
		return
	}
	if problem.Code == wire.CodeNoConnection { // Online sends it again
		return
	}
	if retry {
		wait := again(problem, m.attempts)
		m.attempts++
		o.stop = o.env.Loop.After(wait, func() {
			o.stop = nil
			o.pump()
		})
		return
	}
	m.failed = problem.Code
	o.env.Changed()
	o.pump()
}
