package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/relay/wire"
)

// Router gives waiting sessions to agents. Implemented by relay/desk.
type Router interface {
	// Wake says that what routing looks at has changed: a session waits, or an agent has room again.
	Wake()
	// OfferEnded says that the visitor left while the agent was being asked. Reason is as in wire.OfferGone.
	OfferEnded(agent, offer, reason string)
}

// Options is what a Service is made of. All fields are required unless they say otherwise.
type Options struct {
	Store  Store
	Live   Live
	Clock  Clock
	IDs    IDs
	Router Router // may come later, by RouteWith
	// Entries is how many entries a chat may have; it may change from call to call. Default: DefaultEntries.
	Entries func() int64
	Watch   Watch // nil for none
}

// Service is what gateways and relay/desk call. Its methods may be called by many goroutines at once. Their errors
// hold a *wire.Problem (errors.As), so that each interface translates one table of codes; a session that does not exist
// and one that the caller is not in are the same CodeNoSession, so that nobody learns which ids exist.
//
// A method that changes a session returns after the change is durable and after everybody who is connected was told, in
// the order of the log. A change that has begun is carried through even when ctx ends.
type Service struct {
	store   Store
	live    Live
	clock   Clock
	ids     IDs
	router  Router
	entries func() int64
	watch   Watch
	ordered ordered
}

// changeLimit is how long the store may take for one change, whatever became of the caller.
const changeLimit = 30 * time.Second

// NewService puts a service together.
func NewService(o Options) *Service {
	if o.Entries == nil {
		o.Entries = func() int64 { return DefaultEntries }
	}
	if o.Watch == nil {
		o.Watch = nobody{}
	}
	return &Service{store: o.Store, live: o.Live, clock: o.Clock, ids: o.IDs, router: o.Router,
		entries: o.Entries, watch: o.Watch, ordered: ordered{turns: map[string]*turn{}}}
}

// RouteWith names the router, which itself needs the service. Called once, before the service is used.
func (s *Service) RouteWith(r Router) { s.router = r }

func (s *Service) wake() {
	if s.router != nil {
		s.router.Wake()
	}
}

// Session reads a session for one who is or was in it, or is being asked to take it.
func (s *Service) Session(ctx context.Context, id, participant string) (Session, error) {
	row, err := s.store.Session(ctx, id)
	if err != nil {
		return Session{}, problem(err, "read the session")
	}
	if !mayRead(row, participant) {
		return Session{}, noSession()
	}
	return row, nil
}

// present reads a session for one who is in it now.
func (s *Service) present(ctx context.Context, id, participant string) (Session, Participant, error) {
	row, err := s.store.Session(ctx, id)
	if err != nil {
		return Session{}, Participant{}, problem(err, "read the session")
	}
	p, in := row.Participant(participant)
	switch {
	case in:
		return row, p, nil
	case mayRead(row, participant) && row.State.Over():
		return Session{}, Participant{}, sessionEnded()
	}
	return Session{}, Participant{}, noSession()
}

func mayRead(row Session, participant string) bool {
	if participant == "" {
		return false
	}
	if row.State == Offered && row.Agent == participant {
		return true
	}
	for _, p := range row.Participants {
		if p.ID == participant {
			return true
		}
	}
	return false
}

// apply makes a change durable and then tells those who are connected. One session's changes are told in the order in
// which they were kept. What a resend finds is told again: its first run may have died in between, and receivers know
// an entry by its Seq.
func (s *Service) apply(ctx context.Context, c Change) (Applied, error) {
	done, err := s.ordered.take(ctx, c.Session)
	if err != nil {
		return Applied{}, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeLimit)
	defer cancel()
	c.NowMs = s.clock.NowMs()
	applied, err := s.store.Apply(ctx, c)
	if err != nil {
		return Applied{}, err
	}
	s.watchLog(applied)
	if len(applied.Entries) > 0 {
		s.live.Committed(applied.Session, applied.Entries)
	}
	return applied, nil
}

// maxRaces is how often change starts over because somebody else changed the session in between.
const maxRaces = 5

// change reads a session, lets plan say what to do with it as it is, and does that, provided that nobody has changed
// its state in between; else it starts over. A nil change from plan means that there is nothing to do.
func (s *Service) change(ctx context.Context, id string, plan func(Session) (*Change, error)) (before Session, a Applied, err error) {
	for range maxRaces {
		before, err = s.store.Session(ctx, id)
		if err != nil {
			return before, a, err
		}
		c, err := plan(before)
		if err != nil || c == nil {
			return before, Applied{Session: before, Existing: true}, err
		}
		c.Session, c.If.States = id, []State{before.State}
		c.If.Offer = before.Offer
		a, err = s.apply(ctx, *c)
		if !errors.Is(err, ErrPrecondition) {
			return before, a, err
		}
	}
	return before, a, wire.Problemf(wire.CodeConflict, "the session is being changed by others, try again")
}

// entry makes one that the relay itself writes.
func (s *Service) entry(kind string, from Participant, data map[string]any) Entry {
	return Entry{ID: s.ids.New(), Kind: kind, From: from, Data: data}
}

func noSession() error {
	return wire.Problemf(wire.CodeNoSession, "there is no such session for this participant")
}

func sessionEnded() error {
	return wire.Problemf(wire.CodeSessionEnded, "the session is over")
}

// problem gives an error of the store its code. The text of an unexpected one stays in the chain for the log, and out
// of the Problem.
func problem(err error, attempted string) error {
	var p *wire.Problem
	var pre *PreconditionError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return err
	case errors.Is(err, ErrNoSession):
		return noSession()
	case errors.As(err, &pre) && pre.Session.State.Over():
		return sessionEnded()
	case errors.Is(err, ErrPrecondition):
		return wire.Problemf(wire.CodeConflict, "could not %s: it has changed meanwhile", attempted)
	case errors.Is(err, ErrUnstorable):
		return wire.Problemf(wire.CodeBadRequest, "text must be UTF-8 without NUL characters")
	}
	return fmt.Errorf("%s: %w: %w", attempted, wire.Problemf(wire.CodeUnavailable, "could not %s just now", attempted), err)
}
