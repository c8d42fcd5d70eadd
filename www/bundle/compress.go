package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// compressible are the kinds of files that get a .br and a .gz beside them.
var compressible = map[string]bool{".js": true, ".css": true, ".json": true, ".svg": true, ".wasm": true}

// Levels. Full is what a release is served with: the largest binary takes some ten seconds, once.
const (
	brotliFull, brotliFast = 11, 4
	gzipFull, gzipFast     = gzip.BestCompression, 4
	brotliWindow           = 22 // 4 MB: more gains nothing for files of this size
)

// compress fills br and gz of the files. Results are kept in the user's cache by content, so that a run without changes
// compresses nothing; a cache that cannot be used costs time only.
func compress(ctx context.Context, files []*file, fast bool) error {
	c := openCache()
	bl, gl := brotliFull, gzipFull
	if fast {
		bl, gl = brotliFast, gzipFast
	}
	for _, f := range files {
		if !compressible[path.Ext(f.path)] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if f.br, err = c.get(f.data, fmt.Sprintf("br%d", bl), func(b []byte) ([]byte, error) { return toBrotli(b, bl) }); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if f.gz, err = c.get(f.data, fmt.Sprintf("gz%d", gl), func(b []byte) ([]byte, error) { return toGzip(b, gl) }); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

func toBrotli(data []byte, level int) ([]byte, error) {
	var out bytes.Buffer
	w := brotli.NewWriterOptions(&out, brotli.WriterOptions{Quality: level, LGWin: brotliWindow})
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func toGzip(data []byte, level int) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// cache keeps what was compressed, named after content and level.
type cache struct{ dir string }

func openCache() cache {
	base, err := os.UserCacheDir()
	if err != nil {
		return cache{}
	}
	dir := filepath.Join(base, "foyer-bundle")
	if os.MkdirAll(dir, 0o755) != nil {
		return cache{}
	}
	return cache{dir}
}

func (c cache) get(data []byte, kind string, make func([]byte) ([]byte, error)) ([]byte, error) {
	if c.dir == "" {
		return make(data)
	}
	name := filepath.Join(c.dir, hash(data)+"."+kind)
	if kept, err := os.ReadFile(name); err == nil {
		return kept, nil
	}
	made, err := make(data)
	if err != nil {
		return nil, err
	}
	// Written beside and renamed: a run that is interrupted leaves no half file behind.
	if tmp, err := os.CreateTemp(c.dir, "new-*"); err == nil {
		_, werr := tmp.Write(made)
		if cerr := tmp.Close(); werr == nil && cerr == nil {
			_ = os.Rename(tmp.Name(), name)
		} else {
			_ = os.Remove(tmp.Name())
		}
	}
	return made, nil
}
