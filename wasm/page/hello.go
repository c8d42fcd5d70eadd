package page

import "foyer/relay/wire"

// Address is what a page shows and where.
type Address struct {
	URL      string
	Origin   string
	Title    string
	Referrer string
	Lang     string // of the document, else of the browser
	TZ       string
	Screen   string
	UA       string
	Visible  bool
}

// IDs are the ids that the page minted: 32 upper-case hex digits each.
type IDs struct {
	Device string // of the browser, a year
	Visit  string // of the visit
	Page   string // of this page load
}

// Deployment is what the page knows of its deployment (/deployment.js).
type Deployment struct {
	Name       string
	Chat       bool
	Monitoring bool
	Consent    bool // the visitor must consent before anything is kept or sent
	Lang       string
	Base       string
	RestoreMs  int64             // how long a visitor may be away and still find the chat, 0 for as long as it lives
	Rungs      []string          // the ways across sites that are switched on (wire.Rung); nil where the relay does not say
	Hosts      []any             // origins from which notifications may bring content, beside the relay's
	Functions  []string          // names of the page's functions that notifications may call
	Texts      map[string]string // for what the page draws before Go runs
	DSL        map[string]any    // business events: url, expressions, functions, never (wasm/monitor); nil for none
	Categories []any             // of pages, see category.Of
}

// hello is the first message of a page.
type hello struct {
	address    Address
	ids        IDs
	newVisit   bool
	tracked    bool
	tracker    map[string]any
	deployment Deployment
	pass       string
	handoff    string
	stored     map[string]string
	events     []wire.Event
	then       []any // messages, unread
}

// The readers below take what a page sent, in whatever shape: a field that is missing or of another type is its zero
// value.

func text(m map[string]any, key string) string { s, _ := m[key].(string); return s }

func flag(m map[string]any, key string) bool { b, _ := m[key].(bool); return b }

func object(m map[string]any, key string) map[string]any {
	o, _ := m[key].(map[string]any)
	return o
}

func list(m map[string]any, key string) []any { l, _ := m[key].([]any); return l }

func texts(m map[string]any) map[string]string {
	all := make(map[string]string, len(m))
	for k, v := range m {
		if s, ok := v.(string); ok {
			all[k] = s
		}
	}
	return all
}

// words are the texts of a list; nil where it is none.
func words(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	all := make([]string, 0, len(list))
	for _, w := range list {
		if s, ok := w.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func readHello(m map[string]any) hello {
	d := object(m, "deployment")
	return hello{
		address:  readAddress(object(m, "page")),
		ids:      readIDs(m),
		newVisit: flag(m, "newVisit"),
		tracked:  flag(m, "tracked"),
		tracker:  object(m, "tracker"),
		deployment: Deployment{
			Name:       text(d, "name"),
			Chat:       flag(d, "chat"),
			Monitoring: flag(d, "monitoring"),
			Consent:    flag(d, "consent"),
			Lang:       text(d, "lang"),
			Base:       text(d, "base"),
			RestoreMs:  millis(d["restoreMs"]),
			Rungs:      words(d["rungs"]),
			Hosts:      list(object(d, "notifications"), "hosts"),
			Functions:  words(object(d, "notifications")["functions"]),
			Texts:      texts(object(d, "texts")),
			DSL:        object(d, "dsl"),
			Categories: list(d, "categories"),
		},
		pass:    text(m, "pass"),
		handoff: text(m, "handoff"),
		stored:  texts(object(m, "stored")),
		events:  readEvents(m),
		then:    list(m, "then"),
	}
}

func readAddress(p map[string]any) Address {
	return Address{
		URL:      text(p, "url"),
		Origin:   text(p, "origin"),
		Title:    text(p, "title"),
		Referrer: text(p, "referrer"),
		Lang:     text(p, "lang"),
		TZ:       text(p, "tz"),
		Screen:   text(p, "screen"),
		UA:       text(p, "ua"),
		Visible:  flag(p, "visible"),
	}
}

// readIDs takes the page's id from either place that the protocol has for it.
func readIDs(m map[string]any) IDs {
	ids := object(m, "ids")
	page := text(ids, "page")
	if page == "" {
		page = text(object(m, "page"), "id")
	}
	return IDs{Device: text(ids, "device"), Visit: text(ids, "visit"), Page: page}
}

func readEvents(m map[string]any) []wire.Event {
	list, _ := m["events"].([]any)
	var events []wire.Event
	for _, v := range list {
		if e, ok := ParseEvent(v); ok {
			events = append(events, e)
		}
	}
	return events
}
