package callback

import (
	"context"

	"foyer/relay/wire"
)

// What relay/desk asks of callbacks in order to find agents for them.

// Waiting lists the callbacks that are due or offered, longest due first.
func (s *Service) Waiting(ctx context.Context, limit int) ([]Callback, error) {
	all, err := s.store.Waiting(ctx, s.clock.NowMs(), limit)
	return all, problem(err, "read the callbacks that are due")
}

// OfAgent lists what the agent has now, oldest first: Offered or Active.
func (s *Service) OfAgent(ctx context.Context, agent string) ([]Callback, error) {
	all, err := s.store.OfAgent(ctx, agent)
	return all, problem(err, "read the agent's callbacks")
}

// Offer claims a callback for one agent until endsMs, and asks them. Of several who try at once, one succeeds, whichever
// relay they are on; the others get CodeConflict.
func (s *Service) Offer(ctx context.Context, id, agent, offer string, endsMs int64) error {
	c, err := s.store.Change(ctx, id, If{State: Scheduled},
		Set{State: new(Offered), Agent: new(agent), Offer: new(offer), OfferEndsMs: new(endsMs)})
	if err != nil {
		return problem(err, "offer the callback")
	}
	s.live.CallbackOffer(agent, c)
	return nil
}

// Return puts an offered callback back, if that offer is still open, and tells the agent why; else CodeOfferGone.
func (s *Service) Return(ctx context.Context, id, agent, offer, reason string) error {
	_, err := s.store.Change(ctx, id, If{State: Offered, Offer: offer, Agent: agent},
		Set{State: new(Scheduled), Agent: new(""), Offer: new(""), OfferEndsMs: new(int64(0))})
	if err != nil {
		return offerProblem(err, "return the callback")
	}
	s.live.OfferGone(agent, offer, reason)
	return nil
}

func offerProblem(err error, attempted string) error {
	p := problem(err, attempted)
	if isCode(p, wire.CodeConflict) || isCode(p, wire.CodeNoCallback) {
		return wire.Problemf(wire.CodeOfferGone, "the offer is no longer open")
	}
	return p
}
