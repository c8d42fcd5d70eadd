// Package seat puts one agent's desktop together: the page that shows it, the window, and the connection to the relay.
//
// wasm/desktop makes one for the page of its worker. The package must never touch JavaScript: what the browser does
// comes in as Options.
package seat

import (
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/desktop/window"
	"foyer/wasm/loop"
	"foyer/wasm/page"
	"foyer/wasm/transport"
	"foyer/wasm/view"
)

// The root under which the desktop is shown, and the class of its container.
const (
	viewRoot  = "desktop"
	viewClass = "fd-root"
)

// textsAgain is how long to wait before texts that could not be had are asked for again.
const textsAgain = 2 * time.Second

// Options are what a seat needs; all fields are required.
type Options struct {
	Loop loop.Loop
	Dial transport.Dialer
	Poll transport.Poller
	// Fetch gets a JSON file of the relay; done is called on the loop with plain Go values.
	Fetch func(path string, done func(any, error))
	// Carry makes the requests about files.
	Carry attachment.Carrier
	NewID func() string
	Zone  *time.Location
}

// Seat is the handler of the desktop's page.
type Seat struct {
	o      Options
	site   *page.Site
	link   *transport.Link
	window *window.Window // nil until the texts are there
	tree   *view.Node     // as it was last shown, for a page that connects anew
	asking bool           // for the texts
}

// New makes the seat of a page; nothing happens before the page's hello.
func New(site *page.Site, o Options) *Seat {
	s := &Seat{o: o, site: site}
	s.link = transport.New(transport.Options{
		Loop: o.Loop, Dial: o.Dial, Poll: o.Poll,
		Hello:    func() *wire.Hello { return s.window.Desk().Hello() },
		OnFrame:  func(f wire.Frame) { s.window.Desk().Frame(f) },
		OnStatus: s.linkChanged,
	})
	return s
}

func (s *Seat) linkChanged(status transport.Status) {
	d := s.window.Desk()
	switch status.State {
	case transport.Online:
		d.SetConnection(desk.Online, "")
	case transport.Refused:
		d.SetConnection(desk.Refused, status.Problem.Code)
	default:
		d.SetConnection(desk.Waiting, "")
	}
}

// Hello implements page.Handler. A page that says hello again has lost its port; the desk goes on as it was.
func (s *Seat) Hello(p *page.Page, _ []wire.Event) {
	if s.window == nil {
		s.fetchTexts(p)
		return
	}
	if s.tree != nil {
		p.Render(viewRoot, viewClass, s.tree)
	}
	s.window.Desk().SetVisible(p.Visible())
	s.link.Nudge()
}

// fetchTexts gets the texts of the page's language, and starts when they are there: without them nothing has a name.
func (s *Seat) fetchTexts(p *page.Page) {
	if s.asking {
		return
	}
	s.asking = true
	d := p.Deployment()
	s.o.Fetch(d.Texts[d.Lang], func(v any, err error) {
		s.asking = false
		texts, ok := v.(map[string]any)
		if err != nil || !ok {
			s.o.Loop.After(textsAgain, func() { s.fetchTexts(p) })
			return
		}
		s.start(readTexts(texts))
	})
}

func readTexts(m map[string]any) window.Texts {
	texts := window.Texts{}
	for key, v := range m {
		if text, ok := v.(string); ok {
			texts[key] = text
		}
	}
	return texts
}

func (s *Seat) start(texts window.Texts) {
	s.window = window.New(window.Options{
		Desk: desk.Options{
			Link: line{s.link, s.o.Loop}, Loop: s.o.Loop, Keep: s, Carrier: s.o.Carry, NewID: s.o.NewID,
			NowMs: func() int64 { return s.o.Loop.Now().UnixMilli() },
		},
		Kept: s.site.AllStored(), Page: s, Loop: s.o.Loop, Texts: texts, Zone: s.o.Zone,
	})
	s.window.Desk().SetVisible(s.site.Visible())
	s.link.Start()
}

// line is the connection as the desk wants it.
type line struct {
	*transport.Link
	loop loop.Loop
}

// Restart implements desk.Link. It waits for what runs now: the link may be in the middle of telling us something.
func (l line) Restart() {
	l.loop.Post(func() {
		l.Close()
		l.Start()
	})
}

// Input implements page.Handler.
func (s *Seat) Input(_ *page.Page, _ string, a view.Action) {
	if s.window != nil {
		s.window.Handle(a)
	}
}

// Changed implements page.Handler.
func (s *Seat) Changed(p *page.Page, what string) {
	if s.window == nil {
		return
	}
	switch what {
	case page.OnVisible, page.OnHidden:
		s.window.Desk().SetVisible(p.Visible())
	}
	switch what {
	case page.OnVisible, page.OnOnline, page.OnRestored:
		s.link.Nudge()
	}
}

// Keep implements desk.Keep: the page keeps it for this tab.
func (s *Seat) Keep(key, value string) { s.site.Store(key, value) }

// Show implements window.Page.
func (s *Seat) Show(tree *view.Node) {
	s.tree = tree
	s.site.Render(viewRoot, viewClass, tree)
}

// Sound implements window.Page.
func (s *Seat) Sound(name string) { s.call("sound", map[string]any{"name": name}) }

// Title implements window.Page.
func (s *Seat) Title(text string) { s.call("title", map[string]any{"text": text}) }

// Announce implements window.Page.
func (s *Seat) Announce(text string, assertive bool) {
	s.call("announce", map[string]any{"text": text, "assertive": assertive})
}

// Save implements window.Page.
func (s *Seat) Save(name, kind string, f *attachment.File) {
	s.call("save", map[string]any{"name": name, "type": kind, "data": f})
}

func (s *Seat) call(service string, args map[string]any) {
	for _, p := range s.site.Pages() {
		p.Call(service, args, nil)
	}
}

// What the desktop's page never has, or what makes no difference here.

// Command implements page.Handler.
func (s *Seat) Command(_ *page.Page, c *page.Command) { c.Settle(false, "the desktop has no commands") }

// Stored implements page.Handler.
func (s *Seat) Stored(*page.Page, string) {}

// Track implements page.Handler.
func (s *Seat) Track(*page.Page, wire.Event) {}

// Moved implements page.Handler.
func (s *Seat) Moved(*page.Page, []wire.Event) {}

// Gone implements page.Handler. The worker ends with its page; until then the connection stays for one that comes back.
func (s *Seat) Gone(*page.Page) {}
