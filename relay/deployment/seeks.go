package deployment

import "foyer/relay/wire"

// Seeks tells whether a page that knows of no chat may find one all the same, so that it is worth a look before its
// visitor asks for one: another site may have kept it in the relay's cookie.
func (d *Deployment) Seeks() bool {
	several := d.anyLocal || len(d.origins) > 1 || len(d.origins) == 1 && d.origins[0].subs
	return d.Chat && several && (d.AllowsRung(wire.RungCookie) || d.AllowsRung(wire.RungActivate))
}
