package webchat_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/webchat"
)

func parse(t testing.TB, b []byte) map[string]string {
	t.Helper()
	var all map[string]string
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

var placeholder = regexp.MustCompile(`<%\w+%>`)

func TestEveryLanguageHasTheSameKeysAndPlaceholders(t *testing.T) {
	en := textsOf(t, "en")
	for _, lang := range []string{"de", "fr", "es", "ja", "ar"} {
		texts := textsOf(t, lang)
		if texts["Lang"] != lang {
			t.Errorf("%s says that it is %q", lang, texts["Lang"])
		}
		for key, words := range en {
			if texts[key] == "" {
				t.Errorf("%s lacks %s", lang, key)
			}
			for _, p := range placeholder.FindAllString(words, -1) {
				if !strings.Contains(texts[key], p) {
					t.Errorf("%s: %s lacks %s", lang, key, p)
				}
			}
		}
		for key := range texts {
			if _, ok := en[key]; !ok {
				t.Errorf("English lacks %s, which %s has", key, lang)
			}
		}
	}
}

func TestEveryErrorHasWords(t *testing.T) {
	en := webchat.Texts(textsOf(t, "en"))
	for _, code := range wire.Codes() {
		if key := wire.Means(code).Key; en.Reason(code) == key {
			t.Errorf("no words for %s (%s)", key, code)
		}
	}
}

// TestEveryKeyInTheCodeHasWords looks at each literal that is written like a key: a capital, letters, no spaces.
func TestEveryKeyInTheCodeHasWords(t *testing.T) {
	en := textsOf(t, "en")
	key := regexp.MustCompile(`^(Chat|Aria|Message|Agent|Confirm|End|Visitor|Unread)[A-Z][A-Za-z]+$`)
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, _ := strconv.Unquote(lit.Value)
			if !key.MatchString(text) {
				return true
			}
			found++
			if en[text] == "" {
				t.Errorf("no words for %s", text)
			}
			return true
		})
	}
	if found < 30 {
		t.Errorf("looked at %d keys only", found)
	}
}

func TestWordsThatAreMissingShowTheirKey(t *testing.T) {
	texts := webchat.Texts{"A": "an <%X%>"}
	if got := texts.Get("B"); got != "B" {
		t.Errorf("got %q", got)
	}
	if got := texts.With("A", "X", "<b>"); got != "an <b>" {
		t.Errorf("got %q", got)
	}
}

func TestClockFollowsTheLanguage(t *testing.T) {
	at := time.Date(2026, 1, 2, 15, 4, 0, 0, time.UTC)
	for lang, want := range map[string]string{"en": "3:04 PM", "de": "15:04"} {
		if got := webchat.Texts(textsOf(t, lang)).Clock(at, 0); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
