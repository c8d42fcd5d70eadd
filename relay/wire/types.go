package wire

func (*Hello) FrameType() Type      { return TypeHello }
func (*SignIn) FrameType() Type     { return TypeSignIn }
func (*Start) FrameType() Type      { return TypeStart }
func (*Send) FrameType() Type       { return TypeSend }
func (*End) FrameType() Type        { return TypeEnd }
func (*Typing) FrameType() Type     { return TypeTyping }
func (*Delivered) FrameType() Type  { return TypeDelivered }
func (*History) FrameType() Type    { return TypeHistory }
func (*Events) FrameType() Type     { return TypeEvents }
func (*Ping) FrameType() Type       { return TypePing }
func (*Pong) FrameType() Type       { return TypePong }
func (*Ready) FrameType() Type      { return TypeReady }
func (*Accept) FrameType() Type     { return TypeAccept }
func (*Reject) FrameType() Type     { return TypeReject }
func (*Done) FrameType() Type       { return TypeDone }
func (*Journey) FrameType() Type    { return TypeJourney }
func (*SignOut) FrameType() Type    { return TypeSignOut }
func (*UserData) FrameType() Type   { return TypeUserData }
func (*Draft) FrameType() Type      { return TypeDraft }
func (*Pages) FrameType() Type      { return TypePages }
func (*Welcome) FrameType() Type    { return TypeWelcome }
func (*Ack) FrameType() Type        { return TypeAck }
func (*Started) FrameType() Type    { return TypeStarted }
func (*Push) FrameType() Type       { return TypePush }
func (*Page) FrameType() Type       { return TypePage }
func (*Offer) FrameType() Type      { return TypeOffer }
func (*OfferGone) FrameType() Type  { return TypeOfferGone }
func (*VisitPages) FrameType() Type { return TypeVisitPages }
func (*Opened) FrameType() Type     { return TypeOpened }
func (*Token) FrameType() Type      { return TypeToken }
func (*Presence) FrameType() Type   { return TypePresence }
func (*AgentState) FrameType() Type { return TypeAgentState }
func (*Notify) FrameType() Type     { return TypeNotify }
func (*Error) FrameType() Type      { return TypeError }
func (*Goodbye) FrameType() Type    { return TypeGoodbye }

// blank gives an empty frame of a type, or nil where the type is unknown.
func blank(t Type) Frame {
	switch t {
	case TypeHello:
		return new(Hello)
	case TypeSignIn:
		return new(SignIn)
	case TypeStart:
		return new(Start)
	case TypeSend:
		return new(Send)
	case TypeEnd:
		return new(End)
	case TypeTyping:
		return new(Typing)
	case TypeDelivered:
		return new(Delivered)
	case TypeHistory:
		return new(History)
	case TypeEvents:
		return new(Events)
	case TypePing:
		return new(Ping)
	case TypePong:
		return new(Pong)
	case TypeReady:
		return new(Ready)
	case TypeAccept:
		return new(Accept)
	case TypeReject:
		return new(Reject)
	case TypeDone:
		return new(Done)
	case TypeJourney:
		return new(Journey)
	case TypeSignOut:
		return new(SignOut)
	case TypeUserData:
		return new(UserData)
	case TypeDraft:
		return new(Draft)
	case TypePages:
		return new(Pages)
	case TypeIdentify:
		return new(Identify)
	case TypeAskHandoff:
		return new(AskHandoff)
	case TypeHandoff:
		return new(Handoff)
	case TypeRequestCallback:
		return new(RequestCallback)
	case TypeCancelCallback:
		return new(CancelCallback)
	case TypeCallbackDone:
		return new(CallbackDone)
	case TypeCallbackMade:
		return new(CallbackMade)
	case TypeCallbackOffer:
		return new(CallbackOffer)
	case TypeCallbackOpened:
		return new(CallbackOpened)
	case TypeWaiting:
		return new(Waiting)
	case TypeCallbackClosed:
		return new(CallbackClosed)
	case TypeWelcome:
		return new(Welcome)
	case TypeAck:
		return new(Ack)
	case TypeStarted:
		return new(Started)
	case TypePush:
		return new(Push)
	case TypePage:
		return new(Page)
	case TypeOffer:
		return new(Offer)
	case TypeOfferGone:
		return new(OfferGone)
	case TypeVisitPages:
		return new(VisitPages)
	case TypeOpened:
		return new(Opened)
	case TypeToken:
		return new(Token)
	case TypePresence:
		return new(Presence)
	case TypeNotify:
		return new(Notify)
	case TypeAgentState:
		return new(AgentState)
	case TypeError:
		return new(Error)
	case TypeGoodbye:
		return new(Goodbye)
	}
	return nil
}

// Request is a frame that is answered by one with the same Ref.
type Request interface {
	Frame
	SetRef(ref uint32)
	GetRef() uint32
}

// Reply is a frame that may answer a request; Ref is 0 where it does not.
type Reply interface {
	Frame
	GetRef() uint32
}

func (f *SignIn) SetRef(ref uint32)   { f.Ref = ref }
func (f *SignIn) GetRef() uint32      { return f.Ref }
func (f *Start) SetRef(ref uint32)    { f.Ref = ref }
func (f *Start) GetRef() uint32       { return f.Ref }
func (f *Send) SetRef(ref uint32)     { f.Ref = ref }
func (f *Send) GetRef() uint32        { return f.Ref }
func (f *End) SetRef(ref uint32)      { f.Ref = ref }
func (f *End) GetRef() uint32         { return f.Ref }
func (f *History) SetRef(ref uint32)  { f.Ref = ref }
func (f *History) GetRef() uint32     { return f.Ref }
func (f *Events) SetRef(ref uint32)   { f.Ref = ref }
func (f *Events) GetRef() uint32      { return f.Ref }
func (f *Ready) SetRef(ref uint32)    { f.Ref = ref }
func (f *Ready) GetRef() uint32       { return f.Ref }
func (f *Accept) SetRef(ref uint32)   { f.Ref = ref }
func (f *Accept) GetRef() uint32      { return f.Ref }
func (f *Reject) SetRef(ref uint32)   { f.Ref = ref }
func (f *Reject) GetRef() uint32      { return f.Ref }
func (f *Done) SetRef(ref uint32)     { f.Ref = ref }
func (f *Done) GetRef() uint32        { return f.Ref }
func (f *Journey) SetRef(ref uint32)  { f.Ref = ref }
func (f *Journey) GetRef() uint32     { return f.Ref }
func (f *SignOut) SetRef(ref uint32)  { f.Ref = ref }
func (f *SignOut) GetRef() uint32     { return f.Ref }
func (f *UserData) SetRef(ref uint32) { f.Ref = ref }
func (f *UserData) GetRef() uint32    { return f.Ref }
func (f *Welcome) GetRef() uint32     { return f.Ref }
func (f *Ack) GetRef() uint32         { return f.Ref }
func (f *Started) GetRef() uint32     { return f.Ref }
func (f *Page) GetRef() uint32        { return f.Ref }
func (f *VisitPages) GetRef() uint32  { return f.Ref }
func (f *Opened) GetRef() uint32      { return f.Ref }
func (f *Error) GetRef() uint32       { return f.Ref }
