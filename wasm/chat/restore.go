package chat

import (
	"strconv"
	"strings"

	"foyer/relay/wire"
)

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
	o.items = append(o.items, &outgoing{ms: o.env.NowMs(), failed: o.stopped, unsure: 1, send: wire.Send{
		Session: o.session, ClientID: u.ClientID, Kind: wire.KindMessage, Text: u.Text,
	}})
}

// FormatUnsent writes messages as a text that a page can keep: a line for each, its id, a space, and the quoted text.
func FormatUnsent(messages []Unsent) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.ClientID + " " + strconv.Quote(m.Text) + "\n")
	}
	return b.String()
}

// ParseUnsent reads what FormatUnsent wrote, and leaves out lines that it did not write.
func ParseUnsent(s string) []Unsent {
	var messages []Unsent
	for line := range strings.Lines(s) {
		id, quoted, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || id == "" {
			continue
		}
		if text, err := strconv.Unquote(quoted); err == nil {
			messages = append(messages, Unsent{ClientID: id, Text: text})
		}
	}
	return messages
}
