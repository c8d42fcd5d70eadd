package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// resourcePatterns are the paths of what old strategies name in notifications: invite.html, copies of it, domain-model.xml.
var resourcePatterns = []string{"GET /server/resources/{file...}", "GET /frontend/resources/{file...}"}

// maxResource bounds a file whose scripts are asked for one by one, in bytes.
const maxResource = 1 << 20

// resource serves a file of the operator's folder (Options.Resources), else a built-in one. With ?script=N it serves the
// N-th script element of an HTML file, from 0, as a script: so content that is put on a page runs there under a policy
// that allows scripts of the relay and none that stand in the page.
func (s *Site) resource(w http.ResponseWriter, r *http.Request) {
	name := path.Clean("/" + r.PathValue("file"))[1:]
	if hidden(name) {
		http.NotFound(w, r)
		return
	}
	f, version := s.openResource(name)
	if f == nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	content, ok := f.(io.ReadSeeker)
	if !ok {
		s.refuse(w, r, errNotSeekable)
		return
	}
	w.Header().Set("Cache-Control", cacheNoLonger)
	forAllPages(w.Header())
	w.Header().Set("Content-Security-Policy", alone)
	if n := r.URL.Query().Get("script"); n != "" {
		s.scriptOf(w, r, content, n)
		return
	}
	if t, ok := contentTypes[path.Ext(name)]; ok {
		w.Header().Set("Content-Type", t)
	}
	modified := time.Time{}
	if version != "" {
		w.Header().Set("ETag", `"`+version+`"`)
	} else if info, err := f.Stat(); err == nil {
		modified = info.ModTime()
	}
	http.ServeContent(w, r, name, modified, content)
}

// alone is the policy of a document that is opened at its own address, in a window or a frame: it runs, but in an origin of
// its own, with nothing of the desktop's. Content that pages fetch and put into themselves is the page's, and not touched.
const alone = "sandbox allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads"

// hidden tells of files that people do not mean to publish: .htpasswd, .git/config.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}

// openResource opens a file, nil where there is none. version is that of a built-in one.
func (s *Site) openResource(name string) (f fs.File, version string) {
	if f := openBelow(s.Resources, name); f != nil {
		return f, ""
	}
	if name = path.Join("resources", name); isFile(s.Assets, name) {
		f, _ = s.Assets.Open(name) // it was there a moment ago; else there is none
		return f, s.Manifest.Build
	}
	return nil, ""
}

// openBelow opens a regular file of a folder. What lies outside it is not there, whatever names and links say.
func openBelow(dir, name string) fs.File {
	if dir == "" {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	if !isFile(root.FS(), name) {
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		return nil
	}
	return f
}

func (s *Site) scriptOf(w http.ResponseWriter, r *http.Request, content io.Reader, n string) {
	html, err := io.ReadAll(io.LimitReader(content, maxResource))
	if err != nil {
		s.refuse(w, r, fmt.Errorf("read a resource: %w", err))
		return
	}
	i, err := strconv.Atoi(n)
	scripts := scriptsIn(html)
	if err != nil || i < 0 || i >= len(scripts) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentTypes[".js"])
	_, _ = w.Write(scripts[i]) // a browser that has gone asks again, or not
}

// scriptsIn gives the text of each script element, in order, as a browser finds them: not in comments.
func scriptsIn(html []byte) (scripts [][]byte) {
	lower := asciiLower(html)
	for at := 0; ; {
		i := bytes.IndexByte(lower[at:], '<')
		if i < 0 {
			return scripts
		}
		at += i
		rest := lower[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			at += past(rest, "-->")
		case isTag(rest, "<script"):
			begin := at + past(rest, ">")
			end := bytes.Index(lower[begin:], []byte("</script"))
			if end < 0 {
				return scripts
			}
			scripts = append(scripts, html[begin:begin+end])
			at = begin + end + 1
		default:
			at++
		}
	}
}

func isTag(text []byte, tag string) bool {
	return len(text) > len(tag) && strings.HasPrefix(string(text[:len(tag)]), tag) && strings.IndexByte(" \t\r\n\f/>", text[len(tag)]) >= 0
}

// past is the offset behind the mark, or of the end.
func past(text []byte, mark string) int {
	i := bytes.Index(text, []byte(mark))
	if i < 0 {
		return len(text)
	}
	return i + len(mark)
}

// asciiLower leaves other letters alone, whose small form may be longer: offsets must stay the same.
func asciiLower(text []byte) []byte {
	lower := bytes.Clone(text)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return lower
}

// checkResources refuses a folder that is not there: an operator would look for the mistake in the wrong place.
func checkResources(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the folder of resources: %w", err)
	}
	if !info.IsDir() {
		return errors.New("the folder of resources: " + dir + " is no folder")
	}
	return nil
}
