package webchat_test

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

// says fails where the window of a page lacks one of the words.
func says(t *testing.T, p *tab, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			t.Errorf("page %s does not say %q: %q", p.id, w, p.text())
		}
	}
}

func saysNot(t *testing.T, p *tab, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			t.Errorf("page %s says %q: %q", p.id, w, p.text())
		}
	}
}

func TestStoryOfTwoPages(t *testing.T) {
	s := newStage(t, nil)
	one := s.open("1")
	if one.tree != nil || one.button["visible"] != true || s.connected != 0 {
		t.Fatalf("at first: window %v, button %v, connected %d times", one.tree, one.button, s.connected)
	}

	if got := one.command("WebChat.open", nil); got != "true <nil>" {
		t.Errorf("open settled with %q", got)
	}
	says(t, one, "Live chat", "First name", "Start chat", "Cancel")
	if one.button["visible"] != false || s.connected == 0 || one.focus != "cx-input cx-form-control" {
		t.Errorf("opened: button %v, connected %d times, focus in %q", one.button, s.connected, one.focus)
	}

	one.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann", "subject": "A tent"}})
	says(t, one, "Starting your chat")
	s.welcome()
	start, asked := chattest.Take[*wire.Start](t, s.link)
	if start.FirstName != "Ann" || start.Subject != "A tent" || start.Page != "1" {
		t.Errorf("started with %+v", start)
	}
	asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: queued()})
	s.loop.Run()
	says(t, one, "Chat started", "Finding an agent")
	if s.site.stored["handle"] != "h" || s.site.stored["window"] != "open" {
		t.Errorf("kept %v", s.site.stored)
	}
	if got, want := one.published(), "WebChat.ready WebChat.opened WebChat.submitted WebChat.messageAdded WebChat.started"; got != want {
		t.Errorf("published %q, want %q", got, want)
	}

	two := s.open("2")
	says(t, two, "Finding an agent")
	if two.focus != "" {
		t.Errorf("the second page took the focus to %q although nobody acted there", two.focus)
	}
	s.accept()
	for _, p := range []*tab{one, two} {
		says(t, p, "Bea joined the chat")
		saysNot(t, p, "Finding an agent")
	}

	two.do(t, ".cx-message-input", "input", view.Action{Value: "hel"})
	if got := one.must(t, ".cx-message-input").Props["value"]; got != "hel" {
		t.Errorf("the draft on page 1 is %q", got)
	}
	two.write(t, "hello")
	for _, p := range []*tab{one, two} {
		if p.said() != "you: hello" || p.must(t, ".cx-message-input").Props["value"] != "" {
			t.Errorf("page %s: %s", p.id, p.said())
		}
		says(t, p, "Sending…")
	}
	send, asked := chattest.Take[*wire.Send](t, s.link)
	asked.Reply(&wire.Ack{Seq: 3, Ms: 3000, ClientID: send.ClientID})
	s.loop.Run()
	says(t, one, "Sent")
	s.frame(&wire.Delivered{Session: "s", Seq: 3, From: agent})
	says(t, one, "Delivered")
	s.frame(&wire.Typing{Session: "s", On: true, From: agent})
	says(t, one, "Bea is typing")
	s.link.Told = nil
	s.push(message(3, visitor, "hello", send.ClientID), message(4, agent, "good day", ""))
	for _, p := range []*tab{one, two} {
		if got, want := p.said(), "you: hello, them: good day"; got != want {
			t.Errorf("page %s: %s, want %s", p.id, got, want)
		}
		saysNot(t, p, "is typing")
	}
	if told := chattest.TakeTold[*wire.Delivered](s.link); len(told) != 1 || told[0].Seq != 4 {
		t.Errorf("told %v, want that 4 was delivered", told)
	}

	one.click(t, ".cx-button-minimize")
	for _, p := range []*tab{one, two} {
		if p.sees(".cx-body") || p.sees(".cx-footer") || p.find(".cx-minimized") == nil {
			t.Errorf("page %s is not minimised", p.id)
		}
	}
	s.push(message(5, agent, "are you there?", ""))
	if got := textOf(two.must(t, ".cx-unread")); got != "1" {
		t.Errorf("unread is %q, want 1", got)
	}
	two.click(t, ".cx-button-minimize")
	says(t, one, "are you there?")
	if one.find(".cx-unread") != nil {
		t.Error("still unread after the window was restored")
	}

	s.frame(&wire.Push{Session: "s", State: "Completed", Entries: []wire.Entry{
		{Seq: 6, Kind: wire.KindState, Data: map[string]any{"interactionState": "Finalizing"}},
		{Seq: 7, Kind: wire.KindLeft, From: agent},
		{Seq: 8, Kind: wire.KindState, Data: map[string]any{"interactionState": "Completed"}},
	}})
	for _, p := range []*tab{one, two} {
		says(t, p, "Bea left the chat", "The agent ended the chat.", "Start new chat")
		if p.sees(".cx-message-input") {
			t.Errorf("page %s still takes messages", p.id)
		}
	}
	if got := strings.Count(one.text(), "The chat has ended"); got != 1 {
		t.Errorf("the end is told %d times", got)
	}
	two.click(t, ".cx-start-new")
	says(t, one, "Start chat")
	two.click(t, ".cx-cancel")
	if one.tree != nil || one.button["visible"] != true || two.focused != ".cx-webchat-chat-button" || one.focused != "" {
		t.Errorf("closed: button %v, focus asked for %q and %q", one.button, two.focused, one.focused)
	}
	if len(s.site.stored) != 0 {
		t.Errorf("kept %v, want nothing", s.site.stored)
	}
	added := " WebChat.messageAdded" // of what was said, and of who came and left
	want := "WebChat.messageAdded" + added + added + " WebChat.minimized" + added + " WebChat.unminimized" + added + added +
		" WebChat.completed WebChat.closed"
	if got := one.published(); got != want {
		t.Errorf("published %q, want %q", got, want)
	}
}

