package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestFilesAndHowLongTheyAreKept(t *testing.T) {
	s := newSite(t, nil)
	cases := []struct{ path, content, kind, cache string }{
		{"/foyer.js", "loader", "text/javascript; charset=utf-8", "public, max-age=300"},
		{"/iframe.html", "frame", "text/html; charset=utf-8", "public, max-age=300"},
		{"/iframe.min.js", "frame's", "text/javascript; charset=utf-8", "public, max-age=300"},
		{"/cookie-provider.min.js", "provider", "text/javascript; charset=utf-8", "public, max-age=300"},
		{"/cookieprovider.wasm", "cookies", "application/wasm", "public, max-age=300"},
		{"/widgets/9.0/cookie-provider.min.js", "provider", "text/javascript; charset=utf-8", "public, max-age=300"},
		{"/foyer.0011.css", "style", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/foyer.4455.wasm", "wasm", "application/wasm", "public, max-age=31536000, immutable"},
		{"/worker.2233.js?wasm=/foyer.4455.wasm", "worker", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/texts/webchat.en.66.json", `{"ChatButton":"Chat","ChatTitle":"Live chat","AriaClose":"Close"}`, "application/json", "public, max-age=31536000, immutable"},
		{"/texts/webchat.de.json", `{"ChatButton":"Chat","ChatTitle":"Gespräch"}`, "application/json", "public, max-age=300"},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			r := s.get(c.path)
			wantStatus(t, r, http.StatusOK)
			wantHeader(t, r, "Content-Type", c.kind)
			wantHeader(t, r, "Cache-Control", c.cache)
			wantHeader(t, r, "Access-Control-Allow-Origin", "*")
			wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
			wantHeader(t, r, "X-Content-Type-Options", "nosniff")
			if got := body(t, r); got != c.content {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestWhatIsNotServedAsAFile(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/nothing.js", "/manifest.json", "/chat.html", "/foyer.js.br", "/foyer.4455.wasm.br", "/demo/shop-a/index.html",
		"/desktop/index.html", "/texts/", "/texts/webchat.fr.json", "/..%2f..%2fetc%2fpasswd", "/.keep", "/"} {
		wantStatus(t, s.get(path), http.StatusNotFound)
	}
}

func TestCompressedTwinsAreServedToThoseWhoTakeThem(t *testing.T) {
	s := newSite(t, nil)
	cases := []struct{ path, accept, encoding, content string }{
		{"/foyer.js", "gzip, deflate, br, zstd", "br", "loader-br"},
		{"/foyer.js", "gzip, deflate", "gzip", "loader-gz"}, // as a browser on a plain-http page says
		{"/foyer.js", "br;q=0, gzip;q=0.5", "gzip", "loader-gz"},
		{"/foyer.js", "gzip; q=0", "", "loader"},
		{"/foyer.js", "identity", "", "loader"},
		{"/foyer.js", "", "", "loader"},
		{"/foyer.4455.wasm", "gzip", "", "wasm"}, // there is no such twin
	}
	for _, c := range cases {
		r := s.get(c.path, "Accept-Encoding", c.accept)
		wantHeader(t, r, "Content-Encoding", c.encoding)
		if got := body(t, r); got != c.content {
			t.Errorf("%q: got %q", c.accept, got)
		}
		if !strings.Contains(strings.Join(r.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Error("a cache in between would mix encodings up")
		}
		if c.path == "/foyer.4455.wasm" {
			wantHeader(t, r, "Content-Type", "application/wasm")
		}
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	s := newSite(t, nil)
	tag := s.get("/foyer.js").Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	wantStatus(t, s.get("/foyer.js", "If-None-Match", tag), http.StatusNotModified)
	next := newSite(t, func(o *Options) { o.Assets, o.Manifest = bundled("b2") })
	wantStatus(t, next.get("/foyer.js", "If-None-Match", tag), http.StatusOK)
}

func TestFilesOfTheLastBuildAreStillServed(t *testing.T) {
	dir := t.TempDir()
	start := func(build string) *testSite {
		return newSite(t, func(o *Options) {
			o.KeepIn = dir
			o.Assets, o.Manifest = bundled(build)
		})
	}
	wantStatus(t, start("b1").get("/bridge.b1.js"), http.StatusOK)
	start("b1") // again, with the same build

	second := start("b2")
	r := second.get("/bridge.b1.js")
	wantStatus(t, r, http.StatusOK)
	wantHeader(t, r, "Cache-Control", cacheForever)
	if got := body(t, r); got != "bridge of b1" {
		t.Errorf("got %q", got)
	}
	for _, path := range []string{"/foyer.js", "/bridge.html"} { // only hashed files are kept
		if got := body(t, second.get(path)); strings.Contains(got, "b1") {
			t.Errorf("%s is of the last build: %q", path, got)
		}
	}

	third := start("b3")
	wantStatus(t, third.get("/bridge.b2.js"), http.StatusOK)
	wantStatus(t, third.get("/bridge.b1.js"), http.StatusNotFound)
	wantStatus(t, start("b2").get("/bridge.b3.js"), http.StatusOK) // back to the build before
}

func FuzzAccepts(f *testing.F) {
	f.Add("gzip, br;q=0.5", "br")
	f.Add(";;,,q=", "")
	f.Fuzz(func(t *testing.T, header, encoding string) {
		if accepts(header, encoding) && !strings.Contains(strings.ToLower(header), strings.ToLower(encoding)) {
			// Case folding beyond ASCII may differ in length; names of encodings are ASCII.
			for _, c := range encoding {
				if c > 127 {
					return
				}
			}
			t.Fatalf("%q accepts %q", header, encoding)
		}
	})
}
