package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var anyParameter = regexp.MustCompile(`\{[^}]*\}`)

// everything is the address of each endpoint, of each bundled file, and of pages that are filled in.
func (s *testSite) everything() (all []string) {
	for _, route := range s.Table() {
		_, path, _ := strings.Cut(route.Pattern, " ")
		all = append(all, anyParameter.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "x.js"))
	}
	for name, path := range s.Manifest.Files {
		all = append(all, "/"+name, "/"+path)
	}
	for _, name := range forCopying {
		all = append(all, "/"+name)
	}
	page := "?deployment=shop&origin=https://shop.example"
	return append(all, "/bridge.html"+page, "/continue.html"+page, "/chat/?deployment=shop", "/deployment.js?name=shop", "/desktop/",
		"/widgets/9.0/cxbus.min.js", "/widgets/9.0/widgets.min.css", "/nothing/here")
}

func TestEveryAnswerHasItsSecurityHeaders(t *testing.T) {
	documents := 0
	s := newSite(t, nil)
	for _, path := range s.everything() {
		for _, origin := range []string{"", "https://shop.example", "https://evil.example"} {
			r := s.get(path, "Origin", origin)
			wantHeader(t, r, "X-Content-Type-Options", "nosniff")
			if r.Header.Get("Referrer-Policy") == "" {
				t.Errorf("%s has no Referrer-Policy", path)
			}
			if len(r.Header["Set-Cookie"]) > 0 {
				t.Errorf("%s sets a cookie", path)
			}
			if allowed := r.Header.Get("Access-Control-Allow-Origin"); allowed == "https://evil.example" || r.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s lets pages of %q read with credentials %q", path, allowed, r.Header.Get("Access-Control-Allow-Credentials"))
			}
			policy := r.Header.Get("Content-Security-Policy")
			kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
			switch {
			case kind == "":
				if r.StatusCode < 300 || r.StatusCode >= 400 {
					t.Errorf("%s: %d has no type", path, r.StatusCode)
				}
			case r.StatusCode >= 400 && kind == "application/json":
				if policy != "default-src 'none'; frame-ancestors 'none'" || r.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s is refused under the policy %q, kept %q", path, policy, r.Header.Get("Cache-Control"))
				}
			case kind == "text/html" && path != "/iframe.html" && r.StatusCode < 300: // that is a file for other hosts, and shown in pages of all sites
				documents++
				for _, want := range []string{"default-src 'none'; ", "base-uri 'none'", "form-action 'none'", "frame-ancestors "} {
					if !strings.Contains(policy, want) {
						t.Errorf("%s has no %s in its policy %q", path, want, policy)
					}
				}
				if strings.Contains(strings.ReplaceAll(policy, "'wasm-unsafe-eval'", ""), "unsafe") || strings.Contains(policy, "*") {
					t.Errorf("%s has the policy %q", path, policy)
				}
			}
		}
	}
	if documents < 12 {
		t.Errorf("%d documents were looked at", documents)
	}
}

func TestDocumentsAreShownInsideNobodyElsesPages(t *testing.T) {
	s := newSite(t, nil)
	for path, ancestors := range map[string]string{
		"/bridge.html?deployment=shop&origin=https://shop.example":   "https://shop.example https://portal.example",
		"/continue.html?deployment=shop&origin=https://shop.example": "https://shop.example https://portal.example",
		"/bridge.html?deployment=shop&origin=https://evil.example":   "'none'",
		"/chat/?deployment=shop":                                     "'none'",
		"/desktop/":                                                  "'none'",
	} {
		_, got, _ := strings.Cut(s.get(path, "Origin", "").Header.Get("Content-Security-Policy"), "frame-ancestors ")
		if got != ancestors {
			t.Errorf("%s may be framed by %q, not %q", path, got, ancestors)
		}
	}
}

// FuzzLanguages: a page is in one of the deployment's languages, whatever the browser says.
func FuzzLanguages(f *testing.F) {
	for _, header := range []string{"", "de", "de-AT,en;q=0.5", ",;,", "*", strings.Repeat("x,", 100)} {
		f.Add(header)
	}
	s := newSite(f, nil)
	dep := s.Deployments.All()[0]
	f.Fuzz(func(t *testing.T, header string) {
		r := &http.Request{Header: http.Header{"Accept-Language": {header}}}
		if got := language(r, dep); got != "en" && got != "de" {
			t.Errorf("%q gives the language %q", header, got)
		}
	})
}
