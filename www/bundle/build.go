package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"foyer/www"
)

type options struct {
	root   string // the checkout
	out    string // relative to root, or absolute
	fast   bool
	noWasm bool
}

func (o options) path(elem ...string) string {
	return filepath.Join(append([]string{o.root}, elem...)...)
}

func (o options) dist() string {
	if filepath.IsAbs(o.out) {
		return o.out
	}
	return o.path(o.out)
}

// file is one file of dist.
type file struct {
	name   string // logical: "foyer.wasm"
	path   string // below dist: "foyer.5d1f0a….wasm"; the same as name where the name has to be stable
	data   []byte
	br, gz []byte // nil where compression does not pay
}

// assets collects the files of one build.
type assets struct {
	files []*file
	paths map[string]string // logical name -> path
}

// add takes a file under a stable name.
func (a *assets) add(name string, data []byte) { a.put(name, name, data) }

// addHashed takes a file under a name that holds the hash of its content, so that it may be cached for ever.
func (a *assets) addHashed(name string, data []byte) string {
	ext := path.Ext(name)
	p := strings.TrimSuffix(name, ext) + "." + hash(data)[:12] + ext
	a.put(name, p, data)
	return p
}

func (a *assets) put(name, p string, data []byte) {
	if a.paths == nil {
		a.paths = map[string]string{}
	}
	a.paths[name] = p
	a.files = append(a.files, &file{name: name, path: p, data: data})
}

func (a *assets) manifest() www.Manifest {
	names := make([]string, 0, len(a.files))
	sums := map[string]string{}
	for _, f := range a.files {
		names = append(names, f.name)
		sums[f.name] = hash(f.data)
	}
	sort.Strings(names)
	var all strings.Builder
	for _, n := range names {
		all.WriteString(n + " " + sums[n] + "\n")
	}
	return www.Manifest{Build: hash([]byte(all.String()))[:12], Files: a.paths}
}

// build makes everything and writes it to dist. What is made first is named in what is made later: foyer.js knows the
// hashed names of the view and the style, and stands under a stable name itself.
func build(ctx context.Context, o options) ([]*file, error) {
	a := &assets{}
	steps := []struct {
		what string
		do   func() error
	}{
		{"WebAssembly", func() error { return addWasm(ctx, o, a) }},
		{"scripts", func() error { return addScripts(ctx, o, a) }},
		{"texts", func() error { return addTexts(o, a) }},
		{"pages", func() error { return addPages(o, a) }},
		{"desktop", func() error { return addDesktop(o, a) }},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return nil, fmt.Errorf("%s: %w", s.what, err)
		}
	}
	manifest, err := json.MarshalIndent(a.manifest(), "", "\t")
	if err != nil {
		return nil, err
	}
	if err := compress(ctx, a.files, o.fast); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return a.files, write(o.dist(), a.files, manifest)
}

// addTexts takes the texts of all surfaces, one file for each language.
func addTexts(o options, a *assets) error {
	names, err := filepath.Glob(o.path("www/texts/*.json"))
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var texts map[string]any
		if err := json.Unmarshal(raw, &texts); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		small, err := json.Marshal(texts)
		if err != nil {
			return err
		}
		a.addHashed("texts/"+filepath.Base(name), small)
	}
	return nil
}

// addPages takes the templates that the relay fills and serves, its default resources, and the demo shops.
func addPages(o options, a *assets) error {
	for name, source := range map[string]string{
		"bridge.html":   "www/frame/bridge.html",
		"continue.html": "www/frame/continue.html",
		"chat.html":     "www/loader/chat.html",

		"resources/invite.html": "www/invite/invite.html",

		"resources/dsl/domain-model.xml": "www/resources/dsl/domain-model.xml",
	} {
		raw, err := os.ReadFile(o.path(source))
		if err != nil {
			return err
		}
		a.add(name, raw)
	}
	for _, shop := range []string{"shop-a", "shop-b"} {
		if err := addTree(a, o.path("www/demo", shop), path.Join("demo", shop)); err != nil {
			return err
		}
		if err := addTree(a, o.path("www/demo/shared"), path.Join("demo", shop, "shared")); err != nil {
			return err
		}
	}
	return nil
}

// addTree takes the files below a folder as they are.
func addTree(a *assets, dir, prefix string) error {
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		a.add(path.Join(prefix, filepath.ToSlash(rel)), raw)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// write makes dist hold exactly these files and the placeholder that Git keeps. A file that has not changed is left alone.
func write(dist string, files []*file, manifest []byte) error {
	want := map[string][]byte{"manifest.json": manifest, ".keep": {}}
	for _, f := range files {
		want[f.path] = f.data
		if f.br != nil {
			want[f.path+".br"] = f.br
		}
		if f.gz != nil {
			want[f.path+".gz"] = f.gz
		}
	}
	for p, data := range want {
		full := filepath.Join(dist, filepath.FromSlash(p))
		if old, err := os.ReadFile(full); err == nil && string(old) == string(data) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			return err
		}
	}
	return removeOthers(dist, want)
}

func removeOthers(dist string, want map[string][]byte) error {
	return filepath.WalkDir(dist, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dist, p)
		if err != nil {
			return err
		}
		if _, ok := want[filepath.ToSlash(rel)]; ok {
			return nil
		}
		return os.Remove(p)
	})
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
