package chat_test

import (
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat"
)

func TestAChatFromAnotherSiteIsTakenUpAndKept(t *testing.T) {
	s := newSite()
	s.client.TakeUp("from there")
	if s.kept["handle"] != "from there" || s.hello().Handle != "from there" || !s.client.Resuming() || s.reopened != 0 {
		t.Fatalf("kept %v, says %+v, reopened %d times", s.kept, s.hello(), s.reopened)
	}
	s.welcome(wire.Welcome{Token: "t", TokenMs: 60_000, Sessions: []wire.Snapshot{talk()}})
	if s.client.Phase() != chat.Talking || s.hello().Token != "t" {
		t.Errorf("phase %v, says %+v", s.client.Phase(), s.hello())
	}
}

func TestAConnectionThatIsThereIsOpenedAnewForAChatFromAnotherSite(t *testing.T) {
	s := newSite()
	s.welcome(wire.Welcome{})
	s.client.TakeUp("from there")
	if s.reopened != 1 {
		t.Errorf("reopened %d times", s.reopened)
	}
}

func TestAChatThatIsHereIsNotLeftForOneFromAnotherSite(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.client.TakeUp("from there")
	if s.client.Handle() != "h1" || s.kept["handle"] != "h1" || s.reopened != 0 {
		t.Errorf("handle %q, kept %v", s.client.Handle(), s.kept)
	}
}

func TestTheWayOfAChatIsForgottenWithIt(t *testing.T) {
	s := newSite()
	s.client.CameBy(wire.RungHandoff)
	if s.client.Rung() != wire.RungHandoff {
		t.Errorf("it came by %q", s.client.Rung())
	}
	s.begin(t)
	if s.client.Rung() != "" {
		t.Errorf("a chat that began here came by %q", s.client.Rung())
	}
}
