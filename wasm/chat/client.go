package chat

import "foyer/relay/wire"

// Status is how the connection stands.
type Status int

const (
	Idle         Status = iota // nothing has needed a connection yet
	Connecting                 // for the first time
	Online                     // the relay has said welcome
	Reconnecting               // it was there, and is gone
	Denied                     // the relay refuses this page, and trying again would not help; see Client.Denial
)

// Phase is where a visitor's chat stands.
type Phase int

const (
	None     Phase = iota // there is no chat; the form can be shown
	Starting              // asked for, not yet confirmed
	Waiting               // it waits for an agent
	Talking               // an agent has it
	Over                  // ended, still shown
)

// What a page keeps for its visitor, see page.KeepHandle and page.KeepDraft.
const (
	keepHandle = "handle"
	keepDraft  = "draft"
)

// ClientConfig is what a Client needs beside its Env.
type ClientConfig struct {
	Env
	// Keep stores first-party for the visitor's next page; "" forgets.
	Keep func(key, value string)
	// Reopen drops the connection and opens it anew: the hello has something else to say.
	Reopen func()
}

// Form is what a visitor says before a chat; everything is optional.
type Form struct {
	FirstName, LastName, Email, Subject, Nickname string
	UserData                                      map[string]any
	Page                                          string // page id
}

// Client is a visitor's chat with one site (deployment and origin): none, one, or one that has just ended. The handle
// that takes it up on the next page is kept by the page, the token never leaves the worker.
type Client struct {
	cfg      ClientConfig
	watchers []func()
	status   Status
	denial   wire.Code
	handle   string
	token    string
	tokenTo  int64 // Unix ms until which the token is good
	draft    string
	preview  bool // agents see what is being written
	start    *starting
	refused  *wire.Problem // why the last start failed; nil where it did not
	conv     *Conversation
	leaving  *leaving
	rung     wire.Rung // by which the chat has come to this site
	signed   signed    // who the visitor is, as the customer's site says
}

// starting is a chat that was asked for.
type starting struct {
	frame     wire.Start
	attempts  int
	flight    int
	cancelled bool // the visitor has left before it began: end it as soon as it has
}

// leaving is a session that the visitor has ended and that the relay has not confirmed. Nothing else begins before.
type leaving struct {
	session string
	flight  int
}

// NewClient makes a client without a chat.
func NewClient(cfg ClientConfig) *Client {
	c := &Client{cfg: cfg}
	c.cfg.Changed = c.changed
	c.watchers = []func(){cfg.Changed}
	return c
}

// Watch calls f too when something to be seen has changed, as often as Env.Changed.
func (c *Client) Watch(f func()) { c.watchers = append(c.watchers, f) }

func (c *Client) changed() {
	for _, f := range c.watchers {
		f()
	}
}

// Status is how the connection stands.
func (c *Client) Status() Status { return c.status }

// Conversation is the session that is shown, nil if there is none.
func (c *Client) Conversation() *Conversation { return c.conv }

// Handle is what takes the chat up on the visitor's next page, "" where there is none.
func (c *Client) Handle() string { return c.handle }

// CameBy notes the way by which the chat has come to this site.
func (c *Client) CameBy(r wire.Rung) { c.rung = r }

// Rung is the way by which the chat has come to this site, "" for one that began here.
func (c *Client) Rung() wire.Rung { return c.rung }

// Token is the connection's token of now, for requests beside it; "" while there is none.
func (c *Client) Token() string {
	if c.cfg.NowMs() >= c.tokenTo {
		return ""
	}
	return c.token
}

// Refused is why the last start failed, "" if it did not.
func (c *Client) Refused() wire.Code {
	if c.refused == nil {
		return ""
	}
	return c.refused.Code
}

// Refusal is the same in full, with the field of the form that is wrong where it is one; nil if it did not.
func (c *Client) Refusal() *wire.Problem { return c.refused }

