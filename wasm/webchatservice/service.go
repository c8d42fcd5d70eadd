// Package webchatservice is WebChatService as pages know it from their bus: its commands, and its events about the one
// chat that a visitor has with a site. A Service belongs to a site; it shows each page the chat in the clothes of that
// page's transport (wasm/shape).
//
// wasm/visitor makes one beside the chat window, tells it of pages and of the connection, and hands it the commands of
// WebChatService. The window shares the chat (chat.Client) and asks Look how a page shows a line. The package draws
// nothing, touches no JavaScript, and must never settle a command before what it says has happened, or tell a page the
// same entry of the log twice.
//
// # What belongs to a page, and what to the session
//
// To the page: its configuration and so the shapes that it sees, its preprocessors, data given with updateUserData before
// a chat, whether it polls, and how far it was told the log. They end with the page.
//
// To the session, and so to all pages of the site: the messages, who takes part, typing, the connection, attached data,
// and the filters. Filters are kept first-party (page.KeepFilters) as source and flags, and hide what they match again
// after a restore; they end with the session.
package webchatservice

import (
	"strings"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/page"
)

// Page is a page that uses the service; *page.Page is one.
type Page interface {
	Publish(name string, data any, sticky bool)
	Call(service string, args map[string]any, done func(ok bool, value any))
	Config(part string) map[string]any
	Deployment() page.Deployment
	IDs() page.IDs
}

// Site is what all pages of the site share; *page.Site is one.
type Site interface {
	Deployment() string
	Store(key, value string)
	Stored(key string) string
}

// Link is the connection to the relay; *transport.Link is one.
type Link interface {
	chat.Link
	// Confirm calls done exactly once: with nil when the relay has heard all that was told before, with CodeNoConnection
	// when that is not known.
	Confirm(done func(*wire.Problem))
}

// Options are what a Service needs. All fields but TimedOut, Files and Uploads must be set.
type Options struct {
	Client *chat.Client
	Site   Site
	Link   Link
	Loop   chat.Loop
	NowMs  func() int64  // Unix milliseconds
	NewID  func() string // a new client message id
	// Connect opens the connection to the relay; it does nothing where there is one, or one is being made.
	Connect func()
	// Redraw says that Look may answer differently now.
	Redraw func()
	// TimedOut says that a chat was not taken up because its visitor was away for too long; nil where nobody wants to know.
	TimedOut func()
	// Files fetches files; nil where that is not possible.
	Files *attachment.Client
	// Uploads gives the files on their way in the session that goes on, which the chat window shows; nil where none can be
	// sent. What changes in them is told with UploadsChanged.
	Uploads func() *attachment.Queue
}

// patience is how long a command waits until it is known whether there is a chat. Then it goes by what is kept.
const patience = 10 * time.Second

// Service is WebChatService on the pages of one site. Its methods must be called on the loop.
type Service struct {
	o       Options
	tabs    []*tab
	filters filters
	dirty   bool

	waiting  []*waiter // commands that wait until it is known whether there is a chat
	start    *ask      // the startChat under way
	restore  *restoring
	sends    []sending
	requests []*request
	uploads  []upload        // of sendFile
	ownFiles map[string]*tab // whose file is on its way, by client message id
	ender    *tab            // whose endChat the relay is being told
	fetched  *tab            // whose fetchHistory it is being asked

	asking    int    // pages that were asked for the session data that they keep
	starting  bool   // as it was when it was last looked at
	resuming  bool   // likewise
	began     string // the session that began while this service looked on
	ended     string // the session of whose end pages have heard
	partial   bool   // older entries could not be had
	fetching  bool   // older entries are on their way
	forgotten bool   // the chat was not taken up because its visitor was away for too long
}

// New makes the service of a site without pages.
func New(o Options) *Service {
	s := &Service{o: o, ownFiles: map[string]*tab{}}
	o.Client.Watch(s.changed)
	return s
}

// AddPage takes a page in.
func (s *Service) AddPage(p Page) {
	if len(s.tabs) == 0 {
		s.endIfAway()
		s.filters.parse(s.o.Site.Stored(page.KeepFilters))
	}
	s.tabs = append(s.tabs, newTab(s, p))
	p.Publish("WebChatService.ready", nil, true)
	s.changed()
}

