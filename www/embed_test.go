package www

import (
	"errors"
	"testing"
	"testing/fstest"
)

func TestManifestNamesHashedFiles(t *testing.T) {
	assets := fstest.MapFS{"manifest.json": {Data: []byte(
		`{"build":"abc","files":{"foyer.js":"foyer.js","foyer.css":"foyer.0011.css"}}`)}}
	m, err := loadManifest(assets)
	if err != nil {
		t.Fatal(err)
	}
	if m.Build != "abc" || m.Path("foyer.css") != "/foyer.0011.css" || m.Path("nothing") != "" {
		t.Fatalf("got %+v", m)
	}
	if !m.Immutable("foyer.0011.css") || m.Immutable("foyer.js") || m.Immutable("other") {
		t.Fatal("only names with a hash are immutable")
	}
}

func TestManifestMissingSaysWhatToDo(t *testing.T) {
	if _, err := loadManifest(fstest.MapFS{}); !errors.Is(err, ErrNotBundled) {
		t.Fatalf("got %v", err)
	}
}

func TestManifestBroken(t *testing.T) {
	if _, err := loadManifest(fstest.MapFS{"manifest.json": {Data: []byte(`{`)}}); err == nil || errors.Is(err, ErrNotBundled) {
		t.Fatalf("got %v", err)
	}
}
