package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/view"
)

// paste puts a text into the input, and tries to send it.
func (p *tab) paste(t *testing.T, text string) {
	t.Helper()
	p.do(t, ".cx-message-input", "input", view.Action{Value: text})
	p.do(t, ".cx-message-input", "keydown", view.Action{Press: "Enter", Fields: map[string]string{"message": text}})
}

func TestAMessageThatIsTooLongIsKept(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	long := strings.Repeat("lorem ipsum ", 500)
	s.link.Told = nil
	p.paste(t, long)
	if sent := chattest.TakeTold[*wire.Draft](s.link); len(sent) != 0 {
		t.Error("the relay got a draft that it refuses")
	}
	if got := p.must(t, ".cx-message-input").Props["value"]; got != long {
		t.Errorf("%d characters are left of %d", len(got.(string)), len(long))
	}
	if strings.Contains(p.said(), "lorem") {
		t.Error("some of it is in the transcript")
	}
	if got := textOf(p.must(t, ".cx-too-long")); !strings.Contains(got, "This is 6000 characters long. A message may have 4000.|Send as 2 messages") {
		t.Errorf("it says %q", got)
	}
	if got := p.served(t, "announce").args["text"]; got != "This is 6000 characters long. A message may have 4000." {
		t.Errorf("told %q", got)
	}
	for _, h := range p.must(t, ".cx-message-input").On {
		if h.Clear && h.Limit != 4000 {
			t.Errorf("the page empties the field of %d characters", h.Limit)
		}
	}
	p.do(t, ".cx-message-input", "input", view.Action{Value: "short"})
	if p.find(".cx-too-long") != nil {
		t.Error("a short message is too long")
	}
}

func TestAMessageThatIsTooLongCanBeSplit(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.configure("webchat", object("maxMessageLength", 20.0))
	p.paste(t, "The quick brown fox jumps over the dog")
	p.click(t, ".cx-split")
	if got := p.said(); got != "you: The quick brown fox, you: jumps over the dog" {
		t.Errorf("said %q", got)
	}
	if got := p.must(t, ".cx-message-input").Props["value"]; got != "" {
		t.Errorf("%q is left", got)
	}
	p.paste(t, strings.Repeat("word ", 100))
	if p.find(".cx-split") != nil || p.find(".cx-as-file") != nil {
		t.Error("what is far too long may be sent as dozens of messages")
	}
}

func TestAMessageThatIsTooLongCanBeSentAsAFile(t *testing.T) {
	u := &uploads{types: []any{"txt"}}
	s := newStage(t, nil, withFiles(u))
	p := s.open("1")
	s.begin(t, p)
	long := strings.Repeat("x", 5000)
	p.paste(t, long)
	if h := p.must(t, ".cx-as-file").On[0]; h.AsFile != "message" {
		t.Errorf("%q becomes a file", h.AsFile)
	}
	click := view.Action{Name: "asFile", Files: []any{&attachment.File{Name: "message.txt", Size: 5000}}}
	s.app.Input(p, click) // the first of a double click: nothing is drawn yet
	p.do(t, ".cx-as-file", "click", click)
	if u.done == nil || !strings.Contains(textOf(p.must(t, ".cx-upload")), "message.txt") {
		t.Error("no file is on its way")
	}
	if n := strings.Count(p.said(), "message.txt") + strings.Count(textOf(p.must(t, ".cx-footer")), "message.txt"); n != 1 {
		t.Errorf("a double click sends %d files", n)
	}
	if got := p.must(t, ".cx-message-input").Props["value"]; got != "" {
		t.Errorf("%d characters are left", len(got.(string)))
	}

	u.types = nil // only pdf
	other := newStage(t, nil, withFiles(u))
	p = other.open("1")
	other.begin(t, p)
	p.paste(t, long)
	if p.find(".cx-as-file") != nil {
		t.Error("a file that would be refused is offered")
	}
}
