package chat_test

import (
	"slices"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
)

// site is a client with what its page keeps.
type site struct {
	*bench
	client   *chat.Client
	kept     map[string]string
	reopened int
}

func newSite() *site {
	s := &site{bench: newBench(), kept: map[string]string{}}
	s.link.Online = false
	s.client = chat.NewClient(chat.ClientConfig{
		Env: s.env,
		Keep: func(key, value string) {
			s.kept[key] = value
			if value == "" {
				delete(s.kept, key)
			}
		},
		Reopen: func() { s.reopened++ },
	})
	return s
}

// welcome connects.
func (s *site) welcome(w wire.Welcome) {
	s.link.Online = true
	s.client.Frame(&w)
}

// drop breaks the connection.
func (s *site) drop() {
	s.link.Drop()
	s.client.Disconnected()
}

// begin starts a chat and has the relay confirm it.
func (s *site) begin(t *testing.T) {
	t.Helper()
	s.welcome(wire.Welcome{})
	s.client.Start(chat.Form{FirstName: "Ann"})
	_, asked := chattest.Take[*wire.Start](t, s.link)
	asked.Reply(started())
}

func started() *wire.Started {
	snap := talk()
	snap.Handle = "h1"
	return &wire.Started{Token: "t1", TokenMs: 60_000, Snapshot: snap}
}

func (s *site) hello() wire.Hello {
	var h wire.Hello
	s.client.Hello(&h)
	return h
}

func TestStartIsSentWhenTheRelayIsThereAndAgainUnderTheSameID(t *testing.T) {
	s := newSite()
	s.client.Start(chat.Form{FirstName: "Ann", Email: "ann@example.com", Page: "p"})
	s.client.Start(chat.Form{FirstName: "Ann"})
	if got := s.client.Phase(); got != chat.Starting {
		t.Fatalf("phase %v, want Starting", got)
	}
	s.welcome(wire.Welcome{})
	first, _ := chattest.Take[*wire.Start](t, s.link)
	if first.FirstName != "Ann" || first.Email != "ann@example.com" || first.Page != "p" {
		t.Errorf("started with %+v", first)
	}
	s.drop()
	s.welcome(wire.Welcome{})
	second, asked := chattest.Take[*wire.Start](t, s.link)
	if second.ClientID != first.ClientID {
		t.Errorf("sent again as %q, want %q", second.ClientID, first.ClientID)
	}
	asked.Reply(started())
	if got := s.client.Phase(); got != chat.Talking || s.kept["handle"] != "h1" {
		t.Errorf("phase %v, kept %v", got, s.kept)
	}
	if h := s.hello(); h.Token != "t1" || h.Handle != "" || len(h.Resume) != 1 || h.Resume[0].After != 2 {
		t.Errorf("hello %+v", h)
	}
}

func TestStartThatIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		code  wire.Code
		phase chat.Phase
		want  wire.Code
	}{
		{"for good", wire.CodeForbidden, chat.None, wire.CodeForbidden},
		{"for now", wire.CodeUnavailable, chat.Starting, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			s.welcome(wire.Welcome{})
			s.client.Start(chat.Form{})
			_, asked := chattest.Take[*wire.Start](t, s.link)
			asked.Refuse(test.code)
			if s.client.Phase() != test.phase || s.client.Refused() != test.want {
				t.Errorf("phase %v, refused %q", s.client.Phase(), s.client.Refused())
			}
			s.loop.Advance(15 * time.Second)
			if again := s.link.Open() == 1; again != (test.phase == chat.Starting) {
				t.Errorf("tried again: %v", again)
			}
		})
	}
}

func TestChatIsTakenUpWithTheHandleThatThePageKept(t *testing.T) {
	s := newSite()
	s.client.HandleKept("h0")
	if !s.client.NeedsRelay() || s.hello().Handle != "h0" {
		t.Fatalf("hello %+v", s.hello())
	}
	snap := talk()
	snap.Handle = "h1"
	snap.Entries = append(snap.Entries, message(3, agent, "still there?", ""))
	s.welcome(wire.Welcome{Token: "t1", TokenMs: 60_000, Sessions: []wire.Snapshot{snap}})
	if s.client.Phase() != chat.Talking || s.kept["handle"] != "h1" {
		t.Errorf("phase %v, kept %v", s.client.Phase(), s.kept)
	}
	wantShown(t, s.client.Conversation(), "still there?/theirs")
	if got := s.client.Conversation().Unread(); got != 0 {
		t.Errorf("%d unread, want 0", got)
	}
}

func TestWelcomeBringsWhatCameMeanwhile(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.drop()
	if s.client.Status() != chat.Reconnecting {
		t.Errorf("status %v, want Reconnecting", s.client.Status())
	}
	snap := talk()
	snap.Entries = []wire.Entry{message(3, agent, "meanwhile", "")}
	s.welcome(wire.Welcome{Sessions: []wire.Snapshot{snap}})
	wantShown(t, s.client.Conversation(), "meanwhile/theirs")
	if s.client.Status() != chat.Online || s.client.Conversation().Unread() != 1 {
		t.Errorf("status %v, %d unread", s.client.Status(), s.client.Conversation().Unread())
	}
}

