package wire

// Frames of callbacks: a visitor asks to be rung, an agent is offered the call when it is due, rings with a telephone of
// their own, and says how it went.
const (
	TypeRequestCallback Type = 21 // visitor: ring me, now or at a time
	TypeCallbackDone    Type = 24 // agent: how the call went
	TypeCancelCallback  Type = 25 // visitor: do not ring me
	TypeCallbackMade    Type = 53 // answer to RequestCallback: it is durable
	TypeCallbackOffer   Type = 57 // agent: a call to take over or refuse before a time
	TypeCallbackOpened  Type = 55 // agent: a call is now this agent's (also in its other tabs)
	TypeCallbackClosed  Type = 56 // agent: a call is no longer this agent's
	TypeWaiting         Type = 58 // agent, live only: what waits for an agent, and what is to come
)

// Limits of callbacks.
const (
	MaxPhoneDigits   = 15                       // ITU-T E.164
	MinPhoneDigits   = 3                        // extensions and short numbers within a company
	MaxCallbackAhead = 92 * 24 * 60 * 60 * 1000 // ms from now to the latest time that can be asked for
)

// RequestCallback asks for a call. ClientID makes a resend harmless: it is answered with what the first one made.
// Answered by CallbackMade, or by CodeBadPhone, CodeCallbackTime, CodeCallbackHours, CodeCallbackLimit,
// CodeBadRequest.
type RequestCallback struct {
	Ref      uint32         `msgpack:"ref"`
	ClientID string         `msgpack:"cid"`
	Name     string         `msgpack:"name,omitempty"`
	Phone    string         `msgpack:"phone"` // as the visitor wrote it: digits, spaces, ( ) - . / and a leading +
	Email    string         `msgpack:"email,omitempty"`
	Subject  string         `msgpack:"subject,omitempty"`
	Desired  int64          `msgpack:"desired,omitempty"` // Unix ms; 0 for as soon as possible
	UserData map[string]any `msgpack:"userData,omitempty" max:"100"`
	Visit    string         `msgpack:"visit,omitempty"` // where empty, the hello's
	Page     string         `msgpack:"page,omitempty"`  // where empty, the hello's
}

// CallbackMade says that the callback is kept.
type CallbackMade struct {
	Ref     uint32 `msgpack:"ref"`
	ID      string `msgpack:"id"`
	Desired int64  `msgpack:"desired"` // Unix ms; for as soon as possible the time of the request, or the next opening
}

// CancelCallback takes back a call that this device has asked for. Acknowledged when that is durable, also where it was
// cancelled before; CodeConflict where an agent has taken it over, or is done; CodeNoCallback where it is not this device's.
type CancelCallback struct {
	Ref uint32 `msgpack:"ref"`
	ID  string `msgpack:"id"`
}

// Callback is a call that was asked for, as an agent sees it.
type Callback struct {
	ID        string         `msgpack:"id"`
	Name      string         `msgpack:"name,omitempty"`
	Phone     string         `msgpack:"phone"`
	Email     string         `msgpack:"email,omitempty"`
	Subject   string         `msgpack:"subject,omitempty"`
	Queue     string         `msgpack:"queue,omitempty"`
	CreatedMs int64          `msgpack:"created"` // Unix ms
	DesiredMs int64          `msgpack:"desired"` // Unix ms; equals CreatedMs for as soon as possible, where that was within opening hours
	Attempts  int            `msgpack:"attempts,omitempty"`
	Note      string         `msgpack:"note,omitempty"` // what the agent of the last attempt wrote down
	UserData  map[string]any `msgpack:"userData,omitempty" max:"200"`
	Visit     string         `msgpack:"visit,omitempty"`
	Page      string         `msgpack:"page,omitempty"`
	Origin    string         `msgpack:"origin,omitempty"`
	Language  string         `msgpack:"lang,omitempty"`
	Verified  string         `msgpack:"verified,omitempty"` // as in Visitor
}

// CallbackOffer asks an agent to take a call within ExpiresMs (from now). Accept, Reject and OfferGone name it by Offer,
// as they name offers of conversations.
type CallbackOffer struct {
	Offer     string   `msgpack:"offer"`
	ExpiresMs int64    `msgpack:"expires"`
	Callback  Callback `msgpack:"callback"`
}

// CallbackOpened says that a call is now this agent's. Ref is set in the tab that accepted.
type CallbackOpened struct {
	Ref      uint32   `msgpack:"ref,omitempty"`
	Offer    string   `msgpack:"offer"`
	Callback Callback `msgpack:"callback"`
}

// How a call went.
const (
	CallReached     = "reached"
	CallNotReached  = "not_reached"  // asked again after AgainMin minutes, until it was tried too often
	CallWrongNumber = "wrong_number" // nobody is to ring it again
)

// CallbackDone says how a call went. Acknowledged when it is durable.
type CallbackDone struct {
	Ref         uint32 `msgpack:"ref"`
	ID          string `msgpack:"id"`
	Disposition string `msgpack:"disposition"`
	AgainMin    int    `msgpack:"again,omitempty"` // with CallNotReached: minutes, 1 to 1440
	Note        string `msgpack:"note,omitempty"`
}

// CallbackClosed takes a call from the list of all of the agent's tabs.
type CallbackClosed struct {
	ID          string `msgpack:"id"`
	Disposition string `msgpack:"disposition"`
}

// Waiting says how many conversations and callbacks wait in the agent's queues, and are not offered to anybody, and what is
// to come. Told after the welcome and when it changes; a little late, when other relays put them there.
type Waiting struct {
	N       int     `msgpack:"n"`
	SinceMs int64   `msgpack:"since,omitempty"`         // Unix ms, of the one that waits longest; 0 where none does
	NextMs  []int64 `msgpack:"next,omitempty" max:"10"` // Unix ms, when the next callbacks are due; at most three, the first first
}

func (*Waiting) FrameType() Type { return TypeWaiting }

func (*RequestCallback) FrameType() Type { return TypeRequestCallback }
func (*CallbackDone) FrameType() Type    { return TypeCallbackDone }
func (*CancelCallback) FrameType() Type  { return TypeCancelCallback }
func (*CallbackMade) FrameType() Type    { return TypeCallbackMade }
func (*CallbackOffer) FrameType() Type   { return TypeCallbackOffer }
func (*CallbackOpened) FrameType() Type  { return TypeCallbackOpened }
func (*CallbackClosed) FrameType() Type  { return TypeCallbackClosed }

func (f *RequestCallback) SetRef(ref uint32) { f.Ref = ref }
func (f *RequestCallback) GetRef() uint32    { return f.Ref }
func (f *CancelCallback) SetRef(ref uint32)  { f.Ref = ref }
func (f *CancelCallback) GetRef() uint32     { return f.Ref }
func (f *CallbackDone) SetRef(ref uint32)    { f.Ref = ref }
func (f *CallbackDone) GetRef() uint32       { return f.Ref }
func (f *CallbackMade) GetRef() uint32       { return f.Ref }
func (f *CallbackOpened) GetRef() uint32     { return f.Ref }
