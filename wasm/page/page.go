package page

import (
	"time"

	"foyer/wasm/view"
)

// silence is how long a page may say nothing before it is taken for gone; it says "alive" every 20 s, but browsers
// slow the timers of hidden pages down to one a minute.
const silence = 150 * time.Second

// Page is one connected page. Its methods must be called on the client's loop; once it is gone they do nothing.
type Page struct {
	site    *Site
	port    Port
	address Address
	ids     IDs
	// newVisit, handoff, tracker and deployment are as the hello had them.
	newVisit   bool
	handoff    string
	tracked    bool
	tracker    map[string]any
	deployment Deployment
	config     map[string]any

	views    map[string]*shown
	calls    map[int]func(ok bool, value any)
	lastCall int
	heard    time.Time
	stop     func() // of the timer that watches for silence
	end      func() // of its port
	gone     bool
}

// shown is one root of a page.
type shown struct {
	root  *view.Root
	class string
}

// Site is the group of pages that this one belongs to.
func (p *Page) Site() *Site { return p.site }

// Address is what the page shows now.
func (p *Page) Address() Address { return p.address }

// IDs are the page's ids; the page id changes when it moves.
func (p *Page) IDs() IDs { return p.ids }

// NewVisit is true when the visit began with this page.
func (p *Page) NewVisit() bool { return p.newVisit }

// Tracked says whether the page's visit may be recorded: the deployment monitors, and the visitor does not object.
func (p *Page) Tracked() bool { return p.tracked }

// Tracker is an option of the tracker as the page configures it (_gt.push(['config', …]), _genesys.widgets.gwe), such as
// dslResource; nil where the page does not.
func (p *Page) Tracker(option string) any { return p.tracker[option] }

// Handoff is the one-time token of a chat that came with the navigation from another site, "" for none.
func (p *Page) Handoff() string { return p.handoff }

// Deployment is what the page said of its deployment.
func (p *Page) Deployment() Deployment { return p.deployment }

// Config is one part of the page's configuration (_genesys.widgets): "webchat", "main" …; nil where the page has none.
// The caller must not change it.
func (p *Page) Config(part string) map[string]any { return object(p.config, part) }

// Visible says whether the page is on a screen.
func (p *Page) Visible() bool { return p.address.Visible }

// Render makes the page show the tree under a root, in a container with this class; only differences are sent. The tree
// must not be changed afterwards. It may be shared with other pages.
func (p *Page) Render(root, class string, tree *view.Node) {
	if p.gone {
		return
	}
	s, there := p.views[root]
	if !there {
		s = &shown{root: view.NewRoot()}
		p.views[root] = s
	}
	ops := s.root.Update(tree)
	if there && len(ops) == 0 && s.class == class {
		return
	}
	s.class = class
	list := make([]any, len(ops))
	for i, op := range ops {
		list[i] = []any(op)
	}
	p.send(MsgView, map[string]any{"root": root, "class": class, "ops": list})
}

// Remove takes a root off the page.
func (p *Page) Remove(root string) {
	s, there := p.views[root]
	if !there {
		return
	}
	delete(p.views, root)
	p.send(MsgView, map[string]any{"root": root, "class": s.class, "ops": nil})
}

// Publish sends an event to the page's bus. A sticky one also reaches who subscribes later.
func (p *Page) Publish(name string, data any, sticky bool) {
	p.send(MsgPublish, map[string]any{"name": name, "data": data, "sticky": sticky})
}

// Mirror sets what the page answers at once for a key, without asking.
func (p *Page) Mirror(key string, value any) {
	p.send(MsgMirror, map[string]any{"key": key, "value": value})
}

// Call asks for a page service. done, where it is not nil, is called once: with the answer, or with false and nil when
// the page goes before it.
func (p *Page) Call(service string, args map[string]any, done func(ok bool, value any)) {
	if p.gone {
		if done != nil {
			p.site.sites.loop.Post(func() { done(false, nil) })
		}
		return
	}
	n := 0
	if done != nil {
		p.lastCall++
		n = p.lastCall
		p.calls[n] = done
	}
	p.send(MsgCall, map[string]any{"n": n, "service": service, "args": args})
}