// Phase tells where the chat stands.
func (c *Client) Phase() Phase {
	switch {
	case c.conv == nil && c.start != nil && !c.start.cancelled:
		return Starting
	case c.conv == nil:
		return None
	case c.conv.Over():
		return Over
	case c.conv.Waiting():
		return Waiting
	}
	return Talking
}

// Resuming tells whether a chat is being taken up that this client has not seen yet.
func (c *Client) Resuming() bool {
	return c.handle != "" && c.conv == nil && c.start == nil && c.leaving == nil && c.status != Online && c.status != Denied
}

// Live tells whether there is a chat that the visitor could end.
func (c *Client) Live() bool {
	p := c.Phase()
	return p == Starting || p == Waiting || p == Talking
}

// Hello fills in what a hello says of the chat: how to take it up, and how far it is here.
func (c *Client) Hello(h *wire.Hello) {
	if c.token != "" && c.cfg.NowMs() < c.tokenTo {
		h.Token = c.token
	} else {
		h.Handle = c.handle
	}
	h.Identity = c.signed.value
	if c.conv != nil && !c.conv.Over() {
		h.Resume = []wire.Position{c.conv.Position()}
	}
}

// NeedsRelay tells whether the chat needs a connection now.
func (c *Client) NeedsRelay() bool {
	return c.handle != "" || c.start != nil || c.leaving != nil || (c.conv != nil && !c.conv.Over())
}

// Disconnected says that a connection is being made, or that it is gone. That it stands, the welcome frame says.
func (c *Client) Disconnected() {
	before := c.status
	switch before {
	case Online:
		c.status = Reconnecting
	case Idle, Denied:
		c.status = Connecting
	}
	if before == c.status {
		return
	}
	if c.conv != nil && before == Online {
		c.conv.Offline()
	}
	c.cfg.Changed()
}

// Deny says that the relay refuses this page's connections, and why. Where it is the token or the handle that it refuses,
// the client forgets that and asks to connect anew.
func (c *Client) Deny(why wire.Code) {
	c.Disconnected()
	if c.forgetRefused(why) {
		c.cfg.Reopen()
		return
	}
	c.status, c.denial = Denied, why
	c.cfg.Changed()
}

// forgetRefused drops what the relay does not accept; it is false when there is nothing to drop.
func (c *Client) forgetRefused(why wire.Code) bool {
	switch why {
	case wire.CodeIdentity, wire.CodeIdentityExpired, wire.CodeIdentityOther:
		return c.identityRefused(why)
	case wire.CodeToken, wire.CodeTokenExpired, wire.CodeNoSession, wire.CodeSessionEnded:
	default:
		return false
	}
	if c.token != "" {
		c.token = "" // the handle may still be good
		return true
	}
	if c.handle == "" {
		return false
	}
	c.forgetIdentity()
	return true
}

// Denial is why the relay refuses this page, with status Denied.
func (c *Client) Denial() wire.Code { return c.denial }

// Frame takes in what the relay sends unasked. Frames for other sessions are ignored.
func (c *Client) Frame(f wire.Frame) {
	switch f := f.(type) {
	case *wire.Welcome:
		c.welcomed(f)
	case *wire.Token:
		c.keepToken(f.Token, f.TokenMs)
	case *wire.Push:
		c.pushed(f)
	case *wire.Typing:
		if c.shows(f.Session) {
			c.conv.TypingHeard(f)
		}
	case *wire.Delivered:
		if c.shows(f.Session) {
			c.conv.DeliveredHeard(f)
		}
	case *wire.Presence:
		if c.shows(f.Session) {
			c.conv.PresenceChanged(f)
		}
	case *wire.Draft:
		if c.shows(f.Session) {
			c.DraftChanged(f.Text)
		}
	}
}

func (c *Client) shows(session string) bool { return c.conv != nil && c.conv.ID() == session }

func (c *Client) pushed(f *wire.Push) {
	if !c.shows(f.Session) {
		return
	}
	c.conv.Pushed(f)
	c.forgetWhenOver()
}

