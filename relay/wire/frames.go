package wire

// Version is the native protocol's version. A hello with another major version is refused with CodeVersion; a field
// that one side does not know is ignored, so that fields can be added without a new version.
const Version = 1

// Role says who speaks on a connection. It is fixed by the hello.
type Role string

const (
	RoleVisitor Role = "visitor"
	RoleAgent   Role = "agent"
)

// Type is the first element of a frame: one number for each frame, never used again for another one.
type Type uint8

// What clients send.
const (
	TypeHello     Type = 1  // first frame of every connection
	TypeSignIn    Type = 2  // agent: name and password instead of a token
	TypeStart     Type = 3  // visitor: begin a chat session
	TypeSend      Type = 4  // both: add a message or notice to a session's log
	TypeEnd       Type = 5  // visitor: leave and end the session
	TypeTyping    Type = 6  // both ways, live only
	TypeDelivered Type = 7  // both ways, live only: everything up to a cursor has reached a screen
	TypeHistory   Type = 8  // both: ask for entries of the log
	TypeEvents    Type = 9  // visitor: monitoring events
	TypePing      Type = 10 // both ways; answered by pong
	TypePong      Type = 11
	TypeReady     Type = 12 // agent: set Ready or Not ready
	TypeAccept    Type = 13 // agent: take an offer
	TypeReject    Type = 14 // agent: refuse an offer
	TypeDone      Type = 15 // agent: mark the interaction done
	TypeJourney   Type = 16 // agent: ask for the pages of a session's visit
	TypeSignOut   Type = 17 // agent: revoke the token
	TypeUserData  Type = 18 // both: merge attached data into the session
	TypeDraft     Type = 19 // both ways, live only: what one tab has in its input, for the same person's other tabs
	TypePages     Type = 20 // visitor, live only: which pages of a visit are open on this connection
	// 21, 24, 53 and 55 to 57 are callback.go's.

	TypeIdentify   Type = 23 // visitor: a newer identity of the same person
	TypeAskHandoff Type = 22 // visitor: one-time tokens that take the chat to other sites
)

// What the relay sends.
const (
	TypeWelcome    Type = 40 // answer to hello and sign-in
	TypeAck        Type = 41 // answer to send, end, done, events, ready, accept, reject, sign-out, user data: it is durable
	TypeStarted    Type = 42 // answer to start: the session's snapshot
	TypePush       Type = 43 // new entries of a session's log, in order
	TypePage       Type = 44 // answer to history
	TypeOffer      Type = 45 // agent: a conversation to accept or reject before a time
	TypeOfferGone  Type = 46 // agent: the offer was accepted elsewhere, timed out or was withdrawn
	TypeVisitPages Type = 47 // agent: answer to journey, and sent again when the visit goes on
	TypeOpened     Type = 48 // agent: a conversation is now this agent's (also in its other tabs)
	TypeToken      Type = 49 // a renewed token, silently, before the old one expires
	TypePresence   Type = 50 // live only: a participant of the session is connected, or no longer
	TypeAgentState Type = 51 // agent: Ready or not, as the relay has it (also after another tab changed it)
	TypeNotify     Type = 52 // visitor, live only: a message of the Notification Service for pages of a visit
	TypeHandoff    Type = 54 // answer to ask handoff, and to a hello that redeems a token
	TypeError      Type = 60 // a request failed; with Fatal, the connection ends as well
	TypeGoodbye    Type = 61 // the relay is about to stop: reconnect after Retry
)

// Frame is one of the frame structs of this package.
type Frame interface{ FrameType() Type }

// Participant is one who takes part in a session, as the log names them.
type Participant struct {
	ID       string `msgpack:"id"`
	Kind     string `msgpack:"kind"` // visitor, agent, supervisor, bot, system
	Nickname string `msgpack:"nick,omitempty"`
}

// Entry is one line of a session's log. Seq counts from 1 in each session without a gap; Ms never goes back.
type Entry struct {
	Seq      int64          `msgpack:"seq"`
	Ms       int64          `msgpack:"ms"` // Unix milliseconds at the relay
	ID       string         `msgpack:"id"` // UUIDv7
	Kind     string         `msgpack:"kind"`
	From     Participant    `msgpack:"from"`
	Text     string         `msgpack:"text,omitempty"`
	Data     map[string]any `msgpack:"data,omitempty" max:"200"`
	ClientID string         `msgpack:"cid,omitempty"` // the client message id, so that the sender knows its own
}

