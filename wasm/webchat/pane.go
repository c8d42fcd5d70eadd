package webchat

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"foyer/wasm/chat"
)

// What can take the keyboard focus.
const (
	onNothing = ""
	onForm    = "form"    // the form's first field
	onInput   = "input"   // the message
	onWindow  = "window"  // the window itself, while it holds nothing to act on
	onToggle  = "toggle"  // minimise or restore
	onClose   = "close"   // the close button
	onConfirm = "confirm" // the harmless answer of the question
	onAgain   = "again"   // start a new chat
	onWrong   = "wrong"   // the first field that may not hold what it holds
	onEmojis  = "emojis"  // the button of the picker
)

// confirming is the question that is open on a page.
type confirming int

const (
	notAsked      confirming = iota
	askedEnd                 // whether to end the chat
	askedEndClose            // whether to end the chat and close the window
	askedForm                // whether to close a form that something was written in
)

// linesAtFirst is how many lines are drawn before somebody asks for earlier ones, and how many more each time.
const linesAtFirst = 100

// quietFor is how long the transcript is not read out after earlier messages were asked for.
const quietFor = 5 * time.Second

// pane is the window on one page: what is not the same in all tabs.
type pane struct {
	page     Page
	shown    bool
	drawn    content
	focus    string // what takes the focus with the next drawing
	focuses  int    // how often the focus was moved
	hasFocus bool   // the keyboard is in the window
	asked    confirming
	lines    int // how many lines are drawn
	quiet    bool
	button   buttonState
	leave    bool // the focus goes back to the chat button
	saving   bool // the visitor wants the transcript, see goOnSaving

	own      map[string]any  // settings, see settings
	formJSON map[string]any  // the form of the command that opened the window
	markdown bool            // as that command said
	judging  bool            // the page's functions judge the form
	written  bool            // the visitor has changed something in the form
	invalid  map[string]bool // fields that may not hold what they hold, by name
	wrong    string          // the first of them, once the form was sent
	context  *float64        // the page's function that tells its context, see commandContext

	emojis   bool // the picker is open
	injected []injected
	overlay  *overlay
	settles  []func() // what waits for the next drawing
	ends     []func() // the same, behind what is told of new lines
	placing  map[string]map[string]any
	placed   map[string]bool

	invited    *invitation
	stopInvite func()

	noButton, wantsButton bool    // the page's script has hidden the chat button, or asked for it
	buttonDelay           func()  // stops the time after which the button that it asked for comes
	fadeMs                float64 // how long the button then takes to come or go; 0 for what the page's configuration says

	marked string // what stands in front of the page's title, see markTitle

	problem string          // key of the text that says why a file could not be had
	deleted map[string]bool // files that were taken back, as drawn

	shows   []chat.Line     // the lines in the transcript, as they are drawn
	addedIn string          // session of the lines that the page was told of
	added   map[string]bool // their keys

	texts    Texts  // in this page's language; nil until they are here
	i18n     *any   // what the page's own file of texts holds; nil before
	fetching string // the address of that file, once it was asked for
}

type buttonState struct {
	told    bool
	visible bool
	wanted  bool // by the page's script, whatever its configuration says
	unread  int
}

func newPane(p Page) *pane {
	return &pane{page: p, lines: linesAtFirst, placing: map[string]map[string]any{}}
}

// focusOn gives the Focus value of an element.
func (p *pane) focusOn(what string) string {
	if p.focus != what {
		return ""
	}
	return strconv.Itoa(p.focuses)
}

// wantFocus moves the focus with the next drawing.
func (p *pane) wantFocus(what string) {
	p.focus = what
	p.focuses++
}

// settings are the page's, with what it gave with WebChat.configure over them.
func (p *pane) settings() settings {
	s := settingsOf(p.page)
	if p.own != nil {
		webchat := map[string]any{}
		maps.Copy(webchat, s.webchat)
		maps.Copy(webchat, p.own)
		s.webchat = webchat
	}
	return s
}

// configured takes up what the page's configuration says now.
func (p *pane) configured() { p.texts, p.i18n, p.fetching = nil, nil, "" }

// widthOf is the first number of "390x844", 0 where there is none.
func widthOf(screen string) int {
	width, _, _ := strings.Cut(screen, "x")
	n, err := strconv.Atoi(width)
	if err != nil {
		return 0
	}
	return n
}

// draw brings one page in line.
func (a *App) draw(p *pane) {
	a.drawButton(p)
	texts := a.words(p)
	a.drawInvite(p, texts)
	a.markTitle(p, texts)
	if a.window == Closed {
		a.undraw(p)
	}
	if texts == nil && (a.window != Closed || p.invited != nil) {
		return // it is drawn when they have come, with all that the page has asked for meanwhile
	}
	d := painter{a, p, texts, p.settings()}
	if a.window != Closed {
		a.drawWindow(d)
	}
	p.settle()
	d.publishAdded()
	p.settleEnds()
}

func (a *App) drawWindow(d painter) {
	p := d.p
	a.follow(p)
	p.page.Render(Root, rootClass, d.window())
	p.shown, p.focus = true, onNothing
	p.placeAll()
}

// close stops what would happen later on a page that is gone.
func (p *pane) close() {
	if p.invited != nil {
		p.invited.stop()
	}
	if p.stopInvite != nil {
		p.stopInvite()
	}
	p.stopButton()
	p.settle()
	p.settleEnds()
}

// settle answers the commands that waited for the drawing, and tells of the events that did, in their order.
func (p *pane) settle() { runAll(&p.settles) }

func (p *pane) settleEnds() { runAll(&p.ends) }

func runAll(list *[]func()) {
	all := *list
	*list = nil
	for _, f := range all {
		f()
	}
}

func (a *App) drawButton(p *pane) {
	hidden := p.noButton || p.buttonDelay != nil || p.invited != nil && p.settings().object("chatButton")["hideDuringInvite"] != false
	next := buttonState{told: true, visible: a.window == Closed && !hidden, wanted: p.wantsButton}
	if next.visible {
		next.unread = a.unread()
	}
	if next == p.button {
		return
	}
	p.button = next
	args := map[string]any{"visible": next.visible, "unread": next.unread, "asked": next.wanted}
	if p.fadeMs > 0 && p.buttonDelay == nil {
		args["duration"], p.fadeMs = p.fadeMs, 0
	}
	p.page.Call("button", args, nil)
}

func (a *App) undraw(p *pane) {
	if p.shown {
		p.page.Remove(Root)
	}
	p.shown, p.asked, p.lines, p.quiet, p.emojis = false, notAsked, linesAtFirst, false, false
	p.overlay, p.formJSON, p.invalid, p.wrong, p.written = nil, nil, nil, "", false
	p.placed = nil
	if p.leave || p.hasFocus {
		p.page.Call("focus", map[string]any{"selector": ".cx-webchat-chat-button"}, nil)
	}
	p.leave, p.hasFocus, p.focus = false, false, onNothing
}

// follow moves the focus along when what it was in gives way to something else, and closes a question that is settled.
func (a *App) follow(p *pane) {
	before := p.drawn
	p.drawn = a.content()
	if asksOfChat := p.asked == askedEnd || p.asked == askedEndClose; asksOfChat && (!a.client.Live() || a.window != Open) ||
		p.asked == askedForm && p.drawn != isForm {
		p.asked = notAsked
	}
	if p.hasFocus && p.focus == onNothing && p.asked == notAsked && p.shown && p.drawn != before {
		p.wantFocus(p.drawn.focus())
	}
}