// welcomed takes up what the relay knows, and sends what it does not.
func (c *Client) welcomed(f *wire.Welcome) {
	c.status, c.preview = Online, f.Preview
	c.keepToken(f.Token, f.TokenMs)
	if f.HandleGone {
		c.forgetIdentity()
	}
	c.identified(f)
	if !f.NeedsIdentity { // else the relay says nothing of what there is
		c.takeUp(f)
	}
	c.forgetWhenOver()
	c.sendEnd()
	c.sendStart()
	c.cfg.Changed()
}

func (c *Client) takeUp(f *wire.Welcome) {
	for _, s := range f.Sessions {
		if c.leaving != nil && c.leaving.session == s.Session {
			continue
		}
		c.open(s)
		return
	}
	if f.HandleGone && c.leaving != nil {
		c.leaving = nil
	}
	if c.conv != nil && !c.conv.Over() {
		c.conv.Lost()
	}
}

// open shows a session, or goes on with the one that is shown.
func (c *Client) open(s wire.Snapshot) {
	c.keepHandle(s.Handle)
	if c.shows(s.Session) {
		c.conv.Resume(s)
		return
	}
	if c.conv != nil && !c.conv.Over() {
		c.conv.Offline()
	}
	c.conv = NewConversation(c.cfg.Env, s)
	c.conv.MarkRead() // what was said before this page is no news
}

func (c *Client) keepToken(token string, forMs int64) {
	if token == "" {
		return
	}
	c.token, c.tokenTo = token, c.cfg.NowMs()+forMs
}

func (c *Client) keepHandle(handle string) {
	if handle == "" || handle == c.handle {
		return
	}
	c.handle = handle
	c.cfg.Keep(keepHandle, handle)
}

func (c *Client) forgetIdentity() {
	c.token = ""
	if c.handle != "" {
		c.handle = ""
		c.cfg.Keep(keepHandle, "")
	}
}

// forgetWhenOver drops what would take up a session that is over.
func (c *Client) forgetWhenOver() {
	if c.conv != nil && c.conv.Over() && c.leaving == nil && c.start == nil {
		c.forgetIdentity()
	}
}

// HandleKept takes in the handle that the visitor's page has kept, or that another tab has just stored; "" when another
// tab has forgotten it.
func (c *Client) HandleKept(handle string) {
	if handle == "" || handle == c.handle {
		return
	}
	if c.Live() || c.leaving != nil { // the same chat with a handle that was renewed; the token goes on
		c.handle = handle
		return
	}
	c.handle, c.token = handle, ""
	if c.status != Idle {
		c.cfg.Reopen()
	}
}

// TakeUp goes on with a chat that began on another site, and keeps its handle. It does nothing while there is a chat.
func (c *Client) TakeUp(handle string) {
	if c.Live() || c.leaving != nil {
		return
	}
	c.conv, c.refused = nil, nil
	c.token = ""
	c.keepHandle(handle)
	if c.status != Idle {
		c.cfg.Reopen()
	}
	c.cfg.Changed()
}

// Forget drops the handle of a chat that is not taken up yet, so that it will not be.
func (c *Client) Forget() {
	if c.Resuming() {
		c.forgetIdentity()
		c.cfg.Changed()
	}
}

// Start asks for a chat. It does nothing while there is one. One that was asked for and left again before the relay has
// answered is taken up: its client id may already have begun a session.
func (c *Client) Start(form Form) {
	if c.Live() {
		return
	}
	id := c.cfg.NewID()
	if c.start != nil {
		id = c.start.frame.ClientID
	}
	c.conv, c.refused, c.rung = nil, nil, ""
	c.start = &starting{frame: wire.Start{
		ClientID: id, FirstName: form.FirstName, LastName: form.LastName, Email: form.Email, Subject: form.Subject,
		Nickname: form.Nickname, UserData: form.UserData, Page: form.Page,
	}}
	c.sendStart()
	c.cfg.Changed()
}

func (c *Client) sendStart() {
	s := c.start
	if s == nil || c.status != Online || c.leaving != nil {
		return
	}
	s.flight++
	frame, flight := s.frame, s.flight
	c.cfg.Link.Request(&frame, func(reply wire.Frame, problem *wire.Problem) {
		if problem == nil {
			if started, ok := reply.(*wire.Started); ok {
				c.started(started)
			}
			return
		}
		if c.start == s && s.flight == flight {
			c.notStarted(problem)
		}
	})
}

