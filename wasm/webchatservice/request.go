package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
)

// request is something that a page has the relay do in a session, and of which nobody knows whether it is done. It is
// something that does no harm when it is asked for twice.
type request struct {
	*ask
	conv   *chat.Conversation
	frame  wire.Request
	flying bool // the relay is being asked
}

// request asks the relay, and answers with what comes of it. Where the connection breaks before the answer it asks again
// on the next one: rejected at once, it might have been done all the same.
func (s *Service) request(a *ask, conv *chat.Conversation, f wire.Request) {
	if s.o.Client.Status() != chat.Online {
		a.fail(wire.Problemf(wire.CodeNoConnection, "there is no connection to the relay"))
		return
	}
	r := &request{ask: a, conv: conv, frame: f}
	s.requests = append(s.requests, r)
	s.fly(r)
	a.limit(func() bool { return false })
}

func (s *Service) fly(r *request) {
	r.flying = true
	s.o.Link.Request(r.frame, func(_ wire.Frame, p *wire.Problem) {
		r.flying = false
		switch {
		case p == nil:
			r.answer(r.conv)
		case p.Code != wire.CodeNoConnection:
			r.fail(p)
		}
		s.changed()
	})
}

// settleRequests asks again for what a broken connection has left open.
func (s *Service) settleRequests() {
	requests := s.requests
	s.requests = nil
	for _, r := range requests {
		switch {
		case r.over:
			continue
		case s.active() != r.conv && !r.flying:
			r.fail(wire.Problemf(wire.CodeNoSession, "the chat is gone"))
			continue
		case !r.flying && s.o.Client.Status() == chat.Online:
			s.fly(r)
		}
		s.requests = append(s.requests, r)
	}
}
