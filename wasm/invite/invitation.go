package invite

import (
	"strconv"
	"time"

	"foyer/wasm/page"
)

// Results of invitations, as the relay takes them.
const (
	resultTimeout = "timeout"
	resultUnknown = "unknown" // it was not shown, or went away without an answer
)

const (
	lasts = 30 * time.Second // where the invitation says nothing else
	// resultWithin is how long a closed invitation is waited for to say how it ended.
	resultWithin = 10 * time.Second
	tries        = 4  // of a report, before it waits for the connection
	maxUnsent    = 20 // reports that wait for it
	maxRounds    = 3  // times that one waits for it
)

// invitation is a dialog that asks the visitor for something.
type invitation struct {
	order   *order // nil for one of the page's own
	page    Page   // where it is; nil between two pages
	config  config
	shown   bool
	kept    bool      // it is known to later pages
	at      string    // id of the page where it is shown; "" before
	front   bool      // that page was visible when it was
	until   time.Time // zero before it was shown
	stop    func()    // of the time until then
	command *page.Command
	offer   *offer
}

// config is what an invitation says.
type config struct {
	engagement, kind, subject, message, accept, cancel string
	timeout                                            time.Duration // 0 for no end
}

// readConfig takes the page's _config.
func readConfig(m map[string]any) config {
	c := config{
		engagement: first(m, "engagementID", "engagementId"), kind: first(m, "type"), subject: first(m, "subject"),
		message: first(m, "message", "greeting"), accept: first(m, "acceptBtnCaption"), cancel: first(m, "cancelBtnCaption"),
	}
	c.timeout = seconds(m["inviteTimeout"])
	return c
}

// seconds reads a number of them, or its digits; without one it is the usual time.
func seconds(v any) time.Duration {
	n, ok := number(v)
	if !ok || n < 0 || n > 24*60*60 {
		return lasts
	}
	return time.Duration(n * float64(time.Second))
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case int:
		return float64(v), true
	case string:
		n, err := strconv.Atoi(v)
		return float64(n), err == nil
	}
	return 0, false
}

// asked takes in that content on a page wants the dialog.
func (a *App) asked(p Page, c *page.Command) {
	o := a.orderOf(p, c.Field("n"))
	if o == nil {
		return
	}
	m, _ := c.Field("config").(map[string]any)
	i := a.now
	switch {
	case i != nil && i.order == o:
		i.config = readConfig(m)
		if !i.kept && a.leaves(p, o, i.config.engagement) { // to one that was shown while this one's file was fetched
			a.end()
			return
		}
	case i != nil || a.o.Busy():
		if engagement := readConfig(m).engagement; i == nil || engagement != i.config.engagement {
			a.dispose(o.ids, engagement, resultUnknown)
		}
		return
	case o.all && !p.Visible() && inFront(a.pages).Visible():
		return // the same content asks on the page that the visitor looks at
	case a.leaves(p, o, readConfig(m).engagement):
		return
	default:
		a.now = &invitation{order: o, page: p, config: readConfig(m)}
	}
	a.show()
}

func (a *App) orderOf(p Page, n any) *order {
	for _, o := range a.orders {
		if f, ok := n.(float64); ok && o.n == int(f) && o.page == p {
			return o
		}
	}
	return nil
}

// show shows the invitation and gives it its time, once.
func (a *App) show() {
	i := a.now
	i.shown = true
	if i.until.IsZero() && i.config.timeout > 0 {
		i.until = a.o.Loop.Now().Add(i.config.timeout)
	}
	if i.stop == nil && i.config.timeout > 0 {
		i.stop = a.o.Loop.After(i.until.Sub(a.o.Loop.Now()), func() { a.timedOut(i) })
	}
	if i.command == nil {
		i.kept, i.at, i.front = true, i.page.IDs().Page, i.page.Visible()
		a.o.Store(page.KeepInvite, i.format())
	}
	a.draw()
}

