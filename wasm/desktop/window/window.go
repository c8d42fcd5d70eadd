// Package window draws the agent desktop as a view tree and turns what the agent does with it into calls of the desk.
//
// wasm/desktop makes one Window for its page, shows the trees it gives and hands it the page's actions. The package must
// never touch JavaScript, and text of visitors is only ever text: nothing here makes an attribute that runs from it.
package window

import (
	"time"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// Page is what the desktop's page does on order.
type Page interface {
	// Show replaces the tree that is shown.
	Show(tree *view.Node)
	// Sound plays one of the page's sounds: "offer" or "message".
	Sound(name string)
	// Title sets the document's title.
	Title(text string)
	// Announce has a text read out by screen readers, assertive at once.
	Announce(text string, assertive bool)
	// Save offers a file to the agent as a download.
	Save(name, kind string, f *attachment.File)
}

// Options are what a window needs; all fields are required.
type Options struct {
	Desk  desk.Options // Notify is the window's own
	Kept  map[string]string
	Page  Page
	Loop  chat.Loop
	Texts Texts
	Zone  *time.Location // of the times that are shown
}

// Times of what is shown.
const (
	tick         = time.Second      // between redraws while something counts
	bannerAfter  = time.Second      // a connection that is back sooner needs no banner
	noticeLasts  = 8 * time.Second  // how long a notice stays
	groupingSpan = 5 * time.Minute  // messages of one person closer together are one group
	waitingLong  = 60 * time.Second // from then on a waiting visitor is marked
)

// pane is what a narrow screen shows.
type pane string

const (
	paneList         pane = "list"
	paneConversation pane = "conversation"
	paneDetails      pane = "details"
)

// Window is one page's desktop.
type Window struct {
	o    Options
	desk *desk.Desk

	pane       pane
	help       bool
	banner     bool   // the connection has been gone for a while
	notice     string // something that happened, for a while
	stopNotice func()
	focus      target
	focusTurn  int // the focus is moved when it differs from the last tree's
	title      string
	drawing    bool // a redraw is posted
	ticking    bool
	sent       draft // what was last sent: a late report of the input is not a draft again
}

type draft struct{ session, text string }

// target is an element that the focus can be moved to.
type target string

const (
	toUsername target = "username"
	toPassword target = "password"
	toMessage  target = "message"
	toList     target = "list"
	toHelp     target = "help"
	toCall     target = "call"
	toHelpDone target = "help-button"
)

// New makes a window with its desk.
func New(o Options) *Window {
	w := &Window{o: o, pane: paneList, focus: toUsername, focusTurn: 1}
	o.Desk.Notify = w.happened
	w.desk = desk.New(o.Desk, o.Kept)
	if w.desk.Selected != "" {
		w.pane = paneConversation
	}
	w.redraw()
	return w
}

// Desk is the model behind the window.
func (w *Window) Desk() *desk.Desk { return w.desk }

// SetTexts changes the language.
func (w *Window) SetTexts(t Texts) {
	w.o.Texts = t
	w.redraw()
}

// happened takes what the desk tells.
func (w *Window) happened(e desk.Event) {
	switch e.Kind {
	case desk.SignInFailed:
		w.moveFocus(toPassword)
	case desk.OfferCame:
		w.o.Page.Sound("offer")
		w.o.Page.Announce(w.offerAnnounced(e.Offer), true)
	case desk.OfferWent:
		w.say(w.offerWent(e.Reason))
	case desk.MessageCame:
		if e.Conversation.Unread() > 0 {
			w.o.Page.Sound("message")
			w.o.Page.Announce(w.nameOf(e.Conversation.Visitor)+": "+words(e.Entry.Kind, e.Entry.Text, e.Entry.Data), false)
		}
	case desk.FileFetched:
		w.o.Page.Save(e.Sent.Name, e.Sent.Type, e.File)
	case desk.Accepted:
		w.open()
	case desk.VisitorEnded:
		w.o.Page.Announce(w.nameOf(e.Conversation.Visitor)+": "+w.t("StateEnded"), false)
	case desk.CallFinished:
		w.callFinished(e.Call, e.Current)
	case desk.Finished:
		w.finished(e.Conversation, e.Current)
	case desk.Trouble:
		w.say(w.problem(e.Problem))
	case desk.ConnectionLost:
		w.lost()
	case desk.ConnectionBack:
		if w.banner {
			w.say(w.t("Reconnected"))
		}
	}
	w.redraw()
}

func (w *Window) offerAnnounced(o *desk.Offer) string {
	name, seconds := w.nameOf(o.Visitor), number(w.desk.SecondsLeft(o))
	if o.Call != nil {
		return w.t("CallAnnounce", "name", name, "seconds", seconds)
	}
	return w.t("OfferAnnounce", "name", name, "seconds", seconds)
}

func (w *Window) offerWent(reason string) string {
	switch reason {
	case "timeout":
		return w.t("OfferTimeout")
	case "ended":
		return w.t("OfferEnded")
	}
	return ""
}

func (w *Window) finished(c *desk.Conversation, current bool) {
	w.say(w.t("ConversationDone", "name", w.nameOf(c.Visitor)))
	if current {
		w.afterCurrent()
	}
}

// afterCurrent goes on when what was selected is out of the list.
func (w *Window) afterCurrent() {
	w.pane = paneList
	if w.desk.Selected == "" {
		w.moveFocus(toList)
		return
	}
	w.moveFocus(w.toSelected())
}

// toSelected is where the focus goes for what is selected.
func (w *Window) toSelected() target {
	if w.desk.CurrentCall() != nil {
		return toCall
	}
	return toMessage
}

func (w *Window) lost() {
	w.o.Loop.After(bannerAfter, func() {
		if w.desk.Connection != desk.Online {
			w.banner = true
			w.redraw()
		}
	})
}

// say shows a notice for a while.
func (w *Window) say(text string) {
	if text == "" {
		return
	}
	if w.stopNotice != nil {
		w.stopNotice()
	}
	w.notice = text
	w.stopNotice = w.o.Loop.After(noticeLasts, func() {
		w.notice, w.stopNotice = "", nil
		w.redraw()
	})
}

// open brings what is selected before the agent: a conversation ready to write.
func (w *Window) open() {
	w.pane = paneConversation
	w.moveFocus(w.toSelected())
}

func (w *Window) moveFocus(to target) {
	w.focus = to
	w.focusTurn++
}

// redraw shows the tree once what runs now is over.
func (w *Window) redraw() {
	if w.drawing {
		return
	}
	w.drawing = true
	w.o.Loop.Post(w.draw)
}

func (w *Window) draw() {
	w.drawing = false
	if w.desk.Connection == desk.Online {
		w.banner = false
	}
	w.o.Page.Show(w.Tree())
	if title := w.titleText(); title != w.title {
		w.title = title
		w.o.Page.Title(title)
	}
	w.keepTicking()
}

// keepTicking redraws every second while something on the screen counts.
func (w *Window) keepTicking() {
	counts := w.desk.Phase == desk.SignedIn &&
		len(w.desk.Offers)+len(w.desk.Conversations)+len(w.desk.Calls)+w.desk.Waiting.N > 0
	if !counts || w.ticking {
		return
	}
	w.ticking = true
	w.o.Loop.After(tick, func() {
		w.ticking = false
		w.redraw()
	})
}

func (w *Window) titleText() string {
	title := w.t("DesktopTitle") + " – " + w.t("ProductName")
	if n := len(w.desk.Offers) + w.desk.Unread(); n > 0 {
		return "(" + number(n) + ") " + title
	}
	return title
}

// Tree is the desktop as it is now.
func (w *Window) Tree() *view.Node {
	switch w.desk.Phase {
	case desk.SignedIn:
		return w.work()
	case desk.Starting:
		return w.starting()
	}
	return w.signIn()
}

func (w *Window) starting() *view.Node {
	text := w.t("Connecting")
	if w.desk.Connection == desk.Refused {
		text = w.refused()
	}
	return el("main", "fd fd-start", "starting",
		txt("h1", "fd-brand", w.t("ProductName")),
		with(txt("p", "fd-start-state", text), "role", "status"))
}

func (w *Window) refused() string {
	return w.t("Refused") + " " + w.t(wire.Means(w.desk.RefusedCode).Key)
}

func (w *Window) problem(p *wire.Problem) string { return w.t(wire.Means(p.Code).Key) }

// nameOf is what to call a visitor.
func (w *Window) nameOf(v wire.Visitor) string {
	if name := desk.Name(v); name != "" {
		return name
	}
	return w.t("Visitor")
}