// Kinds of entries.
const (
	KindMessage = "message" // Text is what was written
	KindNotice  = "notice"  // a custom notice between client and agent's application
	KindJoined  = "joined"  // From joined; of the visitor at the start, Data is what was attached
	KindLeft    = "left"    // From left; Data["reason"]
	KindState   = "state"   // Data["interactionState"] of the session changed
	KindData    = "data"    // attached data changed; Data holds what changed

	KindFile        = "file"        // From sent a file that is whole and scanned; Data holds fileId, name, type, size (bytes)
	KindFileDeleted = "fileDeleted" // From took back a file of theirs; Data holds fileId and name
)

// Snapshot is a session as one participant may see it: the answer to start, and part of welcome and opened.
type Snapshot struct {
	Session      string         `msgpack:"session"`
	State        string         `msgpack:"state"` // see chat.State
	Me           Participant    `msgpack:"me"`
	Participants []Participant  `msgpack:"participants" max:"2000"` // who is in it now
	Entries      []Entry        `msgpack:"entries" max:"100"`       // after the cursor that the hello gave, oldest first, at most Limits.Page
	More         bool           `msgpack:"more,omitempty"`
	StartedMs    int64          `msgpack:"started"`
	EndedMs      int64          `msgpack:"ended,omitempty"`
	Handle       string         `msgpack:"handle,omitempty"`             // visitor: the resume handle to keep first-party from now on
	UserData     map[string]any `msgpack:"userData,omitempty" max:"200"` // attached data; to agents only
	Visitor      *Visitor       `msgpack:"visitor,omitempty"`            // to agents only
}

// Visitor is what an agent is told of the person behind a session.
type Visitor struct {
	FirstName string `msgpack:"first,omitempty"`
	LastName  string `msgpack:"last,omitempty"`
	Email     string `msgpack:"email,omitempty"`
	Subject   string `msgpack:"subject,omitempty"`
	Nickname  string `msgpack:"nick,omitempty"`
	Visit     string `msgpack:"visit,omitempty"`
	Device    string `msgpack:"device,omitempty"`
	Page      string `msgpack:"page,omitempty"`
	Origin    string `msgpack:"origin,omitempty"`
	Language  string `msgpack:"lang,omitempty"`
	Online    bool   `msgpack:"online,omitempty"` // live: connected just now
	// Verified is whom the customer's site vouches for (the identity's sub). The names above are then those that it says,
	// as far as it says any, when the visitor was identified before the start.
	Verified string `msgpack:"verified,omitempty"`
}

// VisitPage is one page of a visit, for the agent's journey.
type VisitPage struct {
	Page      string `msgpack:"page"`
	URL       string `msgpack:"url"`
	Title     string `msgpack:"title,omitempty"`
	EnteredMs int64  `msgpack:"entered"`
	LeftMs    int64  `msgpack:"left,omitempty"` // 0 while it is open
}

// Event is a monitoring event (spec/gwe-monitoring.md 1.4) on its way from a visitor.
type Event struct {
	ID       string         `msgpack:"eventID"` // 32 upper-case hex digits; a second one with the same id is not kept
	Type     string         `msgpack:"eventType"`
	Name     string         `msgpack:"eventName"`
	Page     string         `msgpack:"pageID"`
	Visit    string         `msgpack:"visitID"`
	Device   string         `msgpack:"globalVisitID"`
	Ms       int64          `msgpack:"timestamp"` // the browser's clock
	URL      string         `msgpack:"url"`
	Category string         `msgpack:"category,omitempty"`
	Language string         `msgpack:"languageCode,omitempty"`
	Data     map[string]any `msgpack:"data,omitempty" max:"100"`
}

// Position is how far a client has a session's log.
type Position struct {
	Session string `msgpack:"session"`
	After   int64  `msgpack:"after"` // the last Seq that it has; 0 for none
}

// Limits are told in welcome, so that a client can refuse before it sends.
type Limits struct {
	FrameBytes   int `msgpack:"frame"`
	MessageRunes int `msgpack:"message"`
	PerSecond    int `msgpack:"rate"`  // frames a second, sustained
	Burst        int `msgpack:"burst"` // frames at once
	Page         int `msgpack:"page"`  // entries in one frame
}

