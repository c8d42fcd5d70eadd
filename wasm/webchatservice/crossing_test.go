package webchatservice_test

import (
	"testing"

	"foyer/relay/wire"
)

func TestSessionDataSaysHowTheChatCameHere(t *testing.T) {
	s := newStage(t, keptChat())
	p := s.open(rest)
	s.client.CameBy(wire.RungHandoff)
	s.welcome(running(1))
	data := p.command("getSessionData", nil)
	want(t, "metadata", data.field("metadata"), map[string]any{"rung": "handoff"})
	want(t, "session", data.field("sessionId") != nil, true)
	s.client.CameBy("")
	want(t, "of a chat that began here", p.command("getSessionData", nil).field("metadata"), nil)
}
