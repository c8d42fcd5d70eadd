package window

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"foyer/relay/wire"
)

func TestEveryTextExistsInEveryLanguage(t *testing.T) {
	used := map[string]bool{}
	for _, code := range wire.Codes() {
		used[wire.Means(code).Key] = true
	}
	keys := regexp.MustCompile(`w\.t\("([A-Za-z]+)"|"(Help[A-Z][A-Za-z]+|State[A-Z][A-Za-z]+|Show[A-Z][A-Za-z]+|Online|Offline|Ready|NotReady|NoConversations[A-Za-z]+)"`)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if filepath.Ext(name) != ".go" || len(name) > 8 && name[len(name)-8:] == "_test.go" {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keys.FindAllStringSubmatch(string(source), -1) {
			used[m[1]+m[2]] = true
		}
	}
	for _, language := range []string{"en", "de"} {
		raw, err := os.ReadFile("../../../www/texts/desktop." + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for key := range used {
			if texts[key] == "" {
				t.Errorf("%s has no text for %q", language, key)
			}
		}
		for key := range texts {
			if !used[key] {
				t.Errorf("%s has a text for %q, which nothing shows", language, key)
			}
		}
	}
}

func TestSpansDoNotFlicker(t *testing.T) {
	w := &Window{o: Options{Texts: englishTexts(t)}}
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Second, "0 s"},
		{59 * time.Second, "59 s"},
		{61 * time.Second, "1 min"},
		{59*time.Minute + 59*time.Second, "59 min"},
		{25*time.Hour + 5*time.Minute, "25 h 5 min"},
	} {
		if got := w.span(tt.d); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.d, got, tt.want)
		}
	}
}
