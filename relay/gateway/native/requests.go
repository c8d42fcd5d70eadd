package native

import (
	"context"
	"errors"

	"foyer/relay/chat"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

// sender is who may send a type of frame after the hello.
type sender int

const (
	nobody   sender = iota // only the relay sends it
	visitors               //
	agents                 // signed in
	both                   // visitors, and agents who are signed in
	anyone                 // also an agent before signing in
)

// mayBeSentBy is the table of roles.
func mayBeSentBy(t wire.Type) sender {
	switch t {
	case wire.TypeRequestCallback, wire.TypeCancelCallback, wire.TypeStart, wire.TypeEnd, wire.TypeEvents, wire.TypePages, wire.TypeIdentify, wire.TypeAskHandoff:
		return visitors
	case wire.TypeReady, wire.TypeAccept, wire.TypeReject, wire.TypeDone, wire.TypeJourney, wire.TypeSignOut,
		wire.TypeCallbackDone:
		return agents
	case wire.TypeSend, wire.TypeTyping, wire.TypeDelivered, wire.TypeHistory, wire.TypeUserData, wire.TypeDraft:
		return both
	case wire.TypePing, wire.TypePong:
		return anyone
	}
	return nobody
}

// handle deals with one frame of the client. The caller holds turn.
func (c *conn) handle(ctx context.Context, f wire.Frame) {
	if h, ok := f.(*wire.Hello); ok && c.role == "" {
		c.hello(ctx, h)
		return
	}
	if p := c.mayNot(f); p != nil {
		c.answerForbidden(f, p)
		return
	}
	err := c.unidentified(f)
	if err == nil {
		err = c.do(ctx, f)
	}
	if err == nil {
		return
	}
	p := c.g.problem(ctx, "deal with a frame", err)
	if _, isRequest := f.(wire.Request); !isRequest && mayHappen(p.Code) {
		return
	}
	c.refuse(refOf(f), p)
}

// answerForbidden answers a frame that the client may not send, or not now.
func (c *conn) answerForbidden(f wire.Frame, p *wire.Problem) {
	if p.Code == wire.CodeForbidden { // a matter of the moment; the client did not break the protocol
		c.refuse(refOf(f), p)
		return
	}
	c.fail(p)
}

// answerRefused answers a frame of which nothing was decoded but its type and Ref.
func (c *conn) answerRefused(f wire.Frame, why *wire.Problem) {
	if p := c.mayNot(f); p != nil {
		c.answerForbidden(f, p)
		return
	}
	c.refuse(refOf(f), why)
}

// mayHappen tells whether a live frame may meet this without being at fault, such as typing into a session that has just
// ended.
func mayHappen(code wire.Code) bool {
	switch code {
	case wire.CodeSessionEnded, wire.CodeNoSession, wire.CodeIdentityExpired, wire.CodeIdentityRequired:
		return true
	}
	return false
}

func refOf(f wire.Frame) uint32 {
	if r, ok := f.(wire.Request); ok {
		return r.GetRef()
	}
	return 0
}

// mayNot says what forbids the client to send a frame; nil where nothing does.
func (c *conn) mayNot(f wire.Frame) *wire.Problem {
	t := f.FrameType()
	if c.role == "" {
		return wire.Problemf(wire.CodeHelloFirst, "the first frame is a hello, not type %d", t)
	}
	if t == wire.TypeSignIn && c.role == wire.RoleAgent {
		return nil
	}
	who := mayBeSentBy(t)
	switch {
	case who == anyone, who == both && c.role == wire.RoleVisitor, who == visitors && c.role == wire.RoleVisitor:
		return nil
	case who == nobody, who == visitors, c.role == wire.RoleVisitor:
		return wire.Problemf(wire.CodeNotForRole, "a client that said hello as %s does not send frames of type %d", c.role, t)
	case c.agent == nil:
		return wire.Problemf(wire.CodeForbidden, "sign in first")
	}
	return nil
}

// do carries a frame out. An answer that is not an error has been sent when it returns.
func (c *conn) do(ctx context.Context, f wire.Frame) error {
	switch f := f.(type) {
	case *wire.Ping:
		c.send(&wire.Pong{N: f.N})
		return nil
	case *wire.Pong:
		return nil
	case *wire.SignIn:
		return c.signIn(ctx, f)
	case *wire.SignOut:
		return c.signOut(ctx, f)
	case *wire.Start:
		return c.start(ctx, f)
	case *wire.Send:
		return c.write(ctx, f)
	case *wire.End:
		return c.endSession(ctx, f)
	case *wire.UserData:
		return c.userData(ctx, f)
	case *wire.History:
		return c.history(ctx, f)
	case *wire.Typing:
		return c.typing(ctx, f)
	case *wire.Delivered:
		return c.delivered(ctx, f)
	case *wire.Draft:
		return c.draft(ctx, f)
	case *wire.Events:
		return c.events(ctx, f)
	case *wire.Pages:
		return c.pages(f)
	case *wire.Identify:
		return c.reidentify(ctx, f)
	case *wire.AskHandoff:
		return c.askHandoff(ctx, f)
	case *wire.RequestCallback:
		return c.requestCallback(ctx, f)
	case *wire.CancelCallback:
		return c.cancelCallback(ctx, f)
	case *wire.CallbackDone:
		return c.callbackDone(ctx, f)
	case *wire.Ready:
		return c.ready(f)
	case *wire.Accept:
		return c.accept(ctx, f)
	case *wire.Reject:
		return c.reject(ctx, f)
	case *wire.Done:
		return c.done(ctx, f)
	case *wire.Journey:
		return c.journey(ctx, f)
	}
	return wire.Problemf(wire.CodeUnknownFrame, "frames of type %d are not dealt with", f.FrameType())
}

func (c *conn) write(ctx context.Context, f *wire.Send) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	if f.ClientID == "" {
		return wire.Problemf(wire.CodeBadRequest, "a message needs a client message id, so that it can be sent again")
	}
	if err := c.charge(1); err != nil {
		return err
	}
	e, err := c.g.Chats.Send(ctx, chat.SendRequest{Session: f.Session, Participant: who, ClientID: f.ClientID,
		Kind: f.Kind, Text: f.Text, Data: f.Data})
	if err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref, Session: f.Session, ClientID: f.ClientID, Seq: e.Seq, Ms: e.Ms})
	return nil
}

