package chat

import "foyer/relay/wire"

// signed is what the customer's site says about the visitor.
type signed struct {
	value    string // the JWT, "" for none
	accepted bool   // the relay has taken it
	forMs    int64  // for how long from then
	waiting  []func(code wire.Code)
}

// settle tells who waits what the relay says: "" that it takes the identity, else why not.
func (s *signed) settle(code wire.Code) {
	waiting := s.waiting
	s.waiting = nil
	for _, told := range waiting {
		told(code)
	}
}

// Identify says who the visitor is, in a JWT that the customer's site has signed; "" for nobody any more: then this browser
// forgets the chat of who it was. told, which may be nil, is called once: with "" when the relay has taken it, else with
// its reason. The caller sees to it that there is a connection.
func (c *Client) Identify(value string, told func(code wire.Code)) {
	if told != nil {
		c.signed.waiting = append(c.signed.waiting, told)
	}
	before := c.signed
	if value == before.value {
		if before.accepted || value == "" {
			c.signed.settle("")
		}
		return
	}
	if before.accepted && value != "" && c.status == Online {
		c.renewIdentity(value)
		return
	}
	c.signed.value, c.signed.accepted = value, false
	if value == "" {
		c.forgetPerson()
		c.signed.settle("")
	}
	if c.status != Idle {
		c.cfg.Reopen()
	}
}

// IdentifiedMs is for how long the identity was good when the relay took it; 0 while there is none.
func (c *Client) IdentifiedMs() int64 {
	if !c.signed.accepted {
		return 0
	}
	return c.signed.forMs
}

// renewIdentity brings a newer one on the same connection; where it is another person's, on a new one.
func (c *Client) renewIdentity(value string) {
	c.cfg.Link.Request(&wire.Identify{Identity: value}, func(reply wire.Frame, problem *wire.Problem) {
		ack, ok := reply.(*wire.Ack)
		switch {
		case problem == nil && ok:
			c.signed.value, c.signed.forMs = value, ack.Ms
			c.signed.settle("")
			c.cfg.Changed()
		case problem == nil:
		case problem.Code == wire.CodeIdentity || problem.Code == wire.CodeIdentityExpired:
			c.signed.settle(problem.Code)
		case problem.Code == wire.CodeNoConnection: // the next hello says it
			c.signed.value, c.signed.accepted = value, false
		default:
			c.signed.value, c.signed.accepted = value, false
			c.cfg.Reopen()
		}
	})
}

// identified takes in what the welcome says of the hello's identity.
func (c *Client) identified(f *wire.Welcome) {
	if f.Rung != "" {
		c.rung = f.Rung
	}
	if c.signed.value == "" || f.IdentityMs == 0 {
		return
	}
	c.signed.accepted, c.signed.forMs = true, f.IdentityMs
	c.signed.settle("")
}

// identityRefused drops the identity that the relay does not accept, or the chat that is somebody else's. It is false
// where there is nothing to drop.
func (c *Client) identityRefused(why wire.Code) bool {
	if c.signed.value == "" {
		return false
	}
	if why == wire.CodeIdentityOther {
		if c.token == "" && c.handle == "" {
			return false
		}
		c.forgetPerson()
		return true
	}
	c.signed.value, c.signed.accepted = "", false
	c.signed.settle(why)
	return true
}

// forgetPerson forgets the chat of who is not here any more. It goes on wherever else they are.
func (c *Client) forgetPerson() {
	if c.conv != nil {
		c.conv.Offline()
	}
	c.conv, c.start, c.leaving, c.refused = nil, nil, nil, nil
	c.forgetIdentity()
	c.SetDraft("")
	c.cfg.Changed()
}
