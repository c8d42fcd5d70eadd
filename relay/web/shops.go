package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"path"
	"strings"
)

// shops are the demo sites of --dev, told apart by the Host header. They stand for customers' sites: other origins, with
// nothing of the relay but the tag.
type shops struct {
	assets fs.FS
	pages  map[string]*template.Template // by path below demo/
}

// shopNames are folders below demo/, and the hosts <name>.localhost.
var shopNames = []string{"shop-a", "shop-b"}

func parseShops(assets fs.FS) (*shops, error) {
	s := &shops{assets: assets, pages: map[string]*template.Template{}}
	err := fs.WalkDir(assets, "demo", func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || path.Ext(p) != ".html" {
			return err
		}
		t, err := parsePage(assets, p)
		s.pages[strings.TrimPrefix(p, "demo/")] = t
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the demo shops: %w", err)
	}
	return s, nil
}

// serve answers a request for a shop's host; false for all other hosts.
func (s *shops) serve(w http.ResponseWriter, r *http.Request) bool {
	shop := shopOf(r.Host)
	if shop == "" {
		return false
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	w.Header().Set("Cache-Control", "no-cache")
	file := "demo/" + shop + "/" + name
	switch t := s.pages[shop+"/"+name]; {
	case t != nil:
		s.page(w, r, t)
	case path.Ext(name) != ".html" && isFile(s.assets, file):
		w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
		http.ServeFileFS(w, r, s.assets, file)
	default:
		http.NotFound(w, r)
	}
	return true
}

func (s *shops) page(w http.ResponseWriter, r *http.Request, t *template.Template) {
	var b bytes.Buffer
	err := t.Execute(&b, map[string]string{
		"Base": s.origin(r, ""), "ShopA": s.origin(r, "shop-a"), "ShopB": s.origin(r, "shop-b"),
	})
	if err != nil {
		http.Error(w, "the page could not be filled in", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentTypes[".html"])
	_, _ = b.WriteTo(w) // a browser that has gone asks again, or not
}

// origin is that of a shop, or with "" of the relay itself, on the port that the request came to.
func (s *shops) origin(r *http.Request, shop string) string {
	host := "localhost"
	if shop != "" {
		host = shop + "." + host
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		host += ":" + port
	}
	return "http://" + host
}

func shopOf(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, name := range shopNames {
		if strings.EqualFold(host, name+".localhost") {
			return name
		}
	}
	return ""
}
