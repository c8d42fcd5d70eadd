// Package visitor puts one site's client together: its pages, the chat window, the tracker, and the one connection to
// the relay that they share.
//
// wasm/main.go makes one for each site (deployment and origin). The package must never touch JavaScript: what the
// browser does comes in as Options.
package visitor

import (
	"cmp"
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/callback"
	"foyer/wasm/chat"
	"foyer/wasm/invite"
	"foyer/wasm/loop"
	"foyer/wasm/monitor"
	"foyer/wasm/page"
	"foyer/wasm/pattern"
	"foyer/wasm/tracker"
	"foyer/wasm/transport"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
	"foyer/wasm/webchatservice"
)

const (
	fallbackLang = "en"

	textsAgain = 3 * time.Second  // before texts that could not be had are asked for again
	emptyFor   = 30 * time.Second // how long the connection stays without any page: a navigation is shorter
)

// Options are what a Visitor needs. All fields but Poll and Zone must be set.
type Options struct {
	Loop loop.Loop
	Dial transport.Dialer
	Poll transport.Poller
	// Fetch gets a JSON file of the relay; done is called on the loop with plain Go values.
	Fetch func(path string, done func(any, error))
	// FetchText is the same for any other file.
	FetchText func(path string, done func(text string, err error))
	Matches   pattern.Matcher                    // JavaScript's RegExp
	Carry     attachment.Carrier                 // makes requests about files
	NewID     func() string                      // a client message id
	Day       func(ms int64, lang string) string // see webchat.Options
	Zone      *time.Location                     // in which times are shown; nil takes the browser's
}

// Visitor is the handler of one site's pages. It implements page.Handler; its methods must be called on the loop.
type Visitor struct {
	o       Options
	site    *page.Site
	link    *transport.Link
	chat    *webchat.App
	service *webchatservice.Service
	tracker *tracker.Tracker
	monitor *monitor.Monitor

	crossing *crossing
	sharing  *sharing
	keeping  *keeping
	person   *identifying
	invites  *invite.App
	calls    *callback.App

	stopEmpty func() // of the wait for a page to come back
	refused   string // the pass that pages were sent for a new one for
}

// New makes the client of a site; nothing happens before its first page says hello.
func New(site *page.Site, o Options) *Visitor {
	v := &Visitor{o: o, site: site}
	v.link = transport.New(transport.Options{
		Loop: o.Loop, Dial: o.Dial, Poll: o.Poll,
		Hello:    v.hello,
		PollOnly: v.pollOnly,
		OnFrame: func(f wire.Frame) {
			if !v.invites.Frame(f) {
				v.chat.Frame(f)
				v.person.heard(f)
			}
		},
		OnStatus: v.linkChanged,
	})
	files := &attachment.Client{Carrier: o.Carry, Loop: o.Loop, Token: func() string { return v.chat.Client().Token() }}
	link := webchatservice.Overhear(v.link, func(f wire.Request, reply wire.Frame, p *wire.Problem) { v.service.Answered(f, reply, p) })
	v.chat = webchat.New(webchat.Options{
		Site: site, Link: link, Loop: o.Loop, NewID: o.NewID, Zone: o.Zone,
		NowMs:   func() int64 { return o.Loop.Now().UnixMilli() },
		Connect: v.link.Start,
		Texts:   v.textsOf("webchat"),
		Day:     o.Day,
		Files:   files,
		Reopen:  v.reopen,
	})
	v.service = webchatservice.New(webchatservice.Options{
		Client: v.chat.Client(), Site: site, Link: link, Loop: o.Loop, NewID: o.NewID,
		NowMs:   func() int64 { return o.Loop.Now().UnixMilli() },
		Connect: v.link.Start,
		Redraw:  v.chat.Redraw, TimedOut: v.chat.RestoreTimedOut,
		Files:   files,
		Uploads: v.chat.Uploads,
	})
	v.chat.Hook(webchat.Hooks{
		Look: func(p webchat.Page, l *chat.Line) chat.Look { return v.service.Look(p, l) },
		UserData: func(p webchat.Page, data map[string]any) map[string]any {
			return v.service.UserData(p, data)
		},
		Uploads:      func() { v.service.UploadsChanged() },
		FileAnswered: func(i *attachment.Item) { v.service.FileAnswered(i) },
	})
	v.monitor = monitor.New(monitor.Options{Loop: o.Loop, Fetch: o.FetchText, Match: o.Matches})
	v.tracker = tracker.New(v.link, o.Loop, v.connectToTrack)
	v.crossing = newCrossing(v)
	v.sharing = newSharing(v)
	v.keeping = newKeeping(v)
	v.person = newIdentifying(v)
	v.invites = invite.New(invite.Options{
		Loop: o.Loop, Tell: v.link.Tell, Connect: v.connectToTrack, Fetch: o.FetchText, Texts: v.textsOf("engage"),
		Busy:  func() bool { return v.chat.Window() != webchat.Closed || v.chat.Client().Live() },
		Store: site.Store, Stored: site.Stored,
	})
	v.calls = callback.New(callback.Options{
		Request: v.link.Request, Connect: v.link.Start, NewID: o.NewID,
		Texts: func(p callback.Page, done func(map[string]string)) { v.invites.Texts(p.(*page.Page), done) },
	})
	return v
}

