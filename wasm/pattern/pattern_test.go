package pattern

import (
	"regexp"
	"strings"
	"testing"
)

func TestExpressionsThatCouldRunForEverAreRefused(t *testing.T) {
	tests := []struct {
		source string
		risky  bool
	}{
		{"", false},
		{`/tents?/\d+`, false},
		{`^https://(www\.)?shop\.example/.*$`, false},
		{`(foo|bar)`, false},
		{`/(tents?|stoves)/\d+$`, false},
		{`(foo|bar)?`, false},
		{`(ab){3}`, false},
		{`(a|b){x}`, false},
		{`(?:ab)+`, false},
		{`(?<n>ab)*`, false},
		{`(?:a{2})*`, false},
		{`([|?*+]\|)+`, false},
		{`(a+)b*`, false},
		{`(a{2,5})?`, false},
		{`a{1}(b{x,y})+`, false},
		{`[(+*]+x`, false},
		{`\(a+\)+`, false},
		{`(a+)+`, true},
		{`(a*)*b`, true},
		{`(a|a)*b`, true},
		{`(a|ab|b)+$`, true},
		{`((a|b)c)+`, true},
		{`(?:x|x){2,}`, true},
		{`(a?){20,}`, true},
		{`(a{2,5})+`, true},
		{`(a|a){30}b`, true},
		{`((a|a){9}){9}`, true},
		{`(a?b?)*`, true},
		{`(foo|bar)+`, true},
		{`((x|y)+z)*`, true},
		{`(a+){2,}`, true},
		{`(?:\w+\s?)*$`, true},
		{`(a{3,})*`, true},
		{`a)`, true},
		{strings.Repeat("a", 1001), true},
	}
	for _, test := range tests {
		if got := Risky(test.source); got != test.risky {
			t.Errorf("%.40s: risky %v, want %v", test.source, got, test.risky)
		}
	}
}

func TestARiskyExpressionIsNeverRun(t *testing.T) {
	m := Matcher(func(string, string) bool { t.Error("it was run"); return true })
	if m.In("(a+)+", "aaaa") {
		t.Error("it was found")
	}
}

func TestOnlyTheBeginningOfALongTextIsLookedAt(t *testing.T) {
	seen := 0
	m := Matcher(func(_, text string) bool { seen = len(text); return true })
	if !m.In("a", strings.Repeat("a", 1<<20)) || seen != maxText {
		t.Errorf("%d bytes were looked at", seen)
	}
}

// FuzzRisky: the reading ends, and never takes an index that is not there.
func FuzzRisky(f *testing.F) {
	for _, seed := range []string{`(a+)+`, `[`, `\`, `(`, `)`, `{`, `a{1,`, `[\`, `(?<n>a)*`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		Risky(source) // if it does not end, nor does the test
		if len(source) > 20 || strings.ContainsAny(source, "*+{") || !Risky(source) {
			return
		}
		if _, err := regexp.Compile(source); err == nil {
			t.Fatalf("%q repeats nothing", source)
		}
	})
}
