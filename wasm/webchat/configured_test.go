package webchat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/page"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

func TestInjectedMessagesAreBoundedInTheDocument(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	inject := func(text string) { p.command("WebChat.injectMessage", object("type", "text", "text", text)) }
	drawn := func() (n int) {
		walk(p.tree, func(n2 *view.Node) {
			if matches(n2, ".cx-injected") {
				n++
			}
		})
		return n
	}
	inject("the first one")
	for i := range 150 {
		inject(fmt.Sprint("own ", i))
	}
	if got := drawn(); got > 100 {
		t.Errorf("%d messages of the page are in the document", got)
	}
	says(t, p, "own 149")
	saysNot(t, p, "the first one")
	p.click(t, ".cx-earlier")
	says(t, p, "the first one")

	var entries []wire.Entry
	for seq := int64(3); seq < 303; seq++ {
		entries = append(entries, message(seq, agent, fmt.Sprint("m", seq), ""))
	}
	s.push(entries...)
	if drawn() != 0 {
		t.Error("messages of the page stand in the document that belong to lines which do not")
	}
}

func TestConfigureGivesSettingsOverThoseOfThePage(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("webchat", object("emojis", false, "charCountEnabled", true))
	s.begin(t, p)
	if got := p.command("WebChat.configure", object("emojis", true)); got != "true <nil>" {
		t.Errorf("settled with %q", got)
	}
	p.must(t, ".cx-emoji")
	p.must(t, ".cx-char-count")
	for _, nothing := range []any{nil, "emojis", object()} {
		if got := p.command("WebChat.configure", nothing); got != "false Invalid configuration" {
			t.Errorf("%v: settled with %q", nothing, got)
		}
	}
}

func TestBubblesLookAsThePageSays(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.command("WebChat.injectMessage", object("text", "blue", "bubble", object(
		"fill", "#00f", "radius", 4.0, "time", false, "avatar", object("custom", "<i>A</i>"))))
	n := p.must(t, "#cx-injected-1")
	bubble := child(t, n, ".cx-bubble")
	if bubble.Props["--foyer-bubble"] != "#00f" || bubble.Props["--foyer-bubble-radius"] != "4px" {
		t.Errorf("bubble %v", bubble.Props)
	}
	if child(t, n, ".avatar").HTML != "<i>A</i>" {
		t.Error("no avatar of the page's own")
	}
	if find(n, ".cx-time") != nil {
		t.Error("there is a time")
	}
	p.command("WebChat.injectMessage", object("text", "icon", "bubble", object("radius", "1em", "avatar", object("icon", "robot"))))
	n = p.must(t, "#cx-injected-2")
	if child(t, n, ".cx-bubble").Props["--foyer-bubble-radius"] != "1em" || find(n, ".avatar.robot") == nil || find(n, ".cx-time") == nil {
		t.Errorf("second bubble: %+v", n)
	}
}

func find(n *view.Node, selector string) (found *view.Node) {
	walk(n, func(c *view.Node) {
		if found == nil && matches(c, selector) {
			found = c
		}
	})
	return found
}

func child(t testing.TB, n *view.Node, selector string) *view.Node {
	t.Helper()
	found := find(n, selector)
	if found == nil {
		t.Fatalf("no %s", selector)
	}
	return found
}

