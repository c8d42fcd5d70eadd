package desk

import (
	"context"
	"slices"
)

const (
	outlookNext    = 3   // planned tasks that an agent is told of
	outlookPlanned = 100 // that are looked through for them
)

// Outlook is what an agent sees of the queues while there is nothing to do.
type Outlook struct {
	Waiting int     // tasks of the agent's queues that are not offered to anybody
	SinceMs int64   // since when the first of them waits; 0 where none does
	NextMs  []int64 // when the next planned ones are due, the first first
}

func (o Outlook) equal(other Outlook) bool {
	return o.Waiting == other.Waiting && o.SinceMs == other.SinceMs && slices.Equal(o.NextMs, other.NextMs)
}

// tellWaiting tells the agents what waits in their queues after a pass, where it is not what they were told last.
func (s *Service) tellWaiting(ctx context.Context) {
	if !s.anyConnected() {
		return
	}
	planned := s.plannedTasks(ctx)
	news := map[string]Outlook{}
	s.mu.Lock()
	for id, a := range s.agents {
		if !a.connected() {
			continue
		}
		o := outlookOf(s.queuesOf(a.who), s.left, planned)
		if !a.knows || !o.equal(a.outlook) {
			a.outlook, a.knows = o, true
			news[id] = o
		}
	}
	s.mu.Unlock()
	for agent, o := range news {
		s.live.Waiting(agent, o)
	}
}

func (s *Service) anyConnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.agents {
		if a.connected() {
			return true
		}
	}
	return false
}

// outlookOf is what those who work for some queues see, nil for all.
func outlookOf(queues []string, left, planned []Task) (o Outlook) {
	mine := func(t Task) bool { return queues == nil || slices.Contains(queues, t.Queue) }
	for _, t := range left {
		if mine(t) {
			o.Waiting++
			if o.SinceMs == 0 {
				o.SinceMs = t.SinceMs
			}
		}
	}
	for _, t := range planned {
		if mine(t) && len(o.NextMs) < outlookNext {
			o.NextMs = append(o.NextMs, t.SinceMs)
		}
	}
	return o
}

// plannedTasks are those of all sources that are not due yet, the first first. Nobody waits for them: where they cannot
// be read, there are none.
func (s *Service) plannedTasks(ctx context.Context) (all []Task) {
	for _, from := range s.sources {
		tasks, err := from.Planned(ctx, outlookPlanned)
		if err != nil {
			s.log.ErrorContext(ctx, "read what is planned", "kind", from.Kind(), "err", err)
			continue
		}
		all = append(all, tasks...)
	}
	slices.SortStableFunc(all, bySince)
	return all
}
