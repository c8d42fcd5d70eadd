package pattern

import (
	"regexp"
	"strings"
	"testing"
)

func TestExpressionsAreFoundAsJavaScriptFindsThem(t *testing.T) {
	tests := []struct {
		source string
		found  []string
		not    []string
	}{
		{``, []string{"", "a"}, nil},
		{`tent`, []string{"tent", "TENTS", "a tent"}, []string{"", "ten"}},
		{`^/tents?/\d+$`, []string{"/tent/1", "/TENTS/42"}, []string{"x/tent/1", "/tent/", "/tent/1x", "/tentss/1"}},
		{`a|`, []string{"", "b"}, nil},
		{`^(foo|bar)+$`, []string{"foo", "foobarfoo"}, []string{"", "foob", "fobar"}},
		{`^(a+)+$`, []string{"aaa"}, []string{"", "aab"}},
		{`^(a|a)*b`, []string{"b", "aab"}, []string{"aa", "cb"}},
		{`^(?:\w+\s?)*$`, []string{"", "a b c"}, []string{"a  b", "a-b"}},
		{`^(?<kind>x|y)z`, []string{"xz"}, []string{"z"}},
		{`^a{2}$`, []string{"aa"}, []string{"a", "aaa"}},
		{`^a{2,}$`, []string{"aa", "aaaa"}, []string{"a"}},
		{`^a{1,2}?$`, []string{"a", "aa"}, []string{"", "aaa"}},
		{`^(ab){0,2}$`, []string{"", "ab", "abab"}, []string{"ababab"}},
		{`a{x`, []string{"a{x"}, []string{"a"}},
		{`a{,2}`, []string{"a{,2}"}, []string{"aa"}},
		{`^x*?y+?z??$`, []string{"y", "xxyyz"}, []string{"x"}},
		{`^[a-c_]+$`, []string{"abc_", "ABC"}, []string{"d", "-"}},
		{`^[^a-c]$`, []string{"d", "-"}, []string{"a", "B", ""}},
		{`^[]$`, nil, []string{"", "a", "]"}},
		{`^[^]$`, []string{"a", "\n"}, []string{""}},
		{`^[\w-]+$`, []string{"a-b_1"}, []string{"a b"}},
		{`^[\w-.]+$`, []string{"a-b.c"}, []string{"a b"}},
		{`^[\D]$`, []string{"a"}, []string{"1"}},
		{`^[^\W\d]+$`, []string{"ab_"}, []string{"a1", "-"}},
		{`^[a\]\-b]+$`, []string{"a]-b"}, []string{"\\"}},
		{`^[(+*|?.]+$`, []string{"(+*|?."}, []string{"a"}},
		{`^.$`, []string{"a", "é"}, []string{"", "\n", "ab"}},
		{`\bcat\b`, []string{"a cat.", "cat"}, []string{"cats", "_cat"}},
		{`\Bcat`, []string{"scat"}, []string{"cat", "a cat"}},
		{`^\D\S\W\s$`, []string{"ab- "}, []string{"1b- "}},
		{`^\x41\u00e9\.\/\-$`, []string{"Aé./-", "aÉ./-"}, []string{"Aé_/-"}},
		{`^\t\n\r\f\v$`, []string{"\t\n\r\f\v"}, nil},
		{`^\xzz\uq$`, []string{"xzzuq"}, nil},
		{`]}`, []string{"]}"}, nil},
		{`ä`, []string{"Ä"}, []string{"a"}},
		{`\?color=green$`, []string{"/tent?color=Green"}, []string{"/tent?color=green&x"}},
	}
	never := Matcher(func(source, _ string) bool { t.Errorf("%s was not read", source); return false })
	for _, test := range tests {
		for want, texts := range map[bool][]string{true: test.found, false: test.not} {
			for _, text := range texts {
				if got := never.In(test.source, text); got != want {
					t.Errorf("%s in %q: %v", test.source, text, got)
				}
			}
		}
	}
}

func TestWhatIsNotReadIsLeftToTheBrowser(t *testing.T) {
	for _, source := range []string{
		`(?=a)`, `a(?!b)`, `(?<=a)b`, `(?<!a)b`, `(a)\1`, `(?<n>a)\k<n>`, `\0`, `\cA`, `(?i:a)`, // known to browsers
		`(`, `)`, `a)`, `[`, `[a`, `*a`, `a**`, `{2}`, `a{2}{3}`, `^*`, `\`, `[\`, `[z-a]`, `a{3,2}`, `(?`, `(?<`, `(?<n`, // faulty
		`(a{1000}){1000}`, `a{99999999999999999999}`, `((((){1000}){1000}){1000}){1000}`, // too large
	} {
		if compile(source) != nil {
			t.Errorf("%s was read", source)
		}
	}
}

// Backtracking takes more than the age of the universe for some of them.
func TestNoExpressionTakesLong(t *testing.T) {
	text := strings.Repeat("a", maxText-1) + "!"
	for _, source := range []string{
		`(a+)+$`, `^(a|a)*$`, `(a|aa)+$`, `(.*)*x`, `.*.*.*.*.*.*x`, `^(([a-z])+.)+[A-Z]([a-z])+$`, `(a?){500}a{500}x`, `((a*)*)*x`,
	} {
		p := compile(source)
		if p == nil {
			t.Errorf("%s was not read", source)
			continue
		}
		if p.in(text) {
			t.Errorf("%s was found", source)
		}
	}
}

// FuzzProgram: what is read is found where Go's own expressions find it, and what is not read ends as well.
func FuzzProgram(f *testing.F) {
	for _, source := range []string{`^(foo|bar)+$`, `[a-c\d-]{2,3}?x`, `(a*)*b|\bc$`, `[^\W_]+`, `(?:a|b?){2}`, `a{,2}`, `[]a]`, `\x41+`} {
		f.Add(source, "foobar abc aab A1_ x")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		if len(source) > 40 || len(text) > 100 {
			return
		}
		p := compile(source)
		if p == nil {
			return
		}
		found := p.in(text)
		// Where the two dialects say the same.
		if regexp.MustCompile(`[^\x20-\x7e]`).MatchString(source+text) || regexp.MustCompile(`\[\^?\]|\[[^\]]*[\[\\]|\\[^dDwWbB.+*?()|^$\[\]{}]|\{|\(\?|\$`).MatchString(source) {
			return
		}
		if re, err := regexp.Compile("(?i)" + source); err == nil && re.MatchString(text) != found {
			t.Fatalf("%q in %q: %v", source, text, found)
		}
	})
}
