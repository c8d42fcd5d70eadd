package chat_test

import (
	"slices"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
)

func TestUnsentMessagesComeBackAsTheyWere(t *testing.T) {
	for name, messages := range map[string][]chat.Unsent{
		"nothing":       nil,
		"one":           {{ClientID: "a", Text: "hello"}},
		"several lines": {{ClientID: "a", Text: "one\ntwo"}, {ClientID: "b", Text: "\"quoted\" \\ and\ttabbed"}},
		"other scripts": {{ClientID: "a", Text: "שלום 👩‍👩‍👧 \u2028"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := chat.ParseUnsent(chat.FormatUnsent(messages)); !slices.Equal(got, messages) {
				t.Fatalf("got %q, want %q", got, messages)
			}
		})
	}
}

func TestWhatIsNoListOfUnsentMessagesIsLeftOut(t *testing.T) {
	for _, s := range []string{"\n", "id", "id text", " \"no id\"", "id \"cut"} {
		if got := chat.ParseUnsent(s); len(got) > 0 {
			t.Errorf("%q gave %q", s, got)
		}
	}
}

func FuzzParseUnsent(f *testing.F) {
	f.Add("a \"text\"\nb \"more\"\n")
	f.Add("a \"\\u0000\"")
	f.Fuzz(func(t *testing.T, s string) {
		messages := chat.ParseUnsent(s)
		if again := chat.ParseUnsent(chat.FormatUnsent(messages)); !slices.Equal(again, messages) {
			t.Fatalf("%q gave %q and then %q", s, messages, again)
		}
	})
}

func TestRestoredMessagesGoOutOnceUnderTheirOldIDs(t *testing.T) {
	b := newBench()
	s := talk()
	s.Entries = append(s.Entries, message(3, visitor, "arrived", "x"))
	c := chat.NewConversation(b.env, s)
	c.Restore([]chat.Unsent{{ClientID: "x", Text: "arrived"}, {ClientID: "y", Text: "lost"}}, 0)
	c.Restore([]chat.Unsent{{ClientID: "y", Text: "lost"}}, 0)
	wantShown(t, c, "arrived/sent lost/sending")
	send, asked := chattest.Take[*wire.Send](t, b.link)
	asked.Reply(&wire.Ack{Seq: 4, ClientID: send.ClientID})
	wantShown(t, c, "arrived/sent lost/sent")
	if send.ClientID != "y" || b.link.Open() != 0 {
		t.Errorf("sent %+v and %d more", send, b.link.Open())
	}
}
