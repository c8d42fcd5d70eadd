package category

import (
	"regexp"
	"strings"
	"testing"

	"foyer/wasm/pattern"
)

// match does what the worker's RegExp does with the flag i.
var match pattern.Matcher = func(source, text string) bool {
	re, err := regexp.Compile("(?i)" + source)
	return err == nil && re.MatchString(text)
}

func tags(kind string, values ...string) []any {
	var all []any
	for _, v := range values {
		all = append(all, map[string]any{kind: v})
	}
	return all
}

func TestAPageBelongsToACategoryByOneOfItsTags(t *testing.T) {
	const url, title = "https://shop.example/camping/Tent-2?color=green", "Two-person tent | Shop"
	tests := []struct {
		name string
		tags []any
		want bool
	}{
		{"plain text of the address, upper and lower case alike", tags("plain", "/Camping/"), true},
		{"plain text of the title", tags("plain", "two-person"), true},
		{"plain text that is not there", tags("plain", "stove"), false},
		{"plain text is no expression", tags("plain", "t.nt"), false},
		{"one of two", tags("plain", "stove", "tent"), true},
		{"no tags", nil, false},
		{"an empty tag", tags("plain", ""), false},
		{"every word", tags("google", "camping tent"), true},
		{"not every word", tags("google", "camping stove"), false},
		{"one of the alternatives", tags("google", "stove OR tent"), true},
		{"alternatives and more", tags("google", "stove|x | tent camping"), true},
		{"a word that must not be", tags("google", "tent -camping"), false},
		{"a word that is not", tags("google", "tent -used"), true},
		{"only what must not be", tags("google", "-used"), false},
		{"a phrase", tags("google", `"person tent" +camping`), true},
		{"a phrase that is not", tags("google", `"tent person"`), false},
		{"a regular expression", tags("regex", `tent-\d\?`), true},
		{"a regular expression of the title", tags("regex", `^two`), true},
		{"another regular expression", tags("regex", `tent-\d$`), false},
		{"a faulty expression", tags("regex", `(`), false},
		{"what repeats, repeated", tags("regex", `(t+)+`), true},
		{"what could run for ever", tags("regex", `(?=t)(t+)+`), false},
		{"nonsense", []any{"tent", nil, map[string]any{"plain": 5}}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := []any{map[string]any{"name": "tents", "tags": test.tags}}
			if got := Of(all, url, title, match) == "tents"; got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestAPageHasAllCategoriesThatFit(t *testing.T) {
	all := []any{
		map[string]any{"name": "a", "tags": tags("plain", "shop")},
		map[string]any{"name": "b", "tags": tags("plain", "nowhere")},
		map[string]any{"name": "c", "tags": tags("google", "shop")},
		map[string]any{"tags": tags("plain", "shop")}, "nonsense", nil,
	}
	if got := Of(all, "https://shop.example/", "", match); got != "a;c" {
		t.Errorf("it is %q", got)
	}
}

func TestOwnCategoriesComeFirstAndEachOnce(t *testing.T) {
	for _, test := range [][3]string{{"", "", ""}, {"x", "", "x"}, {"", "a;b", "a;b"}, {"x;a", "a;b", "x;a;b"}} {
		if got := Join(test[0], test[1]); got != test[2] {
			t.Errorf("%q and %q became %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

func TestCategoriesStayWithinWhatTheRelayTakes(t *testing.T) {
	var many []any
	for range 100 {
		many = append(many, map[string]any{"name": strings.Repeat("n", 50), "tags": tags("plain", "shop")})
	}
	got := Of(many, "https://shop.example/", "", match)
	if got = Join(got, strings.Repeat("x", 500)); len(got) > 1000 || len(got) < 900 {
		t.Errorf("%d bytes", len(got))
	}
}

// FuzzSearch: an expression is always read to its end, and one that matches a page has a word that is on it.
func FuzzSearch(f *testing.F) {
	for _, seed := range []string{`a OR b -c`, `"`, `-`, `- -`, `or or`, `"a" | "b`, "+\"\""} {
		f.Add(seed, "a b")
	}
	f.Fuzz(func(t *testing.T, text, page string) {
		if !searchFits(text, page, "") {
			return
		}
		for rest := text; rest != ""; {
			var word string
			if word, _, _, rest = nextWord(rest); word != "" && strings.Contains(page, word) {
				return
			}
		}
		t.Fatalf("%q fits %q without a word of it", text, page)
	})
}
