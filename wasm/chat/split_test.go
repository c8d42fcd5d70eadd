package chat

import (
	"strings"
	"testing"
)

func TestATextIsSplitWhereItParts(t *testing.T) {
	for name, tt := range map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"short":      {"  hello ", 10, []string{"hello"}},
		"empty":      {" \n ", 10, nil},
		"words":      {"one two three four", 9, []string{"one two", "three", "four"}},
		"lines":      {"one two\nthree four", 12, []string{"one two", "three four"}},
		"paragraphs": {"a b\nc d\n\ne f g h", 12, []string{"a b\nc d", "e f g h"}},
		"sentences":  {"One two. Three four", 13, []string{"One two.", "Three four"}},
		"one word":   {"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		"emojis":     {"😀😀😀", 5, []string{"😀😀", "😀"}},
		"tiny limit": {"😀a", 1, []string{"😀", "a"}},
	} {
		if got := Split(tt.text, tt.limit); strings.Join(got, "|") != strings.Join(tt.want, "|") || len(got) != len(tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	if got := len(Split(strings.Repeat("word ", 1000), 10)); got != MostParts+1 {
		t.Errorf("a text that is far too long has %d parts", got)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("one two\n\nthree. four 😀", 5)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 2 {
			return
		}
		parts := Split(text, limit)
		for _, p := range parts {
			if Units(p) > limit || strings.TrimSpace(p) == "" {
				t.Errorf("%q is a part of %q with the limit %d", p, text, limit)
			}
		}
		words := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if len(parts) <= MostParts && words(strings.Join(parts, " ")) != words(text) {
			t.Errorf("%q became %q", text, parts)
		}
	})
}
