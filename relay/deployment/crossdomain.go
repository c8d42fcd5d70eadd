package deployment

import (
	"fmt"
	"slices"

	"foyer/relay/config"
	"foyer/relay/wire"
)

// allowRungs takes up which ways across sites are switched on. The origins must have been read.
func (d *Deployment) allowRungs(c config.Deployment) error {
	x := c.Crossdomain
	d.Rungs = []wire.Rung{} // none is not the same as not said
	for _, s := range []struct {
		rung wire.Rung
		on   bool
	}{
		{wire.RungSession, config.On(x.Session)}, {wire.RungHandoff, config.On(x.Handoff)}, {wire.RungCookie, config.On(x.Cookie)},
		{wire.RungActivate, config.On(x.Activate)}, {wire.RungButton, x.Button != nil && *x.Button && d.joinsSites()}, {wire.RungIdentity, config.On(x.Identity)},
	} {
		if s.on {
			d.Rungs = append(d.Rungs, s.rung)
		}
	}
	d.handoffs = d.origins
	if len(x.HandoffOrigins) == 0 {
		return nil
	}
	var err error
	if d.handoffs, err = parsePatterns(x.HandoffOrigins); err != nil {
		return fmt.Errorf("deployment %q: crossdomain: handoff_origins: %w", c.Name, err)
	}
	return nil
}

// AllowsRung tells whether a way across sites is switched on.
func (d *Deployment) AllowsRung(r wire.Rung) bool { return slices.Contains(d.Rungs, r) }

// MayHandOff tells whether a link on a page of one origin may carry a token to another one.
func (d *Deployment) MayHandOff(from, to string) bool {
	o, ok := parseOrigin(to)
	if !ok || from == to || !d.AllowsRung(wire.RungHandoff) || !d.Allows(to) {
		return false
	}
	return slices.ContainsFunc(d.towards(from), func(p pattern) bool { return p.matches(o) })
}

// HandoffOrigins lists where links on pages of an origin may carry a token: origins, and https://*.example.com for every
// subdomain. It may hold that origin itself.
func (d *Deployment) HandoffOrigins(from string) []string {
	if !d.AllowsRung(wire.RungHandoff) {
		return nil
	}
	var all []string
	for _, p := range d.towards(from) {
		all = append(all, p.String())
	}
	return all
}

// towards are the listed origins and, for development, the demo shops beside one of them. Other ports of this machine may
// hold anything.
func (d *Deployment) towards(from string) []pattern {
	o, ok := parseOrigin(from)
	if !ok || !d.anyLocal || !o.loopback() {
		return d.handoffs
	}
	return append(slices.Clone(d.handoffs), pattern{scheme: o.scheme, host: ".localhost", port: o.port, subs: true})
}
