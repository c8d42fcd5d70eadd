package webchatservice

import (
	"unicode/utf8"

	"foyer/relay/wire"
	"foyer/wasm/chat"
)

// sending is a message of a page that the relay has not acknowledged.
type sending struct {
	*ask
	conv *chat.Conversation
	id   string // client message id
}

func (s *Service) sendMessage(a *ask) {
	text := a.text("message")
	conv := s.active()
	switch {
	case text == "":
		a.reject(textNoMessage)
	case conv == nil:
		a.reject(textNoSession)
	default:
		s.write(a, conv, text)
	}
}

// write sends a message in its turn; while there is no connection it waits.
func (s *Service) write(a *ask, conv *chat.Conversation, text string) {
	if n := utf8.RuneCountInString(text); n > wire.MaxMessageRunes {
		a.fail(wire.Problemf(wire.CodeTooLarge, "a message may have %d characters, not %d", wire.MaxMessageRunes, n))
		return
	}
	id := conv.Write(text)
	if id == "" { // nothing but spaces
		a.reject(textNoMessage)
		return
	}
	s.sends = append(s.sends, sending{a, conv, id})
	a.limit(func() bool { return conv.Withdraw(id) })
	s.changed()
}

// settleSends answers the messages that the relay has, and those that it refuses. These are not shown any longer: the
// page knows, and may say it in another way.
func (s *Service) settleSends() {
	sends := s.sends
	s.sends = nil
	for _, m := range sends {
		l, there := m.conv.Line(m.id)
		switch {
		case !there:
			m.fail(wire.Problemf(wire.CodeNoSession, "the chat is gone"))
		case l.Delivery == chat.Failed:
			m.conv.Discard(m.id)
			m.fail(wire.Problemf(l.Reason, "the message was not taken"))
		case l.Delivery == chat.Sending:
			s.sends = append(s.sends, m)
		default:
			m.answer(m.conv, entryAt(m.conv, l.Seq)...)
		}
	}
}

func entryAt(conv *chat.Conversation, seq int64) []wire.Entry {
	if entries := entriesAfter(conv, seq-1); len(entries) > 0 && entries[0].Seq == seq {
		return entries[:1]
	}
	return nil
}

func (s *Service) sendFilteredMessage(a *ask) {
	conv := s.active()
	if conv == nil {
		a.reject(textNoSessionShort)
		return
	}
	text := a.text("message")
	if text == "" {
		a.reject(textNoMessage)
		return
	}
	if f, ok := readFilters(a.Field("regex")); ok {
		s.filters.add(f)
	}
	s.write(a, conv, text)
	a.resolve(nil)
}

// sendCustomNotice sends what is no message to the agent's application.
func (s *Service) sendCustomNotice(a *ask) {
	conv := s.active()
	switch {
	case !a.t.table().CustomNotices:
		a.reject(textNoNotices)
	case conv == nil:
		a.reject(textNoSession)
	default:
		s.request(a, conv, &wire.Send{
			Session: conv.ID(), ClientID: s.o.NewID(), Kind: wire.KindNotice, Text: a.text("message"),
		})
	}
}

// sendTyping tells that the visitor types, and what, where the deployment lets agents see that.
func (s *Service) sendTyping(a *ask) {
	conv := s.active()
	switch {
	case conv == nil:
		a.reject(textNoSession)
	case s.o.Client.Status() != chat.Online:
		a.fail(wire.Problemf(wire.CodeNoConnection, "there is no connection to the relay"))
	default:
		text := a.text("message")
		if text == "" {
			text = a.text("Message") // as the documentation of this one command has it
		}
		if text == "" {
			text = " " // typing without a word is still typing
		}
		conv.Key(text)
		a.limit(harmless)
		s.o.Link.Confirm(func(p *wire.Problem) {
			if p != nil {
				a.fail(p)
				return
			}
			a.answer(conv)
		})
	}
}
