package desk

import (
	"context"
	"slices"
)

// Room is what the agents at this relay could take on just now. Pacing goes by it.
type Room struct {
	Ready    int // agents who are ready and connected
	WithRoom int // those of them who have less than they can
	Free     int // tasks that those could take
	Waiting  int // tasks of all kinds in the queue, at most as many of each as a pass looks at
}

// Room counts, for what is in one of the queues and the agents who work for one of them; for everything where none is
// named. With kind, a Source's, an agent counts who could take another task of that kind, and as many as that; with "" as
// chats do.
func (s *Service) Room(ctx context.Context, kind string, queues []string) (Room, error) {
	from := s.source(kind)
	all, err := s.freeAgents(ctx)
	if err != nil {
		return Room{}, err
	}
	agents := servingAny(all, queues)
	r := Room{Ready: len(agents)}
	for _, a := range agents {
		if n := a.places(from); n > 0 {
			r.WithRoom++
			r.Free += n
		}
	}
	for _, t := range s.waiting(ctx) {
		if t.Offer == "" && (len(queues) == 0 || slices.Contains(queues, t.Queue)) {
			r.Waiting++
		}
	}
	return r, nil
}

// source finds the source of a kind; that of the chats where there is none.
func (s *Service) source(kind string) Source {
	for _, from := range s.sources {
		if from.Kind() == kind {
			return from
		}
	}
	return s.sources[0]
}
