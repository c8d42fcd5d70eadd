package chat_test

import (
	"slices"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
)

// identify tells the client who the visitor is, and notes in codes what becomes of it ("ok" for accepted).
func (s *site) identify(value string, codes *[]string) {
	s.client.Identify(value, func(code wire.Code) {
		if code == "" {
			code = "ok"
		}
		*codes = append(*codes, string(code))
	})
}

func wantCodes(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

func TestTheHelloSaysWhoTheVisitorIs(t *testing.T) {
	s := newSite()
	var codes []string
	s.identify("ada-1", &codes)
	if got := s.hello().Identity; got != "ada-1" || s.reopened != 0 {
		t.Errorf("the hello says %q, reopened %d times", got, s.reopened)
	}
	wantCodes(t, codes)
	s.welcome(wire.Welcome{IdentityMs: 300_000, Rung: wire.RungIdentity, Sessions: []wire.Snapshot{started().Snapshot}})
	wantCodes(t, codes, "ok")
	if s.client.IdentifiedMs() != 300_000 || s.client.Rung() != wire.RungIdentity || s.client.Phase() != chat.Talking ||
		s.kept["handle"] != "h1" {
		t.Errorf("identified for %d ms, by %q, phase %v, kept %v", s.client.IdentifiedMs(), s.client.Rung(), s.client.Phase(), s.kept)
	}
}

func TestAVisitorWhoIsIdentifiedLaterSaysHelloAgain(t *testing.T) {
	s := newSite()
	s.begin(t)
	var codes []string
	s.identify("ada-1", &codes)
	if s.reopened != 1 || s.hello().Identity != "ada-1" || s.hello().Token != "t1" {
		t.Errorf("reopened %d times, hello %+v", s.reopened, s.hello())
	}
}

func TestANewerIdentityGoesOverTheSameConnection(t *testing.T) {
	s := newSite()
	s.client.Identify("ada-1", nil)
	s.welcome(wire.Welcome{IdentityMs: 300_000})
	var codes []string
	s.identify("ada-1", &codes)
	wantCodes(t, codes, "ok")
	s.identify("ada-2", &codes)
	asked, request := chattest.Take[*wire.Identify](t, s.link)
	if asked.Identity != "ada-2" || s.reopened != 0 {
		t.Fatalf("asked %+v, reopened %d times", asked, s.reopened)
	}
	request.Reply(&wire.Ack{Ms: 600_000})
	wantCodes(t, codes, "ok", "ok")
	if s.hello().Identity != "ada-2" || s.client.IdentifiedMs() != 600_000 {
		t.Errorf("the hello says %q, good for %d", s.hello().Identity, s.client.IdentifiedMs())
	}
	s.identify("rubble", &codes)
	_, request = chattest.Take[*wire.Identify](t, s.link)
	request.Refuse(wire.CodeIdentity)
	wantCodes(t, codes, "ok", "ok", "identity_invalid")
	if s.hello().Identity != "ada-2" {
		t.Errorf("the hello says %q", s.hello().Identity)
	}
	s.identify("eve-1", &codes)
	_, request = chattest.Take[*wire.Identify](t, s.link)
	request.Refuse(wire.CodeIdentityOther)
	if s.reopened != 1 || s.hello().Identity != "eve-1" {
		t.Errorf("reopened %d times, the hello says %q", s.reopened, s.hello().Identity)
	}
}

func TestAnIdentityThatIsRefusedIsDropped(t *testing.T) {
	s := newSite()
	s.begin(t)
	var codes []string
	s.identify("rubble", &codes)
	s.drop()
	s.client.Deny(wire.CodeIdentity)
	wantCodes(t, codes, "identity_invalid")
	if h := s.hello(); h.Identity != "" || h.Token != "t1" || s.reopened != 2 {
		t.Errorf("reopened %d times, hello %+v", s.reopened, h)
	}
	s.client.Deny(wire.CodeIdentity)
	if s.client.Status() != chat.Denied {
		t.Error("it goes on asking")
	}
}

func TestTheChatOfAnotherPersonIsForgottenHere(t *testing.T) {
	for name, leave := range map[string]func(s *site){
		"somebody else is here": func(s *site) {
			s.client.Identify("eve-1", nil)
			s.drop()
			s.client.Deny(wire.CodeIdentityOther)
			if s.hello().Identity != "eve-1" {
				t.Errorf("the hello says %q", s.hello().Identity)
			}
		},
		"nobody is here any more": func(s *site) { s.client.Identify("", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.client.Identify("ada-1", nil)
			s.begin(t)
			s.client.SetDraft("my secret")
			before := s.reopened
			leave(s)
			h := s.hello()
			if h.Token != "" || h.Handle != "" || s.client.Conversation() != nil || len(s.kept) != 0 || s.reopened == before {
				t.Errorf("hello %+v, kept %v, reopened %d times", h, s.kept, s.reopened-before)
			}
		})
	}
}

func TestAChatIsNotLostWhereAnIdentityIsStillToCome(t *testing.T) {
	s := newSite()
	s.client.HandleKept("h1")
	s.welcome(wire.Welcome{NeedsIdentity: true})
	if s.hello().Handle != "h1" || s.client.Phase() != chat.None {
		t.Errorf("hello %+v, phase %v", s.hello(), s.client.Phase())
	}
	s.client.Identify("ada-1", nil)
	if h := s.hello(); s.reopened != 1 || h.Handle != "h1" || h.Identity != "ada-1" {
		t.Errorf("reopened %d times, hello %+v", s.reopened, h)
	}
}
