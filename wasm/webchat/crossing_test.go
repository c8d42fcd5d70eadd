package webchat_test

import (
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/page"
	"foyer/wasm/webchat"
)

func TestAChatFromAnotherSiteOpensTheWindow(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.app.TakeUp("from there")
	s.loop.Run()
	if s.app.Window() != webchat.Open || s.site.stored[page.KeepHandle] != "from there" {
		t.Fatalf("the window is %q, kept %v", s.app.Window(), s.site.stored)
	}
	s.app.Client().CameBy(wire.RungHandoff)
	p.command("WebChat.minimize", nil)
	if got := p.data["WebChat.minimized"]["rung"]; got != "handoff" {
		t.Errorf("the metadata says %v", got)
	}
}

func TestAChatFromAnotherSiteThatIsGoneClosesTheWindowAgain(t *testing.T) {
	s := newStage(t, nil)
	s.open("1")
	s.app.TakeUp("from there")
	s.frame(&wire.Welcome{HandleGone: true})
	if s.app.Window() != webchat.Closed || s.site.stored[page.KeepHandle] != "" {
		t.Errorf("the window is %q, kept %v", s.app.Window(), s.site.stored)
	}
}
