//go:build js && wasm

package browser

import "testing"

func TestMatches(t *testing.T) {
	w := newStage(t)
	cases := []struct {
		source, text string
		want         bool
	}{
		{`/tents?/\d+`, "https://shop.example/Tent/2", true},
		{`(?<=shop\.)example`, "shop.example", true}, // JavaScript's dialect
		{`^tent`, "a tent", false},
		{``, "anything", true},
		{`(`, "(", false},
	}
	for _, c := range cases {
		if got := w.Matches(c.source, c.text); got != c.want {
			t.Errorf("%s in %s: %v", c.source, c.text, got)
		}
	}
}
