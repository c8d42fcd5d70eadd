package bidi

import "testing"

func TestMarksThatTurnTextAroundAreTakenOut(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"Ann":                  "Ann",
		"אנה":                  "אנה",
		"a\u200eb\u200f\u061c": "a\u200eb\u200f\u061c",
		"\xff\u202e\xe2\x80":   "\xff\xe2\x80",
		"invoice\u202efdp.exe": "invoicefdp.exe",
		"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069x": "x",
		"\u2065\u206a": "\u2065\u206a",
	} {
		if got := Without(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
