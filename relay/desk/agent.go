package desk

import (
	"foyer/relay/access"
	"foyer/relay/wire"
)

// agent is one who is connected to this relay, or was a moment ago.
type agent struct {
	id          string
	who         access.Agent // as of the last sign-in
	capacity    int          // chats at a time
	connections map[string]struct{}
	ready       bool
	outlook     Outlook // what was told last of the queues
	knows       bool    // it was told to all of the agent's desktops
	lostMs      int64   // since when there is no connection; meaningless while there is one
	// turn orders those who are equally busy: the lowest has been idle longest. A number instead of a time, so that two
	// in the same millisecond have an order too.
	turn int64
}

func (a *agent) connected() bool { return len(a.connections) > 0 }

// Connected says that one of the agent's desktops has come. A second one with the same connection id changes nothing.
func (s *Service) Connected(who access.Agent, connection string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.agents[who.ID]
	if a == nil {
		a = &agent{id: who.ID, connections: map[string]struct{}{}}
		s.agents[who.ID] = a
	}
	a.who, a.capacity = who, who.Capacity
	if a.capacity <= 0 {
		a.capacity = DefaultChats
	}
	a.connections[connection] = struct{}{}
	a.knows = false // a desktop that has just come was told nothing
	s.Wake()
}

// Disconnected says that a desktop has gone. When none has been left for AgentGoneMs, the agent is not ready any more
// and open offers go back.
func (s *Service) Disconnected(agentID, connection string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.agents[agentID]
	if a == nil {
		return
	}
	was := a.connected()
	delete(a.connections, connection)
	if was && !a.connected() {
		a.lostMs = s.clock.NowMs()
		s.Wake() // so that Run waits no longer than the agent's time
	}
}

// SetReady lets an agent be offered sessions, or not; open offers stay open. All of the agent's desktops are told when
// it changes. CodeNoConnection for an agent who has no desktop here.
func (s *Service) SetReady(agentID string, ready bool) error {
	s.mu.Lock()
	a := s.agents[agentID]
	if a == nil || !a.connected() {
		s.mu.Unlock()
		return wire.Problemf(wire.CodeNoConnection, "the agent has no desktop at this relay")
	}
	changed := a.ready != ready
	a.ready = ready
	if changed {
		s.nextTurn(a)
	}
	s.mu.Unlock()
	if changed {
		s.live.AgentState(agentID, ready)
		s.Wake()
	}
	return nil
}

// Ready tells whether the agent may be offered sessions.
func (s *Service) Ready(agentID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.agents[agentID]
	return a != nil && a.ready
}

// nextTurn puts an agent behind all others. The caller holds mu.
func (s *Service) nextTurn(a *agent) {
	s.turn++
	a.turn = s.turn
}

// toTheBack lets all others be asked before this agent, and gives the agent's new turn.
func (s *Service) toTheBack(agentID string) (turn int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.agents[agentID]; a != nil {
		s.nextTurn(a)
	}
	return s.turn
}
