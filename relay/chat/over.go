package chat

import (
	"context"

	"foyer/relay/wire"
)

// Names of entries' data, as pages and desktops see them (spec/digital-channels.md).
const (
	DataState   = "interactionState" // of wire.KindState: a State
	DataReason  = "reason"           // of wire.KindLeft
	ReasonEnded = "ended"            // the visitor ended the session
	ReasonDone  = "done"             // the agent marked it done
)

// End ends the session for its visitor. Ending one that is over does nothing and is no error. An agent who had it keeps
// it until Done. Codes: CodeNoSession, CodeForbidden (an agent does not end, but marks done).
func (s *Service) End(ctx context.Context, session, participant string) error {
	return s.end(ctx, session, func(row Session) (Participant, error) {
		p, in := member(row, participant)
		switch {
		case !in:
			return p, noSession()
		case p.Kind != Visitor:
			return p, wire.Problemf(wire.CodeForbidden, "only the visitor ends a session")
		case row.State.Over():
			return Participant{}, nil
		}
		return p, nil
	}, ReasonEnded)
}

// end ends a session for the visitor that who finds in its row; nothing happens where that has no id.
func (s *Service) end(ctx context.Context, session string, who func(Session) (Participant, error), reason string) error {
	before, applied, err := s.change(ctx, session, func(row Session) (*Change, error) {
		p, err := who(row)
		if err != nil || p.ID == "" {
			return nil, err
		}
		set := Set{State: new(Ended), EndedMs: new(s.clock.NowMs()), Offer: new(""), OfferEndsMs: new(int64(0))}
		if row.State != Active {
			set.Agent = new("") // an agent who was only asked has nothing left to do
		}
		return &Change{
			If:      If{Participant: p.ID},
			Set:     set,
			Leave:   []string{p.ID},
			Entries: []Entry{s.entry(wire.KindLeft, p, map[string]any{DataReason: reason})},
		}, nil
	})
	if err != nil {
		return problem(err, "end the session")
	}
	if applied.Existing || s.router == nil {
		return nil
	}
	if before.State == Offered {
		s.router.OfferEnded(before.Agent, before.Offer, ReasonEnded)
	}
	s.router.Wake()
	return nil
}

// Done marks the agent's work on a session done: the log gets Finalizing, the agent left, Completed, in one change.
// Doing it again does nothing and is no error. Codes: CodeNoSession where the session is not this agent's.
func (s *Service) Done(ctx context.Context, session, agent string) (Session, error) {
	_, applied, err := s.change(ctx, session, func(row Session) (*Change, error) {
		p, in := member(row, agent)
		if !in || row.Agent != agent {
			return nil, noSession()
		}
		if row.State == Completed {
			return nil, nil
		}
		set := Set{State: new(Completed)}
		if row.State != Ended {
			set.EndedMs = new(s.clock.NowMs())
		}
		return &Change{
			If:    If{Agent: agent},
			Set:   set,
			Leave: []string{agent},
			Entries: []Entry{
				s.entry(wire.KindState, SystemParticipant, map[string]any{DataState: string(Finalizing)}),
				s.entry(wire.KindLeft, p, map[string]any{DataReason: ReasonDone}),
				s.entry(wire.KindState, SystemParticipant, map[string]any{DataState: string(Completed)}),
			},
		}, nil
	})
	if err != nil {
		return Session{}, problem(err, "mark the session done")
	}
	if !applied.Existing {
		s.wake()
	}
	return applied.Session, nil
}