func TestHandleThatLeadsNowhereIsForgotten(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, s *site)
		phase   chat.Phase
	}{
		{"on a new page", func(_ *testing.T, s *site) { s.client.HandleKept("h0"); s.kept["handle"] = "h0" }, chat.None},
		{"in the middle of a chat", func(t *testing.T, s *site) { s.begin(t); s.drop() }, chat.Over},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			test.prepare(t, s)
			s.welcome(wire.Welcome{HandleGone: true})
			if s.client.Phase() != test.phase || s.kept["handle"] != "" || s.client.NeedsRelay() {
				t.Errorf("phase %v, kept %v, needs the relay: %v", s.client.Phase(), s.kept, s.client.NeedsRelay())
			}
			s.client.Dismiss()
			s.client.Start(chat.Form{})
			_, asked := chattest.Take[*wire.Start](t, s.link)
			asked.Reply(started())
			if s.client.Phase() != chat.Talking {
				t.Errorf("a new chat is in phase %v", s.client.Phase())
			}
		})
	}
}

func TestTokenThatIsRefusedGivesWayToTheHandle(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.drop()
	s.client.Deny(wire.CodeTokenExpired)
	if h := s.hello(); s.reopened != 1 || h.Token != "" || h.Handle != "h1" {
		t.Errorf("reopened %d times with %+v", s.reopened, h)
	}
	s.client.Deny(wire.CodeToken)
	if h := s.hello(); s.reopened != 2 || h.Handle != "" || s.kept["handle"] != "" {
		t.Errorf("reopened %d times with %+v", s.reopened, h)
	}
	s.client.Deny(wire.CodeToken)
	if s.reopened != 2 || s.client.Status() != chat.Denied {
		t.Errorf("reopened %d times, status %v; want to give up when there is nothing more to forget", s.reopened, s.client.Status())
	}
}

func TestTokenIsNotUsedAfterItsTime(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.loop.Advance(time.Minute)
	if h := s.hello(); h.Token != "" || h.Handle != "h1" {
		t.Errorf("hello %+v", h)
	}
	s.client.Frame(&wire.Token{Token: "t2", TokenMs: 60_000})
	if h := s.hello(); h.Token != "t2" {
		t.Errorf("hello %+v, want the renewed token", h)
	}
}

func TestVisitorEndsTheChat(t *testing.T) {
	tests := []struct {
		name string
		do   func(t *testing.T, s *site)
	}{
		{"online", func(t *testing.T, s *site) {
			s.client.End()
		}},
		{"offline", func(t *testing.T, s *site) {
			s.drop()
			s.client.End()
			if h := s.hello(); h.Token != "t1" {
				t.Errorf("hello %+v cannot end the session", h)
			}
			s.welcome(wire.Welcome{Sessions: []wire.Snapshot{talk()}})
		}},
		{"the acknowledgement is lost", func(t *testing.T, s *site) {
			s.client.End()
			s.drop()
			s.welcome(wire.Welcome{Sessions: []wire.Snapshot{talk()}})
		}},
		{"with the relay too busy at first", func(t *testing.T, s *site) {
			s.client.End()
			_, asked := chattest.Take[*wire.End](t, s.link)
			asked.Refuse(wire.CodeUnavailable)
			s.loop.Advance(15 * time.Second)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			s.begin(t)
			test.do(t, s)
			if s.client.Phase() != chat.Over || s.client.Conversation().EndedBy() != chat.ByVisitor {
				t.Errorf("phase %v", s.client.Phase())
			}
			end, asked := chattest.Take[*wire.End](t, s.link)
			if end.Session != "s" || s.kept["handle"] == "" {
				t.Errorf("ended %q; kept %v before the relay knows", end.Session, s.kept)
			}
			asked.Reply(&wire.Ack{})
			if s.kept["handle"] != "" || s.client.NeedsRelay() {
				t.Errorf("kept %v after the relay knows", s.kept)
			}
		})
	}
}

func TestNewChatWaitsUntilTheOldOneHasEnded(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.client.End()
	s.client.Dismiss()
	s.client.Start(chat.Form{})
	_, asked := chattest.Take[*wire.End](t, s.link)
	if s.link.Open() != 0 {
		t.Fatal("started before the old chat has ended")
	}
	asked.Reply(&wire.Ack{})
	chattest.Take[*wire.Start](t, s.link)
}

func TestChatThatIsLeftBeforeItBeganIsEndedWhenItHas(t *testing.T) {
	s := newSite()
	s.welcome(wire.Welcome{})
	s.client.Start(chat.Form{})
	s.client.End()
	if s.client.Phase() != chat.None {
		t.Errorf("phase %v, want None", s.client.Phase())
	}
	_, asked := chattest.Take[*wire.Start](t, s.link)
	asked.Reply(started())
	end, _ := chattest.Take[*wire.End](t, s.link)
	if end.Session != "s" || s.client.Phase() != chat.None {
		t.Errorf("ended %q, phase %v", end.Session, s.client.Phase())
	}
}

