package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// agentsOf are the agents who have been in a chat, by participant id, and how many of them are in it; both as of an entry.
func agentsOf(conv *chat.Conversation, upTo int64) (agents map[string]any, connected int) {
	agents = map[string]any{}
	if conv == nil {
		return agents, 0
	}
	for _, e := range conv.Entries() {
		if e.Seq > upTo {
			break
		}
		if e.From.Kind != "agent" && e.From.Kind != "supervisor" {
			continue
		}
		agent, _ := agents[e.From.ID].(map[string]any)
		if agent == nil {
			agent = shape.Object(
				"name", e.From.Nickname, "connected", true, "supervisor", e.From.Kind == "supervisor",
				"connectedTime", e.Ms, "disconnectedTime", nil,
			)
			agents[e.From.ID] = agent
			connected++
		}
		switch {
		case e.Kind == wire.KindLeft && agent["connected"] == true:
			agent["connected"], agent["disconnectedTime"] = false, e.Ms
			connected--
		case e.Kind == wire.KindJoined && agent["connected"] == false:
			agent["connected"], agent["connectedTime"], agent["disconnectedTime"] = true, e.Ms, nil
			connected++
		}
	}
	return agents, connected
}

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
