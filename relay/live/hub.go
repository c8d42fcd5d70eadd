// Package live knows who is connected to this relay and delivers to them: what has been committed, and what is never
// kept (typing, delivery, drafts, presence).
//
// The domain's services publish through the small interfaces that they declare (chat.Live, desk.Live, visit.Live), which
// Hub implements; gateways subscribe for their connections. It must never block a publisher, and nobody may rely on it
// for what is durable: who missed a message reads the store.
//
// Relays are connected by a Bus; a relay that is alone has none.
package live

import (
	"errors"
	"slices"
	"sync"

	"foyer/relay/chat"
)

// Receiver is one connection's end. Deliver must not block and must not call the hub: it puts the message into the
// connection's own queue, and deals with a full queue itself. It may still be called for a moment after cancel.
type Receiver interface{ Deliver(m Message) }

// Bus carries messages to the hubs of other relays, and theirs to this one by Hub.Receive. Its methods must not block.
// The hub asks it to follow a topic while somebody here is subscribed to it.
type Bus interface {
	Publish(t Topic, m Message)
	Follow(t Topic)
	Unfollow(t Topic)
}

// Clock lets tests own the grace time. Implemented by clock.System.
type Clock interface {
	AfterMs(ms int64, f func()) (stop func())
}

// DefaultGraceMs is how long a participant may be without a connection before others are told: a walk to the next page
// takes less.
const DefaultGraceMs = 5_000

// Options is what a Hub is made of. Only Clock is required.
type Options struct {
	Clock   Clock
	GraceMs int64         // 0 means DefaultGraceMs
	Bus     Bus           // nil for a relay that is alone
	Limits  func() Limits // may change from call to call; nil for DefaultLimits
}

// Limits bound what one visitor can have open, so that an event of a visit costs at most so many deliveries.
type Limits struct {
	Connections int // of one visit, and of one participant of a session
	Pages       int // of one visit, on all of its connections
}

// DefaultLimits are more than browsers with many tabs need.
func DefaultLimits() Limits { return Limits{Connections: 100, Pages: 500} }

// Why somebody gets no place. Nothing of what was asked for is done then.
var (
	ErrConnections = errors.New("too many connections are open")
	ErrPages       = errors.New("too many pages are open")
)

// Hub is safe for use by many goroutines. Its own locks are held for looking something up; what grows with the number
// of a visitor's connections or pages is done under the lock of the one topic, sitting or visit that it concerns, so that
// nobody else waits for it. Lock order: sitting.mu or openVisit.mu, then the Hub's and topic.mu.
type Hub struct {
	bus      Bus
	presence presence
	pages    pages

	mu     sync.RWMutex
	topics map[Topic]*topic
}

// topic is who follows one. It is in the hub's map while somebody holds it.
type topic struct {
	holders int // guarded by Hub.mu: subscriptions, also those that are being made or ended

	mu   sync.Mutex
	subs []*subscription // replaced, never changed, so that publishing holds no lock
}

type subscription struct{ to Receiver }

// NewHub makes a hub that nobody is connected to.
func NewHub(o Options) *Hub {
	if o.GraceMs == 0 {
		o.GraceMs = DefaultGraceMs
	}
	if o.Limits == nil {
		o.Limits = DefaultLimits
	}
	h := &Hub{bus: o.Bus, topics: map[Topic]*topic{}, pages: pages{limits: o.Limits, visits: map[string]*openVisit{}}}
	h.presence = presence{clock: o.Clock, graceMs: o.GraceMs, limits: o.Limits, publish: h.publish, who: map[seat]*sitting{}}
	return h
}

// Subscribe delivers a topic's messages to r until cancel, which may be called more than once. A receiver that
// subscribes to a topic twice gets its messages twice.
func (h *Hub) Subscribe(t Topic, r Receiver) (cancel func()) {
	at, sub := h.hold(t), &subscription{to: r}
	at.mu.Lock()
	at.subs = append(slices.Clip(at.subs), sub)
	at.mu.Unlock()
	return sync.OnceFunc(func() {
		at.mu.Lock()
		i := slices.Index(at.subs, sub)
		at.subs = slices.Concat(at.subs[:i], at.subs[i+1:])
		at.mu.Unlock()
		h.letGo(t, at)
	})
}

// hold gives a topic for one more subscription.
func (h *Hub) hold(t Topic) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.topics[t]
	if at == nil {
		at = &topic{}
		h.topics[t] = at
		if h.bus != nil {
			h.bus.Follow(t)
		}
	}
	at.holders++
	return at
}

func (h *Hub) letGo(t Topic, at *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at.holders--
	if at.holders > 0 {
		return
	}
	delete(h.topics, t)
	if h.bus != nil {
		h.bus.Unfollow(t)
	}
}

// Receive delivers what another relay published. Called by the bus's driver.
func (h *Hub) Receive(m Message) {
	h.mu.RLock()
	at := h.topics[m.topic()]
	h.mu.RUnlock()
	if at == nil {
		return
	}
	at.mu.Lock()
	subs := at.subs
	at.mu.Unlock()
	for _, s := range subs {
		s.to.Deliver(m)
	}
}

func (h *Hub) publish(m Message) {
	h.Receive(m)
	if h.bus != nil {
		h.bus.Publish(m.topic(), m)
	}
}

// Committed implements chat.Live.
func (h *Hub) Committed(s chat.Session, entries []chat.Entry) { h.publish(Committed{s, entries}) }

// Typing implements chat.Live.
func (h *Hub) Typing(session string, from chat.Participant, on bool, text string) {
	h.publish(Typing{session, from, on, text})
}

// Delivered implements chat.Live.
func (h *Hub) Delivered(session string, from chat.Participant, seq int64) {
	h.publish(Delivered{session, from, seq})
}

// Draft implements chat.Live.
func (h *Hub) Draft(session string, from chat.Participant, connection, text string) {
	h.publish(Draft{session, from, connection, text})
}

// Offer implements desk.Live.
func (h *Hub) Offer(agent string, s chat.Session) { h.publish(Offer{agent, s}) }

// OfferGone implements desk.Live.
func (h *Hub) OfferGone(agent, offer, reason string) { h.publish(OfferGone{agent, offer, reason}) }

// Opened implements desk.Live.
func (h *Hub) Opened(agent, offer string, s chat.Session) { h.publish(Opened{agent, offer, s}) }

// AgentState implements desk.Live.
func (h *Hub) AgentState(agent string, ready bool) { h.publish(AgentState{agent, ready}) }

// VisitChanged implements visit.Live.
func (h *Hub) VisitChanged(deployment, visit string) { h.publish(VisitChanged{deployment, visit}) }
