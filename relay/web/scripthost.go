package web

import (
	"io"
	"net/http"
	"path"
	"regexp"
	"slices"

	"foyer/relay/deployment"
)

// scriptHosts are the paths below which vendors' script hosts have their files, in whatever version: pages that were
// written for one of them change the host name and nothing else.
var scriptHosts = []string{
	"GET /widgets/{version}/{file...}",
	"GET /server/resources/js/build/{file...}",
	"GET /frontend/resources/js/build/{file...}",
}

// loaderNames are the files in whose place foyer.js is served. By the name it sees what the page expects of it.
var loaderNames = regexp.MustCompile(`^(cxbus|widgets|widgets-core|GPE|GTC)(\.min)?\.js$`)

// nothing is served for the files that the loader makes unnecessary (plugins, style, texts), so that a page that waits for
// them goes on.
var nothing = map[string]string{".js": "/* in foyer.js */\n", ".css": "/* in foyer.js */\n", ".json": "{}\n"}

// vendorFile serves what a page asks of the vendor's script host.
func (s *Site) vendorFile(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("file"))
	if loaderNames.MatchString(name) {
		s.serveBundled(w, r, "foyer.js")
		return
	}
	if slices.Contains(forCopying, name) {
		s.serveBundled(w, r, name)
		return
	}
	content, ok := nothing[path.Ext(name)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(name)])
	h.Set("Cache-Control", cacheMinutes)
	forAllPages(h)
	_, _ = io.WriteString(w, content) // a browser that has gone asks again, or not
}

// hintsOfPage are what a page's configuration says about its deployment, as foyer.js hands it on.
func hintsOfPage(r *http.Request) deployment.Hints {
	q := r.URL.Query()
	return deployment.Hints{
		Name: q.Get("name"), Key: q.Get("key"), Organization: q.Get("org"), APIKey: q.Get("apikey"), Service: q.Get("service"),
	}
}
