package monitor

import (
	"strconv"
	"strings"
	"time"

	"foyer/wasm/dsl"
)

// document is a domain-model.xml, for all pages of the site.
type document struct {
	events  []dsl.Event
	at      time.Time // when it was asked for
	loaded  bool
	waiting []reader
}

// reader is a page that waits for a document.
type reader struct {
	page Page
	done func([]dsl.Event)
}

// load gives the events of a document: what is known where it is fresh, else by way of the page, whose XML parser it needs.
// Where it cannot be had, done is not called, and the next page tries again.
func (m *Monitor) load(p Page, at string, done func([]dsl.Event)) {
	d := m.documents[at]
	if d != nil && m.o.Loop.Now().Sub(d.at) < freshFor {
		if d.loaded {
			done(d.events)
		} else {
			d.waiting = append(d.waiting, reader{p, done})
		}
		return
	}
	if len(m.documents) >= maxDocuments {
		clear(m.documents)
	}
	d = &document{at: m.o.Loop.Now(), waiting: []reader{{p, done}}}
	m.documents[at] = d
	if !strings.HasPrefix(at, "/") {
		m.parse(p, at, d, map[string]any{"url": at})
		return
	}
	m.o.Fetch(at, func(text string, err error) {
		switch {
		case err != nil:
			m.fail(p, at, d, err.Error())
		case len(text) > maxDocument:
			m.fail(p, at, d, "it is larger than "+strconv.Itoa(maxDocument)+" bytes")
		default:
			m.parse(p, at, d, map[string]any{"text": text})
		}
	})
}

func (m *Monitor) parse(p Page, at string, d *document, args map[string]any) {
	p.Call("xml", args, func(ok bool, value any) {
		if !ok {
			why, _ := value.(string)
			m.fail(p, at, d, why)
			return
		}
		events, problems := dsl.Parse(value)
		for _, problem := range problems {
			p.Log("warn", at+": "+problem)
		}
		d.events, d.loaded = events, true
		waiting := d.waiting
		d.waiting = nil
		for _, r := range waiting {
			r.done(events)
		}
	})
}

// fail forgets the document: the other pages that wait for it try themselves. A page that has gone says no reason.
func (m *Monitor) fail(p Page, at string, d *document, why string) {
	if m.documents[at] == d {
		delete(m.documents, at)
	}
	if why != "" {
		p.Log("warn", at+" could not be read: "+why)
	}
	for _, r := range d.waiting[1:] {
		m.load(r.page, at, r.done)
	}
}
