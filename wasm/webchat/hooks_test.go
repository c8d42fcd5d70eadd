package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/view"
)

// always are the hooks that scripts and style sheets of pages find in the window from the moment in which it opens, in
// every state. Those with a tag are found by it.
var always = []string{
	".cx-widget.cx-webchat.cx-common-container", ".cx-titlebar", ".cx-title", ".cx-subtitle", ".cx-buttons-window-control",
	".cx-button-group.cx-buttons-window-control", ".cx-icon.cx-button-minimize", ".cx-icon.cx-button-close", ".icon-close", ".cx-body",
	".cx-footer", ".cx-powered-by", ".cx-menu", ".cx-emoji", ".cx-input-container", ".cx-textarea-cell",
	".cx-message-input", ".cx-send", ".cx-svg-icon-tone1",
}

// hooks are those of one state.
var hooks = map[string][]string{
	"form": {".icon-minimize", ".cx-form.cx-form-horizontal", ".cx-form-inputs", ".cx-submit.cx-btn.cx-btn-primary.i18n",
		".cx-button-container", ".cx-button-group.cx-buttons-binary", "#cx_webchat_form_firstname"},
	"connecting": {".icon-minimize", ".cx-spinner"},
	"starting":   {".icon-minimize", ".cx-spinner"},
	"queue":      {".cx-transcript-wrapper", ".cx-transcript", ".cx-message-group", ".cx-message.cx-participant.cx-system", "#cx-chat-index-1"},
	"chat": {".cx-message.cx-participant.cx-them.cx-Agent", ".cx-avatar-wrapper", ".avatar", ".cx-avatar", ".cx-bubble", ".cx-name", ".cx-time",
		".cx-message-text", "#cx-chat-index-1", "#cx-chat-index-2", "#cx-chat-index-3"},
	"minimized": {".cx-minimized", ".icon-maximize", ".cx-transcript", "#cx-chat-index-3"},
	"ended":     {".icon-minimize", ".cx-footer.cx-ended", ".cx-start-new", ".cx-transcript", "#cx-chat-index-5"},
}

// typed are what only a state lets the visitor see.
var typed = map[string]bool{"queue": true, "chat": true}

func TestPagesFindTheirHooksInEveryState(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("webchat", object("emojis", true))
	look := func(state string) {
		t.Helper()
		for _, selector := range append(always[:len(always):len(always)], hooks[state]...) {
			if p.find(selector) == nil {
				t.Errorf("%s: there is no %s", state, selector)
			}
		}
		if p.sees(".cx-message-input") != typed[state] {
			t.Errorf("%s: the input is shown: %t", state, !typed[state])
		}
		emojis := p.find(".cx-emoji")
		if len(emojis.Children) < 2 || emojis.Children[1].Tag != "div" {
			t.Errorf("%s: there is no list of emojis in %v", state, emojis)
		}
		if p.find("textarea") != p.find(".cx-message-input") || p.find("button.cx-send") != nil && p.find(".cx-send").Tag != "button" {
			t.Errorf("%s: the input is another element", state)
		}
	}
	p.command("WebChat.open", nil)
	look("form")
	s.welcome()
	p.do(t, "form", "submit", view.Action{Fields: map[string]string{"firstname": "Ann"}})
	look("starting")
	s.confirm(t)
	look("queue")
	s.accept()
	s.push(message(3, agent, "Hello", ""))
	look("chat")
	p.click(t, ".cx-button-minimize")
	look("minimized")
	p.click(t, ".cx-button-minimize")
	look("chat")
	s.frame(&wire.Push{Session: "s", State: "Completed", Entries: []wire.Entry{
		{Seq: 4, Kind: wire.KindLeft, From: agent},
		{Seq: 5, Kind: wire.KindState, Data: map[string]any{"interactionState": "Completed"}},
	}})
	look("ended")

	s = newStage(t, map[string]string{"handle": "h", "window": "open"})
	p = s.open("1")
	p.configure("webchat", object("emojis", true))
	look("connecting")
}

func TestWhatPagesHaveBesideTheInputStaysInItsPlace(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.command("WebChat.open", nil)
	row := func() (where []string) {
		for _, n := range p.must(t, ".cx-footer").Children {
			if n.Key == "input" || n.Key == "tools" || n.Key == "powered-by" {
				where = append(where, n.Tag+" "+n.Key)
			}
		}
		return where
	}
	before := strings.Join(row(), ", ")
	if before != "form input, div tools, div powered-by" {
		t.Fatalf("the footer has %s", before)
	}
	s.begin(t, p)
	s.accept()
	p.command("WebChat.minimize", object("minimized", true))
	if got := strings.Join(row(), ", "); got != before { // the same keys are the same elements
		t.Errorf("the footer has %s", got)
	}
}
