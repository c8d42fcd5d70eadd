package webchat_test

import (
	"fmt"
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

// TestWhoHearsOfSomethingSeesIt runs through a chat, and looks at the window whenever the page is told of something.
func TestWhoHearsOfSomethingSeesIt(t *testing.T) {
	shows := map[string]func(p *tab) bool{
		"WebChat.opened":      func(p *tab) bool { return p.find("#cx_webchat_form_firstname") != nil },
		"WebChat.submitted":   func(p *tab) bool { return strings.Contains(p.text(), "Starting your chat") },
		"WebChat.rejected":    func(p *tab) bool { return p.find(".cx-form-problem").Children != nil },
		"WebChat.started":     func(p *tab) bool { return p.find(".cx-transcript") != nil },
		"WebChat.minimized":   func(p *tab) bool { return p.find(".cx-minimized") != nil },
		"WebChat.unminimized": func(p *tab) bool { return p.find(".cx-body") != nil },
		"WebChat.cancelled":   func(p *tab) bool { return p.find(".cx-ended") != nil },
		"WebChat.completed":   func(p *tab) bool { return p.find(".cx-ended") != nil },
		"WebChat.closed":      func(p *tab) bool { return p.tree == nil },
	}
	s := newStage(t, nil)
	p := s.open("1")
	heard := map[string]int{}
	p.onEvent = func(name string, _ map[string]any) {
		heard[name]++
		if sees, ok := shows[name]; ok && !sees(p) {
			t.Errorf("%s: the window does not show it yet; it says %q", name, p.text())
		}
	}
	begin := func(answer func(*chattest.Asked)) {
		p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann"}})
		_, asked := chattest.Take[*wire.Start](t, s.link)
		answer(asked)
		s.loop.Run()
	}
	s.welcome()
	p.command("WebChat.open", nil)
	begin(func(asked *chattest.Asked) { asked.Refuse(wire.CodeBadRequest) })
	begin(func(asked *chattest.Asked) {
		asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: queued()})
	})
	p.command("WebChat.minimize", object("minimized", true))
	p.command("WebChat.minimize", object("minimized", false))
	p.command("WebChat.endChat", nil)
	chattest.Take[*wire.End](t, s.link)
	p.click(t, ".cx-start-new")
	for name := range shows {
		if name != "WebChat.completed" && name != "WebChat.closed" && heard[name] == 0 {
			t.Errorf("%s was not told", name)
		}
	}
	p.command("WebChat.close", nil)
	if heard["WebChat.closed"] != 1 {
		t.Errorf("closed was told %d times", heard["WebChat.closed"])
	}
}

// TestLinesAreToldAsTheyAreSeen has a page whose functions change what is shown, after a while.
func TestLinesAreToldAsTheyAreSeen(t *testing.T) {
	looks := map[string]chat.Look{
		"late":   {Changed: true, Text: "as it is shown"},
		"html":   {Changed: true, Text: "<b>bold</b>", HTML: true},
		"secret": {Hidden: true},
		"notice": {Message: true},
	}
	ready := map[string]bool{}
	s := newStage(t, nil)
	s.app.Hook(webchat.Hooks{Look: func(_ webchat.Page, l *chat.Line) chat.Look {
		if look, ok := looks[l.Text]; ok {
			look.Hidden = look.Hidden || !ready[l.Text]
			return look
		}
		return chat.Look{}
	}})
	p := s.open("1")
	var told []string
	p.onEvent = func(name string, data map[string]any) {
		if name != "WebChat.messageAdded" {
			return
		}
		message, _ := data["data"].(map[string]any)
		told = append(told, fmt.Sprint(message["type"], " ", message["text"], " ", message["html"]))
		for seq := int64(1); seq < 20; seq++ {
			id := fmt.Sprintf("cx-chat-index-%d", seq)
			if fmt.Sprint(page.ElementOf(id)) == fmt.Sprint(data["html"]) && p.find("#"+id) != nil {
				return
			}
		}
		t.Errorf("%v: its element is not in the window", data)
	}
	s.begin(t, p)
	s.accept()
	s.push(message(3, agent, "hello", ""), message(4, agent, "late", ""), message(5, agent, "html", ""), message(6, agent, "secret", ""),
		wire.Entry{Seq: 7, Ms: 7000, Kind: wire.KindNotice, From: agent, Text: "notice"},
		wire.Entry{Seq: 8, Ms: 8000, Kind: wire.KindFile, From: agent, Data: map[string]any{"name": "plan.pdf", "size": int64(10)}},
		wire.Entry{Seq: 9, Ms: 9000, Kind: wire.KindLeft, From: agent})
	for text := range looks {
		ready[text] = true
	}
	s.app.Redraw()
	s.loop.Run()
	want := []string{
		"ParticipantJoined Chat started false", "ParticipantJoined Bea joined the chat false", "Message hello false",
		"FileUploaded plan.pdf false", "ParticipantLeft Bea left the chat false",
		"Message as it is shown false", "Message <b>bold</b> true", "Message notice false",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

func TestAChatThatIsClosedInTheMiddleIsOverFirst(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.published()
	p.command("WebChat.close", nil)
	if got := p.published(); got != "WebChat.cancelled WebChat.closed" {
		t.Errorf("published %q", got)
	}
}
