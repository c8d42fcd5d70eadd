package web

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"foyer/www"
)

var errNotSeekable = errors.New("an asset cannot be read twice")

// keptBuilds is how many builds stay in the folder, this one included: a page that was opened before a release still
// gets the files that it was made with.
const keptBuilds = 2

// keepBuild copies this build's hashed files into a folder of their own below dir, removes builds that are too old, and
// gives the earlier ones that are left, newest first.
func keepBuild(dir string, assets fs.FS, m www.Manifest) ([]fs.FS, error) {
	if m.Build != "" {
		if err := copyBuild(filepath.Join(dir, m.Build), assets, m); err != nil {
			return nil, fmt.Errorf("keep the files of this build: %w", err)
		}
	}
	earlier, err := earlierBuilds(dir, m.Build)
	if err != nil {
		return nil, fmt.Errorf("look for the files of earlier builds: %w", err)
	}
	var kept []fs.FS
	for i, path := range earlier {
		if i < keptBuilds-1 {
			kept = append(kept, os.DirFS(path))
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("remove the files of an old build: %w", err)
		}
	}
	return kept, nil
}

// copyBuild writes the files beside and renames the folder, so that a relay that is stopped meanwhile leaves no half one.
func copyBuild(to string, assets fs.FS, m www.Manifest) error {
	now := time.Now()
	if err := os.Chtimes(to, now, now); err == nil {
		return nil // it is there from an earlier start; now it is the newest again
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(to), ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for _, name := range m.Files {
		if !m.Immutable(name) {
			continue
		}
		for _, ext := range []string{"", ".br", ".gz"} {
			if err := copyFile(filepath.Join(tmp, filepath.FromSlash(name)+ext), assets, name+ext); err != nil {
				return err
			}
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, to)
}

// copyFile copies one file; one that is not there is left out, as compressed twins may be.
func copyFile(to string, from fs.FS, name string) error {
	b, err := fs.ReadFile(from, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// earlierBuilds lists the folders of other builds, newest first.
func earlierBuilds(dir, current string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	type build struct {
		path string
		at   time.Time
	}
	var builds []build
	for _, e := range entries {
		if !e.IsDir() || e.Name() == current || e.Name()[0] == '.' {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		builds = append(builds, build{filepath.Join(dir, e.Name()), info.ModTime()})
	}
	slices.SortFunc(builds, func(a, b build) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.path, b.path)) })
	paths := make([]string, len(builds))
	for i, b := range builds {
		paths[i] = b.path
	}
	return paths, nil
}
