// Package www is what browsers load, as the bundler (www/bundle) left it in dist, embedded in the relay's binary.
//
// relay/web serves it. The package holds no logic of its own: it must never decide who gets a file or what a page says.
// On a fresh clone dist is empty but for a placeholder, so that the module compiles before anything was bundled.
package www

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// ErrNotBundled says that the binary was built without running the bundler first.
var ErrNotBundled = errors.New("www: no assets in this binary: run `make build`, or `go run ./www/bundle` before go build")

// Manifest names what the bundler made.
type Manifest struct {
	// Build identifies the whole set: 12 hex digits of a hash over all files. Shared workers are named after it.
	Build string `json:"build"`
	// Files gives for a logical name ("foyer.wasm", "texts/webchat.en.json") the path below Assets under which it is
	// served ("foyer.5d1f….wasm"). Where the two differ the path holds a hash of the content: it may be cached for ever.
	Files map[string]string `json:"files"`
}

// Path gives the path of a logical name from the root of the site ("/foyer.5d1f….wasm"), or "" where there is none.
func (m Manifest) Path(name string) string {
	if p, ok := m.Files[name]; ok {
		return "/" + p
	}
	return ""
}

// Immutable tells whether the content of a path never changes: its name holds a hash.
func (m Manifest) Immutable(path string) bool {
	for name, p := range m.Files {
		if p == path {
			return name != p
		}
	}
	return false
}

// Assets gives the bundled files. Beside a file that is worth it lie name.br and name.gz.
//
// desktop/index.html is served as it is. Other files that end in .html are html/template templates, with these fields:
//
//	bridge.html         Deployment, Origin, Pass, Build; BridgeJS, WorkerJS, Wasm: paths from Manifest.Path
//	chat.html           Deployment, Lang, Title; Style: Manifest.Path("foyer.css")
//	demo/<shop>/*.html  Base, ShopA, ShopB: origins of the relay and of the demo shops
func Assets() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only for an invalid constant path
	}
	return sub
}

// LoadManifest reads the manifest, or gives ErrNotBundled.
func LoadManifest() (Manifest, error) { return loadManifest(Assets()) }

func loadManifest(assets fs.FS) (Manifest, error) {
	raw, err := fs.ReadFile(assets, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, ErrNotBundled
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("www: read manifest: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return Manifest{}, fmt.Errorf("www: parse manifest.json: %w", err)
	}
	return m, nil
}
