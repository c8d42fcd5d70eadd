package chat

import (
	"errors"

	"foyer/relay/wire"
)

// DefaultEntries is how many entries a chat may have unless Options say otherwise.
const DefaultEntries = 10_000

// entriesLimit is the limit's key in relay.yaml.
const entriesLimit = "entries_per_chat"

// Watch is told how full logs are. Its methods must not block.
type Watch interface {
	// Nearly: a chat has 80 % of the entries that it may have. Told once for each chat.
	Nearly(limit, session string)
	// Reached: something was not written because the chat is full.
	Reached(limit, session string)
}

// nobody watches where nobody does.
type nobody struct{}

func (nobody) Nearly(string, string)  {}
func (nobody) Reached(string, string) {}

// watchLog tells when a log nears its limit.
func (s *Service) watchLog(a Applied) {
	if a.Existing {
		return
	}
	most := s.entries()
	mark := most - most/5
	for _, e := range a.Entries {
		if e.Seq == mark {
			s.watch.Nearly(entriesLimit, a.Session.ID)
		}
	}
}

// writing gives an error of a change whose If had Below its code: CodeChatFull where that is the reason.
func (s *Service) writing(err error, attempted string) error {
	var pre *PreconditionError
	if errors.As(err, &pre) && !pre.Session.State.Over() {
		if full := s.full(pre.Session); full != nil {
			return full
		}
	}
	return problem(err, attempted)
}

// full says that nothing can be written to a session any more; nil where it can. What the relay notes itself, such as the
// end, always finds room. Codes: CodeChatFull.
func (s *Service) full(row Session) error {
	most := s.entries()
	if row.Seq < most {
		return nil
	}
	s.watch.Reached(entriesLimit, row.ID)
	return wire.Problemf(wire.CodeChatFull, "a chat may have %d entries", most)
}
