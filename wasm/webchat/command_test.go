package webchat_test

import (
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
)

func TestCommandsSettleAsPagesExpect(t *testing.T) {
	type step struct {
		name string
		data any
		want string
	}
	minimized := func(v any) map[string]any { return map[string]any{"minimized": v} }
	tests := []struct {
		name  string
		steps []step
	}{
		{"open twice", []step{{"WebChat.open", nil, "true <nil>"}, {"WebChat.open", nil, "false already opened"}}},
		{"close twice", []step{
			{"WebChat.close", nil, "false already closed"}, {"WebChat.open", nil, "true <nil>"},
			{"WebChat.close", nil, "true <nil>"}, {"WebChat.close", nil, "false already closed"},
		}},
		{"minimise and open", []step{
			{"WebChat.minimize", nil, "false already closed"}, {"WebChat.open", nil, "true <nil>"},
			{"WebChat.minimize", minimized(true), "true <nil>"}, {"WebChat.minimize", minimized(true), "true <nil>"},
			{"WebChat.open", nil, "true <nil>"}, {"WebChat.minimize", minimized(false), "true <nil>"},
			{"WebChat.open", nil, "false already opened"},
		}},
		{"end without a chat", []step{{"WebChat.endChat", nil, "false there is no active chat session to end"}}},
		{"not the window's", []step{{"WebChat.fly", nil, "unknown"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newStage(t, nil).open("1")
			for i, step := range test.steps {
				if got := p.command(step.name, step.data); got != step.want {
					t.Errorf("step %d, %s: %q, want %q", i, step.name, got, step.want)
				}
			}
		})
	}
}

func TestMirrorsFollowTheWindow(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	for _, step := range []struct {
		command         string
		open, minimized bool
	}{
		{"WebChat.open", true, false}, {"WebChat.minimize", true, true}, {"WebChat.close", false, false},
	} {
		p.command(step.command, nil)
		if s.site.mirrors["WebChat.open"] != step.open || s.site.mirrors["WebChat.minimized"] != step.minimized {
			t.Errorf("after %s: %v", step.command, s.site.mirrors)
		}
	}
}

func TestOpenFillsTheFormAndMaySendIt(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	p.command("WebChat.open", map[string]any{
		"form":     map[string]any{"firstname": "Ann", "subject": 42.0, "autoSubmit": true, "lastname": nil},
		"userData": map[string]any{"customer": "c1"},
	})
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if start.FirstName != "Ann" || start.Subject != "42" || start.UserData["customer"] != "c1" {
		t.Errorf("started with %+v", start)
	}
}

func TestEndChatKeepsTheWindowOpen(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	if got := p.command("WebChat.endChat", nil); got != "true <nil>" {
		t.Errorf("settled with %q", got)
	}
	says(t, p, "You ended the chat.")
	if got := p.published(); got != "WebChat.ready WebChat.opened WebChat.submitted WebChat.messageAdded WebChat.started WebChat.cancelled" {
		t.Errorf("published %q", got)
	}
}

func TestEndChatClosesTheWindowOfAChatThatTheAgentEnded(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.frame(&wire.Push{Session: "s", State: "Completed", Entries: []wire.Entry{
		{Seq: 2, Kind: wire.KindState, Data: map[string]any{"interactionState": "Completed"}},
	}})
	if got := p.command("WebChat.endChat", nil); got != "true <nil>" {
		t.Errorf("settled with %q", got)
	}
	if s.site.mirrors["WebChat.open"] != false {
		t.Error("the window is still open")
	}
}