// AskFrame asks the frame in which Go runs for this page; done is called once on the loop, with nil where there is no
// answer to be had. It is not called once the page is gone.
func (p *Page) AskFrame(question map[string]any, done func(answer map[string]any)) {
	l := p.site.sites.loop
	frame, ok := p.port.(FramePort)
	if p.gone || !ok {
		l.Post(func() { done(nil) })
		return
	}
	frame.AskFrame(question, func(answer map[string]any) { l.Post(func() { done(answer) }) })
}

// Kept tells the page that these events are durable: it need not send them again.
func (p *Page) Kept(ids []string) {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	p.send(MsgKept, map[string]any{"ids": list})
}

// Log writes to the page's console; level is info, warn or error.
func (p *Page) Log(level, text string) {
	p.send(MsgLog, map[string]any{"level": level, "text": text})
}

// Dismiss sends the page away: it comes back with a new hello, on a new port. The reasons are in the page protocol.
func (p *Page) Dismiss(reason string) {
	if p.gone {
		return
	}
	p.send(MsgGone, map[string]any{"reason": reason})
	p.end()
}

func (p *Page) store(key, value string) {
	var v any
	if value != "" {
		v = value
	}
	p.send(MsgStore, map[string]any{"key": key, "value": v})
}

func (p *Page) send(t string, fields map[string]any) {
	if p.gone {
		return
	}
	fields["t"] = t
	p.port.Send(fields)
}

// received dispatches one message; unknown ones are ignored.
func (p *Page) received(m map[string]any) {
	h := p.site.handler
	switch text(m, "t") {
	case MsgCommand:
		p.command(m)
	case MsgInput:
		p.input(m)
	case MsgStored:
		p.site.storedElsewhere(p, text(m, "key"), text(m, "value"))
	case MsgTrack:
		if e, ok := ParseEvent(m["event"]); ok {
			h.Track(p, e)
		}
	case MsgPage:
		p.changed(text(m, "what"))
	case MsgConfig:
		p.config = m
		h.Changed(p, OnConfigured)
	case MsgMoved:
		p.address = readAddress(object(m, "page"))
		p.ids = readIDs(m)
		h.Moved(p, readEvents(m))
	case MsgResult:
		p.result(m)
	case MsgBye:
		p.leave()
	}
}

// clocksApart is by how much a page's clock may differ from ours before nothing follows from it, ms: scripts of pages
// replace Date, for tests or to travel in time.
const clocksApart = 10 * 60 * 1000

// isLate tells whether the page has given up waiting, at until on its clock in Unix ms.
func (p *Page) isLate(until int64) bool {
	late := p.site.sites.loop.Now().UnixMilli() - until
	return late > 0 && late < clocksApart
}

func (p *Page) command(m map[string]any) {
	if until, ok := m["until"].(float64); ok && p.isLate(int64(until)) {
		return // the page has rejected it, and may have asked for something else since
	}
	n := m["n"]
	c := NewCommand(text(m, "name"), m["data"], func(ok bool, value any) {
		p.send(MsgSettle, map[string]any{"n": n, "ok": ok, "value": value})
	})
	c.From = text(m, "from")
	p.site.handler.Command(p, c)
}

func (p *Page) input(m map[string]any) {
	root := text(m, "root")
	s, there := p.views[root]
	if !there {
		return
	}
	if a, ok := s.root.Action(m); ok {
		p.site.handler.Input(p, root, a)
	}
}

func (p *Page) changed(what string) {
	switch what {
	case OnVisible:
		p.address.Visible = true
	case OnHidden:
		p.address.Visible = false
	case OnTracked:
		p.tracked = true
	}
	p.site.handler.Changed(p, what)
}

func (p *Page) result(m map[string]any) {
	n, _ := m["n"].(float64)
	done := p.calls[int(n)]
	if done == nil {
		return
	}
	delete(p.calls, int(n))
	done(flag(m, "ok"), m["value"])
}

// watch waits for the page to fall silent.
func (p *Page) watch(d time.Duration) {
	l := p.site.sites.loop
	p.stop = l.After(d, func() {
		if rest := silence - l.Now().Sub(p.heard); rest > 0 {
			p.watch(rest)
			return
		}
		p.leave()
	})
}

// leave takes the page out of its site.
func (p *Page) leave() {
	if p.gone {
		return
	}
	p.gone = true
	p.stop()
	p.site.remove(p)
	calls := p.calls
	p.calls = nil
	for _, done := range calls {
		done(false, nil)
	}
	p.site.handler.Gone(p)
}
