package chat

import "foyer/relay/wire"

// DeliveredHeard takes in that everything up to a place has reached the screen of one of the others.
func (c *Conversation) DeliveredHeard(f *wire.Delivered) {
	if f.From.ID == c.me.ID || f.Seq <= c.delivered {
		return
	}
	c.delivered = f.Seq
	c.env.Changed()
}

// Shown says that everything that is here is on a screen before the reader: the others are told, and nothing is unread.
func (c *Conversation) Shown() {
	c.shown = c.log.Last()
	c.MarkRead()
	c.tellShown(false)
}

// tellShown tells the others what has been shown, if that includes something of theirs that they were not told of;
// again makes it tell them once more: they may not have heard it.
func (c *Conversation) tellShown(again bool) {
	from := c.told
	if again {
		from = 0
	}
	seq := c.lastOfOthers(c.shown)
	if seq <= from || c.lost {
		return
	}
	c.told = seq
	c.env.Link.Tell(&wire.Delivered{Session: c.id, Seq: seq})
}

// lastOfOthers is the Seq of the last message or file of somebody else, up to a place.
func (c *Conversation) lastOfOthers(upTo int64) int64 {
	entries := c.log.Entries()
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Seq <= upTo && c.isFromOther(entries[i]) {
			return entries[i].Seq
		}
	}
	return 0
}

func (c *Conversation) isFromOther(e wire.Entry) bool {
	return (e.Kind == wire.KindMessage || e.Kind == wire.KindFile) && e.From.ID != c.me.ID
}

// MarkRead counts everything that is here, or is being fetched, as read.
func (c *Conversation) MarkRead() {
	c.read = c.log.Last()
	c.readAll = c.tail
}

// Unread is the number of the others' messages and files since what was last read.
func (c *Conversation) Unread() int {
	n := 0
	entries := c.log.Entries()
	for i := len(entries) - 1; i >= 0 && entries[i].Seq > c.read; i-- {
		if c.isFromOther(entries[i]) {
			n++
		}
	}
	return n
}
