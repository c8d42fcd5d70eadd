// Package callback is the form with which a visitor asks to be called back: now, or at a time of their own.
//
// wasm/visitor makes one App for each site. Each page has a form of its own, since it is short. The package must never
// touch JavaScript, and never say that a call is on its way before the relay has it.
package callback

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
	Address() page.Address
	IDs() page.IDs
	Config(part string) map[string]any
	Deployment() page.Deployment
}

// Options are what an App needs. All fields must be set.
type Options struct {
	Loop loop.Loop
	// Request asks the relay; done is called once, with the reply or the problem.
	Request func(f wire.Request, done func(wire.Frame, *wire.Problem))
	// Connect opens the connection to the relay; it does nothing where there is one, or one is being made.
	Connect func()
	NewID   func() string
	// Texts gets the words of a language, or of one that is close to it; done is called once, on the loop.
	Texts func(lang string, done func(map[string]string))
	// Day writes the day of a time (Unix milliseconds) in a language; Time reads one as a field for date and time has it
	// ("2026-11-21T15:30"), in the visitor's own zone, or gives 0.
	Day  func(ms int64, lang string) string
	Time func(text string) (ms int64)
}

// App is the callback forms of one site. Its methods must be called on the loop.
type App struct {
	o     Options
	pages map[Page]*form // nil for a page that shows none
	words map[string]words
}

// New makes the App of a site without pages.
func New(o Options) *App {
	return &App{o: o, pages: map[Page]*form{}, words: map[string]words{}}
}

// AddPage takes a page in.
func (a *App) AddPage(p Page) {
	a.pages[p] = nil
	p.Publish("Callback.ready", nil, true)
}

// RemovePage forgets a page and what is in its form. A request on its way goes on.
func (a *App) RemovePage(p Page) { delete(a.pages, p) }

// Online says that the relay has said welcome: what could not be sent is sent.
func (a *App) Online() {
	for p, f := range a.pages {
		if f != nil && f.state == waiting {
			a.send(p, f)
		}
	}
}

// Command answers a command of a page; false for one that is not of this package.
//
//	Callback.open {form: {firstname, lastname, phonenumber, email, subject, desiredTime: "now"}, userData}
//	                     rejected with "already opened"
//	Callback.close       rejected with "already closed"
func (a *App) Command(p Page, c *page.Command) bool {
	switch c.Name {
	case "Callback.open":
		a.commandOpen(p, c)
	case "Callback.close":
		if a.pages[p] == nil {
			c.Settle(false, "already closed")
			return true
		}
		a.close(p)
		c.Settle(true, nil)
	default:
		return false
	}
	return true
}

func (a *App) commandOpen(p Page, c *page.Command) {
	if f := a.pages[p]; f != nil {
		c.Settle(false, "already opened")
		return
	}
	f := newForm()
	given, _ := c.Field("form").(map[string]any)
	f.prefill(given)
	f.userData, _ = c.Field("userData").(map[string]any)
	f.focus("first")
	a.pages[p] = f
	p.Publish("Callback.opened", nil, false)
	a.o.Connect()
	a.draw(p)
	c.Settle(true, nil)
}

func (a *App) close(p Page) {
	a.pages[p] = nil
	p.Remove(Root)
	p.Publish("Callback.closed", nil, false)
}

// Input takes what the visitor did in the form.
func (a *App) Input(p Page, act view.Action) {
	f := a.pages[p]
	if f == nil {
		return
	}
	switch act.Name {
	case actClose:
		a.close(p)
		p.Call("focus", map[string]any{"selector": ".cx-side-button"}, nil)
		return
	case actFilled:
		f.fill(act.Fields)
	case actSubmit:
		f.fill(act.Fields)
		a.submit(p, f)
	}
	a.draw(p)
}

// submit checks what is written and asks the relay.
func (a *App) submit(p Page, f *form) {
	if f.state != writing {
		return
	}
	f.problem, f.wrong = "", ""
	ms, wrong, why := f.check(a.o.Time, a.o.Loop.Now().UnixMilli())
	if wrong != "" {
		f.wrong, f.problem = wrong, why
		f.focus("wrong")
		return
	}
	f.desired = ms
	f.id = a.o.NewID()
	a.send(p, f)
}

func (a *App) send(p Page, f *form) {
	f.state = sending
	ids := p.IDs()
	v := f.values
	request := &wire.RequestCallback{
		ClientID: f.id, Name: f.name(), Phone: v["phonenumber"], Email: v["email"], Subject: v["subject"], Desired: f.desired,
		UserData: f.userData, Visit: ids.Visit, Page: ids.Page,
	}
	a.o.Request(request, func(reply wire.Frame, problem *wire.Problem) {
		if a.pages[p] != f || f.state != sending {
			return
		}
		a.answered(p, f, reply, problem)
		a.draw(p)
	})
}

func (a *App) answered(p Page, f *form, reply wire.Frame, problem *wire.Problem) {
	if problem != nil && problem.Code == wire.CodeNoConnection {
		f.state = waiting // Online sends it again: whether it was taken is not known, and the relay takes it once
		a.o.Connect()
		return
	}
	if problem != nil {
		f.state, f.refused = writing, problem.Code
		f.focus("first")
		p.Publish("CallbackService.scheduleError", map[string]any{"error": string(problem.Code), "text": problem.Text}, false)
		return
	}
	f.state = done
	f.focus("done")
	made, _ := reply.(*wire.CallbackMade)
	data := map[string]any{}
	if made != nil {
		data["id"], data["desiredTime"] = made.ID, made.Desired
	}
	p.Publish("CallbackService.scheduled", data, false)
}
