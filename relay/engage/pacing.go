package engage

import (
	"context"
	"strings"

	"foyer/relay/desk"
)

// roomMs is for how long the desk is not asked again: pages and rules ask often, and each time the store would be read.
const roomMs = 200

// roomsAtMost bounds what is remembered: which queues are asked for is up to pages.
const roomsAtMost = 100

// Capacity is what may be started just now.
type Capacity struct {
	Agents int // ready, with room for another conversation
	Places int // conversations that could begin at once: what waits and who is invited to a chat already is taken off
	// State is the probability with which a page should offer a chat of its own: 1 while there is a place for each ready
	// agent, less when there are fewer, 0 without any.
	State float64
}

// Capacity counts places for a channel (Chat or Callback) of the agents at this relay who work for one of the queues, less
// those that are promised. No queues are all queues.
func (s *Service) Capacity(ctx context.Context, channel string, queues []string) (Capacity, error) {
	room, err := s.room(ctx, channel, queues)
	if err != nil {
		return Capacity{}, err
	}
	c := Capacity{Agents: room.WithRoom, Places: max(room.Free-room.Waiting-s.open.chats(s.Clock.NowMs()), 0)}
	if room.Ready > 0 {
		c.State = min(float64(c.Places)/float64(room.Ready), 1)
	}
	return c, nil
}

// chatCapacity is what could be started for visitors of a deployment.
func (s *Service) chatCapacity(ctx context.Context, deployment string) (Capacity, error) {
	if s.QueueOf == nil {
		return s.Capacity(ctx, Chat, nil)
	}
	return s.Capacity(ctx, Chat, []string{s.QueueOf(deployment)})
}

// room is what the desk said a moment ago.
func (s *Service) room(ctx context.Context, kind string, queues []string) (desk.Room, error) {
	now, key := s.Clock.NowMs(), strings.Join(append([]string{kind}, queues...), "\n")
	s.mu.Lock()
	last, known := s.rooms[key]
	s.mu.Unlock()
	if known && now-last.ms < roomMs && now >= last.ms {
		return last.room, nil
	}
	room, err := s.Desk.Room(ctx, kind, queues)
	if err != nil {
		return room, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rooms) >= roomsAtMost {
		clear(s.rooms)
	}
	s.rooms[key] = knownRoom{room: room, ms: now}
	return room, nil
}

// knownRoom is what the desk said, and when.
type knownRoom struct {
	room desk.Room
	ms   int64
}
