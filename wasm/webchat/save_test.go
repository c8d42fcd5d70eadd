package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/webchat"
)

// file is an entry of a file of 2 kB.
func file(seq int64, from wire.Participant, name string) wire.Entry {
	e := message(seq, from, "", "")
	e.Kind, e.Data = wire.KindFile, map[string]any{"fileId": "f" + name, "name": name, "size": int64(2048)}
	return e
}

func TestTheTranscriptIsSavedAsItIsShown(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	s.push(message(3, agent, "two\nlines", ""), file(4, agent, "offer.pdf"))
	p.command("WebChat.injectMessage", object("type", "text", "name", "Shop", "text", "Open on Saturdays"))
	p.command("WebChat.injectMessage", object("type", "html", "text", "<b>for the eye</b>"))
	s.push(message(5, visitor, "thanks", "x"))
	p.click(t, ".cx-save")
	saved := p.served(t, "save").args
	want := "1970-01-01 00:00  Chat started\r\n" +
		"1970-01-01 00:00  Bea joined the chat\r\n" +
		"1970-01-01 00:00  Bea: two\r\n    lines\r\n" +
		"1970-01-01 00:00  Bea: offer.pdf (2 kB)\r\n" +
		s.loop.Now().UTC().Format("2006-01-02 15:04") + "  Shop: Open on Saturdays\r\n" +
		"1970-01-01 00:00  You: thanks\r\n"
	if saved["text"] != want || saved["name"] != "chat-1970-01-01.txt" {
		t.Errorf("saved %q, want %q", saved, want)
	}
}

func TestASavedTranscriptHoldsWhatWasWrittenNotThePagesHTML(t *testing.T) {
	s := newStage(t, nil)
	s.app.Hook(webchat.Hooks{Look: func(webchat.Page, *chat.Line) chat.Look {
		return chat.Look{Changed: true, HTML: true, Text: "<b>x</b>"}
	}})
	p := s.open("1")
	s.begin(t, p)
	s.push(message(2, agent, "x", ""))
	p.click(t, ".cx-save")
	if got := p.served(t, "save").args["text"]; got != "1970-01-01 00:00  Chat started\r\n1970-01-01 00:00  Bea: x\r\n" {
		t.Errorf("saved %q", got)
	}
}

func TestASavedTranscriptHoldsWhatIsNotHereYet(t *testing.T) {
	restored := queued()
	restored.More = true
	for _, test := range []struct {
		name   string
		answer func(*stage, *chattest.Asked)
		want   string
	}{
		{"all of it", func(s *stage, asked *chattest.Asked) {
			asked.Reply(&wire.Page{Session: "s", More: true, Entries: []wire.Entry{message(8, agent, "eight", "")}})
			s.loop.Run()
			_, again := chattest.Take[*wire.History](t, s.link)
			again.Reply(&wire.Page{Session: "s", Entries: []wire.Entry{message(7, agent, "seven", "")}})
		}, "Bea: seven Bea: eight Bea: nine"},
		{"what can be had", func(_ *stage, asked *chattest.Asked) { asked.Refuse(wire.CodeUnavailable) }, "Bea: nine"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"handle": "h", "window": "open"})
			p := s.open("1")
			s.welcome(restored)
			_, tail := chattest.Take[*wire.History](t, s.link)
			tail.Reply(&wire.Page{Session: "s", More: true, Entries: []wire.Entry{message(9, agent, "nine", "")}})
			s.loop.Run()
			p.click(t, ".cx-save")
			for _, c := range p.calls {
				if c.service == "save" {
					t.Fatal("saved before the conversation is here")
				}
			}
			_, asked := chattest.Take[*wire.History](t, s.link)
			test.answer(s, asked)
			s.loop.Run()
			if got := lines(p.served(t, "save").args["text"].(string)); got != test.want {
				t.Errorf("saved %q, want %q", got, test.want)
			}
			s.push(message(10, agent, "ten", ""))
			for _, c := range p.calls {
				if c.service == "save" {
					t.Error("saved once more, unasked")
				}
			}
		})
	}
}

// lines are those of a saved transcript without their times.
func lines(text string) string {
	var all []string
	for _, l := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		_, words, _ := strings.Cut(l, "  ")
		all = append(all, words)
	}
	return strings.Join(all, " ")
}
