package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

// Run routes until ctx ends. A pass over the queue is made when something happened (Wake), when an offer or an absent
// agent's time is over, and every LookMs. What the store refuses is logged and tried again with the next pass.
func (s *Service) Run(ctx context.Context) {
	for {
		next := s.pass(ctx)
		stop := s.clock.AfterMs(max(next-s.clock.NowMs(), 1), s.Wake)
		select {
		case <-ctx.Done():
			stop()
			return
		case <-s.woken:
			stop()
		}
	}
}

// pass does what is due, and gives the time when something is due again.
func (s *Service) pass(ctx context.Context) (nextMs int64) {
	nextMs = s.clock.NowMs() + LookMs
	gone, nextGone := s.forgetGone()
	nextMs = min(nextMs, nextGone)
	rows, err := s.chats.InQueue(ctx, queueAtOnce)
	if err != nil {
		s.log.ErrorContext(ctx, "read the queue", "err", err)
		return nextMs
	}
	for i, row := range rows {
		if row.State != chat.Offered {
			continue
		}
		if !gone[row.Agent] && row.OfferEndsMs > s.clock.NowMs() {
			nextMs = min(nextMs, row.OfferEndsMs)
			continue
		}
		switch err := s.giveBack(ctx, row, reasonTimeout); {
		case err == nil:
			rows[i].State = chat.Queued
		case !lostRace(err):
			s.log.ErrorContext(ctx, "take an offer back", "session", row.ID, "err", err)
		}
	}
	return min(nextMs, s.offerAll(ctx, rows))
}

// lostRace tells whether a change was refused because the session went on meanwhile: the visitor left, the agent
// answered, or another relay was faster.
func lostRace(err error) bool {
	var p *wire.Problem
	if !errors.As(err, &p) {
		return false
	}
	return p.Code == wire.CodeOfferGone || p.Code == wire.CodeConflict || p.Code == wire.CodeSessionEnded
}

// offerAll offers what is queued, longest waiting first, while there are agents for it.
func (s *Service) offerAll(ctx context.Context, rows []chat.Session) (nextMs int64) {
	nextMs = s.clock.NowMs() + LookMs
	rows = slices.DeleteFunc(rows, func(r chat.Session) bool { return r.State != chat.Queued })
	s.forgetAsked(s.clock.NowMs())
	if len(rows) == 0 {
		return nextMs
	}
	free, err := s.freeAgents(ctx)
	if err != nil {
		s.log.ErrorContext(ctx, "read what agents have", "err", err)
		return nextMs
	}
	for _, row := range rows {
		c, againMs := s.choose(row.ID, free)
		nextMs = min(nextMs, againMs)
		if c == nil {
			continue
		}
		ends := s.clock.NowMs() + OfferMs
		offered, err := s.chats.Offer(ctx, row.ID, c.id, s.ids.New(), ends)
		if err != nil {
			if !lostRace(err) {
				s.log.ErrorContext(ctx, "offer a session", "session", row.ID, "err", err)
			}
			continue
		}
		c.load++
		c.turn = s.toTheBack(c.id)
		s.live.Offer(c.id, offered)
		nextMs = min(nextMs, ends)
	}
	return nextMs
}

// candidate is a ready agent as one pass sees them.
type candidate struct {
	id       string
	capacity int
	load     int // Offered and Active
	turn     int64
}

// freeAgents lists everyone who is ready and connected, with what they have; also those without room, who count when it
// is asked whether there is anybody else.
func (s *Service) freeAgents(ctx context.Context) ([]*candidate, error) {
	s.mu.Lock()
	var all []*candidate
	for _, a := range s.agents {
		if a.ready && a.connected() {
			all = append(all, &candidate{id: a.id, capacity: a.capacity, turn: a.turn})
		}
	}
	s.mu.Unlock()
	for _, c := range all {
		rows, err := s.chats.OfAgent(ctx, c.id)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.State == chat.Offered || row.State == chat.Active {
				c.load++
			}
		}
	}
	return all, nil
}

// choose finds the agent to ask for a session: with room, not asked in vain lately, the least busy one, and among
// those the one idle longest. Nil where there is none; againMs says when one who was asked lately may be asked again.
func (s *Service) choose(session string, agents []*candidate) (best *candidate, againMs int64) {
	wait := int64(AskAgainMs)
	if len(agents) == 1 {
		wait = AskOnlyMs
	}
	now := s.clock.NowMs()
	againMs = now + LookMs
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range agents {
		if c.load >= c.capacity {
			continue
		}
		if at, asked := s.asked[asking{session, c.id}]; asked && now < at+wait {
			againMs = min(againMs, at+wait)
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(c.load, best.load), cmp.Compare(c.turn, best.turn)) < 0 {
			best = c
		}
	}
	return best, againMs
}

// forgetGone forgets the agents who have had no connection for AgentGoneMs, and gives the time when the next one will be.
func (s *Service) forgetGone() (gone map[string]bool, nextMs int64) {
	now := s.clock.NowMs()
	nextMs = now + LookMs
	s.mu.Lock()
	defer s.mu.Unlock()
	gone = map[string]bool{}
	for id, a := range s.agents {
		switch {
		case a.connected():
		case now >= a.lostMs+AgentGoneMs:
			gone[id] = true
			delete(s.agents, id)
		default:
			nextMs = min(nextMs, a.lostMs+AgentGoneMs)
		}
	}
	return gone, nextMs
}

// forgetAsked drops what no longer keeps anybody from being asked.
func (s *Service) forgetAsked(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, at := range s.asked {
		if now >= at+AskAgainMs {
			delete(s.asked, k)
		}
	}
}

func (s *Service) forgetSession(session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.asked {
		if k.session == session {
			delete(s.asked, k)
		}
	}
}
