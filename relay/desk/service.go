// Package desk is the domain of the agents at their desktops: who is there and ready, what of that which waits (chats, and
// what other sources bring) is offered to whom, and which chats each agent has open.
//
// Gateways tell it of desktops that come and go and of what agents decide; Run, started by main, does the routing. It
// knows neither HTTP nor SQL. Presence and readiness are in this relay's memory only, so that nothing is offered to
// somebody who is not there; whose session is whose is in the store only, where an offer is claimed by a conditional
// change. It must never offer a session that the store has not given to it.
package desk

import (
	"context"
	"log/slog"
	"sync"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/wire"
)

// Live tells the agents' desktops. Implemented by relay/live. It must not block.
type Live interface {
	// Offer asks an agent to take the session; its row holds the offer.
	Offer(agent string, s chat.Session)
	// OfferGone withdraws an offer; reason as in wire.OfferGone.
	OfferGone(agent, offer, reason string)
	// Opened says that the session is the agent's; the offer is thereby over.
	Opened(agent, offer string, s chat.Session)
	AgentState(agent string, ready bool)
	// Waiting tells what waits in the agent's queues, and what is to come.
	Waiting(agent string, o Outlook)
}

// Clock lets tests own the time. Implemented by clock.System.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// Times of routing, in milliseconds.
const (
	OfferMs      = 30_000 // an agent has to answer an offer
	AskAgainMs   = 60_000 // until the same agent is asked again for the same session
	AskOnlyMs    = 10_000 // the same, where nobody else is ready
	AgentGoneMs  = 10_000 // without a connection before an agent's offers go back
	LookMs       = 5_000  // between looks at the queue when nothing happened here; other relays may have put something in
	queueAtOnce  = 500    // sessions looked at in one pass
	DefaultChats = 3      // capacity of an agent for whom none is set

	reasonTimeout  = "timeout"
	reasonRejected = "rejected"
)

// Options is what a Service is made of. Log may be nil, and so may what says so.
type Options struct {
	Chats *chat.Service
	Live  Live
	Clock Clock
	IDs   chat.IDs
	Log   *slog.Logger
	// Sources bring other tasks than chats. May be nil.
	Sources []Source
	// QueuesOf says for which queues an agent works; nil for all. It must not block. May be nil: then it is Agent.Queues.
	QueuesOf func(access.Agent) []string
}

// Service is safe for use by many goroutines. Its errors hold a *wire.Problem, as those of chat.Service.
type Service struct {
	chats *chat.Service
	live  Live
	clock Clock
	ids   chat.IDs
	log   *slog.Logger
	woken chan struct{} // one token: a pass is due

	sources  []Source
	left     []Task // of Run alone: those that wait after the last pass, longest waiting first
	queuesOf func(access.Agent) []string

	mu     sync.Mutex // guards what follows; never held while the store or Live is called
	agents map[string]*agent
	asked  map[asking]int64 // when an agent was last asked for a session, in vain
	turn   int64            // last turn given, see agent.turn
}

type asking struct{ task, agent string }

// NewService puts a service together and makes it the router of o.Chats.
func NewService(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.QueuesOf == nil {
		o.QueuesOf = func(a access.Agent) []string { return a.Queues }
	}
	s := &Service{chats: o.Chats, live: o.Live, clock: o.Clock, ids: o.IDs, log: o.Log,
		sources: append([]Source{chats{o.Chats, o.Live}}, o.Sources...), queuesOf: o.QueuesOf,
		woken: make(chan struct{}, 1), agents: map[string]*agent{}, asked: map[asking]int64{}}
	o.Chats.RouteWith(s)
	return s
}

// Wake lets Run look at the queue now. It never blocks. It implements chat.Router.
func (s *Service) Wake() {
	select {
	case s.woken <- struct{}{}:
	default: // one is due already
	}
}

// OfferEnded implements chat.Router.
func (s *Service) OfferEnded(agent, offer, reason string) { s.live.OfferGone(agent, offer, reason) }

// Offers lists the sessions that the agent is being asked to take, oldest first. What remains of an offer's time is
// Session.OfferEndsMs minus the clock.
func (s *Service) Offers(ctx context.Context, agentID string) ([]chat.Session, error) {
	return s.ofAgent(ctx, agentID, func(row chat.Session) bool {
		return row.State == chat.Offered && row.OfferEndsMs > s.clock.NowMs()
	})
}

// Open lists the sessions in the agent's list, oldest first: active, or ended by the visitor and not yet marked done.
func (s *Service) Open(ctx context.Context, agentID string) ([]chat.Session, error) {
	return s.ofAgent(ctx, agentID, func(row chat.Session) bool { return row.State != chat.Offered })
}

func (s *Service) ofAgent(ctx context.Context, agentID string, keep func(chat.Session) bool) ([]chat.Session, error) {
	rows, err := s.chats.OfAgent(ctx, agentID)
	if err != nil {
		return nil, err
	}
	var kept []chat.Session
	for _, row := range rows {
		if keep(row) {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

// Accept makes the offered session the agent's, and tells all of the agent's desktops. CodeOfferGone where the offer is
// not this agent's, ran out, or was answered already.
func (s *Service) Accept(ctx context.Context, a access.Agent, offer string) (chat.Session, error) {
	row, err := s.offered(ctx, a.ID, offer)
	if err != nil {
		return chat.Session{}, err
	}
	row, err = s.chats.Accept(ctx, row.ID, offer, chat.Participant{ID: a.ID, Nickname: a.Name})
	if err != nil {
		return chat.Session{}, err
	}
	s.Busied(a.ID, row.ID)
	s.live.Opened(a.ID, offer, row)
	return row, nil
}

// Busied says that an agent has taken a task of a Source over, or is done with it: others are asked first from now on.
func (s *Service) Busied(agentID, task string) {
	s.forgetTask(task)
	s.toTheBack(agentID)
}

// Reject gives back what was offered, of whatever kind, to be offered to somebody else. Codes as Accept.
func (s *Service) Reject(ctx context.Context, agentID, offer string) error {
	for _, from := range s.sources {
		tasks, err := from.OfAgent(ctx, agentID)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if offer != "" && t.Offer == offer {
				t.from = from
				return s.giveBack(ctx, t, reasonRejected)
			}
		}
	}
	return offerGone()
}

// Done marks the agent's work on a session done, see chat.Service.Done.
func (s *Service) Done(ctx context.Context, agentID, session string) (chat.Session, error) {
	row, err := s.chats.Done(ctx, session, agentID)
	if err != nil {
		return chat.Session{}, err
	}
	s.toTheBack(agentID)
	return row, nil
}

// offered finds the session of an agent's offer.
func (s *Service) offered(ctx context.Context, agentID, offer string) (chat.Session, error) {
	rows, err := s.chats.OfAgent(ctx, agentID)
	if err != nil {
		return chat.Session{}, err
	}
	for _, row := range rows {
		if offer != "" && row.State == chat.Offered && row.Offer == offer {
			return row, nil
		}
	}
	return chat.Session{}, offerGone()
}

func offerGone() error { return wire.Problemf(wire.CodeOfferGone, "the offer is no longer open") }

// giveBack returns what was offered, remembers that its agent was asked in vain, and looks for another.
func (s *Service) giveBack(ctx context.Context, t Task, reason string) error {
	// Before it is returned: a pass that sees it waiting must know whom it was just asked of.
	s.mu.Lock()
	s.asked[asking{t.ID, t.Agent}] = s.clock.NowMs()
	s.mu.Unlock()
	if err := t.from.Return(ctx, t, reason); err != nil {
		return err
	}
	s.Wake()
	return nil
}