func TestChatThatTheAgentEndsIsShownUntilDismissed(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.client.Frame(&wire.Push{Session: "s", State: "Completed", Entries: []wire.Entry{{Seq: 3, Kind: wire.KindLeft, From: agent}}})
	if s.client.Phase() != chat.Over || s.client.Conversation().EndedBy() != chat.ByAgent || s.kept["handle"] != "" {
		t.Errorf("phase %v, kept %v", s.client.Phase(), s.kept)
	}
	s.client.Dismiss()
	if s.client.Phase() != chat.None {
		t.Errorf("phase %v, want None", s.client.Phase())
	}
}

func TestChatThatAnotherTabBeganIsTakenUp(t *testing.T) {
	s := newSite()
	s.welcome(wire.Welcome{})
	s.client.HandleKept("h1")
	if s.reopened != 1 || s.hello().Handle != "h1" {
		t.Fatalf("reopened %d times with %+v", s.reopened, s.hello())
	}
	s.drop()
	s.welcome(wire.Welcome{Sessions: []wire.Snapshot{talk()}})
	if s.client.Phase() != chat.Talking {
		t.Errorf("phase %v", s.client.Phase())
	}
	s.client.HandleKept("h2")
	if s.reopened != 1 {
		t.Error("reconnected for a handle that was only renewed")
	}
}

func TestDraftIsTheSameInAllTabs(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.client.SetDraft("hel")
	if told := chattest.TakeTold[*wire.Draft](s.link); len(told) != 1 || told[0].Text != "hel" || s.kept["draft"] != "hel" {
		t.Errorf("told %v, kept %v", told, s.kept)
	}
	s.client.Frame(&wire.Draft{Session: "s", Text: "hello"})
	if told := chattest.TakeTold[*wire.Draft](s.link); s.client.Draft() != "hello" || len(told) != 0 {
		t.Errorf("draft %q, told %v; want the other tab's, without an echo", s.client.Draft(), told)
	}
	s.client.Write("hello!")
	if told := chattest.TakeTold[*wire.Draft](s.link); s.client.Draft() != "" || len(told) != 1 || told[0].Text != "" || s.kept["draft"] != "" {
		t.Errorf("after sending: draft %q, told %v, kept %v", s.client.Draft(), told, s.kept)
	}
}

func TestOtherTabsGiveUpTheDraftBeforeTheyHearOfItsMessage(t *testing.T) {
	s := newSite()
	s.begin(t)
	s.client.SetDraft("hello")
	s.link.Went = nil
	s.client.Write("hello")
	var went []wire.Type
	for _, f := range s.link.Went {
		if f.FrameType() == wire.TypeDraft || f.FrameType() == wire.TypeSend {
			went = append(went, f.FrameType())
		}
	}
	if want := []wire.Type{wire.TypeDraft, wire.TypeSend}; !slices.Equal(went, want) {
		t.Errorf("went out: %v, want %v", went, want)
	}
}

func TestFramesOfOtherSessionsAreIgnored(t *testing.T) {
	s := newSite()
	s.begin(t)
	for _, f := range []wire.Frame{
		&wire.Push{Session: "other", State: "Ended", Entries: entriesOf(3)},
		&wire.Typing{Session: "other", On: true, From: agent},
		&wire.Draft{Session: "other", Text: "x"},
		&wire.Delivered{Session: "other", Seq: 9, From: agent},
	} {
		s.client.Frame(f)
	}
	if s.client.Phase() != chat.Talking || s.client.Draft() != "" || len(s.client.Conversation().Typing()) != 0 {
		t.Errorf("phase %v, draft %q", s.client.Phase(), s.client.Draft())
	}
}

func entriesOf(seq int64) []wire.Entry { return []wire.Entry{message(seq, agent, "foreign", "")} }

func TestRelayThatRefusesThePageIsNotWaitedFor(t *testing.T) {
	s := newSite()
	s.client.Start(chat.Form{})
	s.client.Disconnected()
	if s.client.Status() != chat.Connecting {
		t.Errorf("status %v, want Connecting", s.client.Status())
	}
	s.client.Deny(wire.CodeOrigin)
	if s.client.Status() != chat.Denied || s.client.Denial() != wire.CodeOrigin {
		t.Errorf("status %v because of %q", s.client.Status(), s.client.Denial())
	}
}

func TestAgentsSeeWhatIsWrittenOnlyWhereTheRelaySaysSo(t *testing.T) {
	for _, preview := range []bool{false, true} {
		s := newSite()
		s.begin(t)
		s.welcome(wire.Welcome{Preview: preview, Sessions: []wire.Snapshot{talk()}})
		s.client.SetDraft("hel")
		s.client.SetDraft("hello")
		told := chattest.TakeTold[*wire.Typing](s.link)
		var texts []string
		for _, f := range told {
			texts = append(texts, f.Text)
		}
		want := []string{""}
		if preview {
			want = []string{"hel", "hello"}
		}
		if !slices.Equal(texts, want) {
			t.Errorf("preview %v: told %q, want %q", preview, texts, want)
		}
	}
}
