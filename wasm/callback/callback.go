// Package callback asks the relay for calls: a visitor wants to be called back, now or at a time of their own.
//
// wasm/visitor makes one App for each site. Each page has a form of its own, which foyer-callback.js draws
// (www/loader/callback): few visitors ever see it, and every one of them loads what is written here. The package must never
// touch JavaScript, and never say that a call is on its way before the relay has it.
package callback

import (
	"strings"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

// Page is a page of the site; *page.Page is one.
type Page interface {
	Publish(name string, data any, sticky bool)
	Call(service string, args map[string]any, done func(ok bool, value any))
	IDs() page.IDs
}

// Options are what an App needs. All fields must be set.
type Options struct {
	// Request asks the relay; done is called once, with the reply or the problem.
	Request func(f wire.Request, done func(wire.Frame, *wire.Problem))
	// Connect opens the connection to the relay; it does nothing where there is one, or one is being made.
	Connect func()
	NewID   func() string
	// Texts gets the words of a page; done is called once, on the loop.
	Texts func(p Page, done func(map[string]string))
}

// App is the callback forms of one site. Its methods must be called on the loop.
type App struct {
	o    Options
	open map[Page]*form
}

// form is the form of a page.
type form struct {
	userData map[string]any
	request  *wire.RequestCallback // that was not sent, because there was no connection; nil for none
	command  *page.Command         // which waits for it
	made     string                // id of the callback that the relay has kept; "" for none
}

// New makes the App of a site without pages.
func New(o Options) *App { return &App{o: o, open: map[Page]*form{}} }

// AddPage takes a page in.
func (a *App) AddPage(p Page) { p.Publish("Callback.ready", nil, true) }

// RemovePage forgets a page and what it wants. A request on its way goes on.
func (a *App) RemovePage(p Page) { delete(a.open, p) }

// Online says that the relay has said welcome: what could not be sent is sent.
func (a *App) Online() {
	for p, f := range a.open {
		if f.request != nil {
			a.send(p, f, f.request, f.command)
		}
	}
}

// Command answers a command of a page; false for one that is not of this package.
//
//	Callback.open {form: {firstname, lastname, phonenumber, email, subject}, userData}
//	                             rejected with "already opened"
//	Callback.close               rejected with "already closed"
//	Callback.request {phonenumber, firstname, lastname, email, subject, desired}
//	                             of foyer-callback.js; desired is Unix milliseconds, 0 for as soon as possible. Rejected with
//	                             {text, field}: the key of the text that says why, and the field that is wrong or ""
//	Callback.cancel              of foyer-callback.js, after a request: the call that it has brought. Rejected with the key of
//	                             the text that says why
func (a *App) Command(p Page, c *page.Command) bool {
	f := a.open[p]
	switch {
	case c.Name == "Callback.open" && f != nil:
		c.Settle(false, "already opened")
	case c.Name == "Callback.open":
		a.show(p, c)
	case c.Name == "Callback.close" && f == nil:
		c.Settle(false, "already closed")
	case c.Name == "Callback.close":
		delete(a.open, p)
		p.Call("callbackOver", nil, func(bool, any) {
			p.Publish("Callback.closed", nil, false)
			c.Settle(true, nil)
		})
	case c.Name == "Callback.request" && f != nil:
		a.send(p, f, a.read(p, f, c), c)
	case c.Name == "Callback.cancel" && f != nil && f.made != "":
		a.cancel(p, f, c)
	default:
		return false
	}
	return true
}

func (a *App) show(p Page, c *page.Command) {
	f := &form{}
	f.userData, _ = c.Field("userData").(map[string]any)
	a.open[p] = f
	given, _ := c.Field("form").(map[string]any)
	values := map[string]any{}
	for name, value := range given {
		if name == "phone_number" {
			name = "phonenumber"
		}
		values[name] = value
	}
	a.o.Connect()
	a.o.Texts(p, func(words map[string]string) {
		if a.open[p] != f {
			c.Settle(false, "closed")
			return
		}
		texts := make(map[string]any, len(words))
		for key, text := range words {
			texts[key] = text
		}
		p.Call("callbackForm", map[string]any{"texts": texts, "values": values}, func(ok bool, why any) { a.shown(p, f, c, ok, why) })
	})
}

// shown says that the form is on the page: pages reach into it when they hear of it. One that could not be shown may be
// asked for again.
func (a *App) shown(p Page, f *form, c *page.Command, ok bool, why any) {
	switch {
	case a.open[p] != f:
		c.Settle(false, "closed")
	case !ok:
		delete(a.open, p)
		c.Settle(false, why)
	default:
		p.Publish("Callback.opened", nil, false)
		c.Settle(true, nil)
	}
}

func (a *App) read(p Page, f *form, c *page.Command) *wire.RequestCallback {
	text := func(name string) string { s, _ := c.Field(name).(string); return s }
	desired, _ := c.Field("desired").(float64)
	ids := p.IDs()
	return &wire.RequestCallback{
		ClientID: a.o.NewID(), Name: strings.TrimSpace(text("firstname") + " " + text("lastname")), Phone: text("phonenumber"),
		Email: text("email"), Subject: text("subject"), Desired: int64(desired), UserData: f.userData, Visit: ids.Visit, Page: ids.Page,
	}
}

// send asks the relay. The form hears of the answer first, so that who is told of it finds it on the page. Where the connection is lost before the answer, it is not known whether the relay has taken the
// request: it is sent again, and the relay takes it once.
func (a *App) send(p Page, f *form, request *wire.RequestCallback, c *page.Command) {
	f.request, f.command = nil, nil
	a.o.Request(request, func(reply wire.Frame, problem *wire.Problem) {
		switch made, ok := reply.(*wire.CallbackMade); {
		case problem != nil && problem.Code == wire.CodeNoConnection:
			f.request, f.command = request, c
			a.o.Connect()
		case problem != nil:
			c.Settle(false, map[string]any{"text": wire.Means(problem.Code).Key, "field": problem.Field})
			p.Publish("CallbackService.scheduleError", map[string]any{"error": string(problem.Code), "text": problem.Text}, false)
		case ok:
			f.made = made.ID
			c.Settle(true, nil)
			p.Publish("CallbackService.scheduled", map[string]any{"id": made.ID, "desiredTime": made.Desired}, false)
		}
	})
}

// cancel takes the call back. Without a connection it is the visitor who tries again: the call may have come meanwhile.
func (a *App) cancel(p Page, f *form, c *page.Command) {
	a.o.Connect()
	a.o.Request(&wire.CancelCallback{ID: f.made}, func(_ wire.Frame, problem *wire.Problem) {
		switch {
		case problem == nil:
			c.Settle(true, nil)
			p.Publish("CallbackService.cancelled", map[string]any{"id": f.made}, false)
		case problem.Code == wire.CodeConflict:
			c.Settle(false, "CallbackTaken")
		case problem.Code == wire.CodeNoConnection:
			c.Settle(false, wire.Means(wire.CodeUnavailable).Key)
		default:
			c.Settle(false, wire.Means(problem.Code).Key)
		}
	})
}
