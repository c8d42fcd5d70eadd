package chat

import (
	"context"
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// open lists the states in which a session takes entries.
var open = []State{Queued, Offered, Active}

// SendRequest is one entry that a participant writes.
type SendRequest struct {
	Session     string
	Participant string
	ClientID    string         // unique within the session; a resend with it adds nothing. Empty: cannot be resent
	Kind        string         // wire.KindMessage (also where empty) or wire.KindNotice
	Text        string         // of a message: 1 to wire.MaxMessageRunes characters
	Data        map[string]any // within the limits of package attached
}

// Send adds a message or notice to the log. A resend is answered with the entry that was kept the first time, also when
// the session is over by now, or full.
// Codes: CodeBadRequest, CodeNoSession, CodeSessionEnded, CodeChatFull.
func (s *Service) Send(ctx context.Context, r SendRequest) (Entry, error) {
	if r.Kind == "" {
		r.Kind = wire.KindMessage
	}
	if err := r.check(); err != nil {
		return Entry{}, err
	}
	row, err := s.Session(ctx, r.Session, r.Participant)
	if err != nil {
		return Entry{}, err
	}
	from, member := member(row, r.Participant)
	if !member { // an agent who is only being asked reads, and does not write
		return Entry{}, noSession()
	}
	e := s.entry(r.Kind, from, r.Data)
	e.Text, e.ClientID = r.Text, r.ClientID
	applied, err := s.apply(ctx, Change{
		Session: r.Session,
		If:      If{States: open, Participant: r.Participant, Below: s.entries()},
		Entries: []Entry{e},
	})
	if err != nil {
		return Entry{}, s.writing(err, "send the message")
	}
	kept := applied.Entries[0]
	if kept.From.ID != r.Participant {
		// Somebody else used this client id before; its text is in the log already, but it is not this sender's.
		return Entry{}, wire.Problemf(wire.CodeConflict, "this client message id is taken")
	}
	return kept, nil
}

func (r SendRequest) check() error {
	switch {
	case r.Kind != wire.KindMessage && r.Kind != wire.KindNotice:
		return wire.Problemf(wire.CodeBadRequest, "%.40q is not a kind that can be sent", r.Kind)
	case r.Kind == wire.KindMessage && r.Text == "":
		return wire.Problemf(wire.CodeBadRequest, "a message needs a text")
	}
	if err := CheckClientID(r.ClientID); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(r.Text); n > wire.MaxMessageRunes {
		return wire.Problemf(wire.CodeBadRequest, "a message may have %d characters, not %d", wire.MaxMessageRunes, n)
	}
	if err := attached.Text("the message", r.Text); err != nil {
		return err
	}
	return attached.Check("data", r.Data)
}

// UpdateData merges data into the session's attached data; a nil value removes a key. The log gets an entry with what
// changed. Codes: CodeBadRequest (also where the result would exceed the limits), CodeNoSession, CodeSessionEnded,
// CodeChatFull.
func (s *Service) UpdateData(ctx context.Context, session, participant string, data map[string]any) (Entry, error) {
	if len(data) == 0 {
		return Entry{}, wire.Problemf(wire.CodeBadRequest, "no data given")
	}
	if err := attached.Check("data", data); err != nil {
		return Entry{}, err
	}
	row, from, err := s.present(ctx, session, participant)
	if err != nil {
		return Entry{}, err
	}
	if from.Kind == Visitor {
		if data = withoutIdentity(data); len(data) == 0 {
			return Entry{}, wire.Problemf(wire.CodeForbidden, "only a signed identity says this")
		}
	}
	if err := attached.Check("the session's data", merged(row.UserData, data)); err != nil {
		return Entry{}, err
	}
	applied, err := s.apply(ctx, Change{
		Session: session,
		If:      If{States: open, Participant: participant, Below: s.entries()},
		Set:     Set{MergeData: data},
		Entries: []Entry{s.entry(wire.KindData, from, data)},
	})
	if err != nil {
		return Entry{}, s.writing(err, "update the data")
	}
	return applied.Entries[0], nil
}

func merged(old, changes map[string]any) map[string]any {
	all := make(map[string]any, len(old)+len(changes))
	for k, v := range old {
		all[k] = v
	}
	for k, v := range changes {
		if v == nil {
			delete(all, k)
			continue
		}
		all[k] = v
	}
	return all
}

// member finds a participant who is or was in the session.
func member(row Session, id string) (Participant, bool) {
	for _, p := range row.Participants {
		if p.ID == id {
			return p, true
		}
	}
	return Participant{}, false
}

// For is the entry as a participant of a kind may see it: attached data is for agents, so that visitors see only that
// something changed. Every interface passes entries through it, so that all positions stay without a gap.
func (e Entry) For(kind string) Entry {
	if e.Kind == wire.KindData && kind == Visitor && e.From.Kind != Visitor {
		e.Data = nil
	}
	return e
}