func (c *conn) userData(ctx context.Context, f *wire.UserData) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	if err := c.charge(1); err != nil {
		return err
	}
	e, err := c.g.Chats.UpdateData(ctx, f.Session, who, f.Data)
	if err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref, Session: f.Session, Seq: e.Seq, Ms: e.Ms})
	return nil
}

func (c *conn) history(ctx context.Context, f *wire.History) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	if !c.out.hasRoom(wire.MaxFrame, historyBytes) {
		return &wire.Problem{Code: wire.CodeRate, Text: "read what came before, and ask again", RetryMs: busyRetryMs}
	}
	entries, more, err := c.g.Chats.History(ctx, chat.HistoryRequest{Session: f.Session, Participant: who,
		After: f.After, Before: f.Before, Limit: f.Limit})
	if err != nil {
		return err
	}
	c.send(&wire.Page{Ref: f.Ref, Session: f.Session, Entries: entryFrames(entries), More: more})
	return nil
}

func (c *conn) typing(ctx context.Context, f *wire.Typing) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	text := ""
	if c.role == wire.RoleVisitor && c.dep.TypingPreview {
		text = f.Text
	}
	return c.g.Chats.Typing(ctx, f.Session, who, f.On, text)
}

func (c *conn) delivered(ctx context.Context, f *wire.Delivered) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	return c.g.Chats.Delivered(ctx, f.Session, who, f.Seq)
}

func (c *conn) draft(ctx context.Context, f *wire.Draft) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	return c.g.Chats.Draft(ctx, f.Session, who, c.id, f.Text)
}

// What visitors alone ask for.

