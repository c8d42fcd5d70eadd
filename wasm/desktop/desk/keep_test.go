package desk

import (
	"slices"
	"testing"

	"foyer/wasm/chat"
)

func TestWhatWasNotSentComesBackFromTheTab(t *testing.T) {
	for name, messages := range map[string][]chat.Unsent{
		"nothing":       nil,
		"one":           {{ClientID: "a", Text: "hello"}},
		"several lines": {{ClientID: "a", Text: "one\ntwo"}, {ClientID: "b", Text: "\"quoted\" \\ and\ttabbed"}},
		"other scripts": {{ClientID: "a", Text: "שלום 👩‍👩‍👧 \u2028"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decodeUnsent(encodeUnsent(messages)); !slices.Equal(got, messages) {
				t.Fatalf("got %q, want %q", got, messages)
			}
		})
	}
}

func TestWhatIsNotOursInTheTabIsLeftOut(t *testing.T) {
	for _, s := range []string{"\n", "id", "id text", " \"no id\"", "id \"cut"} {
		if got := decodeUnsent(s); len(got) > 0 {
			t.Errorf("%q gave %q", s, got)
		}
	}
}

func FuzzDecodeUnsent(f *testing.F) {
	f.Add("a \"text\"\nb \"more\"\n")
	f.Add("a \"\\u0000\"")
	f.Fuzz(func(t *testing.T, s string) {
		messages := decodeUnsent(s)
		if again := decodeUnsent(encodeUnsent(messages)); !slices.Equal(again, messages) {
			t.Fatalf("%q gave %q and then %q", s, messages, again)
		}
	})
}
