package callback

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// OfAgent lists what the agent has now, oldest first: Offered or Active.
func (s *Service) OfAgent(ctx context.Context, agent string) ([]Callback, error) {
	all, err := s.store.OfAgent(ctx, agent)
	return all, problem(err, "read the agent's callbacks")
}

// offerTo finds the callback that an agent is asked to take by an offer; CodeOfferGone where there is none.
func (s *Service) offerTo(ctx context.Context, agent, offer string) (Callback, error) {
	all, err := s.OfAgent(ctx, agent)
	if err != nil {
		return Callback{}, err
	}
	for _, c := range all {
		if offer != "" && c.State == Offered && c.Offer == offer {
			return c, nil
		}
	}
	return Callback{}, wire.Problemf(wire.CodeOfferGone, "the offer is no longer open")
}

// Accept makes the offered callback the agent's, and tells all of the agent's desktops. CodeOfferGone where the offer is
// not this agent's, ran out, or was answered already.
func (s *Service) Accept(ctx context.Context, agent, offer string) (Callback, error) {
	c, err := s.offerTo(ctx, agent, offer)
	if err != nil {
		return Callback{}, err
	}
	c, err = s.store.Change(ctx, c.ID, If{State: Offered, Offer: offer, Agent: agent},
		Set{State: new(Active), Offer: new(""), OfferEndsMs: new(int64(0))})
	if err != nil {
		return Callback{}, offerProblem(err, "accept the callback")
	}
	s.busied(agent, c.ID)
	s.live.CallbackOpened(agent, offer, c)
	return c, nil
}

// Of reads a callback that the agent has or is asked to take; CodeNoCallback for any other.
func (s *Service) Of(ctx context.Context, agent, id string) (Callback, error) {
	c, err := s.store.Callback(ctx, id)
	switch {
	case err != nil:
		return Callback{}, problem(err, "read the callback")
	case c.Agent != agent || c.State != Active && c.State != Offered:
		return Callback{}, noCallback()
	}
	return c, nil
}

// Outcome is what an agent says of a call.
type Outcome struct {
	ID          string
	Disposition string // wire.CallReached …
	AgainMin    int    // with wire.CallNotReached: minutes until somebody tries again, 1 to 1440
	Note        string // at most MaxNote characters
}

// Finish says how the agent's call went. One that was not reached is due again after AgainMin, for whichever agent is
// then free, unless it was tried MaxAttempts times. Saying the same again does nothing and is no error.
// Codes: CodeNoCallback, CodeBadRequest.
func (s *Service) Finish(ctx context.Context, agent string, o Outcome) (Callback, error) {
	o.Note = strings.TrimSpace(o.Note)
	if err := o.check(); err != nil {
		return Callback{}, err
	}
	c, err := s.store.Callback(ctx, o.ID)
	if err != nil {
		return Callback{}, problem(err, "read the callback")
	}
	if c.State == Done && c.Agent == agent && c.Disposition == o.Disposition {
		return c, nil
	}
	c, err = s.store.Change(ctx, o.ID, If{State: Active, Agent: agent}, s.outcome(c, o))
	if errors.Is(err, ErrChanged) {
		return Callback{}, noCallback()
	}
	if err != nil {
		return Callback{}, problem(err, "keep how the call went")
	}
	s.busied(agent, c.ID)
	s.live.CallbackClosed(agent, c)
	return c, nil
}

func (s *Service) outcome(c Callback, o Outcome) Set {
	now := s.clock.NowMs()
	set := Set{Attempts: new(c.Attempts + 1), Disposition: new(o.Disposition), Note: new(o.Note)}
	if o.Disposition == wire.CallNotReached && c.Attempts+1 < MaxAttempts {
		set.State, set.Agent, set.DueMs = new(Scheduled), new(""), new(now+int64(o.AgainMin)*60_000)
		return set
	}
	set.State, set.EndedMs = new(Done), new(now)
	return set
}

func (o Outcome) check() error {
	switch o.Disposition {
	case wire.CallReached, wire.CallWrongNumber:
	case wire.CallNotReached:
		if o.AgainMin < 1 || o.AgainMin > maxAgainMin {
			return wire.Problemf(wire.CodeBadRequest, "again is 1 to %d minutes", maxAgainMin)
		}
	default:
		return wire.Problemf(wire.CodeBadRequest, "%.40q is not how a call goes", o.Disposition)
	}
	if utf8.RuneCountInString(o.Note) > MaxNote {
		return wire.Problemf(wire.CodeBadRequest, "a note may have %d characters", MaxNote)
	}
	return attached.Text("the note", o.Note)
}

func isCode(err error, code wire.Code) bool { return errors.Is(err, &wire.Problem{Code: code}) }