func (c *conn) start(ctx context.Context, f *wire.Start) error {
	if !c.dep.Chat {
		return wire.Problemf(wire.CodeForbidden, "deployment %q has no chat", c.dep.Name)
	}
	if f.ClientID == "" {
		return wire.Problemf(wire.CodeBadRequest, "a start needs a client id, so that it can be sent again")
	}
	if c.chatsAlready(f.ClientID) {
		return wire.Problemf(wire.CodeSessionExists, "this visitor has a session that is not over")
	}
	if ok, wait := c.g.starts.Allow(c.network); !ok {
		return &wire.Problem{Code: wire.CodeRate, Text: "too many chats are started from this address", RetryMs: wait.Milliseconds()}
	}
	if err := c.charge(2); err != nil {
		return err
	}
	h := c.identity.hello
	page := f.Page
	if page == "" {
		page = h.Page
	}
	started, err := c.g.Chats.Start(ctx, chat.StartRequest{
		Deployment: c.dep.Name, Queue: c.dep.Queue, StartID: f.ClientID,
		FirstName: f.FirstName, LastName: f.LastName, Email: f.Email, Subject: f.Subject, Nickname: f.Nickname,
		UserData: f.UserData, Visit: h.Visit, Device: h.Device, Page: page, Origin: c.origin, Language: h.Language,
		Person: personOf(c.person),
	})
	if err != nil {
		return err
	}
	return c.answerStart(ctx, f.Ref, started)
}

func (c *conn) answerStart(ctx context.Context, ref uint32, s chat.Started) error {
	t, err := c.g.Access.VouchedToken(ctx, c.dep.Name, s.Session.ID, s.Visitor.ID, c.person)
	if err != nil {
		return err
	}
	handle, err := c.g.Access.IssueHandle(ctx, c.dep.Name, s.Session.ID, s.Visitor.ID)
	if err != nil {
		return err
	}
	defer c.hold()()
	snapshot, err := c.take(ctx, s.Session.ID, s.Visitor.ID, 0)
	if err != nil {
		return err
	}
	c.setClaims(t.Claims)
	snapshot.Handle = handle
	c.send(&wire.Started{Ref: ref, Token: t.Value, TokenMs: t.ForMs, Snapshot: snapshot})
	return nil
}

// chatsAlready tells whether the visitor has a session that is not over, other than the one that this start began.
func (c *conn) chatsAlready(startID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.seats {
		if !s.over && s.startID != startID {
			return true
		}
	}
	return false
}

func (c *conn) endSession(ctx context.Context, f *wire.End) error {
	who, err := c.seatOf(f.Session)
	if err != nil {
		return err
	}
	if err := c.g.Chats.End(ctx, f.Session, who); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref, Session: f.Session})
	return nil
}

func (c *conn) events(ctx context.Context, f *wire.Events) error {
	if !c.dep.Monitoring {
		return wire.Problemf(wire.CodeForbidden, "deployment %q does not monitor visits", c.dep.Name)
	}
	if err := c.charge(len(f.Events)); err != nil {
		return err
	}
	events := make([]visit.Event, len(f.Events))
	for i, e := range f.Events {
		events[i] = visit.FromWire(e)
	}
	events = visit.Addresses(c.dep.Addresses).Addressed(events, c.peer.address)
	if err := c.g.Visits.Record(ctx, c.dep.Name, events); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	return nil
}

// What agents alone ask for.

func (c *conn) ready(f *wire.Ready) error {
	if err := c.g.Desk.SetReady(c.agent.ID, f.Ready); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	return nil
}

func (c *conn) accept(ctx context.Context, f *wire.Accept) error {
	c.setAccepting(f.Offer)
	defer c.setAccepting("")
	row, err := c.g.Desk.Accept(ctx, *c.agent, f.Offer)
	if isCode(err, wire.CodeOfferGone) {
		return c.acceptCallback(ctx, f)
	}
	if err != nil {
		return err
	}
	return c.open(ctx, row.ID, f.Offer, f.Ref)
}

func (c *conn) setAccepting(offer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accepting = offer
}

func (c *conn) reject(ctx context.Context, f *wire.Reject) error {
	if err := c.g.Desk.Reject(ctx, c.agent.ID, f.Offer); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	return nil
}

func (c *conn) done(ctx context.Context, f *wire.Done) error {
	row, err := c.g.Desk.Done(ctx, c.agent.ID, f.Session)
	if err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref, Session: f.Session, Seq: row.Seq, Ms: row.LastMs})
	return nil
}

// signOut revokes the token, so that it is good for no further connection, and ends this one.
func (c *conn) signOut(ctx context.Context, f *wire.SignOut) error {
	if err := c.g.Access.Revoke(ctx, c.claims); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	c.end(nil, false)
	return nil
}

// isCode tells whether err holds a problem with this code.
func isCode(err error, code wire.Code) bool { return errors.Is(err, &wire.Problem{Code: code}) }
