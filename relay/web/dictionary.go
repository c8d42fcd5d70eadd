package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"foyer/www"
)

// Dictionary-compressed Zstandard (RFC 9842, 5): a frame that Zstandard's own readers skip, with the SHA-256 of the
// dictionary, and the content.
const (
	dictionaryCoding = "dcz"
	dictionaryMagic  = "\x5e\x2a\x4d\x18\x20\x00\x00\x00"
	// dictionaryWindow is what every browser has to allow, in bytes. A release moves code by little: what is alike lies as
	// far back as the dictionary is long, so that dictionaries up to this size are of use.
	dictionaryWindow = 8 << 20
)

// dictionaries knows the earlier releases' WebAssembly, and sends browsers that have it what a new one adds to it. Only
// bundled files, which are the same for everybody, are compressed so. The zero value knows none.
type dictionaries struct {
	patterns []string // of the names under which all releases of a file are
	changes  map[change]*changed
	one      *sync.Mutex // at a time is compressed: it takes some 100 MB, and a processor for part of a second
	log      *slog.Logger
}

// change leads from an earlier release of a file to the present one.
type change struct {
	from [sha256.Size]byte // of its content
	to   string            // path in the assets
}

// changed is a file compressed with its earlier release. It is made once, when a browser first offers that release, and
// browsers get meanwhile what they would get without.
type changed struct {
	change
	dictionary string // path in kept
	kept       fs.FS
	offered    sync.Once
	made       chan struct{} // closed when content is what it stays
	content    []byte        // nil where it saves nothing
}

// newDictionaries looks for earlier releases of the binaries among the files that are kept. One that cannot be read is
// told and left out.
func newDictionaries(kept []fs.FS, m www.Manifest, log *slog.Logger) dictionaries {
	d := dictionaries{changes: map[change]*changed{}, one: new(sync.Mutex), log: log}
	for name, to := range m.Files {
		if path.Ext(name) != ".wasm" || !m.Immutable(to) {
			continue
		}
		pattern := strings.TrimSuffix(name, ".wasm") + ".*.wasm"
		d.patterns = append(d.patterns, pattern)
		for _, from := range kept {
			if err := d.add(from, pattern, to); err != nil {
				log.Warn("an earlier release is of no use to compress the new one with", "file", name, "err", err)
			}
		}
	}
	return d
}

// add takes what matches a pattern in an earlier build's folder for a dictionary of a file.
func (d dictionaries) add(kept fs.FS, pattern, to string) error {
	earlier, err := fs.Glob(kept, pattern)
	if err != nil {
		return err
	}
	for _, name := range earlier {
		if name == to {
			continue // unchanged: browsers have it, and do not ask
		}
		content, err := fs.ReadFile(kept, name)
		if err != nil {
			return err
		}
		c := change{sha256.Sum256(content), to}
		d.changes[c] = &changed{change: c, dictionary: name, kept: kept, made: make(chan struct{})}
	}
	return nil
}

// announce tells the browser for which files the one that it gets will be a dictionary: all releases of it, which lie
// beside it. The pattern is relative, as a proxy may have the relay below a path.
func (d dictionaries) announce(h http.Header, name string) {
	for _, pattern := range d.patterns {
		if ok, _ := path.Match(pattern, name); ok {
			h.Set("Use-As-Dictionary", `match="`+path.Base(pattern)+`"`)
			h.Add("Vary", "Available-Dictionary")
		}
	}
}

// find gives a file of the assets compressed with the dictionary that the browser has; nil where it has none that is
// known, where that saves nothing, and while it is not made.
func (d dictionaries) find(r *http.Request, assets fs.FS, name string) []byte {
	sum, ok := offeredDictionary(r.Header.Get("Available-Dictionary"))
	if !ok || !accepts(r.Header.Get("Accept-Encoding"), dictionaryCoding) {
		return nil
	}
	c := d.changes[change{sum, name}]
	if c == nil {
		return nil
	}
	c.offered.Do(func() { go d.compress(c, assets) })
	select {
	case <-c.made:
		return c.content
	default:
		return nil
	}
}

// offeredDictionary reads Available-Dictionary: a byte sequence of RFC 9651, the SHA-256 of what the browser has.
func offeredDictionary(header string) (sum [sha256.Size]byte, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(header), ":")
	if !ok {
		return sum, false
	}
	if text, ok = strings.CutSuffix(text, ":"); !ok {
		return sum, false
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(raw), true
}

// compress compresses a file with its dictionary, and keeps that where it is smaller than what lies beside the file.
func (d dictionaries) compress(c *changed, assets fs.FS) {
	defer close(c.made)
	d.one.Lock()
	defer d.one.Unlock()
	content, err := c.read(assets)
	if err != nil {
		d.log.Warn("a file could not be compressed with its earlier release", "file", c.to, "err", err)
		return
	}
	if int64(len(content)) < smallestOf(assets, c.to) {
		c.content = content
	}
}

// read gives the file as a browser reads it that has the dictionary.
func (c *changed) read(assets fs.FS) ([]byte, error) {
	dictionary, err := fs.ReadFile(c.kept, c.dictionary)
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(dictionary) != c.from {
		return nil, fmt.Errorf("%s is not what it was when the relay started", c.dictionary)
	}
	content, err := fs.ReadFile(assets, c.to)
	if err != nil {
		return nil, err
	}
	return withDictionary(content, dictionary)
}

// withDictionary compresses content as RFC 9842 says.
func withDictionary(content, dictionary []byte) ([]byte, error) {
	sum := sha256.Sum256(dictionary)
	var out bytes.Buffer
	out.WriteString(dictionaryMagic)
	out.Write(sum[:])
	w, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(dictionaryWindow), zstd.WithEncoderDictRaw(0, dictionary))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// smallestOf is the size, in bytes, of a file or the smallest of its compressed twins.
func smallestOf(fsys fs.FS, name string) int64 {
	size := int64(math.MaxInt64)
	for _, ext := range []string{"", ".br", ".gz"} {
		if info, err := fs.Stat(fsys, name+ext); err == nil {
			size = min(size, info.Size())
		}
	}
	return size
}
