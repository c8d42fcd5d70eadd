package desk

import (
	"slices"
	"strings"

	"foyer/relay/wire"
)

// Offer is a conversation or callback that the agent may take.
type Offer struct {
	ID      string
	Session string
	Queue   string
	Visitor wire.Visitor
	Call    *wire.Callback   // set for an offer of a callback, whose id is then Session
	Pages   []wire.VisitPage // of the visit, in order, once they are known
	EndsMs  int64            // on the worker's clock
	Asked   bool             // an answer is on its way
}

// SecondsLeft is how long the offer lasts, rounded up.
func (d *Desk) SecondsLeft(o *Offer) int {
	return int(max(0, (o.EndsMs-d.o.NowMs()+999)/1000))
}

// Name is what to call the visitor: nickname, first and last name, e-mail, or "".
func Name(v wire.Visitor) string {
	if full := strings.TrimSpace(v.FirstName + " " + v.LastName); full != "" {
		return full
	}
	if v.Nickname != "" {
		return v.Nickname
	}
	return v.Email
}

func (d *Desk) offer(id string) *Offer {
	for _, o := range d.Offers {
		if o.ID == id {
			return o
		}
	}
	return nil
}

func (d *Desk) takeOffers(offers []wire.Offer) {
	d.Offers = slices.DeleteFunc(d.Offers, func(o *Offer) bool {
		return o.Call == nil && !slices.ContainsFunc(offers, func(f wire.Offer) bool { return f.Offer == o.ID })
	})
	for _, f := range offers {
		d.offerCame(f, nil)
	}
}

func (d *Desk) offerCame(f wire.Offer, call *wire.Callback) {
	ends := d.o.NowMs() + f.ExpiresMs
	if o := d.offer(f.Offer); o != nil { // told again after a reconnection
		o.EndsMs, o.Asked = ends, false
		return
	}
	o := &Offer{ID: f.Offer, Session: f.Session, Queue: f.Queue, Visitor: f.Visitor, Call: call, EndsMs: ends}
	d.Offers = append(d.Offers, o)
	d.askJourney(o.Session)
	d.notify(Event{Kind: OfferCame, Offer: o})
}

func (d *Desk) offerGone(id, reason string) {
	o := d.offer(id)
	if o == nil {
		return
	}
	d.Offers = slices.DeleteFunc(d.Offers, func(x *Offer) bool { return x == o })
	d.notify(Event{Kind: OfferWent, Offer: o, Reason: reason})
}

// Accept takes an offer; the conversation or call comes with the answer.
func (d *Desk) Accept(id string) {
	d.answer(id, &wire.Accept{Offer: id}, func(answer wire.Frame) {
		switch f := answer.(type) {
		case *wire.Opened:
			d.opened(f)
			d.Select(f.Snapshot.Session)
			d.notify(Event{Kind: Accepted, Conversation: d.Current()})
		case *wire.CallbackOpened:
			d.callOpened(f)
			d.Select(f.Callback.ID)
			d.notify(Event{Kind: Accepted, Call: d.CurrentCall()})
		}
	})
}

// Reject refuses an offer; it goes to somebody else.
func (d *Desk) Reject(id string) {
	d.answer(id, &wire.Reject{Offer: id}, func(wire.Frame) { d.offerGone(id, "rejected") })
}

func (d *Desk) answer(id string, f wire.Request, ok func(wire.Frame)) {
	o := d.offer(id)
	if o == nil || o.Asked {
		return
	}
	o.Asked = true
	d.changed()
	d.o.Link.Request(f, func(answer wire.Frame, p *wire.Problem) {
		switch {
		case p == nil:
			ok(answer)
		case p.Code == wire.CodeNoConnection:
			o.Asked = false // the welcome says whether it still stands
		default:
			d.offerGone(id, "")
			d.trouble(p)
		}
		d.changed()
	})
}
