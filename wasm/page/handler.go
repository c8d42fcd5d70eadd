package page

import (
	"foyer/relay/wire"
	"foyer/wasm/view"
)

// Handler is what a site's pages talk to: the chat client or the desktop. All calls come on the client's loop.
type Handler interface {
	// Hello: a page has arrived, with the monitoring events that it minted before Go was there. It shows nothing yet.
	Hello(p *Page, events []wire.Event)
	// Command: the page's bus asks. Every command must be settled once, now or later.
	Command(p *Page, c *Command)
	// Input: something happened in a view that was rendered under root.
	Input(p *Page, root string, a view.Action)
	// Stored: another client of this origin changed what is kept (Site.Stored has the new value, "" for removed).
	Stored(p *Page, key string)
	// Track: the page's tracker queue has an event.
	Track(p *Page, e wire.Event)
	// Changed: the page became visible, hidden, online, offline, is leaving, was restored, or has another configuration
	// (one of the On… words).
	Changed(p *Page, what string)
	// Moved: the page shows another address now and has another page id (Page.Address, Page.IDs), with its events.
	Moved(p *Page, events []wire.Event)
	// Gone: the page is no more; nothing that is sent to it arrives. It is not in Site.Pages any more.
	Gone(p *Page)
}

// What Handler.Changed tells.
const (
	OnVisible  = "visible"
	OnHidden   = "hidden"
	OnOnline   = "online"
	OnOffline  = "offline"
	OnLeaving  = "leaving"
	OnRestored = "restored"
	OnTracked  = "tracked" // Page.Tracked is true from now on

	OnConfigured = "configured" // Page.Config has what the page says now
)

// Command is a bus command of a page.
type Command struct {
	Name string // with namespace: "WebChat.open"
	From string // name of the plugin that asks; page code chooses it, so it proves nothing
	Data any    // plain values

	settle func(ok bool, value any)
}

// NewCommand makes a command outside a page, for tests of handlers.
func NewCommand(name string, data any, settle func(ok bool, value any)) *Command {
	return &Command{Name: name, Data: data, settle: settle}
}

// Settle resolves (ok) or rejects the command with a value of plain Go values. Only the first call counts.
func (c *Command) Settle(ok bool, value any) {
	if c.settle == nil {
		return
	}
	settle := c.settle
	c.settle = nil
	settle(ok, value)
}

// Field is a field of Data where that is an object, nil where it is not.
func (c *Command) Field(name string) any {
	m, _ := c.Data.(map[string]any)
	return m[name]
}
