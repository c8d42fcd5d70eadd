// Package webchat is the chat window on a customer's pages: what it shows, as a view tree, and what it does when the
// visitor acts. An App is the window of one site (deployment and origin); all tabs of the site show it alike.
//
// wasm/main.go makes an App for each site, tells it of pages and of the relay, and hands it what pages say. The package
// never touches JavaScript, never makes markup out of text, and never moves the keyboard focus on a page whose visitor
// has not just acted there. What the window holds is announced to screen readers once.
//
// The classes and ids of the tree are an interface: sites style and script them (.cx-webchat, .cx-transcript,
// .cx-message.cx-you, #cx_webchat_form_firstname …).
package webchat

import (
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// Page is a page that shows the window; *page.Page is one.
type Page interface {
	Render(root, class string, tree *view.Node)
	Remove(root string)
	Publish(name string, data any, sticky bool)
	Call(service string, args map[string]any, done func(ok bool, value any))
	Address() page.Address
	IDs() page.IDs
	Visible() bool
	// Config is one part of the page's configuration, see page.Page.Config.
	Config(part string) map[string]any
	// Deployment is what the page knows of its deployment.
	Deployment() page.Deployment
}

// Site is what all pages of the site share; *page.Site is one.
type Site interface {
	Deployment() string
	Origin() string
	Pass() string
	Mirror(key string, value any)
	Store(key, value string)
	Stored(key string) string
}

// Options are what an App needs. All fields but Zone and Files must be set.
type Options struct {
	Site  Site
	Link  chat.Link
	Loop  chat.Loop
	NowMs func() int64  // Unix milliseconds
	NewID func() string // a new client message id
	// Connect opens the connection to the relay; it does nothing where there is one, or one is being made.
	Connect func()
	// Reopen drops the connection and opens it anew, because the hello has something else to say.
	Reopen func()
	// Files sends and fetches files; nil where that is not possible.
	Files *attachment.Client
	// Day writes the day of a time (Unix milliseconds) in a language: "Monday, March 3".
	Day func(ms int64, lang string) string
	// Texts gets the words of a language, or of one that is close to it; done is called once, on the loop. Until then
	// nothing is drawn.
	Texts func(lang string, done func(map[string]string))
	Zone  *time.Location // in which times are shown; nil takes the browser's
}

// Root is the name of the window's root on a page.
const Root = "webchat"

const rootClass = "cx-common-container"

// State is how the window stands, in all tabs.
type State string

// States of the window, in the form in which a page keeps them (page.KeepWindow).
const (
	Closed    State = ""
	Open      State = "open"
	Minimized State = "minimized"
)

// App is the chat of one site. Its methods must be called on the loop.
type App struct {
	o      Options
	hooks  Hooks
	client *chat.Client
	panes  []*pane
	window State
	// restored is true while the window is open only because it was so on an earlier page.
	restored bool
	// returned is true while nobody has touched the window since a page came that found it open.
	returned     bool
	languages    map[string]Texts  // as they are shipped; nil for one that was asked for
	form         map[string]string // what the visitor has filled in, by field name
	story        story
	invited      bool              // an automatic invitation was shown
	heardIn      string            // session of the last message that may have been heard
	heard        int64             // its Seq
	lastInjected int               // number of the last injected message
	queue        *attachment.Queue // files on their way; nil where none can be sent
	queueOf      string            // their session
	asked        string            // state of the session in which the limits were asked for
	userData     map[string]any    // attached to the next chat, from WebChat.open
	phase        chat.Phase        // as it was last published
	mirrored     *State            // as pages were told; nil before
	outbox       string            // as it was last kept
	unsent       string            // an earlier worker's outbox, until its chat is taken up
	dirty        bool
}

// New makes the App of a site without pages.
func New(o Options) *App {
	if o.Zone == nil {
		o.Zone = time.Local
	}
	a := &App{o: o, form: map[string]string{}, languages: map[string]Texts{}}
	a.client = chat.NewClient(chat.ClientConfig{
		Env:    chat.Env{Link: o.Link, Loop: o.Loop, NowMs: o.NowMs, NewID: o.NewID, Changed: a.changed},
		Keep:   o.Site.Store,
		Reopen: o.Reopen,
	})
	return a
}

// Client is the chat that the window shows.
func (a *App) Client() *chat.Client { return a.client }

// Window is how the window stands.
func (a *App) Window() State { return a.window }

// Hello is what a connection to the relay begins with.
func (a *App) Hello() *wire.Hello {
	h := &wire.Hello{
		Version: wire.Version, Role: wire.RoleVisitor,
		Deployment: a.o.Site.Deployment(), Origin: a.o.Site.Origin(), Pass: a.o.Site.Pass(),
	}
	if n := len(a.panes); n > 0 {
		p := a.panes[n-1].page
		ids := p.IDs()
		h.Device, h.Visit, h.Page, h.Language = ids.Device, ids.Visit, ids.Page, p.Address().Lang
	}
	a.client.Hello(h)
	return h
}

// Frame takes in a frame that answers no request, the welcome included.
func (a *App) Frame(f wire.Frame) {
	a.client.Frame(f)
	if _, ok := f.(*wire.Welcome); ok {
		a.restoreOutbox()
		a.closeIfGone()
	}
	a.changed()
}

// closeIfGone closes a window that is open only because it was so on an earlier page, when its chat is not there any more.
func (a *App) closeIfGone() {
	if !a.restored || a.client.Phase() != chat.None {
		return
	}
	a.window, a.restored = Closed, false
	a.client.Dismiss()
}

// Disconnected says that a connection is being made, or that it is gone.
func (a *App) Disconnected() { a.client.Disconnected() }

// Denied says that the relay refuses this site's connections, and why.
func (a *App) Denied(why wire.Code) {
	a.client.Deny(why)
	if a.client.Status() == chat.Denied {
		a.closeIfGone()
	}
}

// AddPage takes a page in: it shows what the other tabs show, or what was kept from an earlier page.
func (a *App) AddPage(p Page) {
	if len(a.panes) == 0 {
		a.restore()
	}
	a.returned = a.window == Open && !a.seen()
	a.panes = append(a.panes, newPane(p))
	a.planInvite(a.pane(p))
	a.minimizeRestored(a.pane(p))
	p.Publish("WebChat.ready", nil, true)
	if a.client.NeedsRelay() {
		a.o.Connect()
	}
	a.changed()
}

// seen tells whether the visitor has a page before them.
func (a *App) seen() bool {
	for _, p := range a.panes {
		if p.page.Visible() {
			return true
		}
	}
	return false
}

// restore takes up what an earlier page has kept. A chat that is here already counts more.
func (a *App) restore() {
	if a.client.Live() {
		a.o.Site.Store(page.KeepHandle, a.client.Handle())
		a.keepDraft()
		return
	}
	handle := a.o.Site.Stored(page.KeepHandle)
	a.client.HandleKept(handle)
	a.client.DraftChanged(a.o.Site.Stored(page.KeepDraft))
	a.unsent = a.o.Site.Stored(page.KeepOutbox)
	if a.window != Closed || handle == "" {
		return
	}
	switch kept := State(a.o.Site.Stored(page.KeepWindow)); kept {
	case Open, Minimized:
		a.window, a.restored = kept, true
	}
}

// TakeUp shows a chat that began on another site of the deployment.
func (a *App) TakeUp(handle string) {
	a.client.TakeUp(handle)
	if a.window == Closed && a.client.Handle() == handle {
		a.window, a.restored = Open, true
	}
	a.changed()
}

// keepOutbox keeps what the relay has not acknowledged for a worker that may have to take over from this one.
func (a *App) keepOutbox() {
	now := ""
	if conv := a.client.Conversation(); conv != nil && !conv.Over() {
		if unsent := conv.Unsent(); len(unsent) > 0 {
			now = conv.ID() + "\n" + chat.FormatUnsent(unsent)
		}
	}
	if now != a.outbox { // another tab's worker may keep its own there
		a.outbox = now
		a.o.Site.Store(page.KeepOutbox, now)
	}
}

// restoreOutbox sends what an earlier worker had not got acknowledged, if its chat is the one that goes on.
func (a *App) restoreOutbox() {
	session, unsent, _ := strings.Cut(a.unsent, "\n")
	if session == "" {
		return
	}
	a.unsent, a.outbox = "", a.o.Site.Stored(page.KeepOutbox)
	if conv := a.client.Conversation(); conv != nil && conv.ID() == session && !conv.Over() {
		conv.Restore(chat.ParseUnsent(unsent), 0)
	}
}

// RemovePage forgets a page. A form that nobody has sent goes with its last page.
func (a *App) RemovePage(p Page) {
	for i, pane := range a.panes {
		if pane.page == p {
			pane.close()
			a.panes = append(a.panes[:i:i], a.panes[i+1:]...)
			break
		}
	}
	if len(a.panes) == 0 && !a.hasChat() {
		a.window, a.form = Closed, map[string]string{}
	}
	a.changed()
}

// PageChanged says that a page became visible or hidden, or shows another address.
func (a *App) PageChanged(Page) { a.changed() }

// PageConfigured says that a page's configuration is another one.
func (a *App) PageConfigured(p Page) {
	if pane := a.pane(p); pane != nil {
		pane.configured()
		a.planInvite(pane)
		a.minimizeRestored(pane)
		a.changed()
	}
}

// minimizeRestored minimises a window that an earlier page has left open, on a phone whose page asks for that.
func (a *App) minimizeRestored(p *pane) {
	s := p.settings()
	if a.returned && a.window == Open && s.on("minimizeOnMobileRestore") && s.mobile(p.page.Address()) {
		a.window, a.returned = Minimized, false
	}
}

// Owns tells whether a root of a page's view is the window's or the invitation's.
func Owns(root string) bool { return root == Root || root == inviteRoot }

// Stored takes in that another tab has changed what is kept under a key, see page.KeepHandle and the others. With several
// pages here this client is the one that writes, and it is only an echo: what counts is written again.
func (a *App) Stored(key string) {
	if len(a.panes) > 1 {
		a.keepDraft()
		a.changed()
		return
	}
	value := a.o.Site.Stored(key)
	switch key {
	case page.KeepHandle:
		a.client.HandleKept(value)
	case page.KeepDraft:
		a.client.DraftChanged(value)
	case page.KeepWindow:
		a.windowElsewhere(State(value))
	}
	a.changed()
}

func (a *App) keepDraft() { a.o.Site.Store(page.KeepDraft, a.client.Draft()) }

// windowElsewhere follows what the visitor did in another tab.
func (a *App) windowElsewhere(s State) {
	switch s {
	case Open, Minimized, Closed:
		a.setWindow(s)
	}
}

// hasChat tells whether there is a chat to come back to.
func (a *App) hasChat() bool { return a.client.Phase() != chat.None || a.client.Resuming() }

// setWindow changes the window in all tabs and tells the pages of it.
func (a *App) setWindow(s State) {
	a.restored, a.returned = false, false
	before := a.window
	if s == before {
		return
	}
	a.window = s
	a.mirror() // who hears of it may ask at once
	switch {
	case s == Closed:
		a.client.Dismiss()
		a.userData = nil
		a.publish("WebChat.closed")
	case before == Closed && s == Open:
		a.publish("WebChat.opened")
	case s == Minimized:
		a.publish("WebChat.minimized")
	default:
		a.publish("WebChat.unminimized")
	}
	a.changed()
}

// changed draws soon: many changes that come together are drawn once.
func (a *App) changed() {
	if a.dirty {
		return
	}
	a.dirty = true
	a.o.Loop.Post(func() {
		a.dirty = false
		a.settle()
	})
}

// settle brings everything outside in line with what is: events, what is kept, and what pages show. Without a page there
// is nothing outside: what the next one brings must not have been overwritten.
func (a *App) settle() {
	if len(a.panes) == 0 {
		return
	}
	a.publishPhase()
	a.dismissEnded()
	a.keepWindow()
	a.keepOutbox()
	a.mirror()
	if a.client.NeedsRelay() && a.client.Status() == chat.Idle {
		a.o.Connect()
	}
	a.markShown()
	a.hear()
	a.followUploads()
	for _, p := range a.panes {
		a.draw(p)
		a.goOnSaving(p)
	}
}

// mirror tells pages what their bus answers without asking Go.
func (a *App) mirror() {
	if a.mirrored != nil && *a.mirrored == a.window {
		return
	}
	now := a.window
	a.mirrored = &now
	a.o.Site.Mirror("WebChat.open", now != Closed)
	a.o.Site.Mirror("WebChat.minimized", now == Minimized)
}

// publishPhase tells pages of what has become of the chat.
func (a *App) publishPhase() {
	before := a.phase
	a.phase = a.client.Phase()
	switch {
	case before == chat.Starting && a.phase == chat.None && a.client.Refused() != "":
		a.markRefused(a.client.Refusal().Field)
		a.publish("WebChat.rejected")
	case before == chat.Starting && (a.phase == chat.Waiting || a.phase == chat.Talking):
		// Behind the service, which looks at the same change: the page has been asked to keep the session's data by then,
		// so that who copies what it kept finds it.
		a.o.Loop.Post(func() { a.publish("WebChat.started") })
	case before != chat.Over && before != chat.None && a.phase == chat.Over:
		if a.client.Conversation().HadAgent() {
			a.publish("WebChat.completed")
		} else {
			a.publish("WebChat.cancelled")
		}
	}
}

// dismissEnded forgets a chat that the visitor has ended and closed, perhaps in another tab: the next one begins anew.
func (a *App) dismissEnded() {
	if a.window == Closed && a.phase == chat.Over && a.client.Conversation().EndedBy() == chat.ByVisitor {
		a.client.Dismiss()
	}
}

// keepWindow keeps the window's state for the next page, as long as there is a chat to show in it.
func (a *App) keepWindow() {
	if !a.hasChat() {
		a.o.Site.Store(page.KeepWindow, "")
		return
	}
	a.o.Site.Store(page.KeepWindow, string(a.window))
}

// markShown notes what the visitor has before their eyes.
func (a *App) markShown() {
	conv := a.client.Conversation()
	if conv == nil || a.window != Open {
		return
	}
	for _, p := range a.panes {
		if p.page.Visible() && p.texts != nil {
			conv.Shown()
			return
		}
	}
}

// unread is the number of messages that the visitor has not seen.
func (a *App) unread() int {
	if conv := a.client.Conversation(); conv != nil {
		return conv.Unread()
	}
	return 0
}

func (a *App) pane(p Page) *pane {
	for _, pane := range a.panes {
		if pane.page == p {
			return pane
		}
	}
	return nil
}
