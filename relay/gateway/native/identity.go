package native

import (
	"context"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// whoIs verifies what the hello says the customer's site has signed; nil where it says nothing.
func (c *conn) whoIs(dep *deployment.Deployment, signed string) (*access.Identity, error) {
	if signed == "" {
		return nil, nil
	}
	person, err := dep.Identities.Verify(signed, c.g.Clock.NowMs())
	if err != nil {
		return nil, err
	}
	return &person, nil
}

// find finds the session that the hello may take up: by token or handle, and where they lead nowhere by the identity. A
// session becomes that of the first person who is identified in it, and stays so: CodeIdentityOther for anybody else.
func (c *conn) find(ctx context.Context, dep *deployment.Deployment, h *wire.Hello, person *access.Identity) (resumed, error) {
	if dep.IdentityRequired && person == nil {
		return resumed{withheld: true}, nil
	}
	found, err := c.resume(ctx, dep, h, person)
	if err != nil || person == nil {
		return found, err
	}
	if found.session != "" {
		return found, c.g.Chats.Vouch(ctx, found.session, found.participant, *personOf(person))
	}
	if !dep.AllowsRung(wire.RungIdentity) {
		return found, nil
	}
	row, ok, err := c.g.Chats.OfIdentity(ctx, dep.Name, person.Subject)
	if err != nil || !ok {
		return found, err
	}
	return c.resumeOf(ctx, dep, row, person)
}

// resumeOf hands out what takes a person's session up.
func (c *conn) resumeOf(ctx context.Context, dep *deployment.Deployment, row chat.Session, person *access.Identity) (r resumed, err error) {
	r = resumed{session: row.ID, participant: row.VisitorID, rung: wire.RungIdentity}
	if r.handle, err = c.g.Access.IssueHandle(ctx, dep.Name, row.ID, row.VisitorID); err != nil {
		return r, err
	}
	r.token, err = c.g.Access.VouchedToken(ctx, dep.Name, row.ID, row.VisitorID, person)
	return r, err
}

// unidentified says what forbids a visitor to send a frame for want of an identity; nil where nothing does. It is asked
// for each frame: an identity that was good at the hello may have expired since.
func (c *conn) unidentified(f wire.Frame) error {
	if c.role != wire.RoleVisitor || !c.dep.IdentityRequired {
		return nil
	}
	switch f.FrameType() {
	case wire.TypeEvents, wire.TypePages, wire.TypePing, wire.TypePong, wire.TypeIdentify: // what is not about a chat
		return nil
	}
	return c.person.Check(c.g.Clock.NowMs())
}

// reidentify takes a newer identity of the person whom the hello named, in place of one that is about to expire.
func (c *conn) reidentify(ctx context.Context, f *wire.Identify) error {
	person, err := c.whoIs(c.dep, f.Identity)
	if err != nil {
		return err
	}
	if person == nil || c.person == nil || person.Subject != c.person.Subject {
		return wire.Problemf(wire.CodeIdentityOther, "the hello named another person, or none: connect again")
	}
	c.mu.Lock()
	c.person = person
	claims := c.claims
	c.mu.Unlock()
	if claims.Kind != "" {
		t, err := c.g.Access.Renew(ctx, claims.Vouched(person))
		if err != nil {
			return err
		}
		c.setClaims(t.Claims)
		c.send(&wire.Token{Token: t.Value, TokenMs: t.ForMs})
	}
	c.send(&wire.Ack{Ref: f.Ref, Ms: person.ExpiresMs - c.g.Clock.NowMs()})
	return nil
}

func personOf(i *access.Identity) *chat.Person {
	if i == nil {
		return nil
	}
	return &chat.Person{Subject: i.Subject, FirstName: i.FirstName, LastName: i.LastName, Email: i.Email}
}
