package live

import (
	"sync"

	"foyer/relay/chat"
)

// presence counts the connections of each participant of each session at this relay.
type presence struct {
	clock   Clock
	graceMs int64
	publish func(Message)

	mu  sync.Mutex // held while publishing, so that nobody sees going before coming
	who map[seat]*sitting
}

type seat struct{ session, participant string }

// sitting is one participant with a connection, or whose grace time runs.
type sitting struct {
	who         chat.Participant
	connections int
	cancel      func() // ends the grace time; nil while connected
}

// Present says that one more connection belongs to a participant of a session; leave, which may be called more than
// once, that it is gone. The session's subscribers hear of the first connection at once, and that there is none when
// the grace time has passed without a new one.
func (h *Hub) Present(session string, who chat.Participant) (leave func()) {
	h.presence.come(session, who)
	var once sync.Once
	return func() { once.Do(func() { h.presence.leave(session, who.ID) }) }
}

// Online tells whether a participant has a connection to this relay, or had one within the grace time.
func (h *Hub) Online(session, participant string) bool {
	h.presence.mu.Lock()
	defer h.presence.mu.Unlock()
	return h.presence.who[seat{session, participant}] != nil
}

func (p *presence) come(session string, who chat.Participant) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := seat{session, who.ID}
	s := p.who[at]
	if s == nil {
		p.who[at] = &sitting{who: who, connections: 1}
		p.publish(Presence{session, who, true})
		return
	}
	s.connections++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

func (p *presence) leave(session, participant string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := seat{session, participant}
	s := p.who[at]
	s.connections--
	if s.connections > 0 {
		return
	}
	s.cancel = p.clock.AfterMs(p.graceMs, func() { p.gone(at, s) })
}

// gone ends a grace time, unless a new connection came while the timer was already on its way.
func (p *presence) gone(at seat, s *sitting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.connections > 0 || p.who[at] != s {
		return
	}
	delete(p.who, at)
	p.publish(Presence{at.session, s.who, false})
}