func TestNextPageTakesTheChatUpAsItWas(t *testing.T) {
	for _, kept := range []webchat.State{webchat.Open, webchat.Minimized} {
		t.Run(string(kept), func(t *testing.T) {
			s := newStage(t, map[string]string{"handle": "h", "window": string(kept), "draft": "half a sent"})
			p := s.open("1")
			if s.connected == 0 || s.app.Hello().Handle != "h" {
				t.Fatalf("connected %d times with %+v", s.connected, s.app.Hello())
			}
			snap := queued()
			snap.State, snap.Participants = "Active", []wire.Participant{visitor, agent}
			snap.Entries = append(snap.Entries, message(2, agent, "hi", ""))
			s.welcome(snap)
			if s.app.Window() != kept || s.site.stored["window"] != string(kept) {
				t.Errorf("the window is %q, kept %v", s.app.Window(), s.site.stored)
			}
			if p.focus != "" {
				t.Errorf("took the focus to %q", p.focus)
			}
			if kept == webchat.Minimized {
				return
			}
			if p.said() != "them: hi" || p.must(t, ".cx-message-input").Props["value"] != "half a sent" {
				t.Errorf("shows %q", p.text())
			}
		})
	}
}

func TestWindowOfAChatThatIsGoneDoesNotOpenByItself(t *testing.T) {
	s := newStage(t, map[string]string{"handle": "h", "window": "open", "draft": "old"})
	p := s.open("1")
	s.link.Online = true
	s.frame(&wire.Welcome{HandleGone: true})
	if p.tree != nil || p.button["visible"] != true || len(s.site.stored) != 0 {
		t.Errorf("window %v, button %v, kept %v", p.tree, p.button, s.site.stored)
	}
}