func TestClosingAFormAsksWhereSomethingWasWritten(t *testing.T) {
	filled := view.Action{Fields: map[string]string{"firstname": "Ann"}}
	for _, test := range []struct {
		name    string
		webchat map[string]any
		write   bool
		button  string
		asks    bool
	}{
		{"written, by the close button", nil, true, ".cx-button-close", true},
		{"written, by the form's button", nil, true, ".cx-cancel", true},
		{"nothing written", nil, false, ".cx-button-close", false},
		{"the page does not want it", object("confirmFormCloseEnabled", false), true, ".cx-button-close", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open("1")
			s.welcome()
			p.configure("webchat", test.webchat)
			p.command("WebChat.open", nil)
			if test.write {
				p.do(t, "form", "input", filled)
			}
			p.click(t, test.button)
			if asks := p.find(".cx-confirm") != nil; asks != test.asks {
				t.Fatalf("asks: %v", asks)
			}
		})
	}
	t.Run("and goes back to the form, or closes", func(t *testing.T) {
		s := newStage(t, nil)
		p := s.open("1")
		s.welcome()
		p.command("WebChat.open", nil)
		p.do(t, "form", "input", filled)
		p.click(t, ".cx-button-close")
		says(t, p, "Close the chat?")
		p.do(t, ".cx-webchat", "keydown", view.Action{Press: "Escape"})
		if p.find(".cx-confirm") != nil || p.find("form") == nil || !strings.Contains(p.focus, "cx-input") {
			t.Errorf("Escape keeps the form, and the focus is in %q", p.focus)
		}
		p.click(t, ".cx-button-close")
		s.app.Input(p, view.Action{Name: "endNow"})
		s.loop.Run()
		if p.tree != nil {
			t.Error("still open")
		}
	})
}

