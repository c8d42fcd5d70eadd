package chat

import "foyer/relay/wire"

// Unsent is a message on its way, in the form in which a tab keeps it over a reload.
type Unsent struct {
	ClientID string
	Text     string
}

// Unsent gives what was written and is not in the log, in the order in which it was written, refused messages included.
func (c *Conversation) Unsent() []Unsent {
	var all []Unsent
	for _, m := range c.outbox.items {
		all = append(all, Unsent{ClientID: m.send.ClientID, Text: m.send.Text})
	}
	return all
}

// Restore takes up what Unsent and ReadSeq gave before a reload. The messages keep their client ids, so one that had
// reached the relay is not added again.
func (c *Conversation) Restore(unsent []Unsent, readSeq int64) {
	c.read = max(c.read, readSeq)
	for _, u := range unsent {
		if !c.has(u.ClientID) {
			c.outbox.restore(u)
		}
	}
	c.outbox.pump()
	c.env.Changed()
}

// ReadSeq is the Seq up to which everything counts as read.
func (c *Conversation) ReadSeq() int64 { return c.read }

// has tells whether a message is in the log or on its way.
func (c *Conversation) has(clientID string) bool {
	for _, e := range c.log.Entries() {
		if e.ClientID == clientID {
			return true
		}
	}
	for _, m := range c.outbox.items {
		if m.send.ClientID == clientID {
			return true
		}
	}
	return false
}

func (o *Outbox) restore(u Unsent) {
	o.items = append(o.items, &outgoing{ms: o.env.NowMs(), failed: o.stopped, send: wire.Send{
		Session: o.session, ClientID: u.ClientID, Kind: wire.KindMessage, Text: u.Text,
	}})
}
