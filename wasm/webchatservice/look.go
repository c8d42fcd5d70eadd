package webchatservice

import (
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// functionTakes is how long a page's function may take, before a message is shown without it.
const functionTakes = 5 * time.Second

// look is how a page shows one line. While it is not done, the page shows nothing.
type look struct {
	done     bool
	filtered bool
	look     chat.Look
	message  map[string]any // as the page's functions made it; nil where there are none
}

// want waits until everything from a Seq on is ready to be shown.
type want struct {
	from  int64
	serve func(entries []wire.Entry)
}

// lookAt finds out how the page shows a line, once.
func (t *tab) lookAt(conv *chat.Conversation, l *chat.Line) *look {
	if t.looked != conv {
		t.looked, t.looks = conv, map[string]*look{}
	}
	k := t.looks[l.Key]
	if k != nil {
		return k
	}
	k = &look{}
	t.looks[l.Key] = k
	entry := wire.Entry{
		Seq: l.Seq, Ms: l.Ms, Kind: l.Kind, From: l.From, Text: l.Text, Data: l.Data, ClientID: l.ClientID,
	}
	list := t.s.filters.list
	if len(list) == 0 || l.Text == "" {
		t.process(k, entry)
		return k
	}
	k.look.Hidden = true
	t.page.Call("test", shape.Object("filters", expressions(list), "text", l.Text), func(_ bool, value any) {
		matches, _ := value.([]any)
		for _, match := range matches {
			if match == true {
				k.filtered = true
				k.finish(t)
				return
			}
		}
		k.look.Hidden = false
		t.process(k, entry)
		t.s.o.Redraw()
		t.s.changed()
	})
	return k
}

// process has the page's functions change the message, one after the other.
func (t *tab) process(k *look, e wire.Entry) {
	if len(t.processors) == 0 {
		k.done = true
		return
	}
	k.look.Hidden = true
	t.processWith(k, e, shape.Message(t.chat(t.looked), e), t.processors)
}

func (t *tab) processWith(k *look, e wire.Entry, m map[string]any, functions []float64) {
	if len(functions) == 0 {
		k.message = m
		k.look = lookOf(e, m)
		k.finish(t)
		return
	}
	t.call(functions[0], []any{m}, func(value any) {
		if changed, ok := value.(map[string]any); ok {
			m = changed
		}
		t.processWith(k, e, m, functions[1:])
	})
}

func (k *look) finish(t *tab) {
	k.done = true
	t.s.o.Redraw()
	t.s.changed()
}

// lookOf reads from a message what a page's functions have made of an entry.
func lookOf(e wire.Entry, m map[string]any) chat.Look {
	text, _ := m["text"].(string)
	kind, _ := m["type"].(string)
	html := m["html"] == true
	return chat.Look{
		Hidden: kind == "", Changed: html || text != e.Text, Text: text, HTML: html,
		Message: kind == "Message" && e.Kind == wire.KindNotice,
	}
}

// call runs a function of the page; done gets what it returned, nil where it threw or took too long.
func (t *tab) call(fn float64, args []any, done func(value any)) {
	answered := false
	once := func(value any) {
		if !answered {
			answered = true
			done(value)
		}
	}
	stop := t.s.o.Loop.After(functionTakes, func() { once(nil) })
	t.page.Call("fn", shape.Object("fn", fn, "args", args), func(ok bool, value any) {
		stop()
		if !ok {
			value = nil
		}
		once(value)
	})
}

// keyOf is the key of an entry's line, see chat.Line.Key.
func keyOf(e wire.Entry) string {
	if e.ClientID != "" {
		return "c" + e.ClientID
	}
	return "e" + strconv.FormatInt(e.Seq, 10)
}

// want serves the entries from a Seq on as soon as they are all ready to be shown; from 1, as soon as the whole log is.
func (t *tab) want(from int64, serve func([]wire.Entry)) {
	t.wants = append(t.wants, want{from, serve})
	t.s.changed()
}

func (t *tab) serveWants() {
	wants := t.wants
	t.wants = nil
	for _, w := range wants {
		if !t.ready(w.from) {
			t.wants = append(t.wants, w)
			continue
		}
		w.serve(entriesAfter(t.conv, w.from-1))
	}
}

func (t *tab) ready(from int64) bool {
	ready := from > 1 || t.s.complete(t.conv)
	lines := t.conv.LinesAfter(from - 1)
	for i := range lines {
		if l := &lines[i]; l.Seq > 0 && !t.lookAt(t.conv, l).done {
			ready = false
		}
	}
	return ready
}