// Hello opens a connection. A visitor gives a Handle (kept by its page) or a Token (kept by its worker) to take up a
// session, or neither; an agent gives a Token, or follows up with SignIn.
type Hello struct {
	Version    int        `msgpack:"v"`
	Role       Role       `msgpack:"role"`
	Deployment string     `msgpack:"deployment,omitempty"`
	Origin     string     `msgpack:"origin,omitempty"` // visitor: the page's origin, checked against the deployment
	Pass       string     `msgpack:"pass,omitempty"`   // visitor: what bridge.html was given for this origin
	Token      string     `msgpack:"token,omitempty"`
	Handle     string     `msgpack:"handle,omitempty"`
	Device     string     `msgpack:"device,omitempty"`
	Visit      string     `msgpack:"visit,omitempty"`
	Page       string     `msgpack:"page,omitempty"`
	Language   string     `msgpack:"lang,omitempty"`
	Resume     []Position `msgpack:"resume,omitempty" max:"200"`
	Rung       Rung       `msgpack:"rung,omitempty"`    // how the handle has come to this site; the relay counts it
	Handoff    string     `msgpack:"handoff,omitempty"` // only in the body of POST /native/v1/handoff: the token to redeem
	From       string     `msgpack:"from,omitempty"`    // beside Handoff: origin of the page that the visitor says they come from
	// Identity is what the customer's own site has signed about the visitor (a JWT). One that cannot be verified, has
	// expired, or names somebody else than the session's visitor ends the connection with a code and changes nothing.
	Identity string `msgpack:"identity,omitempty"`
}

// SignIn is an agent's name and password. Answered by welcome, or by CodeSignIn; rate-limited by name and address.
type SignIn struct {
	Ref      uint32 `msgpack:"ref"`
	Username string `msgpack:"user"`
	Password string `msgpack:"password"`
}

// Start begins a session. ClientID makes a resend harmless: it answers with the session that the first one began.
type Start struct {
	Ref       uint32         `msgpack:"ref"`
	ClientID  string         `msgpack:"cid"`
	FirstName string         `msgpack:"first,omitempty"`
	LastName  string         `msgpack:"last,omitempty"`
	Email     string         `msgpack:"email,omitempty"`
	Subject   string         `msgpack:"subject,omitempty"`
	Nickname  string         `msgpack:"nick,omitempty"`
	UserData  map[string]any `msgpack:"userData,omitempty" max:"100"`
	Page      string         `msgpack:"page,omitempty"`
}

// Send adds an entry. Kind is KindMessage or KindNotice. A resend with the same ClientID is acknowledged with the
// first one's cursor and adds nothing.
type Send struct {
	Ref      uint32         `msgpack:"ref"`
	Session  string         `msgpack:"session"`
	ClientID string         `msgpack:"cid"`
	Kind     string         `msgpack:"kind"`
	Text     string         `msgpack:"text"`
	Data     map[string]any `msgpack:"data,omitempty" max:"100"`
}

// End ends the session for the visitor; ending an ended session is acknowledged.
type End struct {
	Ref     uint32 `msgpack:"ref"`
	Session string `msgpack:"session"`
}

// Typing is live only. Text is the preview where the deployment allows one.
type Typing struct {
	Session string      `msgpack:"session"`
	On      bool        `msgpack:"on"`
	Text    string      `msgpack:"text,omitempty"`
	From    Participant `msgpack:"from,omitempty"` // set by the relay
}

// Delivered is live only: every entry up to Seq has reached the screen of From.
type Delivered struct {
	Session string      `msgpack:"session"`
	Seq     int64       `msgpack:"seq"`
	From    Participant `msgpack:"from,omitempty"` // set by the relay
}

// Draft is live only and reaches only the same participant's other connections.
type Draft struct {
	Session string `msgpack:"session"`
	Text    string `msgpack:"text"`
}

// History asks for the Limit entries after After (Before == 0), or the last Limit entries before Before.
type History struct {
	Ref     uint32 `msgpack:"ref"`
	Session string `msgpack:"session"`
	After   int64  `msgpack:"after,omitempty"`
	Before  int64  `msgpack:"before,omitempty"`
	Limit   int    `msgpack:"limit,omitempty"` // at most Limits.Page, which is also the default
}

