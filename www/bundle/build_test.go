package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHashedNamesFollowTheContent(t *testing.T) {
	a := &assets{}
	first := a.addHashed("texts/webchat.en.json", []byte(`{}`))
	if !strings.HasPrefix(first, "texts/webchat.en.") || !strings.HasSuffix(first, ".json") {
		t.Fatalf("got %q", first)
	}
	if again := (&assets{}).addHashed("texts/webchat.en.json", []byte(`{}`)); again != first {
		t.Fatalf("the same content is called %q and %q", first, again)
	}
	if other := (&assets{}).addHashed("texts/webchat.en.json", []byte(`{"a":1}`)); other == first {
		t.Fatal("another content has the same name")
	}
}

func TestBuildChangesWithAnyFile(t *testing.T) {
	build := func(content string) string {
		a := &assets{}
		a.add("foyer.js", []byte("same"))
		a.addHashed("foyer.wasm", []byte(content))
		return a.manifest().Build
	}
	first, again, other := build("a"), build("a"), build("b")
	if first != again || first == other {
		t.Fatal("the build is not a function of the content")
	}
}

func TestFillAssets(t *testing.T) {
	paths := map[string]string{"desktop.js": "desktop.12.js"}
	for _, c := range []struct{ name, page, want, err string }{
		{"names a file", `<script src="{{asset "desktop.js"}}">`, `<script src="/desktop.12.js">`, ""},
		{"leaves the rest alone", `a {{b}} c`, `a {{b}} c`, ""},
		{"refuses what is not there", `{{asset "other.js"}}`, "", `"other.js"`},
		{"refuses what does not end", `{{asset "desktop.js`, "", "without end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := fillAssets(c.page, paths)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err != nil || got != c.want {
				t.Fatalf("got %q, %v", got, err)
			}
		})
	}
}

func FuzzFillAssets(f *testing.F) {
	f.Add(`<script src="{{asset "desktop.js"}}">`)
	f.Add(`{{asset "{{asset "`)
	f.Fuzz(func(t *testing.T, page string) {
		got, err := fillAssets(page, map[string]string{"desktop.js": "d.js"})
		if err == nil && !strings.Contains(page, `{{asset "`) && got != page {
			t.Fatalf("a page without assets was changed to %q", got)
		}
	})
}

func TestWriteKeepsOnlyThisBuild(t *testing.T) {
	dist := t.TempDir()
	stale := filepath.Join(dist, "texts", "old.json")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := []*file{{name: "foyer.js", path: "foyer.js", data: []byte("js"), br: []byte("br")}}
	if err := write(dist, files, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Fatalf("a file of an older build is still there: %v", err)
	}
	for _, name := range []string{"foyer.js", "foyer.js.br", "manifest.json", ".keep"} {
		if _, err := os.Stat(filepath.Join(dist, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestCompressIsDoneOnceForAContent(t *testing.T) {
	c := cache{dir: t.TempDir()}
	runs := 0
	pack := func(b []byte) ([]byte, error) { runs++; return append([]byte("packed "), b...), nil }
	for range 2 {
		got, err := c.get([]byte("x"), "br11", pack)
		if err != nil || string(got) != "packed x" {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if runs != 1 {
		t.Fatalf("compressed %d times", runs)
	}
	if _, err := c.get([]byte("x"), "br4", pack); err != nil || runs != 2 {
		t.Fatal("another level is another result")
	}
}

func TestCompressLeavesPagesAlone(t *testing.T) {
	page := &file{path: "bridge.html", data: bytes.Repeat([]byte("a"), 1000)}
	script := &file{path: "foyer.js", data: bytes.Repeat([]byte("a"), 1000)}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if err := compress(context.Background(), []*file{page, script}, true); err != nil {
		t.Fatal(err)
	}
	if page.br != nil || script.br == nil || script.gz == nil {
		t.Fatal("templates are filled in by the relay and must not be compressed before")
	}
}

func TestReportNamesWhatIsOverBudget(t *testing.T) {
	fits := &file{name: "foyer-view.js", br: make([]byte, 10_000)}
	over := &file{name: "foyer.js", br: make([]byte, 10_001)}
	var out bytes.Buffer
	if err := report(&out, []*file{fits}); err != nil {
		t.Fatal(err)
	}
	err := report(&out, []*file{fits, over})
	if err == nil || !strings.Contains(err.Error(), "foyer.js is 10001 bytes, 1 too many") || strings.Contains(err.Error(), "view") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(out.String(), "foyer-view.js") {
		t.Fatal("the table is not printed")
	}
}

func TestJQueryIsLeftOutWhereNpmHasNotBroughtIt(t *testing.T) {
	a := &assets{}
	if err := addJQuery(options{root: t.TempDir()}, a); err != nil || len(a.files) != 0 {
		t.Fatalf("got %v, %v", a.files, err)
	}
}

// The scripts of the checkout have to bundle for the browsers that the design names.
func TestScriptsBundle(t *testing.T) {
	o := options{root: "../..", noWasm: true}
	a := &assets{}
	if err := addScripts(context.Background(), o, a); err != nil {
		t.Fatal(err)
	}
	loader := a.files[len(a.files)-1]
	if loader.path != "foyer.js" || !bytes.Contains(loader.data, []byte(a.paths["foyer-go.js"])) {
		t.Fatal("foyer.js does not know the name of foyer-go.js")
	}
	for _, forbidden := range []string{"innerHTML", "eval(", "document.write"} {
		if bytes.Contains(loader.data, []byte(forbidden)) {
			t.Errorf("foyer.js holds %s", forbidden)
		}
	}
}