func (a *App) timedOut(i *invitation) {
	if a.now != i {
		return
	}
	a.end()
	if i.command != nil {
		i.command.Settle(true, "timeout")
		return
	}
	a.disposeOf(i, resultTimeout)
}

// closed takes in that the dialog was closed. What has become of the invitation is usually told next.
func (a *App) closed(p Page) {
	i := a.now
	if i == nil || i.order == nil || i.page != p {
		return
	}
	a.end()
	a.after = i
	a.o.Loop.After(resultWithin, func() {
		if a.after == i {
			a.answered(p, i.order, resultUnknown)
		}
	})
}

// answered reports what has become of the invitation, and tells the page when the relay knows: until then the page's frame
// would report it if the page went, since a worker of its own goes with it. Content that shows a dialog of its own says
// once how it ended; o is nil where it is not known.
func (a *App) answered(p Page, o *order, code string) {
	reported := func() { p.Call("invitationReported", nil, nil) }
	i := a.after
	if now := a.now; i == nil && now != nil && now.order != nil && now.page == p {
		i = now
		a.end()
	}
	a.after = nil
	switch {
	case i != nil:
		i.order.over = true
		a.report(i.order.ids, i.config.engagement, code, reported)
	case o != nil && !o.over:
		o.over = true
		config, _ := o.data["config"].(map[string]any)
		a.report(o.ids, readConfig(config).engagement, code, reported)
	default: // by somebody else
		reported()
	}
}

// end takes the invitation away.
func (a *App) end() {
	i := a.now
	a.now = nil
	if i.stop != nil {
		i.stop()
	}
	if i.kept {
		a.o.Store(page.KeepInvite, "")
	}
	if i.page != nil {
		i.page.Remove(Root)
		i.page.Call("invitationOver", nil, nil)
	}
}

// settle brings an invitation that has no page to one that the visitor looks at.
func (a *App) settle() {
	i := a.now
	if i == nil || i.page != nil || i.order == nil {
		return
	}
	for _, p := range a.pages {
		if p.Tracked() && p.Visible() && p.IDs().Visit == i.order.ids.visit {
			a.move(i, p)
			return
		}
	}
}

func (a *App) move(i *invitation, to Page) {
	if a.o.Busy() {
		a.end()
		a.disposeOf(i, resultUnknown)
		return
	}
	next := *i.order
	next.page = to
	i.order, i.page = &next, to
	a.put(&next)
}

// disposeOf reports how an invitation ended that nobody has answered.
func (a *App) disposeOf(i *invitation, code string) {
	i.order.over = true
	a.dispose(i.order.ids, i.config.engagement, code)
}

// dispose reports a result of which no page needs to hear.
func (a *App) dispose(of ids, engagement, code string) { a.report(of, engagement, code, func() {}) }

// outcome is what has become of an invitation, on its way to the relay.
type outcome struct {
	path   string
	done   func() // the relay knows
	rounds int    // how often the connection was waited for; a relay that refuses it is not asked for ever
}

// report tells the relay a result, and tries again where that fails. What it cannot be told for long it is told when the
// connection is back.
func (a *App) report(of ids, engagement, code string, done func()) {
	path := "/server/data/notification/disposition?visitID=" + escape(of.visit) + "&pageID=" + escape(of.page) +
		"&engagementID=" + escape(engagement) + "&code=" + escape(code)
	if len(a.pages) > 0 {
		path += "&deployment=" + escape(a.pages[0].Deployment().Name)
	}
	a.send(outcome{path: path, done: done}, 1)
}

func (a *App) send(o outcome, try int) {
	a.o.Fetch(o.path, func(_ string, err error) {
		switch {
		case err == nil:
			o.done()
		case try < tries:
			a.o.Loop.After(time.Duration(try)*2*time.Second, func() { a.send(o, try+1) })
		case o.rounds < maxRounds:
			o.rounds++
			a.unsent = append(a.unsent, o)
			a.unsent = a.unsent[max(0, len(a.unsent)-maxUnsent):]
		}
	})
}
