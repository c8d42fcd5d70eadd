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
		{`(?=.*a)(?=.+b)c{1,}`, false},
		{`(?=.*a)(?=.+b)c{1,}d*`, true},
	}
	for _, test := range tests {
		if got := Risky(test.source); got != test.risky {
			t.Errorf("%.40s: risky %v, want %v", test.source, got, test.risky)
		}
	}
}

func TestARiskyExpressionIsNeverRun(t *testing.T) {
	m := Matcher(func(string, string) bool { t.Error("it was run"); return true })
	for _, source := range []string{`(?=a)(a+)+`, `(a|a)*\1`, `(?=.*.*.*.*x)`, strings.Repeat("a", maxSource+1)} {
		if m.In(source, strings.Repeat("a", maxText)) {
			t.Errorf("%.20s was found", source)
		}
	}
}

func TestOnlyTheBeginningOfALongTextIsLookedAt(t *testing.T) {
	seen := 0
	m := Matcher(func(_, text string) bool { seen = len(text); return true })
	text := strings.Repeat("a", maxText) + "b"
	if !m.In("(?=a)", text) || seen != maxForeignText {
		t.Errorf("%d bytes were looked at", seen)
	}
	if m.In("b", text) {
		t.Error("something was found behind what is looked at")
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
