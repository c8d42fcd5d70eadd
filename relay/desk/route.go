package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

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
	gone, nextMs := s.forgetGone()
	var waiting []Task
	for _, t := range s.waiting(ctx) {
		if t.Offer == "" {
			waiting = append(waiting, t)
			continue
		}
		if !gone[t.Agent] && t.OfferEndsMs > s.clock.NowMs() {
			nextMs = min(nextMs, t.OfferEndsMs)
			continue
		}
		switch err := s.giveBack(ctx, t, reasonTimeout); {
		case err == nil:
			waiting = append(waiting, t)
		case !lostRace(err):
			s.log.ErrorContext(ctx, "take an offer back", "kind", t.from.Kind(), "id", t.ID, "err", err)
		}
	}
	nextMs = min(nextMs, s.offerAll(ctx, waiting))
	s.tellWaiting(ctx)
	return nextMs
}

// waiting lists what waits or is offered, of all kinds, longest waiting first. A source that fails is asked again in the
// next pass, and keeps none of the others waiting.
func (s *Service) waiting(ctx context.Context) []Task {
	var all []Task
	for _, from := range s.sources {
		tasks, err := from.Waiting(ctx, queueAtOnce)
		if err != nil {
			s.log.ErrorContext(ctx, "read the queue", "kind", from.Kind(), "err", err)
			continue
		}
		for _, t := range tasks {
			t.from = from
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, bySince)
	return all
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

// offerAll offers what waits, longest waiting first, while there are agents for it.
func (s *Service) offerAll(ctx context.Context, tasks []Task) (nextMs int64) {
	nextMs = s.clock.NowMs() + LookMs
	s.forgetAsked(s.clock.NowMs())
	s.left = tasks
	if len(tasks) == 0 {
		return nextMs
	}
	free, err := s.freeAgents(ctx)
	if err != nil {
		s.log.ErrorContext(ctx, "read what agents have", "err", err)
		return nextMs
	}
	s.left = nil
	for _, t := range tasks {
		c, againMs := s.choose(t, free)
		nextMs = min(nextMs, againMs)
		if c == nil {
			s.left = append(s.left, t)
			continue
		}
		ends := s.clock.NowMs() + OfferMs
		if err := t.from.Offer(ctx, t, c.id, s.ids.New(), ends); err != nil {
			if !lostRace(err) {
				s.log.ErrorContext(ctx, "offer a task", "kind", t.from.Kind(), "id", t.ID, "err", err)
			}
			s.left = append(s.left, t)
			continue
		}
		c.load++
		c.of[t.from]++
		c.turn = s.toTheBack(c.id)
		nextMs = min(nextMs, ends)
	}
	return nextMs
}

// candidate is a ready agent as one pass sees them.
type candidate struct {
	id       string
	capacity int
	queues   []string       // nil for all
	load     int            // tasks that take room
	of       map[Source]int // the same by kind
	turn     int64
}

// servingAny are the agents who work for one of the queues; all of them where none is named.
func servingAny(agents []*candidate, queues []string) []*candidate {
	var some []*candidate
	for _, a := range agents {
		if len(queues) == 0 || a.queues == nil || slices.ContainsFunc(a.queues, func(q string) bool { return slices.Contains(queues, q) }) {
			some = append(some, a)
		}
	}
	return some
}

// places is how many tasks of a kind the agent could take.
func (c *candidate) places(from Source) int {
	n := max(c.capacity-c.load, 0)
	if from.AtMost() > 0 {
		n = min(n, max(from.AtMost()-c.of[from], 0))
	}
	return n
}

// freeAgents lists everyone who is ready and connected, with what they have; also those without room, who count when it
// is asked whether there is anybody else.
func (s *Service) freeAgents(ctx context.Context) ([]*candidate, error) {
	s.mu.Lock()
	var all []*candidate
	for _, a := range s.agents {
		if a.ready && a.connected() {
			all = append(all, &candidate{id: a.id, capacity: a.capacity, queues: s.queuesOf(a.who), of: map[Source]int{}, turn: a.turn})
		}
	}
	s.mu.Unlock()
	for _, c := range all {
		for _, from := range s.sources {
			tasks, err := from.OfAgent(ctx, c.id)
			if err != nil {
				return nil, err
			}
			c.load += len(tasks)
			c.of[from] = len(tasks)
		}
	}
	return all, nil
}

// choose finds the agent to ask for a task: of its queue, with room, not asked in vain lately, the least busy one, and
// among those the one idle longest. Nil where there is none; againMs says when one who was asked lately may be asked
// again.
func (s *Service) choose(t Task, agents []*candidate) (best *candidate, againMs int64) {
	agents = servingAny(agents, []string{t.Queue})
	wait := int64(AskAgainMs)
	if len(agents) == 1 {
		wait = AskOnlyMs
	}
	now := s.clock.NowMs()
	againMs = now + LookMs
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range agents {
		if c.places(t.from) == 0 {
			continue
		}
		if at, asked := s.asked[asking{t.ID, c.id}]; asked && now < at+wait {
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

// forgetTask drops who was asked for a task in vain.
func (s *Service) forgetTask(task string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.asked {
		if k.task == task {
			delete(s.asked, k)
		}
	}
}