// RemovePage forgets a page.
func (s *Service) RemovePage(p Page) {
	for i, t := range s.tabs {
		if t.page == p {
			s.tabs = append(s.tabs[:i:i], s.tabs[i+1:]...)
			t.leave()
			return
		}
	}
}

// PageConfigured says that a page's configuration is another one.
func (s *Service) PageConfigured(p Page) {
	if t := s.tab(p); t != nil {
		t.askForSession()
		s.changed()
	}
}

// Look is how a page shows a line.
func (s *Service) Look(p Page, l *chat.Line) chat.Look {
	t, conv := s.tab(p), s.o.Client.Conversation()
	if t == nil || conv == nil {
		return chat.Look{}
	}
	return t.lookAt(conv, l).look
}

// UserData is what goes with a chat that begins on a page: what its configuration has, what it gave with updateUserData,
// and data, of which each wins over the one before.
func (s *Service) UserData(p Page, data map[string]any) map[string]any {
	if t := s.tab(p); t != nil {
		return t.startData(data)
	}
	return data
}

// Command answers a command of a page's bus. It is false, and c is not settled, for one that is not the service's.
func (s *Service) Command(p Page, c *page.Command) bool {
	name, ours := strings.CutPrefix(c.Name, "WebChatService.")
	t := s.tab(p)
	if !ours || t == nil {
		return false
	}
	for i := range commands {
		if k := &commands[i]; k.name == name {
			s.run(k, &ask{Command: c, t: t})
			return true
		}
	}
	return false
}

func (s *Service) tab(p Page) *tab {
	for _, t := range s.tabs {
		if t.page == p {
			return t
		}
	}
	return nil
}

// UploadsChanged says that files on their way have come further.
func (s *Service) UploadsChanged() {
	if len(s.uploads) > 0 {
		s.changed()
	}
}

// changed looks at everything soon: many changes that come together are told once.
func (s *Service) changed() {
	if s.dirty {
		return
	}
	s.dirty = true
	s.o.Loop.Post(func() {
		s.dirty = false
		s.settle()
	})
}

// settle tells pages what has changed, and answers the commands that waited for it.
func (s *Service) settle() {
	s.follow()
	for _, t := range s.tabs {
		t.tell()
	}
	s.settleStart()
	s.settleRestore()
	s.settleSends()
	s.settleRequests()
	s.settleUploads()
	s.runWaiting()
	s.keepFilters()
}

// follow notes how the chat came to be.
func (s *Service) follow() {
	c := s.o.Client
	conv := c.Conversation()
	if s.starting && conv != nil {
		s.began = conv.ID()
	}
	s.starting = c.Phase() == chat.Starting
	if s.resuming && !c.Resuming() {
		if conv == nil && !s.forgotten {
			s.publish("restoreFailed", nil)
		}
		s.forgotten = false
	}
	s.resuming = c.Resuming()
	s.filters.follow(conv)
}

func (s *Service) publish(name string, data any) {
	for _, t := range s.tabs {
		t.publish(name, data)
	}
}

// unsettled tells whether it is not known yet if there is a chat; with begun, also whether one is just beginning.
func (s *Service) unsettled(begun bool) bool {
	return s.o.Client.Resuming() || s.asking > 0 || begun && s.o.Client.Phase() == chat.Starting
}

// active is the session that can be written in, nil where there is none.
func (s *Service) active() *chat.Conversation {
	if conv := s.o.Client.Conversation(); conv != nil && !conv.Over() {
		return conv
	}
	return nil
}

// complete gets the older entries of a log that was taken up at its end; false while they are on their way.
func (s *Service) complete(conv *chat.Conversation) bool {
	if s.partial || !conv.HasEarlier() {
		return true
	}
	if !s.fetching {
		s.fetching = true
		conv.FetchEarlier(func(p *wire.Problem) {
			s.fetching = false
			s.partial = p != nil
			s.changed()
		})
	}
	return false
}
