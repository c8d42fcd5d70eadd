package wire

import "slices"

// Rung is one way by which a visitor's chat follows to a page: a step of the ladder that a client climbs (wasm/crossdomain)
// until one leads to the chat. The relay counts which one did.
type Rung string

const (
	RungSession  Rung = "session"  // this site has kept the chat's handle itself
	RungHandoff  Rung = "handoff"  // a one-time token came with the navigation from the other site
	RungCookie   Rung = "cookie"   // the relay's cookie, which this browser shares between the sites
	RungActivate Rung = "activate" // the same, with access that the browser has given before (Activate-Storage-Access)
	RungButton   Rung = "button"   // the same, with access that the visitor has just given
	RungIdentity Rung = "identity" // the customer's site has signed who the visitor is
)

var rungs = [...]Rung{RungSession, RungHandoff, RungCookie, RungActivate, RungButton, RungIdentity}

// Rungs lists all of them, in the order in which they are tried. The slice is the caller's.
func Rungs() []Rung { return slices.Clone(rungs[:]) }