func (c *Client) started(f *wire.Started) {
	s := c.start
	if s == nil {
		return
	}
	c.start = nil
	c.keepToken(f.Token, f.TokenMs)
	c.keepHandle(f.Snapshot.Handle)
	if s.cancelled {
		c.leaving = &leaving{session: f.Snapshot.Session}
		c.sendEnd()
		return
	}
	c.open(f.Snapshot)
	c.forgetWhenOver()
	c.cfg.Changed()
}

func (c *Client) notStarted(problem *wire.Problem) {
	if problem.Code == wire.CodeNoConnection { // the welcome sends it again
		return
	}
	s := c.start
	if wire.Means(problem.Code).Retry {
		c.cfg.Loop.After(again(problem, s.attempts), func() {
			if c.start == s {
				c.sendStart()
			}
		})
		s.attempts++
		return
	}
	c.start = nil
	if !s.cancelled {
		c.refused = problem
	}
	if problem.Code == wire.CodeSessionExists { // another tab was faster
		c.cfg.Reopen()
	}
	c.cfg.Changed()
}

// End ends the chat for the visitor. It is over here at once; the relay is told as soon as it can be.
func (c *Client) End() {
	if c.start != nil {
		c.cancelStart()
		return
	}
	if c.conv == nil || c.conv.Over() {
		return
	}
	c.leaving = &leaving{session: c.conv.ID()}
	c.conv.setState(stateEnded)
	c.sendEnd()
	c.cfg.Changed()
}

func (c *Client) cancelStart() {
	c.start.cancelled = true
	if c.start.flight == 0 { // the relay has not heard of it
		c.start = nil
	}
	c.cfg.Changed()
}

func (c *Client) sendEnd() {
	l := c.leaving
	if l == nil || c.status != Online {
		return
	}
	l.flight++
	flight := l.flight
	c.cfg.Link.Request(&wire.End{Session: l.session}, func(_ wire.Frame, problem *wire.Problem) {
		if c.leaving != l || (problem != nil && (l.flight != flight || problem.Code == wire.CodeNoConnection)) {
			return
		}
		if problem != nil && wire.Means(problem.Code).Retry {
			c.cfg.Loop.After(again(problem, 1), c.sendEnd)
			return
		}
		c.leaving = nil
		if c.start == nil {
			c.forgetIdentity()
		}
		c.sendStart()
		c.cfg.Changed()
	})
}

// Dismiss forgets a chat that is over with what was written in it, and why the last start failed.
func (c *Client) Dismiss() {
	if c.Live() || c.Resuming() {
		return
	}
	c.conv, c.refused = nil, nil
	c.SetDraft("")
	c.cfg.Changed()
}

// Draft is what is written and not sent, the same in all tabs.
func (c *Client) Draft() string { return c.draft }

// SetDraft notes what is in this tab's input: the other tabs show it, the next page finds it, the agent sees typing.
func (c *Client) SetDraft(text string) {
	if text == c.draft {
		return
	}
	c.DraftChanged(text)
	c.cfg.Keep(keepDraft, text)
	if c.conv == nil || Units(text) > wire.MaxMessageRunes { // other tabs find one that is too long when they are loaded
		return
	}
	c.conv.typist.preview = c.preview
	c.conv.Key(text)
	c.cfg.Link.Tell(&wire.Draft{Session: c.conv.ID(), Text: text})
}

// DraftChanged takes in what another tab has in its input.
func (c *Client) DraftChanged(text string) {
	c.draft = text
	c.cfg.Changed()
}

// Write sends a message; the draft is empty then.
func (c *Client) Write(text string) {
	if c.conv == nil || c.conv.Over() {
		return
	}
	c.SetDraft("") // before the message: a tab that shows it already must not hold it as a draft still
	c.conv.Write(text)
}
