package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// agentsOf are the agents who have been in a chat, by participant id, and how many of them are in it; both as of an entry.
// Who is there and came before what is here of a long log counts as there from its beginning.
func agentsOf(conv *chat.Conversation, upTo int64) (agents map[string]any, connected int) {
	agents = map[string]any{}
	if conv == nil {
		return agents, 0
	}
	add := func(p wire.Participant, ms int64) map[string]any {
		agent, there := agents[p.ID].(map[string]any)
		if !there {
			agent = shape.Object(
				"name", p.Nickname, "connected", true, "supervisor", p.Kind == "supervisor",
				"connectedTime", ms, "disconnectedTime", nil,
			)
			agents[p.ID] = agent
			connected++
		}
		return agent
	}
	for _, e := range conv.Entries() {
		if e.Seq > upTo {
			break
		}
		if !isAgent(e.From) {
			continue
		}
		agent := add(e.From, e.Ms)
		switch {
		case e.Kind == wire.KindLeft && agent["connected"] == true:
			agent["connected"], agent["disconnectedTime"] = false, e.Ms
			connected--
		case e.Kind == wire.KindJoined && agent["connected"] == false:
			agent["connected"], agent["connectedTime"], agent["disconnectedTime"] = true, e.Ms, nil
			connected++
		}
	}
	if conv.HasEarlier() {
		for _, p := range conv.Present() {
			if isAgent(p) {
				add(p, conv.StartedMs())
			}
		}
	}
	return agents, connected
}

func isAgent(p wire.Participant) bool { return p.Kind == "agent" || p.Kind == "supervisor" }

func (t *tab) agents() map[string]any {
	if t.conv == nil {
		return map[string]any{}
	}
	agents, _ := agentsOf(t.conv, lastSeq(t.conv))
	return agents
}

func (s *Service) getAgents(a *ask) {
	a.t.tell()
	a.resolve(shape.Object("agents", a.t.agents()))
}

func (s *Service) getStats(a *ask) {
	t := a.t
	t.tell()
	stats := shape.Object("agents", t.agents(), "startTime", nil, "endTime", nil, "duration", 0)
	if t.conv != nil {
		end := s.o.NowMs()
		if t.over && t.endMs > 0 {
			end = t.endMs
			stats["endTime"] = end
		}
		stats["startTime"], stats["duration"] = t.conv.StartedMs(), max(end-t.conv.StartedMs(), 0)
	}
	a.resolve(stats)
}
