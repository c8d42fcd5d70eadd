package web

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"foyer/www"
)

// How long browsers keep files.
const (
	cacheForever  = "public, max-age=31536000, immutable" // names that hold a hash
	cacheMinutes  = "public, max-age=300"                 // foyer.js: a new release reaches all pages in five minutes
	cacheNoLonger = "no-cache"                            // asks each time
)

// forCopying are the files that customers copy to hosts of their own. They name each other, so none has a hash in its name.
var forCopying = []string{"iframe.html", "iframe.min.js", "cookie-provider.min.js", "cookieprovider.wasm"}

// static serves the bundled files, and those of the build before.
type static struct {
	assets   fs.FS
	manifest www.Manifest
	kept     []fs.FS // earlier builds, newest first; hashed names only

	dictionaries dictionaries
}

// file answers requests for bundled files.
func (s *Site) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "iframe.html" {
		loadWithAccess(w, r) // its program would ask for the same; this way it finds it done
	}
	s.serveBundled(w, r, name)
}

// serveBundled sends a bundled file by its logical or its hashed name.
func (s *Site) serveBundled(w http.ResponseWriter, r *http.Request, name string) {
	fsys, cache := s.static.find(name)
	if fsys == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", cache)
	forAllPages(w.Header())
	version := ""
	if cache != cacheForever {
		version = s.Manifest.Build
	}
	s.static.dictionaries.announce(w.Header(), name)
	if b := s.static.dictionaries.find(r, fsys, name); b != nil {
		sendCoded(w, r, name, dictionaryCoding, b)
		return
	}
	s.serveFile(w, r, fsys, s.static.path(name), version)
}

// forAllPages lets pages of other sites load a file, under every policy of their own.
func forAllPages(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp") // a worker has to have it where its frame has it
}

// find tells where a file is and how long it may be cached; nil where there is none to be served under this name.
// Templates are not files, nor are the compressed twins.
func (s static) find(name string) (fsys fs.FS, cache string) {
	switch {
	case s.manifest.Immutable(name):
		return s.assets, cacheForever
	case name == "foyer.js" || slices.Contains(forCopying, name):
		return s.assets, cacheMinutes
	case strings.HasPrefix(name, "texts/") && s.manifest.Path(name) != "":
		return s.assets, cacheMinutes // by its plain name, for clients that do not know the hash
	}
	for _, k := range s.kept {
		if fs.ValidPath(name) && isFile(k, name) {
			return k, cacheForever
		}
	}
	return nil, ""
}

// path gives the path in the assets of a logical or a hashed name.
func (s static) path(name string) string {
	if p, ok := s.manifest.Files[name]; ok {
		return p
	}
	return name
}

func isFile(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// contentTypes of what is bundled. The machine's own table may differ, and a wrong type of a module or of WebAssembly
// makes browsers refuse it.
var contentTypes = map[string]string{
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".json": "application/json",
	".wasm": "application/wasm",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".webp": "image/webp",
	".html": "text/html; charset=utf-8",
	".xml":  "application/xml",
	".mp3":  "audio/mpeg",
}

// encodings in the order of preference, with the ending of the file that holds it.
var encodings = []struct{ name, ext string }{{"br", ".br"}, {"gzip", ".gz"}}

// sendCoded sends content that is compressed already, of a file with a hashed name.
func sendCoded(w http.ResponseWriter, r *http.Request, name, coding string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Encoding", coding)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// serveFile sends a file, compressed where the browser takes it and a twin lies beside it. A browser that has this
// version of it already is told so; "" is for names that hold a hash.
func (s *Site) serveFile(w http.ResponseWriter, r *http.Request, fsys fs.FS, name, version string) {
	h := w.Header()
	if t, ok := contentTypes[path.Ext(name)]; ok {
		h.Set("Content-Type", t)
	}
	h.Add("Vary", "Accept-Encoding")
	chosen, tag := name, version
	for _, e := range encodings {
		if accepts(r.Header.Get("Accept-Encoding"), e.name) && isFile(fsys, name+e.ext) {
			h.Set("Content-Encoding", e.name)
			chosen, tag = name+e.ext, tag+"-"+e.name
			break
		}
	}
	if version != "" {
		h.Set("ETag", `"`+tag+`"`)
	}
	f, err := fsys.Open(chosen)
	if err != nil {
		h.Del("Content-Encoding")
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	content, ok := f.(io.ReadSeeker)
	if !ok {
		s.refuse(w, r, errNotSeekable)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, content)
}

// accepts tells whether an Accept-Encoding header (RFC 9110, 12.5.3) names an encoding with a weight above 0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
