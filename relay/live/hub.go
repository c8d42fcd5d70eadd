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
	GraceMs int64 // 0 means DefaultGraceMs
	Bus     Bus   // nil for a relay that is alone
}

// Hub is safe for use by many goroutines. Lock order: presence.mu before Hub.mu.
type Hub struct {
	bus      Bus
	presence presence
	pages    pages

	mu     sync.RWMutex
	topics map[Topic][]*subscription // slices are replaced, never changed, so that publishing holds no lock
}

type subscription struct{ to Receiver }

// NewHub makes a hub that nobody is connected to.
func NewHub(o Options) *Hub {
	if o.GraceMs == 0 {
		o.GraceMs = DefaultGraceMs
	}
	h := &Hub{bus: o.Bus, topics: map[Topic][]*subscription{}, pages: pages{open: map[string][]*Shown{}}}
	h.presence = presence{clock: o.Clock, graceMs: o.GraceMs, publish: h.publish, who: map[seat]*sitting{}}
	return h
}

// Subscribe delivers a topic's messages to r until cancel, which may be called more than once. A receiver that
// subscribes to a topic twice gets its messages twice.
func (h *Hub) Subscribe(t Topic, r Receiver) (cancel func()) {
	sub := &subscription{to: r}
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.topics[t]
	h.topics[t] = append(slices.Clip(before), sub)
	if len(before) == 0 && h.bus != nil {
		h.bus.Follow(t)
	}
	return func() { h.unsubscribe(t, sub) }
}

func (h *Hub) unsubscribe(t Topic, sub *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.topics[t]
	i := slices.Index(before, sub)
	if i < 0 {
		return
	}
	if len(before) == 1 {
		delete(h.topics, t)
		if h.bus != nil {
			h.bus.Unfollow(t)
		}
		return
	}
	h.topics[t] = slices.Concat(before[:i], before[i+1:])
}

// Receive delivers what another relay published. Called by the bus's driver.
func (h *Hub) Receive(m Message) {
	h.mu.RLock()
	subs := h.topics[m.topic()]
	h.mu.RUnlock()
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