// Events carries up to 200 monitoring events, oldest first; acknowledged when they are kept.
type Events struct {
	Ref    uint32  `msgpack:"ref"`
	Events []Event `msgpack:"events" max:"200"`
}

// Pages says which pages of a visit are open on this connection, in place of what it said of that visit before; none
// ends it. A connection speaks for all tabs of its worker, usually of one visit; of more than MaxVisits visits or more
// than MaxPages pages it is refused with CodeBadRequest. Only pages that were named here get notifications: it is sent
// after every hello, and before the events of a new page.
type Pages struct {
	Visit string   `msgpack:"visit"`
	Pages []string `msgpack:"pages" max:"200"`
}

// Notify is one message of the Notification Service (spec/gwe-server.md 2.1). Channels that begin with "gpe." are
// predefined; all others go to the page's subscribers.
type Notify struct {
	Visit   string         `msgpack:"visit"`
	Page    string         `msgpack:"page,omitempty"` // the page that it is for; empty for all open pages of the visit
	Channel string         `msgpack:"channel"`
	Data    map[string]any `msgpack:"data,omitempty" max:"4000"`
}

// Ping and Pong: any side may ask; who hears nothing for 45 s drops the connection. Clients ping every 20 s.
type Ping struct {
	N int64 `msgpack:"n"`
}
type Pong struct {
	N int64 `msgpack:"n"`
}

// Ready sets whether the agent is offered conversations. Sent again after every reconnection.
type Ready struct {
	Ref   uint32 `msgpack:"ref"`
	Ready bool   `msgpack:"ready"`
}

// Accept takes an offer; answered by Opened, or CodeOfferGone.
type Accept struct {
	Ref   uint32 `msgpack:"ref"`
	Offer string `msgpack:"offer"`
}

// Reject refuses an offer; the conversation goes to somebody else.
type Reject struct {
	Ref   uint32 `msgpack:"ref"`
	Offer string `msgpack:"offer"`
}

// Done marks the interaction done: the log gets state entries Finalizing and Completed.
type Done struct {
	Ref     uint32 `msgpack:"ref"`
	Session string `msgpack:"session"`
}

// Journey asks for the pages of the session's visit, and to be told when it goes on.
type Journey struct {
	Ref     uint32 `msgpack:"ref"`
	Session string `msgpack:"session"` // or the id of a callback, also in VisitPages
}

// SignOut revokes the agent's token and ends the connection.
type SignOut struct {
	Ref uint32 `msgpack:"ref"`
}

// UserData merges Data into the session's attached data (a nil value removes a key).
type UserData struct {
	Ref     uint32         `msgpack:"ref"`
	Session string         `msgpack:"session"`
	Data    map[string]any `msgpack:"data" max:"100"`
}

// Welcome says that the hello was accepted. For an agent without a token, Agent is nil until SignIn succeeded.
type Welcome struct {
	Ref        uint32     `msgpack:"ref,omitempty"` // of a SignIn
	Version    int        `msgpack:"v"`
	Build      string     `msgpack:"build"`
	Connection string     `msgpack:"connection"`
	NowMs      int64      `msgpack:"now"`
	Token      string     `msgpack:"token,omitempty"`
	TokenMs    int64      `msgpack:"tokenMs,omitempty"` // how long the token is good for
	Limits     Limits     `msgpack:"limits"`
	Agent      *Agent     `msgpack:"agent,omitempty"`
	Sessions   []Snapshot `msgpack:"sessions,omitempty" max:"1000"`
	Offers     []Offer    `msgpack:"offers,omitempty" max:"1000"`
	Callbacks  []string   `msgpack:"callbacks,omitempty" max:"2000"` // ids of the agent's callbacks, each of which follows in a frame
	// HandleGone is true when the hello's handle or token led to no session that can go on: forget it.
	HandleGone bool `msgpack:"handleGone,omitempty"`
	// Preview is true for a visitor whose agents see what is being written (Typing.Text). Without it a client keeps that
	// to itself.
	Preview bool `msgpack:"preview,omitempty"`
	// NeedsIdentity is true for a visitor who brought no identity where the deployment lets nobody chat without: what the
	// hello's handle or token leads to is not told, and stays as it is.
	NeedsIdentity bool `msgpack:"needsIdentity,omitempty"`
	// IdentityMs is how long the hello's identity is good for; 0 for none.
	IdentityMs int64 `msgpack:"identityMs,omitempty"`
	// Rung is RungIdentity where the session was found by the identity.
	Rung Rung `msgpack:"rung,omitempty"`
}