func TestWindowThatTheVisitorOpensStaysWhenTheOldChatIsGone(t *testing.T) {
	s := newStage(t, map[string]string{"handle": "h"})
	p := s.open("1")
	p.command("WebChat.open", nil)
	says(t, p, "Connecting")
	s.link.Online = true
	s.frame(&wire.Welcome{HandleGone: true})
	says(t, p, "Start chat")
}

func TestBothSidesOfALostConnection(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	s.drop()
	says(t, p, "Reconnecting")
	p.write(t, "written while it was down")
	says(t, p, "Sending…")
	snap := queued()
	snap.State, snap.Entries = "Active", []wire.Entry{message(3, agent, "meanwhile", "")}
	s.welcome(snap)
	saysNot(t, p, "Reconnecting")
	send, asked := chattest.Take[*wire.Send](t, s.link)
	asked.Reply(&wire.Ack{Seq: 4, ClientID: send.ClientID})
	s.loop.Run()
	if got, want := p.said(), "them: meanwhile, you: written while it was down"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestEndingAsksFirst(t *testing.T) {
	tests := []struct {
		name, press string
		answer      func(t *testing.T, p *tab)
		ended, open bool
		focus       string
	}{
		{"end chat, yes", ".cx-end-chat", func(t *testing.T, p *tab) { clickIn(t, p, ".cx-confirm", ".cx-btn-primary") }, true, true, "cx-start-new"},
		{"end chat, no", ".cx-end-chat", func(t *testing.T, p *tab) { clickIn(t, p, ".cx-confirm", ".cx-btn-default") }, false, true, "cx-message-input"},
		{"end chat, Escape", ".cx-end-chat", func(t *testing.T, p *tab) { p.do(t, ".cx-webchat", "keydown", view.Action{Press: "Escape"}) }, false, true, "cx-message-input"},
		{"close, yes", ".cx-button-close", func(t *testing.T, p *tab) { clickIn(t, p, ".cx-confirm", ".cx-btn-primary") }, true, false, ""},
		{"close, no", ".cx-button-close", func(t *testing.T, p *tab) { clickIn(t, p, ".cx-confirm", ".cx-btn-default") }, false, true, "cx-button-close"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open("1")
			s.begin(t, p)
			s.accept()
			p.click(t, test.press)
			asked := p.must(t, ".cx-confirm")
			if asked.Attrs["role"] != "alertdialog" || !strings.Contains(p.focus, "cx-btn-default") {
				t.Errorf("asked with %v, focus in %q", asked.Attrs, p.focus)
			}
			for _, part := range []string{".cx-titlebar", ".cx-body", ".cx-footer"} {
				if _, inert := p.must(t, part).Attrs["inert"]; !inert {
					t.Errorf("%s can be reached behind the question", part)
				}
			}
			test.answer(t, p)
			if open := p.tree != nil; open != test.open {
				t.Fatalf("open %v, want %v", open, test.open)
			}
			if ended := s.link.Open() > 0; ended != test.ended {
				t.Errorf("ended %v, want %v", ended, test.ended)
			}
			if test.open && !strings.Contains(p.focus, test.focus) {
				t.Errorf("focus in %q, want %s", p.focus, test.focus)
			}
			if test.open && test.ended {
				says(t, p, "You ended the chat.")
			}
			if !test.open && p.focused != ".cx-webchat-chat-button" {
				t.Errorf("focus went to %q", p.focused)
			}
		})
	}
}

// clickIn clicks a button inside a part of the window.
func clickIn(t *testing.T, p *tab, part, selector string) {
	t.Helper()
	whole := p.tree
	p.tree = p.must(t, part)
	n := p.must(t, selector)
	p.tree = whole
	p.stage.app.Input(p, view.Action{Name: n.On[0].Action})
	p.stage.loop.Run()
}

