// Package monitor puts to work what an operator wants noticed on pages: business events (domain-model.xml, wasm/dsl) and
// categories (wasm/category).
//
// wasm/visitor tells it of the pages of a site. It reads and decides; the page watches, evaluates, and mints the events
// (foyer-monitor.js). Nothing may be watched for on a page whose visitor objects to being tracked, and no value that looks
// like a card number may be sent.
package monitor

import (
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/category"
	"foyer/wasm/dsl"
	"foyer/wasm/loop"
	"foyer/wasm/page"
	"foyer/wasm/pattern"
)

const (
	// DefaultDocument is the relay's own, which stands in for one of a vendor's host.
	DefaultDocument = "/server/resources/dsl/domain-model.xml"

	maxDocument  = 256 << 10 // bytes
	maxDocuments = 10        // kept at a time
	freshFor     = 5 * time.Minute
)

// Page is a page to watch; *page.Page is one.
type Page interface {
	Tracked() bool
	Address() page.Address
	IDs() page.IDs
	Deployment() page.Deployment
	Tracker(option string) any
	Call(service string, args map[string]any, done func(ok bool, value any))
	Log(level, text string)
}

// Options are what a Monitor needs. All fields must be set.
type Options struct {
	Loop loop.Loop
	// Fetch gets a text of the relay; done is called on the loop.
	Fetch func(path string, done func(text string, err error))
	Match pattern.Matcher
}

// Monitor is one site's. Its methods must be called on the loop.
type Monitor struct {
	o         Options
	pages     map[Page]*state
	documents map[string]*document
}

// state is what is known of a page.
type state struct {
	watch    *dsl.Watch // nil while it is not known what to watch for
	ordered  bool       // the page watches for something
	category string
	told     bool // the page was told of a category
	informed bool // that another document is used than it names
	begun    int  // counts the pages that it has shown: an answer for an earlier one comes too late
}

// New makes a monitor.
func New(o Options) *Monitor {
	return &Monitor{o: o, pages: map[Page]*state{}, documents: map[string]*document{}}
}

// Begin takes a page that has arrived, shows another address, or may be tracked from now on.
func (m *Monitor) Begin(p Page) {
	if !p.Tracked() {
		return
	}
	s := m.pages[p]
	if s == nil {
		s = &state{}
		m.pages[p] = s
	}
	s.begun++
	m.categorize(p, s)
	m.watch(p, s)
}

// Gone forgets a page.
func (m *Monitor) Gone(p Page) { delete(m.pages, p) }

func (m *Monitor) categorize(p Page, s *state) {
	list := p.Deployment().Categories
	if len(list) == 0 {
		return
	}
	at := p.Address()
	s.category = category.Of(list, at.URL, at.Title, m.o.Match)
	if s.category != "" || s.told {
		s.told = true
		p.Call("category", map[string]any{"value": s.category}, nil)
	}
}

func (m *Monitor) watch(p Page, s *state) {
	s.watch = nil
	at := m.documentOf(p, s)
	if at == "" {
		return
	}
	begun := s.begun
	m.load(p, at, func(events []dsl.Event) {
		if m.pages[p] != s || s.begun != begun {
			return
		}
		w := dsl.NewWatch(events, p.Address().URL, m.o.Match)
		orders := w.Orders()
		if len(orders) == 0 && !s.ordered {
			return
		}
		s.watch, s.ordered = w, len(orders) > 0
		settings := p.Deployment().DSL
		p.Call("watch", map[string]any{
			"page": p.IDs().Page, "events": orders,
			"expressions": settings["expressions"], "functions": settings["functions"], "never": settings["never"],
		}, nil)
	})
}

// documentOf is where the page's document is: a path of the relay or an address of the page's own site; "" for none. An
// old page may still name the host of a vendor's server, which is no more.
func (m *Monitor) documentOf(p Page, s *state) string {
	named, _ := p.Tracker("dslResource").(string)
	base := p.Deployment().Base
	switch path, atRelay := strings.CutPrefix(named, base+"/"); {
	case named == "":
		url, _ := p.Deployment().DSL["url"].(string)
		return url
	case atRelay && base != "":
		return "/" + path
	case strings.HasPrefix(named, "/") && !strings.HasPrefix(named, "//"), strings.HasPrefix(named, p.Address().Origin+"/"):
		return named
	}
	if !s.informed {
		s.informed = true
		p.Log("info", "dslResource is "+named+": the relay's "+DefaultDocument+" is used instead")
	}
	return DefaultDocument
}

// Check gives the events of a page as they may be sent: with the page's categories, where they were minted before the
// page knew them, and those of the document without card numbers.
func (m *Monitor) Check(p Page, events []wire.Event) []wire.Event {
	s := m.pages[p]
	if s == nil {
		return events
	}
	checked := make([]wire.Event, len(events))
	for i, e := range events {
		if e.Page == p.IDs().Page {
			e.Category = category.Join(e.Category, s.category)
		}
		if s.watch != nil && s.watch.Names(e.Name) {
			e.Data = withoutCards(p, e)
		}
		checked[i] = e
	}
	return checked
}

func withoutCards(p Page, e wire.Event) map[string]any {
	clean, removed := dsl.WithoutCards(e.Data)
	if len(removed) > 0 {
		p.Log("warn", e.Name+": left out what looks like a card number: "+strings.Join(removed, ", "))
	}
	return clean
}
