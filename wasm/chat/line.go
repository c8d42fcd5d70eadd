package chat

import (
	"strconv"

	"foyer/relay/wire"
)

// Delivery is how far an own message has come.
type Delivery int

const (
	NotMine   Delivery = iota // somebody else's
	Sending                   // not yet acknowledged
	Sent                      // the relay has it
	Delivered                 // it has reached the other side's screen
	Failed                    // the relay refused it; see Line.Reason
)

// Line is one thing to show: an entry of the log, or a message on its way to it.
type Line struct {
	Key      string // stays the same while a message goes from the outbox to the log
	Seq      int64  // 0 while it is not in the log
	ID       string // of the entry, "" while it is not in the log
	Ms       int64  // Unix milliseconds
	Kind     string // wire.KindMessage …
	From     wire.Participant
	Text     string
	HTML     bool // Text is HTML of the page's own making, see Look; never so in a Conversation
	Data     map[string]any
	ClientID string
	Delivery Delivery
	Reason   wire.Code // why it failed
}

// Mine tells whether this side wrote it.
func (l Line) Mine() bool { return l.Delivery != NotMine }

// Lines gives what is to be shown, oldest first: the log, then what is on its way.
func (c *Conversation) Lines() []Line { return c.LinesAfter(0) }

// LinesAfter is Lines without the entries up to a Seq.
func (c *Conversation) LinesAfter(seq int64) []Line {
	entries := c.log.Entries()
	if first := c.log.First(); seq >= first {
		entries = entries[min(seq-first+1, int64(len(entries))):]
	}
	lines := make([]Line, 0, len(entries)+len(c.outbox.items))
	for _, e := range entries {
		lines = append(lines, c.entryLine(e))
	}
	for _, m := range c.outbox.items {
		lines = append(lines, c.outgoingLine(m))
	}
	return lines
}

// Line finds an own message by its client id; false where it is neither in the log nor on its way.
func (c *Conversation) Line(clientID string) (Line, bool) {
	for _, m := range c.outbox.items {
		if m.send.ClientID == clientID {
			return c.outgoingLine(m), true
		}
	}
	entries := c.log.Entries()
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].ClientID == clientID {
			return c.entryLine(entries[i]), true
		}
	}
	return Line{}, false
}

func (c *Conversation) entryLine(e wire.Entry) Line {
	l := Line{
		Key: "e" + strconv.FormatInt(e.Seq, 10), Seq: e.Seq, ID: e.ID, Ms: e.Ms, Kind: e.Kind, From: e.From, Text: e.Text,
		Data: e.Data, ClientID: e.ClientID,
	}
	if e.ClientID != "" {
		l.Key = "c" + e.ClientID
	}
	if e.From.ID != c.me.ID {
		return l
	}
	l.Delivery = Sent
	if e.Seq <= c.delivered {
		l.Delivery = Delivered
	}
	return l
}

func (c *Conversation) outgoingLine(m *outgoing) Line {
	l := Line{
		Key: "c" + m.send.ClientID, Ms: m.ms, Kind: m.send.Kind, From: c.me, Text: m.send.Text, Data: m.send.Data,
		ClientID: m.send.ClientID, Delivery: Sending, Reason: m.failed,
	}
	switch {
	case m.failed != "":
		l.Delivery = Failed
	case m.acked:
		l.Delivery = Sent
	}
	return l
}
