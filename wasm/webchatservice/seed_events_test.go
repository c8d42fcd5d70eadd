package webchatservice_test

import (
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

// The table "API events" of the documentation of WebChatService, row by row: what makes the event happen, and the fields
// of its data, none for N/A.
func TestEveryEventOfTheDocumentation(t *testing.T) {
	begun := func(s *stage) *tab {
		p := s.open(rest)
		s.begin(p)
		return p
	}
	talking := func(s *stage) *tab {
		p := begun(s)
		s.accept()
		return p
	}
	typing := func(s *stage, on bool) { s.frame(&wire.Typing{Session: "s", From: agent, On: on}) }
	kept := func(s *stage) *tab {
		s.site.stored[page.KeepHandle] = "earlier"
		return s.open(rest)
	}
	message := []string{"type", "from"}
	participant := []string{"message", "agents", "numAgentsConnected"}
	answer := []string{"status"}

	for _, row := range []struct {
		event  string
		fields []string
		story  func(s *stage) *tab
	}{
		{"Started", []string{"status", "data"}, begun},
		{"restoreTimeout", nil, func(s *stage) *tab {
			s.site.stored[page.KeepSeen] = "1"
			p := kept(s)
			s.welcome()
			return p
		}},
		{"restoreFailed", nil, func(s *stage) *tab {
			p := kept(s)
			s.welcome()
			return p
		}},
		{"restored", nil, func(s *stage) *tab {
			p := kept(s)
			s.welcome(queued())
			return p
		}},
		{"reconnected", nil, func(s *stage) *tab {
			p := begun(s)
			s.drop(1)
			s.welcome(queued())
			return p
		}},
		{"ready", nil, func(s *stage) *tab { return s.open(rest) }},
		{"messageReceived", []string{"originalMessages", "messages", "restoring", "sessionData"}, begun},
		{"error", answer, func(s *stage) *tab {
			p := begun(s)
			s.drop(1)
			return p
		}},
		{"ended", nil, func(s *stage) *tab {
			p := talking(s)
			s.done(3)
			return p
		}},
		{"disconnected", nil, func(s *stage) *tab {
			p := begun(s)
			s.drop(1)
			return p
		}},
		{"clientTypingStopped", nil, func(s *stage) *tab {
			p := talking(s)
			p.command("sendTyping", nil)
			s.loop.Advance(30 * time.Second)
			return p
		}},
		{"clientTypingStarted", nil, func(s *stage) *tab {
			p := talking(s)
			p.command("sendTyping", map[string]any{"Message": "a draft"})
			return p
		}},
		{"clientDisconnected", participant, func(s *stage) *tab {
			p := begun(s)
			p.command("endChat", nil)
			return p
		}},
		{"clientConnected", participant, begun},
		{"agentTypingTimeout", message, func(s *stage) *tab {
			p := talking(s)
			typing(s, true)
			s.loop.Advance(30 * time.Second)
			return p
		}},
		{"agentTypingStopped", message, func(s *stage) *tab {
			p := talking(s)
			typing(s, true)
			typing(s, false)
			return p
		}},
		{"agentTypingStarted", message, func(s *stage) *tab {
			p := talking(s)
			typing(s, true)
			return p
		}},
		{"agentDisconnected", participant, func(s *stage) *tab {
			p := talking(s)
			s.done(3)
			return p
		}},
		{"agentConnected", participant, talking},
	} {
		t.Run(row.event, func(t *testing.T) {
			data := row.story(newStage(t, nil)).last(t, row.event)
			for _, field := range row.fields {
				if _, there := data[field]; !there {
					t.Errorf("no %s in %v", field, data)
				}
			}
		})
	}
}
