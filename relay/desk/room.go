package desk

import (
	"context"

	"foyer/relay/chat"
)

// Room is what the agents at this relay could take on just now. Pacing goes by it.
type Room struct {
	Ready    int // agents who are ready and connected
	WithRoom int // those of them who have less than they can
	Free     int // conversations that those could take
	Waiting  int // conversations in the queue, at most as many as a pass looks at
}

// Room counts.
func (s *Service) Room(ctx context.Context) (Room, error) {
	agents, err := s.freeAgents(ctx)
	if err != nil {
		return Room{}, err
	}
	r := Room{Ready: len(agents)}
	for _, a := range agents {
		if a.load < a.capacity {
			r.WithRoom++
			r.Free += a.capacity - a.load
		}
	}
	rows, err := s.chats.InQueue(ctx, queueAtOnce)
	if err != nil {
		return Room{}, err
	}
	for _, row := range rows {
		if row.State == chat.Queued {
			r.Waiting++
		}
	}
	return r, nil
}
