package native

import (
	"foyer/relay/chat"
	"foyer/relay/live"
	"foyer/relay/wire"
)

// hold keeps live messages back until the returned function is called, which lets them go in their order.
func (c *conn) hold() (release func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holds++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.holds--
		if c.holds > 0 {
			return
		}
		for _, m := range c.held {
			c.pass(m)
		}
		c.held = nil
	}
}

// Deliver implements live.Receiver.
func (c *conn) Deliver(m live.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.ended:
	case c.holds == 0:
		c.pass(m)
	case len(c.held) < heldAtMost:
		c.held = append(c.held, m)
	default:
		go c.cutOff()
	}
}

// pass turns a live message into frames. The caller holds mu.
func (c *conn) pass(m live.Message) {
	switch m := m.(type) {
	case live.Committed:
		c.passCommitted(m)
	case live.Typing:
		if s := c.seats[m.Session]; s != nil && m.From.ID != s.me.ID {
			c.send(&wire.Typing{Session: m.Session, On: m.On, Text: c.preview(m), From: participantFrame(m.From)})
		}
	case live.Delivered:
		if s := c.seats[m.Session]; s != nil && m.From.ID != s.me.ID {
			c.send(&wire.Delivered{Session: m.Session, Seq: m.Seq, From: participantFrame(m.From)})
		}
	case live.Draft:
		if s := c.seats[m.Session]; s != nil && m.From.ID == s.me.ID && m.Connection != c.id {
			c.send(&wire.Draft{Session: m.Session, Text: m.Text})
		}
	case live.Presence:
		if s := c.seats[m.Session]; s != nil && m.Who.ID != s.me.ID {
			c.send(&wire.Presence{Session: m.Session, Who: participantFrame(m.Who), Online: m.Online})
		}
	case live.Offer:
		o := c.offer(m.Session)
		c.send(&o)
	case live.OfferGone:
		c.send(&wire.OfferGone{Offer: m.Offer, Reason: m.Reason})
	case live.Opened:
		if m.Offer != c.accepting { // else the answer to accept says it
			go c.openLater(m.Session.ID, m.Offer)
		}
	case live.CallbackOffer:
		c.send(c.callbackOffer(m.Callback))
	case live.CallbackOpened:
		if m.Offer != c.accepting {
			c.send(&wire.CallbackOpened{Offer: m.Offer, Callback: callbackFrame(m.Callback)})
		}
	case live.CallbackClosed:
		c.send(&wire.CallbackClosed{ID: m.Callback.ID, Disposition: m.Callback.Disposition})
		go c.stand(m.Callback.ID)
	case live.Waiting:
		c.send(&wire.Waiting{N: m.Outlook.Waiting, SinceMs: m.Outlook.SinceMs, NextMs: m.Outlook.NextMs})
	case live.AgentState:
		c.send(&wire.AgentState{Ready: m.Ready})
	case live.VisitChanged:
		c.visitChanged(m)
	case live.Notify:
		c.passNotify(m)
	}
}

func (c *conn) passCommitted(m live.Committed) {
	s := c.seats[m.Session.ID]
	if s == nil {
		return
	}
	s.over = m.Session.State.Over()
	entries := make([]chat.Entry, len(m.Entries))
	for i, e := range m.Entries {
		entries[i] = e.For(s.me.Kind)
	}
	c.send(&wire.Push{Session: m.Session.ID, State: string(m.Session.State), Entries: entryFrames(entries)})
	if m.Session.State == chat.Completed && s.me.Kind == chat.Agent {
		go c.stand(m.Session.ID)
	}
}

// preview is what a visitor is writing, for agents only. Whether it may be shown was decided where it came in.
func (c *conn) preview(m live.Typing) string {
	if c.role == wire.RoleAgent && m.From.Kind == chat.Visitor {
		return m.Text
	}
	return ""
}
