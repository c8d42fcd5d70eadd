package wire

// MaxHandoffs is how many tokens one AskHandoff may ask for.
const MaxHandoffs = 16

// AskHandoff asks for one-time tokens of the session, one for each of Origins (which may name one more than once). A
// page puts a token into the fragment of a link to that origin; the page there redeems it by POST /native/v1/handoff,
// whose body is a Hello with Handoff and whose answer is a Handoff frame. Codes: CodeNoSession, CodeForbidden where the
// deployment has no handoffs, CodeRate, CodeBadRequest.
type AskHandoff struct {
	Ref     uint32   `msgpack:"ref"`
	Session string   `msgpack:"session"`
	Origins []string `msgpack:"origins,omitempty" max:"16"`
}

// Handoff answers AskHandoff with Tokens and Towards, and a token that was redeemed with Handle.
type Handoff struct {
	Ref     uint32   `msgpack:"ref,omitempty"`
	Tokens  []string `msgpack:"tokens,omitempty" max:"16"`    // in the order of AskHandoff.Origins; "" for one that gets none
	ForMs   int64    `msgpack:"forMs,omitempty"`              // how long they are good for
	Towards []string `msgpack:"towards,omitempty" max:"2000"` // where links may carry one: origins, and https://*.example.com
	Handle  string   `msgpack:"handle,omitempty"`             // takes the chat up on this site
}

func (*AskHandoff) FrameType() Type { return TypeAskHandoff }
func (*Handoff) FrameType() Type    { return TypeHandoff }

func (f *AskHandoff) SetRef(ref uint32) { f.Ref = ref }
func (f *AskHandoff) GetRef() uint32    { return f.Ref }
func (f *Handoff) GetRef() uint32       { return f.Ref }
