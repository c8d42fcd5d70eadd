package native

import (
	"context"

	"foyer/relay/chat"
	"foyer/relay/live"
	"foyer/relay/wire"
)

// take gives the connection a seat in a session, if it has none yet, and a snapshot of it for the client. The caller
// holds what is live back (hold) until the snapshot is on its way, so that nothing overtakes it and nothing is missed
// between the two. maxBytes bounds the entries; 0 for what fits one frame.
func (c *conn) take(ctx context.Context, session, participant string, maxBytes int) (wire.Snapshot, error) {
	row, err := c.g.Chats.Session(ctx, session, participant)
	if err != nil {
		return wire.Snapshot{}, err
	}
	me, ok := participantOf(row, participant)
	if !ok {
		return wire.Snapshot{}, wire.Problemf(wire.CodeNoSession, "there is no such session for this participant")
	}
	if err := c.sit(row, me); err != nil {
		return wire.Snapshot{}, err
	}
	// Read again: from the subscription on nothing is missed, but something may have changed just before it.
	if row, err = c.g.Chats.Session(ctx, session, participant); err != nil {
		return wire.Snapshot{}, err
	}
	c.noteState(row)
	entries, more, err := c.g.Chats.History(ctx, chat.HistoryRequest{
		Session: session, Participant: participant, After: c.position(session), MaxBytes: maxBytes,
	})
	if err != nil {
		return wire.Snapshot{}, err
	}
	s := snapshotOf(row, me, entries, more)
	if me.Kind != chat.Visitor {
		s.UserData = row.UserData
		v := visitorOf(row)
		v.Online = c.g.Hub.Online(session, row.VisitorID)
		s.Visitor = &v
	}
	return s, nil
}

// sit subscribes to a session and says that its participant is present. Codes: CodeTooMany.
func (c *conn) sit(row chat.Session, me chat.Participant) error {
	c.mu.Lock()
	_, has := c.seats[row.ID]
	ended := c.ended
	c.mu.Unlock()
	if has || ended {
		return nil
	}
	s := &seat{me: me, startID: row.StartID, over: row.State.Over()}
	s.cancel = c.g.Hub.Subscribe(live.Session(row.ID), c)
	s.leave = func() {}
	if !s.over {
		var err error
		if s.leave, err = c.g.Hub.Present(row.ID, me); err != nil {
			s.cancel()
			return c.g.bounds.tooMany("of this chat", row.ID, err)
		}
	}
	c.mu.Lock()
	ended = c.ended
	if !ended {
		c.seats[row.ID] = s
	}
	c.mu.Unlock()
	if ended {
		s.cancel()
		s.leave()
	}
	return nil
}

// stand gives a seat up.
func (c *conn) stand(session string) {
	c.mu.Lock()
	s, j := c.seats[session], c.journeys[session]
	delete(c.seats, session)
	delete(c.journeys, session)
	c.mu.Unlock()
	if s != nil {
		s.cancel()
		s.leave()
	}
	if j != nil {
		j.cancel()
	}
}

// seatOf finds who this connection is in a session. Visitors have only the seats that hello and start gave them; an
// agent is the same in all sessions, and the domain knows which.
func (c *conn) seatOf(session string) (participant string, err error) {
	if c.role == wire.RoleAgent {
		return c.agent.ID, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seats[session]
	if s == nil {
		return "", wire.Problemf(wire.CodeNoSession, "there is no such session for this participant")
	}
	return s.me.ID, nil
}

func (c *conn) noteState(row chat.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.seats[row.ID]; s != nil {
		s.over = row.State.Over()
	}
}

// position is how far the client said it has a session's log.
func (c *conn) position(session string) int64 {
	for _, p := range c.identity.hello.Resume {
		if p.Session == session {
			return p.After
		}
	}
	return 0
}

// open tells an agent's client that a conversation is its own now. ref is that of its accept, or 0.
func (c *conn) open(ctx context.Context, session, offer string, ref uint32) error {
	defer c.hold()()
	snapshot, err := c.take(ctx, session, c.agent.ID, 0)
	if err != nil {
		return err
	}
	c.send(&wire.Opened{Ref: ref, Offer: offer, Snapshot: snapshot})
	return nil
}

// openLater does so for a conversation that another desktop of the agent accepted.
func (c *conn) openLater(session, offer string) {
	c.turn.Lock()
	defer c.turn.Unlock()
	if c.hasEnded() {
		return
	}
	err := c.open(c.ctx, session, offer, 0)
	if err != nil && !isCode(err, wire.CodeNoSession) { // it went on meanwhile
		c.fail(c.g.problem(c.ctx, "open a conversation", err))
	}
}

// tellPresence says of everybody else in a visitor's session whether they are there.
func (c *conn) tellPresence(s wire.Snapshot) {
	for _, p := range s.Participants {
		if p.ID != s.Me.ID {
			c.send(&wire.Presence{Session: s.Session, Who: p, Online: c.g.Hub.Online(s.Session, p.ID)})
		}
	}
}
