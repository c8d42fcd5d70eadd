package dsl

import (
	"reflect"
	"strings"
	"testing"
)

func TestCardNumbersAreFound(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"4111111111111111", true},
		{"4111 1111 1111 1111", true},
		{"card: 4111-1111-1111-1111, thanks", true},
		{"4111 1111 1111 1111 12/28", true},
		{"no. 2024 4111 1111 1111 1111", true},
		{"378282246310005", true},
		{"4111111111111112", false},
		{"0000000000000000", false},
		{"order 1234567", false},
		{"4111 1111 and 1111 1111", false},
		{"4111  1111  1111  1111", false},
		{"", false},
		{strings.Repeat("1 ", 50000), false},
	}
	for _, test := range tests {
		if got := HasCard(test.text); got != test.want {
			t.Errorf("%.40q: %v, want %v", test.text, got, test.want)
		}
	}
}

func TestEntriesWithACardNumberAreLeftOut(t *testing.T) {
	data := map[string]any{
		"total": 12.5, "name": "Ada", "number": 4111111111111111.0,
		"deep": map[string]any{"list": []any{"x", "4111 1111 1111 1111"}}, "key": map[string]any{"4111111111111111": true},
	}
	clean, removed := WithoutCards(data)
	if want := map[string]any{"total": 12.5, "name": "Ada"}; !reflect.DeepEqual(clean, want) || len(removed) != 3 {
		t.Errorf("left %v, removed %v", clean, removed)
	}
	if len(data) != 5 {
		t.Error("the data itself was changed")
	}
	if same, removed := WithoutCards(clean); !reflect.DeepEqual(same, clean) || removed != nil {
		t.Errorf("removed %v of %v", removed, clean)
	}
}

// FuzzHasCard: whatever stands around a card number, it is found, unless digits touch it.
func FuzzHasCard(f *testing.F) {
	f.Add("a", "b")
	f.Add("12/28 ", " -1")
	f.Fuzz(func(t *testing.T, before, after string) {
		if !HasCard(before + "x4111 1111 1111 1111x" + after) {
			t.Fatal("not found")
		}
		HasCard(before + after)
	})
}
