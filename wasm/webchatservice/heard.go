package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
)

// Heard is told each answer of the relay, whoever asked.
type Heard func(f wire.Request, reply wire.Frame, p *wire.Problem)

// Overhear gives a link whose answers heard is told, after who has asked.
func Overhear(l Link, heard Heard) Link { return overheard{l, heard} }

type overheard struct {
	Link
	heard Heard
}

func (o overheard) Request(f wire.Request, done func(reply wire.Frame, problem *wire.Problem)) {
	o.Link.Request(f, func(reply wire.Frame, p *wire.Problem) {
		done(reply, p)
		o.heard(f, reply, p)
	})
}

// Answered tells the pages of an answer of the relay: ajaxResponse, or error where it refuses. What the window asks for
// is told as what commands do. The page whose own command it is hears of it with the command. What will be asked
// again, and that there was no connection, is told elsewhere.
func (s *Service) Answered(f wire.Request, reply wire.Frame, p *wire.Problem) {
	if !ofChat(f) || p != nil && (p.Code == wire.CodeNoConnection || wire.Means(p.Code).Retry) {
		return
	}
	own := s.ownerOf(f)
	for _, t := range s.tabs {
		switch {
		case t == own:
		case p != nil:
			t.publish("error", t.table().Failure(p))
		default:
			t.publish("ajaxResponse", t.answered(f, reply))
		}
	}
}

// ofChat tells whether a request is one that a page's chat server would have been asked.
func ofChat(f wire.Request) bool {
	switch f.(type) {
	case *wire.Start, *wire.Send, *wire.End, *wire.UserData, *wire.History:
		return true
	}
	return false
}

// ownerOf is the page whose command a request is, nil for one of the window.
func (s *Service) ownerOf(f wire.Request) *tab {
	switch f := f.(type) {
	case *wire.Start:
		if s.start != nil && !s.start.over {
			return s.start.t
		}
	case *wire.End:
		t := s.ender
		s.ender = nil
		return t
	case *wire.Send:
		for _, m := range s.sends {
			if m.id == f.ClientID && !m.over {
				return m.t
			}
		}
	case *wire.History:
		t := s.fetched
		s.fetched = nil
		return t
	}
	for _, r := range s.requests {
		if r.frame == f {
			return r.t
		}
	}
	return nil
}

// answered is the answer in the page's shape.
func (t *tab) answered(f wire.Request, reply wire.Frame) map[string]any {
	conv := t.s.o.Client.Conversation()
	if conv == nil {
		conv = t.conv // that was ended and closed
	}
	c, table := t.chat(conv), t.table()
	switch reply := reply.(type) {
	case *wire.Started:
		return table.Session(c, reply.Snapshot.Entries)
	case *wire.Page:
		return table.History(c, reply.Entries)
	case *wire.Ack:
		if _, sent := f.(*wire.Send); sent && conv != nil {
			return table.Answer(c, entryAt(conv, reply.Seq))
		}
	}
	return table.Answer(c, nil)
}

// FileAnswered tells the pages of a file that the relay has taken, or refused: an answer like all others. The page whose
// own command it is hears of it with the command.
func (s *Service) FileAnswered(i *attachment.Item) {
	conv, own := s.o.Client.Conversation(), s.ownFiles[i.ID]
	delete(s.ownFiles, i.ID)
	for _, t := range s.tabs {
		switch {
		case t == own:
		case i.State == attachment.Refused:
			t.publish("error", t.table().Failure(wire.Problemf(i.Reason.Code, "%s was not taken", i.File.Name)))
		default:
			t.publish("ajaxResponse", t.table().Answer(t.chat(conv), ofFile(conv, i.ID)))
		}
	}
}

// ofFile is the entry of a file, if it has come already.
func ofFile(conv *chat.Conversation, id string) []wire.Entry {
	if conv == nil {
		return nil
	}
	if l, there := conv.Line(id); there {
		return entryAt(conv, l.Seq)
	}
	return nil
}
