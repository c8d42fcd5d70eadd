package webchatservice

import (
	"cmp"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/page"
	"foyer/wasm/shape"
)

// when is what a command waits for.
type when int

const (
	atOnce       when = iota
	afterRestore      // it is known whether an earlier chat goes on
	afterStart        // and one that is just beginning has begun
)

// command is one command of the interface.
type command struct {
	name  string
	after when
	do    func(*Service, *ask)
}

// commands are all of them.
var commands = [...]command{
	{"configure", atOnce, (*Service).configure},
	{"startChat", afterRestore, (*Service).startChat},
	{"endChat", afterRestore, (*Service).endChat},
	{"sendMessage", afterStart, (*Service).sendMessage},
	{"sendCustomNotice", afterStart, (*Service).sendCustomNotice},
	{"sendTyping", afterStart, (*Service).sendTyping},
	{"sendFilteredMessage", afterStart, (*Service).sendFilteredMessage},
	{"addPrefilter", atOnce, (*Service).addPrefilter},
	{"updateUserData", afterStart, (*Service).updateUserData},
	{"poll", afterStart, (*Service).poll},
	{"startPoll", afterStart, (*Service).startPoll},
	{"stopPoll", afterStart, (*Service).stopPoll},
	{"resetPollExceptions", atOnce, (*Service).resetPollExceptions},
	{"restore", atOnce, (*Service).restoreChat},
	{"getTranscript", afterStart, (*Service).getTranscript},
	{"getAgents", afterStart, (*Service).getAgents},
	{"getStats", afterStart, (*Service).getStats},
	{"sendFile", afterStart, (*Service).sendFile},
	{"downloadFile", afterStart, (*Service).downloadFile},
	{"getSessionData", afterStart, (*Service).getSessionData},
	{"fetchHistory", afterStart, (*Service).fetchHistory},
	{"registerTypingPreviewInput", atOnce, (*Service).registerTypingPreviewInput},
	{"registerPreProcessor", atOnce, (*Service).registerPreProcessor},
	{"verifySession", afterRestore, (*Service).verifySession},
}

// Texts of refusals, word for word as the interface documents them.
const (
	textNoSession       = "There is no active chat session."
	textNoSessionShort  = "No active chat session."
	textSession         = "There is already an active chat session."
	textUserData        = "malformed data object provided in userData property."
	textNoMessage       = "No message text provided."
	textNoNotices       = "This transport doesn't support sendCustomNotice command."
	textNoFilters       = "Missing or invalid filters provided. Please provide a regular expression or an array of regular expressions."
	textNoLiveData      = "This transport doesn't support updating userData during an active chat session."
	textPrivate         = "Access Denied to private command. Only WebChatService is allowed to invoke this command."
	textPrivateRestore  = "Access Denied to private command. Only WebChatService is allowed to invoke this command in Non-Async mode."
	textPollUnfinished  = "previous poll has not finished."
	textNoPolls         = "This transport doesn't support polling."
	textNoPollReset     = "This transport doesn't support resetPollExceptions command."
	textRestoring       = "Already restoring. Ignoring request."
	textRestoreActive   = "Chat session is already active, ignoring restore command."
	textNoFiles         = "This transport doesn't support file uploads."
	textHistoryAsync    = "Fetching history messages applies only to Asynchronous chat."
	textHistoryAll      = "No more messages to fetch."
	textNoInput         = "Invalid value provided for the input property. An HTML element reference to a textarea or text input is required."
	textNoPreProcessor  = "No preprocessor function provided. Type provided was '"
	textPreProcessorEnd = "'."
)

// configure takes settings over those of the page.
func (s *Service) configure(a *ask) {
	a.t.own = merged(a.t.own, object(a.Data))
	a.resolve(nil)
}

