package deployment

import (
	"slices"

	"foyer/relay/wire"
)

// Seeks tells whether a page that knows of no chat may find one all the same, so that it is worth a look before its
// visitor asks for one: another site may have kept it in the relay's cookie.
func (d *Deployment) Seeks() bool {
	return d.Chat && d.Several() && (d.AllowsRung(wire.RungCookie) || d.AllowsRung(wire.RungActivate))
}

// joinsSites tells whether the origins are of more than one site, between which browsers keep cookies apart. Who develops
// has two shops.
func (d *Deployment) joinsSites() bool {
	return d.anyLocal || slices.ContainsFunc(d.origins, func(p pattern) bool { return p.site() != d.origins[0].site() })
}

// Several tells whether the deployment may have more than one origin, so that there is one for a chat to go to.
func (d *Deployment) Several() bool {
	return d.anyLocal || len(d.origins) > 1 || len(d.origins) == 1 && d.origins[0].subs
}