// A message for which there is no room stays in the window, with a sentence that says why; nothing is tried by itself.
func TestAMessageWithoutRoomSaysWhy(t *testing.T) {
	for code, why := range map[wire.Code]string{
		wire.CodeChatFull: "Not sent. This chat is full. Please end it and start a new one; everything written so far is kept.",
		wire.CodeQuota:    "Not sent. More has been sent from here today than is allowed. Please try again later.",
	} {
		t.Run(string(code), func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open("1")
			s.begin(t, p)
			p.write(t, "hello")
			_, asked := chattest.Take[*wire.Send](t, s.link)
			asked.Refuse(code)
			s.loop.Run()
			says(t, p, why)
			says(t, p, "hello")
			if n := s.link.Open(); n != 0 {
				t.Errorf("%d requests follow by themselves", n)
			}
		})
	}
}

func TestRefusedMessageCanBeSentAgainOrDiscarded(t *testing.T) {
	for _, act := range []string{".cx-retry", ".cx-discard"} {
		t.Run(act, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open("1")
			s.begin(t, p)
			p.write(t, "hello")
			first, asked := chattest.Take[*wire.Send](t, s.link)
			asked.Refuse(wire.CodeBadRequest)
			s.loop.Run()
			says(t, p, "Not sent. The request was not understood.")
			p.click(t, act)
			if act == ".cx-discard" {
				if p.said() != "" {
					t.Errorf("said %q", p.said())
				}
				return
			}
			again, _ := chattest.Take[*wire.Send](t, s.link)
			if again.ClientID != first.ClientID {
				t.Errorf("sent again as %q, want %q", again.ClientID, first.ClientID)
			}
		})
	}
}

func TestRefusedStartGoesBackToTheFormWithItsReason(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	p.command("WebChat.open", nil)
	p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann"}})
	_, asked := chattest.Take[*wire.Start](t, s.link)
	asked.Refuse(wire.CodeForbidden)
	s.loop.Run()
	says(t, p, "The chat could not be started. This is not allowed here.")
	if got := p.must(t, "#cx_webchat_form_firstname").Props["value"]; got != "Ann" {
		t.Errorf("the form forgot the name: %q", got)
	}
}

func TestRelayThatRefusesThePageIsTold(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.open", nil)
	s.app.Denied(wire.CodeOrigin)
	s.loop.Run()
	says(t, p, "The chat is not available on this page.")
}

func TestHiddenPageDoesNotCountAsRead(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	p.visible = false
	s.link.Told = nil
	s.push(message(3, agent, "hello?", ""))
	if told := chattest.TakeTold[*wire.Delivered](s.link); len(told) != 0 {
		t.Errorf("told %v although nobody sees the page", told)
	}
	p.visible = true
	s.app.PageChanged(p)
	s.loop.Run()
	if told := chattest.TakeTold[*wire.Delivered](s.link); len(told) != 1 || told[0].Seq != 3 {
		t.Errorf("told %v, want that 3 was delivered", told)
	}
}

func TestMessageKeepsItsElementFromSendingToDelivered(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	p.write(t, "hello")
	root := view.NewRoot()
	root.Update(p.tree)
	send, asked := chattest.Take[*wire.Send](t, s.link)
	s.push(message(3, agent, "meanwhile", ""))
	asked.Reply(&wire.Ack{Seq: 4, ClientID: send.ClientID})
	s.frame(&wire.Delivered{Session: "s", Seq: 4, From: agent})
	for _, op := range root.Update(p.tree) {
		for _, arg := range op {
			if arg == "hello" {
				t.Errorf("the message is drawn, and read out, a second time: %v", op)
			}
		}
	}
}

func TestLongTranscriptIsDrawnInParts(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	var many []wire.Entry
	for i := range 150 {
		many = append(many, message(int64(3+i), agent, "m", ""))
	}
	s.push(many...)
	count := func() int { return len(p.must(t, ".cx-transcript").Children) - 1 } // without the day
	if got := count(); got != 100 {
		t.Fatalf("%d lines, want 100", got)
	}
	p.click(t, ".cx-earlier")
	if got := count(); got != 152 || p.find(".cx-earlier") != nil {
		t.Errorf("%d lines, want all 152 and no button for more", got)
	}
	if got := p.must(t, ".cx-transcript").Attrs["aria-live"]; got != "off" {
		t.Errorf("earlier messages are read out: aria-live %q", got)
	}
	s.loop.Advance(5 * time.Second)
	if got := p.must(t, ".cx-transcript").Attrs["aria-live"]; got != "polite" {
		t.Errorf("new messages are not read out any more: aria-live %q", got)
	}
}