func (s *Service) startChat(a *ask) {
	c := s.o.Client
	if c.Live() || c.Resuming() {
		a.reject(textSession)
		return
	}
	data := a.Field("userData")
	if !isPlainObject(data) {
		a.reject(textUserData)
		return
	}
	said := func(name string) string { // beside the form, or in it, as for WebChat.open
		return cmp.Or(a.text(name), textOf(object(a.Field("form"))[name]))
	}
	c.Start(chat.Form{
		FirstName: said("firstname"), LastName: said("lastname"), Email: said("email"), Subject: said("subject"),
		Nickname: said("nickname"), UserData: a.t.startData(object(data)), Page: a.t.page.IDs().Page,
	})
	s.start = a
	a.limit(func() bool {
		c.End() // also one that the relay begins later
		return true
	})
	s.o.Connect()
}

// settleStart answers the startChat under way once the relay has.
func (s *Service) settleStart() {
	a, c := s.start, s.o.Client
	if a == nil {
		return
	}
	phase := c.Phase()
	switch {
	case a.over:
	case c.Refused() != "":
		a.fail(c.Refusal())
	case c.Status() == chat.Denied:
		c.End()
		a.fail(wire.Problemf(c.Denial(), "the relay refuses this page"))
	case phase == chat.Starting:
		return
	case phase == chat.None:
		a.fail(wire.Problemf(wire.CodeSessionEnded, "the chat was ended before it began"))
	default:
		conv := c.Conversation()
		a.succeed(a.t.table().Session(a.t.chat(conv), conv.Entries()))
	}
	s.start = nil
}

// isPlainObject tells whether data can be attached: an object or nothing, without functions or elements of the page.
func isPlainObject(data any) bool {
	switch data := data.(type) {
	case nil:
		return true
	case map[string]any:
		return isPlain(data)
	}
	return false
}

func isPlain(v any) bool {
	if page.IsReference(v) {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if !isPlain(e) {
				return false
			}
		}
	case map[string]any:
		for _, e := range v {
			if !isPlain(e) {
				return false
			}
		}
	}
	return true
}

func (s *Service) endChat(a *ask) {
	c := s.o.Client
	if !c.Live() {
		a.reject(textNoSession)
		return
	}
	conv := c.Conversation()
	s.ender = a.t
	c.End() // over here at once; the relay hears of it as soon as it can
	a.answer(conv)
}

func (s *Service) updateUserData(a *ask) {
	data := object(a.Data)
	if !isPlainObject(a.Data) {
		a.reject(textUserData)
		return
	}
	conv := s.active()
	if conv == nil {
		a.t.userData = merged(a.t.userData, data)
		a.resolve(a.t.startData(nil))
		return
	}
	if !a.t.table().LiveUserData {
		a.reject(textNoLiveData)
		return
	}
	s.request(a, conv, &wire.UserData{Session: conv.ID(), Data: data})
}

func (s *Service) getSessionData(a *ask) {
	a.resolve(a.t.sessionData(s.o.Client.Conversation()))
}

func (s *Service) verifySession(a *ask) {
	a.resolve(shape.Object("sessionActive", s.o.Client.Live() || s.o.Client.Resuming()))
}

// registerTypingPreviewInput has the page watch a field; it tells of typing with the command sendTyping.
func (s *Service) registerTypingPreviewInput(a *ask) {
	el, ok := page.ElementNumber(a.Field("input"))
	if !ok {
		a.reject(textNoInput)
		return
	}
	a.t.page.Call("field", shape.Object("el", el), func(ok bool, value any) {
		if !ok || value == false {
			a.reject(textNoInput)
			return
		}
		a.resolve(nil)
	})
}

func (s *Service) registerPreProcessor(a *ask) {
	given := a.Field("preprocessor")
	fn, ok := page.FunctionOf(given)
	if !ok {
		a.reject(textNoPreProcessor + typeOf(given) + textPreProcessorEnd)
		return
	}
	// A new slice: one that is at work keeps its own.
	a.t.processors = append(a.t.processors[:len(a.t.processors):len(a.t.processors)], fn)
	a.resolve(given)
}

// typeOf is what JavaScript's typeof says.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	}
	return "object"
}
