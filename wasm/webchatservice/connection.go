package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
)

// Unreachable says that an attempt to connect has failed, or that the connection broke; why may be nil.
func (s *Service) Unreachable(why *wire.Problem) {
	c := s.o.Client
	if !c.Live() && !c.Resuming() {
		return
	}
	if why == nil {
		why = wire.Problemf(wire.CodeNoConnection, "the relay cannot be reached")
	}
	for _, t := range s.tabs {
		t.failures++
		t.publish("error", t.table().Failure(why))
		if (c.Resuming() || t.unproven()) && !t.offline {
			t.offline = true
			t.publish("restoredOffline", nil)
		}
	}
	s.changed()
}

// tellConnection says whether the relay can be reached, while there is a chat that needs it.
func (t *tab) tellConnection() {
	c := t.s.o.Client
	if c.Status() == chat.Online {
		t.failures = 0
		if t.down {
			t.publish("reconnected", nil)
		}
		if t.down || t.offline {
			t.publish("chatServerBackOnline", nil)
		}
		t.down, t.offline = false, false
		return
	}
	if t.down || t.unproven() || c.Status() != chat.Reconnecting || !c.Live() || t.failures < t.mayFail() {
		return
	}
	t.down = true
	t.publish("disconnected", nil)
	t.publish("chatServerWentOffline", nil)
}

// mayFail is how many failures in a row the page wants to hear nothing of: pollExceptionLimit, where it polls.
func (t *tab) mayFail() int {
	n, _ := t.config()["pollExceptionLimit"].(float64)
	if !t.table().Polls || n < 0 {
		return 0
	}
	return int(n)
}