func TestTabsOfSeparateWorkersKeepInStepByStorage(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.welcome()
	elsewhere := func(key, value string) {
		s.site.Store(key, value)
		s.app.Stored(key)
		s.loop.Run()
	}
	elsewhere("handle", "h")
	elsewhere("window", "open")
	if s.reopened != 1 {
		t.Fatalf("reopened %d times, want once, to take the chat up", s.reopened)
	}
	s.drop()
	s.welcome(queued())
	says(t, p, "Finding an agent")
	elsewhere("draft", "typed there")
	if got := p.must(t, ".cx-message-input").Props["value"]; got != "typed there" {
		t.Errorf("draft %q", got)
	}
	elsewhere("window", "minimized")
	if p.find(".cx-minimized") == nil {
		t.Error("not minimised")
	}
	elsewhere("window", "")
	s.frame(&wire.Push{Session: "s", State: "Ended", Entries: []wire.Entry{{Seq: 2, Kind: wire.KindLeft, From: visitor}}})
	if p.tree != nil || s.app.Client().Conversation() != nil {
		t.Error("the chat that was ended and closed elsewhere is still there")
	}
}

func TestEchoOfOwnStorageIsNotTakenForNews(t *testing.T) {
	s := newStage(t, nil)
	one, two := s.open("1"), s.open("2")
	s.begin(t, one)
	one.do(t, ".cx-message-input", "input", view.Action{Value: "hello"})
	s.site.stored["draft"] = "hel" // what page 2 says of an earlier keystroke
	s.app.Stored("draft")
	s.loop.Run()
	if got := two.must(t, ".cx-message-input").Props["value"]; got != "hello" || s.site.stored["draft"] != "hello" {
		t.Errorf("draft %q, kept %q", got, s.site.stored["draft"])
	}
}

func TestFormThatNobodySentGoesWithItsLastPage(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.open", nil)
	p.do(t, "form", "input", view.Action{Fields: map[string]string{"firstname": "Ann"}})
	s.leave(p)
	if next := s.open("2"); next.tree != nil {
		t.Errorf("the next page shows %q", next.text())
	}
}

func TestMessagesThatWereOnTheirWayOutliveTheWorker(t *testing.T) {
	before := newStage(t, nil)
	p := before.open("1")
	before.begin(t, p)
	before.drop()
	p.write(t, "one")
	p.write(t, "two")

	after := newStage(t, before.site.stored)
	next := after.open("2")
	after.welcome(queued())
	if got, want := next.said(), "you: one, you: two"; got != want {
		t.Fatalf("the next worker shows %q, want %q", got, want)
	}
	for seq, text := range []string{"one", "two"} {
		send, asked := chattest.Take[*wire.Send](t, after.link)
		if send.Text != text {
			t.Errorf("sent %q, want %q", send.Text, text)
		}
		asked.Reply(&wire.Ack{Seq: int64(2 + seq), ClientID: send.ClientID})
		after.loop.Run()
	}
	if kept := after.site.stored["outbox"]; kept != "" {
		t.Errorf("still kept: %q", kept)
	}
}

func TestMessagesOfAnotherChatAreNotSent(t *testing.T) {
	s := newStage(t, map[string]string{"handle": "h", "window": "open", "outbox": "other\nid \"old\"\n"})
	p := s.open("1")
	s.welcome(queued())
	if p.said() != "" || s.link.Open() != 0 || s.site.stored["outbox"] != "" {
		t.Errorf("said %q, %d requests, kept %q", p.said(), s.link.Open(), s.site.stored["outbox"])
	}
}
