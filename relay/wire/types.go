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
	case TypeAgentState:
		return new(AgentState)
	case TypeError:
		return new(Error)
	case TypeGoodbye:
		return new(Goodbye)
	}
	return nil
}