func TestDaysAreNamedAsThePageSays(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("main", object("lang", "en", "i18n", object("en", object("webchat", object(
		"DayLabels", []any{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"},
		"MonthLabels", []any{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"},
		"todayLabel", "This day")))))
	s.begin(t, p)
	now := s.loop.Now().UnixMilli()
	s.push(wire.Entry{Seq: 2, Ms: now, ID: "e2", Kind: wire.KindMessage, From: agent, Text: "now"})
	says(t, p, "Th, I 1", "This day")
}

func TestInvitationAfterAChatThatHasTimedOut(t *testing.T) {
	s := newStage(t, nil)
	asked, silent := s.open("1"), s.open("2")
	asked.configure("webchat", object("inviteOnRestoreTimeout", true))
	s.app.RestoreTimedOut()
	s.loop.Run()
	says(t, asked, "Your chat has timed out")
	if silent.tree != nil {
		t.Error("a page that has not asked for it invites")
	}
	asked.click(t, ".cx-btn-primary")
	asked.must(t, "form")
}

func TestRestoredWindowIsMinimisedOnAPhone(t *testing.T) {
	for _, test := range []struct {
		screen string
		on     bool
		want   string
	}{{"390x844", true, "minimized"}, {"390x844", false, "open"}, {"1440x900", true, "open"}} {
		s := newStage(t, map[string]string{page.KeepHandle: "h", page.KeepWindow: "open"})
		p := &tab{stage: s, id: "1", visible: true, screen: test.screen}
		s.app.AddPage(p)
		p.configure("webchat", object("minimizeOnMobileRestore", test.on))
		if got := string(s.app.Window()); got != test.want {
			t.Errorf("%s, %v: %s", test.screen, test.on, got)
		}
	}
}

func TestAPageThatIsOpenedOnAPhoneFindsTheWindowMinimised(t *testing.T) {
	for name, tt := range map[string]struct {
		screen  string
		leaves  bool // the page before is gone when the next one comes
		visible bool // or it is still seen
		want    webchat.State
	}{
		"after a navigation":             {"390x844", true, false, webchat.Minimized},
		"while the page before is going": {"390x844", false, false, webchat.Minimized},
		"beside a page that is seen":     {"390x844", false, true, webchat.Open},
		"on a desktop":                   {"1440x900", true, false, webchat.Open},
	} {
		s := newStage(t, nil)
		before := s.open("1")
		before.screen = tt.screen
		s.begin(t, before)
		if tt.leaves {
			s.leave(before)
		}
		before.visible = tt.visible
		p := &tab{stage: s, id: "2", visible: true, screen: tt.screen}
		s.app.AddPage(p)
		p.configure("webchat", object("minimizeOnMobileRestore", true))
		if got := s.app.Window(); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
		p.command("WebChat.minimize", object("minimized", false))
		p.configure("webchat", object("minimizeOnMobileRestore", true, "emojis", true))
		if got := s.app.Window(); got != webchat.Open {
			t.Errorf("%s: what the visitor has opened is %q", name, got)
		}
	}
}

func TestTheOlderFormOfAnInvitationIsOne(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("webchat", object("proactive", object("enabled", true, "idleTimer", 7.0, "cancelTimer", 3.0)))
	s.loop.Advance(6 * time.Second)
	if p.find(".cx-toast") != nil {
		t.Error("it comes too early")
	}
	s.loop.Advance(2 * time.Second)
	p.must(t, ".cx-toast")
	s.loop.Advance(4 * time.Second)
	if p.find(".cx-toast") != nil {
		t.Error("it does not go")
	}
}

func TestAPageMayLeaveTheMenuOut(t *testing.T) {
	for _, part := range []string{"webchat", "main"} {
		s := newStage(t, nil)
		p := s.open("1")
		s.begin(t, p)
		if !p.sees(".cx-menu") {
			t.Error("there is no menu")
		}
		p.configure(part, object("actionsMenu", false))
		if p.sees(".cx-menu") || !p.sees(".cx-end-chat") || p.find(".cx-menu") == nil {
			t.Errorf("%s.actionsMenu: false: the menu is seen %t, the end of the chat %t", part, p.sees(".cx-menu"), p.sees(".cx-end-chat"))
		}
	}
}

func TestButtonStaysAwayDuringAnInvitation(t *testing.T) {
	for _, test := range []struct {
		chatButton map[string]any
		visible    bool
	}{{nil, false}, {object("hideDuringInvite", true), false}, {object("hideDuringInvite", false), true}} {
		s := newStage(t, nil)
		p := s.open("1")
		p.configure("webchat", object("chatButton", test.chatButton))
		p.command("WebChat.invite", nil)
		if p.button["visible"] != test.visible {
			t.Errorf("%v: %v", test.chatButton, p.button)
		}
		p.click(t, ".cx-btn-default")
		if p.button["visible"] != true {
			t.Errorf("%v: the button does not come back", test.chatButton)
		}
	}
}

func TestANewMessageBringsAClosedWindowBack(t *testing.T) {
	for _, test := range []struct {
		async map[string]any
		want  string
	}{
		{nil, ""},
		{object("enabled", true), ""},
		{object("newMessageRestoreState", "open"), ""},
		{object("enabled", true, "newMessageRestoreState", "sideways"), ""},
		{object("enabled", true, "newMessageRestoreState", "minimized"), "minimized"},
		{object("enabled", true, "newMessageRestoreState", "open"), "open"},
		{object("enabled", true, "newMessageRestoreState", "maximized"), "open"},
	} {
		s := newStage(t, map[string]string{page.KeepHandle: "h"})
		p := s.open("1")
		p.configure("webchat", object("async", test.async))
		s.welcome(queued())
		s.accept()
		if got := s.app.Window(); got != "" {
			t.Fatalf("%v: %s before anybody wrote", test.async, got)
		}
		s.push(message(3, agent, "Are you there?", ""))
		if got := string(s.app.Window()); got != test.want || p.focus != "" {
			t.Errorf("%v: %q, focus in %q", test.async, got, p.focus)
		}
	}
}

func TestTheChatButtonComesAndGoesInTheTimeThatACommandNames(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.hideChatButton", object("duration", 300.0))
	if p.button["visible"] != false || p.button["duration"] != 300.0 {
		t.Errorf("hidden: %v", p.button)
	}
	p.command("WebChat.showChatButton", object("duration", 200.0, "openDelay", 500.0))
	s.loop.Advance(500 * time.Millisecond)
	if p.button["visible"] != true || p.button["duration"] != 200.0 {
		t.Errorf("shown: %v", p.button)
	}
	p.command("WebChat.hideChatButton", nil)
	if _, given := p.button["duration"]; given {
		t.Errorf("hidden at once: %v", p.button)
	}
}

func TestShowChatButtonTakesItsTime(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.hideChatButton", nil)
	p.command("WebChat.showChatButton", object("openDelay", 500.0))
	if p.button["visible"] != false {
		t.Error("at once")
	}
	s.loop.Advance(500 * time.Millisecond)
	if p.button["visible"] != true {
		t.Error("never")
	}
}