// Agent is who signed in.
type Agent struct {
	ID       string `msgpack:"id"`
	Username string `msgpack:"user"`
	Name     string `msgpack:"name"` // what visitors see
	Ready    bool   `msgpack:"ready"`
	Capacity int    `msgpack:"capacity"` // chats at a time
}

// Ack says that the request is durable. Seq and Ms are the cursor of the entry, where there is one.
type Ack struct {
	Ref      uint32 `msgpack:"ref"`
	Session  string `msgpack:"session,omitempty"`
	ClientID string `msgpack:"cid,omitempty"`
	Seq      int64  `msgpack:"seq,omitempty"`
	Ms       int64  `msgpack:"ms,omitempty"`
}

// Started answers Start.
type Started struct {
	Ref      uint32   `msgpack:"ref"`
	Token    string   `msgpack:"token"`
	TokenMs  int64    `msgpack:"tokenMs"`
	Snapshot Snapshot `msgpack:"snapshot"`
}

// Push carries new entries. A client whose last Seq is not the first entry's Seq minus one asks for the gap (History).
// State is the session's after the last entry.
type Push struct {
	Session string  `msgpack:"session"`
	State   string  `msgpack:"state"`
	Entries []Entry `msgpack:"entries" max:"100"`
}

// Page answers History.
type Page struct {
	Ref     uint32  `msgpack:"ref"`
	Session string  `msgpack:"session"`
	Entries []Entry `msgpack:"entries" max:"100"`
	More    bool    `msgpack:"more"`
}

// Offer asks an agent to take a conversation within ExpiresMs (from now, so that clocks need not agree).
type Offer struct {
	Offer     string  `msgpack:"offer"`
	Session   string  `msgpack:"session"`
	ExpiresMs int64   `msgpack:"expires"`
	Queue     string  `msgpack:"queue"`
	Visitor   Visitor `msgpack:"visitor"`
}

// OfferGone withdraws an offer. Reason: accepted, rejected, timeout, ended.
type OfferGone struct {
	Offer  string `msgpack:"offer"`
	Reason string `msgpack:"reason"`
}

// VisitPages answers Journey (Ref set) and follows the visit (Ref 0).
type VisitPages struct {
	Ref     uint32      `msgpack:"ref,omitempty"`
	Session string      `msgpack:"session"`
	Pages   []VisitPage `msgpack:"pages" max:"2000"` // all pages of the visit, in order
}

// Opened says that a conversation is now this agent's. Ref is set in the tab that accepted.
type Opened struct {
	Ref      uint32   `msgpack:"ref,omitempty"`
	Offer    string   `msgpack:"offer"`
	Snapshot Snapshot `msgpack:"snapshot"`
}

// Token replaces the connection's token.
type Token struct {
	Token   string `msgpack:"token"`
	TokenMs int64  `msgpack:"tokenMs"`
}

// Presence is live only: Who has at least one connection, or none any more.
type Presence struct {
	Session string      `msgpack:"session"`
	Who     Participant `msgpack:"who"`
	Online  bool        `msgpack:"online"`
}

// AgentState is the agent's readiness as the relay has it.
type AgentState struct {
	Ready bool `msgpack:"ready"`
}

// Error answers a request (Ref != 0) or the connection. Code is one of errors.go; Text explains it to a developer.
type Error struct {
	Ref     uint32 `msgpack:"ref,omitempty"`
	Code    Code   `msgpack:"code"`
	Text    string `msgpack:"text"`
	Retry   bool   `msgpack:"retry,omitempty"`   // the same request may succeed later
	RetryMs int64  `msgpack:"retryMs,omitempty"` // not before this
	Fatal   bool   `msgpack:"fatal,omitempty"`   // the connection ends
	Field   string `msgpack:"field,omitempty"`   // see Problem.Field
}

// Goodbye is sent when the relay drains.
type Goodbye struct {
	Reason  string `msgpack:"reason"`
	RetryMs int64  `msgpack:"retryMs"`
}
