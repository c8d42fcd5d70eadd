package desk

import (
	"slices"
	"strings"

	"foyer/relay/wire"
)

// Call is a callback of this agent: somebody to ring, and to say afterwards how it went.
type Call struct {
	wire.Callback
	Pages     []wire.VisitPage // of the visit, in order
	Finishing bool             // how it went is on its way
}

// Dial is what a telephone is given: the number without what people write between the digits.
func (c *Call) Dial() string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.Phone)
}

// callerOf is who asked for the callback, as offers show people.
func callerOf(c wire.Callback) wire.Visitor {
	return wire.Visitor{FirstName: c.Name, Email: c.Email, Subject: c.Subject, Visit: c.Visit, Page: c.Page, Origin: c.Origin,
		Language: c.Language, Verified: c.Verified}
}

// Visitor is who is to be rung.
func (c *Call) Visitor() wire.Visitor { return callerOf(c.Callback) }

// CurrentCall is the selected call, nil for none.
func (d *Desk) CurrentCall() *Call { return d.call(d.Selected) }

func (d *Desk) call(id string) *Call {
	for _, c := range d.Calls {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// nothingSelected tells whether nothing of the list is before the agent.
func (d *Desk) nothingSelected() bool { return d.Current() == nil && d.CurrentCall() == nil }

// takeCalls gives up the calls and their offers that the relay does not name in its welcome; the others follow.
func (d *Desk) takeCalls(ids []string) {
	for i := len(d.Calls) - 1; i >= 0; i-- {
		if c := d.Calls[i]; !slices.Contains(ids, c.ID) {
			d.removeCall(c)
		}
	}
	d.Offers = slices.DeleteFunc(d.Offers, func(o *Offer) bool { return o.Call != nil && !slices.Contains(ids, o.Session) })
}

func (d *Desk) callOffered(f *wire.CallbackOffer) {
	d.offerCame(wire.Offer{Offer: f.Offer, Session: f.Callback.ID, ExpiresMs: f.ExpiresMs, Queue: f.Callback.Queue,
		Visitor: callerOf(f.Callback)}, &f.Callback)
}

func (d *Desk) callOpened(f *wire.CallbackOpened) {
	d.Offers = slices.DeleteFunc(d.Offers, func(o *Offer) bool { return o.Session == f.Callback.ID })
	if c := d.call(f.Callback.ID); c != nil { // told again after a reconnection
		c.Callback, c.Finishing = f.Callback, false
	} else {
		d.Calls = append(d.Calls, &Call{Callback: f.Callback}) // the relay names them in their order
	}
	d.askJourney(f.Callback.ID)
	if d.nothingSelected() {
		d.Select(f.Callback.ID)
	}
}

// callClosed takes a call out of the list, in whichever tab it was done.
func (d *Desk) callClosed(id string) {
	c := d.call(id)
	if c == nil {
		return // told twice: by the answer, and live
	}
	current := d.Selected == id
	d.removeCall(c)
	d.notify(Event{Kind: CallFinished, Call: c, Current: current})
}

func (d *Desk) removeCall(c *Call) {
	var others []*Call
	for _, x := range d.Calls {
		if x != c {
			others = append(others, x)
		}
	}
	d.Calls = others
	if d.Selected != c.ID {
		return
	}
	d.setSelected("")
	if all := d.listed(); len(all) > 0 {
		d.Select(all[0])
	}
}

// listed are the ids of what is in the agent's list, from the top: calls, then conversations.
func (d *Desk) listed() []string {
	var ids []string
	for _, c := range d.Calls {
		ids = append(ids, c.ID)
	}
	for _, c := range d.Conversations {
		ids = append(ids, c.ID())
	}
	return ids
}

// CallDone says how a call went; againMin is for one that was not reached.
func (d *Desk) CallDone(id, disposition string, againMin int, note string) {
	c := d.call(id)
	if c == nil || c.Finishing || d.Connection != Online {
		return
	}
	c.Finishing = true
	d.changed()
	f := &wire.CallbackDone{ID: id, Disposition: disposition, AgainMin: againMin, Note: note}
	d.o.Link.Request(f, func(_ wire.Frame, p *wire.Problem) {
		c.Finishing = false
		switch {
		case p == nil, p.Code == wire.CodeNoCallback: // or it was done in another tab
			d.callClosed(id)
		case p.Code == wire.CodeNoConnection: // the welcome says whether it is still there
		default:
			d.trouble(p)
		}
		d.changed()
	})
}
