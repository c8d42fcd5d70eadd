package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

// TestHooksOfSites holds the classes, ids and names that sites and screen readers go by.
func TestHooksOfSites(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.open", nil)
	for _, hook := range []string{
		".cx-widget.cx-webchat.cx-desktop", ".cx-titlebar", ".cx-body", ".cx-form.cx-form-horizontal", ".cx-form-inputs",
		"#cx_webchat_form_firstname", "#cx_webchat_form_lastname", "#cx_webchat_form_email", "#cx_webchat_form_subject",
		".cx-submit.cx-btn.cx-btn-primary.i18n", ".cx-button-container", ".cx-button-group.cx-buttons-binary",
	} {
		p.must(t, hook)
	}
	p.command("WebChat.close", nil)
	s.begin(t, p)
	s.accept()
	p.write(t, "mine")
	s.push(message(3, agent, "theirs", ""))
	for _, hook := range []string{
		".cx-transcript-wrapper", ".cx-transcript", ".cx-message-group", ".cx-message.cx-participant.cx-you",
		".cx-message.cx-participant.cx-them.cx-Agent", ".cx-message.cx-participant.cx-system", "#cx-chat-index-3",
		".cx-footer", ".cx-input-container", ".cx-textarea-cell", ".cx-message-input", ".cx-send", ".cx-end-chat",
	} {
		p.must(t, hook)
	}
	if got := p.must(t, ".cx-system").Attrs["data-message"]; got != "Chat Started" {
		t.Errorf("data-message %q", got)
	}
	if got := p.must(t, ".cx-send").Attrs["data-message"]; got != "ChatSend" {
		t.Errorf("data-message %q", got)
	}
}

func TestNamesOfControls(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	for selector, want := range map[string]string{
		".cx-button-minimize": "Minimize", ".cx-button-close": "Close", ".cx-message-input": "Message", ".cx-send": "Send",
		".cx-transcript": "Messages",
	} {
		if got := p.must(t, selector).Attrs["aria-label"]; got != want {
			t.Errorf("%s is named %q, want %q", selector, got, want)
		}
	}
	p.click(t, ".cx-button-minimize")
	if got := p.must(t, ".cx-button-minimize").Attrs["aria-label"]; got != "Restore" {
		t.Errorf("minimised it is named %q, want Restore", got)
	}
}

func TestRolesForScreenReaders(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	dialog := p.must(t, ".cx-webchat").Attrs
	if dialog["role"] != "dialog" || dialog["aria-modal"] != "false" || dialog["aria-label"] != "Live chat" {
		t.Errorf("dialog %v", dialog)
	}
	if log := p.must(t, ".cx-transcript").Attrs; log["role"] != "log" || log["aria-live"] != "polite" || log["aria-relevant"] != "additions" {
		t.Errorf("transcript %v", log)
	}
	for _, place := range []string{".cx-status", ".cx-typing", ".cx-unread-place"} {
		if got := p.must(t, place).Attrs["role"]; got != "status" {
			t.Errorf("%s has role %q: what comes into it is not read out", place, got)
		}
	}
	p.command("WebChat.endChat", nil)
	p.click(t, ".cx-start-new")
	for _, name := range []string{"firstname", "lastname", "email", "subject"} {
		id := "cx_webchat_form_" + name
		found := false
		walk(p.tree, func(n *view.Node) { found = found || n.Tag == "label" && n.Attrs["for"] == id && n.Text != "" })
		if !found {
			t.Errorf("%s has no label", id)
		}
	}
}

func TestEnterSendsAndShiftEnterDoesNot(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	for _, h := range p.must(t, ".cx-message-input").On {
		if h.Event != "keydown" {
			continue
		}
		if strings.Join(h.Keys, " ") != "Enter" || !h.Prevent || !h.Fields || !h.Clear {
			t.Errorf("handler %+v", h)
		}
		return
	}
	t.Error("no key sends")
}

func TestEscapeMinimisesAndTheFocusGoesAlong(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.do(t, ".cx-webchat", "focusin", view.Action{})
	p.do(t, ".cx-webchat", "keydown", view.Action{Press: "Escape"})
	if p.find(".cx-minimized") == nil || !strings.Contains(p.focus, "cx-button-minimize") {
		t.Errorf("minimised %v, focus in %q", p.find(".cx-minimized") != nil, p.focus)
	}
	p.click(t, ".cx-button-minimize")
	if !strings.Contains(p.focus, "cx-message-input") {
		t.Errorf("restored, but the focus is in %q", p.focus)
	}
}

func TestFocusFollowsFromTheFormToTheMessage(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.open", nil)
	p.do(t, ".cx-webchat", "focusin", view.Action{})
	s.begin(t, p)
	if !strings.Contains(p.focus, "cx-message-input") {
		t.Errorf("focus in %q", p.focus)
	}
}

func TestTextIsText(t *testing.T) {
	const hostile = `<img src=x onerror="alert(1)">`
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.push(wire.Entry{Seq: 2, Kind: wire.KindJoined, From: wire.Participant{ID: "a", Kind: "agent", Nickname: hostile}},
		message(3, agent, hostile, ""))
	found := 0
	walk(p.tree, func(n *view.Node) {
		if strings.Contains(n.Text, hostile) {
			found++
		}
		for _, value := range n.Attrs {
			if strings.Contains(value, "onerror") {
				t.Errorf("attribute %q", value)
			}
		}
	})
	if found != 2 {
		t.Errorf("shown %d times as text, want 2", found)
	}
}

func TestGroupsAreOfOneSenderAndClose(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	late := message(5, agent, "later", "")
	late.Ms = 4000 + 5*60*1000
	s.push(message(3, agent, "one", ""), message(4, agent, "two", ""), late, message(6, visitor, "mine", "x"))
	var got []string
	for _, line := range p.must(t, ".cx-transcript").Children {
		class := strings.TrimPrefix(line.Attrs["class"], "cx-message-group")
		got = append(got, strings.ReplaceAll(strings.TrimSpace(class), "cx-", ""))
	}
	if want := "day,system-group,system-group,first,last,first last,first last"; strings.Join(got, ",") != want {
		t.Errorf("groups %s, want %s", strings.Join(got, ","), want)
	}
}

func TestSmallScreensGetTheirClass(t *testing.T) {
	for screen, want := range map[string]string{"390x844": ".cx-mobile", "1440x900": ".cx-desktop", "": ".cx-desktop"} {
		s := newStage(t, nil)
		p := &tab{stage: s, id: "1", screen: screen}
		s.app.AddPage(p)
		p.command("WebChat.open", nil)
		p.must(t, want)
	}
}

func TestTheBarOfAMinimisedWindowRestoresIt(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	if on := p.must(t, ".cx-title").On; len(on) != 0 {
		t.Errorf("the title of an open window listens to %v", on)
	}
	p.command("WebChat.minimize", object("minimized", true))
	p.click(t, ".cx-title")
	if s.app.Window() != webchat.Open {
		t.Errorf("the window is %q", s.app.Window())
	}
}
