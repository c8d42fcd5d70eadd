// Package invite is what visitors see of the Notification Service: content that servers and engagement rules put on
// pages, functions of the page that they call, and invitations to a chat or a callback.
//
// wasm/visitor makes one App for each site, tells it of pages and hands it the relay's Notify frames. foyer-invite.js
// (www/loader/invite) is its hand on the page. The package must never touch JavaScript, show two invitations at once, or
// disturb a chat; what a server may do on pages is decided by the deployment (page.Deployment).
//
// # How an invitation runs
//
// A message of the channel gpe.appendContent brings an HTML file, invite.html or a copy. It is put on the page and its
// scripts run there; they find names such as _config and onAccept. One of them, or else the page's script for them, asks
// for the dialog ("Invitation.show"). The App draws it, or does not: it is the one that knows the other tabs. What the
// visitor clicks calls the file's own functions, at once, on the page; these tell what has become of the invitation
// ("Invitation.close", "Invitation.result"), and the App reports that to the relay. An invitation that its page did not
// survive goes on on the next page of the visit, until it is answered or its time is over.
package invite

import (
	"foyer/relay/wire"
	"foyer/wasm/loop"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// Page is a page of the site; *page.Page is one.
type Page interface {
	Render(root, class string, tree *view.Node)
	Remove(root string)
	Publish(name string, data any, sticky bool)
	Call(service string, args map[string]any, done func(ok bool, value any))
	Log(level, text string)
	Address() page.Address
	IDs() page.IDs
	Visible() bool
	// Tracked says whether the page's visit may be recorded: only such pages get notifications.
	Tracked() bool
	Config(part string) map[string]any
	Deployment() page.Deployment
}

// Options are what an App needs. All fields must be set.
type Options struct {
	Loop loop.Loop
	// Tell sends a frame that nobody answers.
	Tell func(wire.Frame)
	// Connect opens the connection to the relay; it does nothing where there is one, or one is being made.
	Connect func()
	// Fetch gets a file of the relay; done is called once, on the loop.
	Fetch func(path string, done func(text string, err error))
	// Texts gets the words of a language, or of one that is close to it; done is called once, on the loop.
	Texts func(lang string, done func(map[string]string))
	// Busy tells whether there is a chat that must not be disturbed.
	Busy func() bool
	// Store keeps a value in the visitor's browser, "" for nothing; Stored gives it. See page.Site.
	Store  func(key, value string)
	Stored func(key string) string
}

// App is the invitations of one site. Its methods must be called on the loop.
type App struct {
	o      Options
	pages  []Page
	online bool
	told   map[string]string // ids of the open pages that the relay was told, by visit
	now    *invitation       // the one that there is, nil for none
	after  *invitation       // one that was closed and has not said how it ended
	orders []*order          // content that was put on pages, the latest last
	last   int               // number of the last order
	unsent []outcome         // that the relay could not be told, the oldest first
	words  map[string]words  // texts by language; nil for one that was asked for
}

// New makes the App of a site without pages.
func New(o Options) *App {
	return &App{o: o, told: map[string]string{}, words: map[string]words{}}
}

// AddPage takes a page in. An invitation that an earlier page has left is shown on it.
func (a *App) AddPage(p Page) {
	a.pages = append(a.pages, p)
	p.Publish("Engage.ready", nil, true)
	a.restore()
	a.PagesChanged()
}

// PagesChanged says that a page has another id, became visible, or may be recorded from now on.
func (a *App) PagesChanged() {
	for _, p := range a.pages {
		if p.Tracked() {
			a.o.Connect() // a notification finds only pages that are connected
			break
		}
	}
	a.tellPages()
	a.settle()
}

// RemovePage forgets a page.
func (a *App) RemovePage(p Page) {
	var pages []Page
	for _, q := range a.pages {
		if q != p {
			pages = append(pages, q)
		}
	}
	var orders []*order
	for _, o := range a.orders {
		if o.page != p {
			orders = append(orders, o)
		}
	}
	a.pages, a.orders = pages, orders
	a.tellPages()
	if i := a.now; i != nil && i.page == p {
		i.page, i.shown = nil, false
		if i.command != nil { // it was the page's own
			a.end()
			return
		}
		a.settle() // with another page in front, else with the next one
	}
}

// Online says that the relay has said welcome.
func (a *App) Online() {
	a.online = true
	clear(a.told)
	for _, p := range a.pages {
		if p.Deployment().Monitoring { // the hello has named one, whatever the visitor says
			a.told[p.IDs().Visit] = "?"
		}
	}
	a.tellPages()
	unsent := a.unsent
	a.unsent = nil
	for _, o := range unsent {
		a.send(o, 1)
	}
}

// Offline says that the connection is gone.
func (a *App) Offline() { a.online = false }

// Frame takes in a frame of the relay; false for those that are not for this package.
func (a *App) Frame(f wire.Frame) bool {
	n, ok := f.(*wire.Notify)
	if ok {
		a.notified(n)
	}
	return ok
}

// Command answers a command of a page; false for one that is not of this package.
//
//	Engage.invite, Engage.offer    see offer
//	Invitation.show {n, config}    of foyer-invite.js: content n asks for the dialog
//	Invitation.close               the dialog was closed
//	Invitation.result {n, code}    what has become of the invitation, or of content n that shows a dialog of its own
func (a *App) Command(p Page, c *page.Command) bool {
	switch c.Name {
	case "Engage.invite", "Engage.offer":
		a.offer(p, c)
		return true
	case "Invitation.show":
		a.asked(p, c)
	case "Invitation.close":
		a.closed(p)
	case "Invitation.result":
		code, _ := c.Field("code").(string)
		a.answered(p, a.orderOf(p, c.Field("n")), code)
	default:
		return false
	}
	c.Settle(true, nil)
	return true
}

// Stored takes in that another tab has changed what is kept.
func (a *App) Stored(key string) {
	if key != page.KeepInvite {
		return
	}
	i := a.now
	if i == nil || !i.kept {
		return
	}
	switch kept := a.o.Stored(key); {
	case kept == "": // it was answered there
		a.end()
	case kept == i.format() || i.page == nil:
	case !i.page.Visible() || inFrontThere(kept):
		// It is shown there, to a visitor who looks at it. Of two that were shown at once the later one stays: its page
		// is the one whose value is kept, and hears of no other.
		i.kept = false
		a.end()
	default: // that tab is behind, and has not heard of this one
		a.o.Store(key, i.format())
	}
}

// inFrontThere tells whether a kept invitation is shown on a page that is on a screen.
func inFrontThere(kept string) bool {
	i := parseKept(kept)
	return i != nil && i.front
}