// hello is what the chat says, with the ids of the last page also where there is no chat.
func (v *Visitor) hello() *wire.Hello {
	v.service.BeforeHello()
	h := v.chat.Hello()
	pages := v.site.Pages()
	if h.Page == "" && len(pages) > 0 {
		p := pages[len(pages)-1]
		ids := p.IDs()
		h.Device, h.Visit, h.Page, h.Language = ids.Device, ids.Visit, ids.Page, p.Address().Lang
	}
	h.Rung = v.crossing.ladder.TakingUp()
	return h
}

// pollOnly tells whether a page of the site is configured with disableWebSockets.
func (v *Visitor) pollOnly() bool {
	for _, p := range v.site.Pages() {
		if p.Tracker("disableWebSockets") == true {
			return true
		}
	}
	return false
}

// connectToTrack connects for events. They are no reason to ask a relay again that has refused this page.
func (v *Visitor) connectToTrack() {
	if v.link.Status().State == transport.Closed {
		v.link.Start()
	}
}

// reopen waits for what runs now: the link may be in the middle of telling something.
func (v *Visitor) reopen() {
	v.o.Loop.Post(func() {
		v.link.Close()
		v.link.Start()
	})
}

func (v *Visitor) linkChanged(s transport.Status) {
	if s.State == transport.Online { // the chat knows by the welcome
		v.invites.Online()
		v.calls.Online()
		v.tracker.Online()
		return
	}
	v.invites.Offline()
	v.tracker.Offline()
	if s.State == transport.Refused {
		if s.Problem.Code == wire.CodePass && v.renewPass() {
			v.chat.Disconnected()
			return
		}
		v.chat.Denied(s.Problem.Code)
		return
	}
	v.chat.Disconnected()
	if s.State == transport.Waiting {
		v.service.Unreachable(s.Problem)
	}
}

// renewPass sends the pages for a new pass. It is false where they have been and came back with the same one.
func (v *Visitor) renewPass() bool {
	pass := v.site.Pass()
	if pass == v.refused {
		return false
	}
	v.refused = pass
	for _, p := range v.site.Pages() {
		p.Dismiss(page.GonePass)
	}
	return true
}

// Hello implements page.Handler.
func (v *Visitor) Hello(p *page.Page, events []wire.Event) {
	if v.stopEmpty != nil {
		v.stopEmpty()
		v.stopEmpty = nil
	}
	if v.link.Status().State == transport.Refused { // the page has brought a new pass
		v.link.Start()
	}
	if p.Deployment().Chat {
		v.crossing.begin(p)
		v.chat.AddPage(p)
		v.service.AddPage(p)
		v.sharing.begin(p)
		v.keeping.follow()
	}
	v.invites.AddPage(p)
	v.calls.AddPage(p)
	v.monitor.Begin(p)
	v.tracker.Add(p, v.monitor.Check(p, events))
	v.link.Nudge()
}

