package desk

import "foyer/relay/wire"

// askJourney asks for the pages of a session's visit, and to be told when it goes on. What cannot be had now is asked
// for again after the next reconnection.
func (d *Desk) askJourney(session string) {
	d.o.Link.Request(&wire.Journey{Session: session}, func(answer wire.Frame, _ *wire.Problem) {
		if f, ok := answer.(*wire.VisitPages); ok {
			d.pages(f)
			d.changed()
		}
	})
}

func (d *Desk) pages(f *wire.VisitPages) {
	if c := d.conversation(f.Session); c != nil {
		c.Pages = f.Pages
	}
	if c := d.call(f.Session); c != nil {
		c.Pages = f.Pages
	}
	for _, o := range d.Offers {
		if o.Session == f.Session {
			o.Pages = f.Pages
		}
	}
}
