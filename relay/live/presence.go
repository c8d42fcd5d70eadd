package live

import (
	"sync"

	"foyer/relay/chat"
)

// presence counts the connections of each participant of each session at this relay.
type presence struct {
	clock   Clock
	graceMs int64
	limits  func() Limits
	publish func(Message)

	mu  sync.Mutex
	who map[seat]*sitting
}

type seat struct{ session, participant string }

// sitting is one participant with a connection, or whose grace time runs. It is in the map while somebody holds it.
type sitting struct {
	who     chat.Participant
	holders int // guarded by presence.mu: connections, and the grace time

	mu          sync.Mutex // held while publishing, so that nobody sees going before coming
	connections int
	grace       *grace // nil while connected
}

// grace is the time after the last connection; it holds the sitting.
type grace struct{ stop func() }

// Present says that one more connection belongs to a participant of a session; leave, which may be called more than
// once, that it is gone. The session's subscribers hear of the first connection at once, and that there is none when
// the grace time has passed without a new one. It fails with ErrConnections.
func (h *Hub) Present(session string, who chat.Participant) (leave func(), err error) {
	at, p := seat{session, who.ID}, &h.presence
	s := p.hold(at, who)
	if !p.come(at, s) {
		p.letGo(at, s)
		return nil, ErrConnections
	}
	return sync.OnceFunc(func() { p.leave(at, s) }), nil
}

// Online tells whether a participant has a connection to this relay, or had one within the grace time.
func (h *Hub) Online(session, participant string) bool {
	h.presence.mu.Lock()
	defer h.presence.mu.Unlock()
	return h.presence.who[seat{session, participant}] != nil
}

func (p *presence) hold(at seat, who chat.Participant) *sitting {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.who[at]
	if s == nil {
		s = &sitting{who: who}
		p.who[at] = s
	}
	s.holders++
	return s
}

// letGo gives one hold back.
func (p *presence) letGo(at seat, s *sitting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.holders--
	if s.holders == 0 {
		delete(p.who, at)
	}
}

// come takes a connection in that holds s already.
func (p *presence) come(at seat, s *sitting) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.connections >= p.limits().Connections {
		return false
	}
	s.connections++
	switch {
	case s.connections > 1:
	case s.grace == nil:
		p.publish(Presence{at.session, s.who, true})
	default:
		s.grace.stop()
		s.grace = nil
		p.letGo(at, s)
	}
	return true
}

func (p *presence) leave(at seat, s *sitting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections--
	if s.connections > 0 {
		p.letGo(at, s)
		return
	}
	g := &grace{} // takes over what the connection held
	s.grace = g
	g.stop = p.clock.AfterMs(p.graceMs, func() { p.gone(at, s, g) })
}

// gone ends a grace time, unless a new connection came while the timer was already on its way.
func (p *presence) gone(at seat, s *sitting, g *grace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grace != g {
		return
	}
	s.grace = nil
	p.publish(Presence{at.session, s.who, false})
	p.letGo(at, s) // last: who comes back must find this sitting, and wait until its end is told
}
