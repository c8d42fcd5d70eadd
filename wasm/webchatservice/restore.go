package webchatservice

import (
	"strconv"

	"foyer/wasm/chat"
	"foyer/wasm/page"
)

// restoreMs is how long a visitor may be away and still find the chat, where a page is configured in the old way and says
// nothing of it: the vendor's 60 seconds.
const restoreMs = 60_000

// restoring is the command restore under way.
type restoring struct {
	*ask
	begun bool
}

// BeforeHello decides whether an earlier chat is taken up. It is called when the connection says hello: by then the first
// page has told its configuration.
func (s *Service) BeforeHello() {
	c := s.o.Client
	if c.Conversation() != nil || !c.Resuming() || s.restore != nil || !s.awayTooLong() {
		return
	}
	s.forgotten = true
	c.Forget()
	s.timedOut()
}

// endIfAway ends a chat that has outlived its pages in the worker for longer than one may be away.
func (s *Service) endIfAway() {
	if s.active() != nil && s.o.Site.Stored(page.KeepSeen) != "" {
		s.o.Loop.Post(func() {
			if conv := s.active(); conv != nil && len(s.tabs) == 1 && s.awayTooLong() {
				s.ended = conv.ID() // which is told in another way
				s.o.Client.End()
				s.timedOut()
			}
		})
	}
}

func (s *Service) timedOut() {
	s.publish("restoreTimeout", nil)
	if s.o.TimedOut != nil {
		s.o.TimedOut()
	}
}

// awayTooLong tells whether the visitor was away from the site's pages for longer than the first of them allows.
func (s *Service) awayTooLong() bool {
	seen, err := strconv.ParseInt(s.o.Site.Stored(page.KeepSeen), 10, 64)
	if err != nil || len(s.tabs) == 0 {
		return false
	}
	may := s.tabs[0].mayBeAway()
	return may > 0 && s.o.NowMs()-seen > may
}

// mayBeAway is in milliseconds, 0 for as long as the chat lives.
func (t *tab) mayBeAway() int64 {
	config := t.config()
	if ms, ok := config["restoreTimeout"].(float64); ok {
		return max(int64(ms), 0)
	}
	if ms := t.page.Deployment().RestoreMs; ms > 0 {
		return ms
	}
	if t.async() == nil && (config["transport"] != nil || config["dataURL"] != nil) {
		return restoreMs
	}
	return 0
}

// restoreChat takes up the chat of a session's data, where chats are asynchronous.
func (s *Service) restoreChat(a *ask) {
	c := s.o.Client
	switch {
	case c.Live():
		a.reject(textRestoreActive)
	case c.Resuming() || s.restore != nil:
		a.reject(textRestoring)
	case a.t.async() == nil:
		a.reject(textPrivateRestore)
	case !s.takeUp(a.Data):
		s.publish("restoreFailed", nil)
		a.reject(nil)
	default:
		s.restore = &restoring{ask: a, begun: c.Resuming()}
	}
}

// takeUp takes up the chat of a handle; false where v holds none.
func (s *Service) takeUp(v any) bool {
	handle := tokenIn(v)
	if handle == "" {
		return false
	}
	s.o.Client.HandleKept(handle)
	s.o.Connect()
	return true
}

func (s *Service) settleRestore() {
	a, c := s.restore, s.o.Client
	switch {
	case a == nil:
		return
	case c.Resuming():
		a.begun = true
		return
	case c.Phase() != chat.None:
		a.resolve(nil)
	case !a.begun:
		return // the connection is about to be opened anew
	default:
		a.reject(nil)
	}
	s.restore = nil
}

// tokenIn finds a handle in what a page has kept of a session's data: a text, an object, or the text of an object. A
// handle has the form of a JWT.
func tokenIn(v any) string {
	switch v := v.(type) {
	case string:
		return tokenInText(v)
	case map[string]any:
		for _, field := range []string{"sessionData", "token", "secureKey", "jwt"} {
			if token := tokenIn(v[field]); token != "" {
				return token
			}
		}
	}
	return ""
}

// tokenInText finds the first run of letters, digits, - and _ that two dots divide into three long parts.
func tokenInText(text string) string {
	start, dots, part := 0, 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isTokenByte(text[i]) {
			part++
			continue
		}
		if i < len(text) && text[i] == '.' && part >= minTokenPart {
			dots, part = dots+1, 0
			continue
		}
		if dots == 2 && part >= minTokenPart {
			return text[start:i]
		}
		start, dots, part = i+1, 0, 0
	}
	return ""
}

const minTokenPart = 8 // characters; the smallest header of a JWT has more

func isTokenByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// askForSession asks a page of asynchronous chats, once, for the session data that it keeps itself: setSessionData. It is
// asked in any case, as it was by the vendor's widgets; the answer counts where no chat is known here.
func (t *tab) askForSession() {
	fn, ok := page.FunctionOf(t.async()["setSessionData"])
	c := t.s.o.Client
	if !ok || t.asked {
		return
	}
	t.asked = true
	open := t.s.o.Site.Stored(page.KeepWindow) == "open"
	args := append([]any{open}, cookies()...)
	if c.Live() || c.Resuming() {
		t.call(fn, args, func(any) {})
		return
	}
	t.s.asking++
	t.call(fn, args, func(value any) {
		t.s.asking--
		if !c.Live() && !c.Resuming() && t.s.takeUp(value) {
			t.s.resuming = true // a handle that leads nowhere is a restore that failed
		}
		t.s.changed()
	})
}

// handOut gives the page the session's data to keep, where chats are asynchronous: getSessionData.
func (t *tab) handOut() {
	handle := t.s.o.Client.Handle()
	if handle == t.handed || handle == "" || t.over {
		return
	}
	fn, ok := page.FunctionOf(t.async()["getSessionData"])
	if !ok {
		return
	}
	t.handed = handle
	t.call(fn, append([]any{t.sessionData(t.conv)}, cookies()...), func(any) {})
}

// cookies are the arguments with which a page keeps session data in a cookie.
func cookies() []any {
	return []any{page.Named(page.NamedCookie), page.Named(page.NamedCookieOptions)}
}