// textsOf gives a function that gets the words of a surface in a language, in the one that it is a kind of ("de" for
// "de-AT"), or in English, and asks until there are some.
func (v *Visitor) textsOf(surface string) func(lang string, done func(map[string]string)) {
	var get func(lang string, done func(map[string]string))
	get = func(lang string, done func(map[string]string)) {
		kind, _, _ := strings.Cut(lang, "-")
		v.firstTexts(surface, []string{cmp.Or(lang, fallbackLang), kind, fallbackLang}, done, func() {
			v.o.Loop.After(textsAgain, func() { get(lang, done) })
		})
	}
	return get
}

func (v *Visitor) firstTexts(surface string, langs []string, done func(map[string]string), failed func()) {
	for len(langs) > 1 && (langs[0] == "" || langs[0] == langs[1]) {
		langs = langs[1:]
	}
	if len(langs) == 0 {
		failed()
		return
	}
	v.o.Fetch("/texts/"+surface+"."+langs[0]+".json", func(got any, err error) {
		m, ok := got.(map[string]any)
		if err != nil || !ok {
			v.firstTexts(surface, langs[1:], done, failed)
			return
		}
		done(words(m))
	})
}

func words(m map[string]any) map[string]string {
	all := make(map[string]string, len(m))
	for key, w := range m {
		if s, ok := w.(string); ok {
			all[key] = s
		}
	}
	return all
}

// Command implements page.Handler.
func (v *Visitor) Command(p *page.Page, c *page.Command) {
	if c.Name == "WebChat.open" {
		v.sharing.opened(p)
	}
	if !v.crossing.command(p, c) && !v.person.command(c) && !v.invites.Command(p, c) && !v.calls.Command(p, c) && !v.chat.Command(p, c) && !v.service.Command(p, c) {
		c.Settle(false, "unknown command "+c.Name)
	}
}

// Input implements page.Handler.
func (v *Visitor) Input(p *page.Page, root string, a view.Action) {
	switch {
	case webchat.Owns(root):
		v.chat.Input(p, a)
	case root == invite.Root:
		v.invites.Input(p, a)
	}
}

// Stored implements page.Handler.
func (v *Visitor) Stored(_ *page.Page, key string) {
	v.chat.Stored(key)
	v.invites.Stored(key)
}

// Track implements page.Handler.
func (v *Visitor) Track(p *page.Page, e wire.Event) {
	v.tracker.Add(p, v.monitor.Check(p, []wire.Event{e}))
}

// Changed implements page.Handler.
func (v *Visitor) Changed(p *page.Page, what string) {
	v.chat.PageChanged(p)
	switch what {
	case page.OnConfigured:
		v.chat.PageConfigured(p)
		v.service.PageConfigured(p)
		v.person.configured(p)
	case page.OnTracked:
		v.monitor.Begin(p)
		v.invites.PagesChanged()
	case page.OnVisible, page.OnOnline, page.OnRestored:
		v.link.Nudge()
		v.invites.PagesChanged()
		v.keeping.follow()
	}
}

// Moved implements page.Handler.
func (v *Visitor) Moved(p *page.Page, events []wire.Event) {
	v.chat.PageChanged(p)
	v.invites.PagesChanged()
	v.monitor.Begin(p)
	v.tracker.Add(p, v.monitor.Check(p, events))
}

// Gone implements page.Handler.
func (v *Visitor) Gone(p *page.Page) {
	v.chat.RemovePage(p)
	v.service.RemovePage(p)
	v.person.gone(p)
	v.keeping.gone(p)
	v.invites.RemovePage(p)
	v.calls.RemovePage(p)
	v.tracker.Gone(p)
	v.monitor.Gone(p)
	if len(v.site.Pages()) > 0 {
		return
	}
	v.stopEmpty = v.o.Loop.After(emptyFor, func() {
		v.stopEmpty = nil
		v.link.Close()
	})
}
