package callback

import (
	"context"

	"foyer/relay/desk"
	"foyer/relay/wire"
)

// Kind names callbacks among what desks route.
const Kind = "callback"

// Source is how relay/desk finds agents for the callbacks that are due.
func (s *Service) Source() desk.Source { return source{s} }

type source struct{ *Service }

// Kind implements desk.Source.
func (s source) Kind() string { return Kind }

// AtMost implements desk.Source: nobody rings two at once.
func (s source) AtMost() int { return 1 }

// Waiting implements desk.Source with the callbacks that are due or offered, longest due first.
func (s source) Waiting(ctx context.Context, limit int) ([]desk.Task, error) {
	all, err := s.store.Waiting(ctx, s.clock.NowMs(), limit)
	return tasks(all), problem(err, "read the callbacks that are due")
}

// Planned implements desk.Source with the callbacks whose time is to come.
func (s source) Planned(ctx context.Context, limit int) ([]desk.Task, error) {
	all, err := s.store.Planned(ctx, s.clock.NowMs(), limit)
	return tasks(all), problem(err, "read the callbacks that are planned")
}

// OfAgent implements desk.Source.
func (s source) OfAgent(ctx context.Context, agent string) ([]desk.Task, error) {
	all, err := s.Service.OfAgent(ctx, agent)
	return tasks(all), err
}

func tasks(all []Callback) []desk.Task {
	tasks := make([]desk.Task, len(all))
	for i, c := range all {
		tasks[i] = desk.Task{ID: c.ID, Queue: c.Queue, SinceMs: c.DueMs, Agent: c.Agent, Offer: c.Offer, OfferEndsMs: c.OfferEndsMs}
	}
	return tasks
}

// Offer implements desk.Source: it claims a callback for one agent, and asks them. Of several who try at once, one
// succeeds, whichever relay they are on; the others get CodeConflict.
func (s source) Offer(ctx context.Context, t desk.Task, agent, offer string, endsMs int64) error {
	c, err := s.store.Change(ctx, t.ID, If{State: Scheduled},
		Set{State: new(Offered), Agent: new(agent), Offer: new(offer), OfferEndsMs: new(endsMs)})
	if err != nil {
		return problem(err, "offer the callback")
	}
	s.live.CallbackOffer(agent, c)
	return nil
}

// Return implements desk.Source; CodeOfferGone where the offer is no longer open.
func (s source) Return(ctx context.Context, t desk.Task, reason string) error {
	_, err := s.store.Change(ctx, t.ID, If{State: Offered, Offer: t.Offer, Agent: t.Agent},
		Set{State: new(Scheduled), Agent: new(""), Offer: new(""), OfferEndsMs: new(int64(0))})
	if err != nil {
		return offerProblem(err, "return the callback")
	}
	s.live.OfferGone(t.Agent, t.Offer, reason)
	return nil
}

func offerProblem(err error, attempted string) error {
	p := problem(err, attempted)
	if isCode(p, wire.CodeConflict) || isCode(p, wire.CodeNoCallback) {
		return wire.Problemf(wire.CodeOfferGone, "the offer is no longer open")
	}
	return p
}
