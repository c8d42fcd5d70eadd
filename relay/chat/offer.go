package chat

import (
	"context"
	"errors"

	"foyer/relay/wire"
)

// InQueue lists the sessions that wait for an agent, and those that one is being asked to take, longest waiting first.
// Called by relay/desk.
func (s *Service) InQueue(ctx context.Context, limit int) ([]Session, error) {
	rows, err := s.store.InState(ctx, []State{Queued, Offered}, limit)
	return rows, problem(err, "read the queue")
}

// OfAgent lists what the agent has now, oldest first: Offered, Active, or Ended and not yet marked done.
func (s *Service) OfAgent(ctx context.Context, agent string) ([]Session, error) {
	rows, err := s.store.OfAgent(ctx, agent)
	return rows, problem(err, "read the agent's sessions")
}

// Offer claims a waiting session for one agent until endsMs. Of several who try at once, one succeeds, whichever relay
// they are on; the others get CodeConflict. Called by relay/desk.
func (s *Service) Offer(ctx context.Context, session, agent, offer string, endsMs int64) (Session, error) {
	applied, err := s.apply(ctx, Change{
		Session: session,
		If:      If{States: []State{Queued}},
		Set:     Set{State: new(Offered), Agent: new(agent), Offer: new(offer), OfferEndsMs: new(endsMs)},
	})
	return applied.Session, problem(err, "offer the session")
}

// Return puts an offered session back into its old place in the queue, if the offer is still open; else CodeOfferGone.
// Called by relay/desk.
func (s *Service) Return(ctx context.Context, session, offer string) (Session, error) {
	applied, err := s.apply(ctx, Change{
		Session: session,
		If:      If{States: []State{Offered}, Offer: offer},
		Set:     Set{State: new(Queued), Agent: new(""), Offer: new(""), OfferEndsMs: new(int64(0))},
	})
	return applied.Session, offerProblem(err, "return the session")
}

// Accept makes the session the agent's, if the offer is still open; else CodeOfferGone. The log gets that the agent
// joined. Called by relay/desk; agent is who will be seen in the session.
func (s *Service) Accept(ctx context.Context, session, offer string, agent Participant) (Session, error) {
	agent.Kind, agent.JoinedMs, agent.LeftMs = Agent, s.clock.NowMs(), 0
	applied, err := s.apply(ctx, Change{
		Session: session,
		If:      If{States: []State{Offered}, Offer: offer, Agent: agent.ID},
		Set:     Set{State: new(Active), Offer: new(""), OfferEndsMs: new(int64(0))},
		Join:    []Participant{agent},
		Entries: []Entry{s.entry(wire.KindJoined, agent, nil)},
	})
	return applied.Session, offerProblem(err, "accept the session")
}

func offerProblem(err error, attempted string) error {
	if errors.Is(err, ErrPrecondition) || errors.Is(err, ErrNoSession) {
		return wire.Problemf(wire.CodeOfferGone, "the offer is no longer open")
	}
	return problem(err, attempted)
}
