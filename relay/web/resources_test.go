package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// withResources has a folder of the operator's beside built-in files.
func withResources(t *testing.T, files map[string]string) *testSite {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return newSite(t, func(o *Options) {
		o.Resources = dir
		assets := o.Assets.(fstest.MapFS)
		assets["resources/invite.html"] = &fstest.MapFile{Data: []byte("<p>built in</p><script>one()</script>")}
		assets["resources/dsl/domain-model.xml"] = &fstest.MapFile{Data: []byte("<domain-model/>")}
	})
}

func TestResourcesOfTheOperatorComeFirst(t *testing.T) {
	s := withResources(t, map[string]string{"dsl/domain-model.xml": "<own/>", "inviteGMS.html": "<p>copy</p>", "a b.txt": "text"})
	for _, prefix := range []string{"/server/resources/", "/frontend/resources/"} {
		for path, want := range map[string]struct{ content, kind string }{
			"invite.html":          {"<p>built in</p><script>one()</script>", "text/html; charset=utf-8"},
			"inviteGMS.html":       {"<p>copy</p>", "text/html; charset=utf-8"},
			"dsl/domain-model.xml": {"<own/>", "application/xml"},
			"a%20b.txt":            {"text", "text/plain; charset=utf-8"},
		} {
			r := s.get(prefix + path)
			wantStatus(t, r, http.StatusOK)
			wantHeader(t, r, "Content-Type", want.kind)
			wantHeader(t, r, "Cache-Control", "no-cache")
			wantHeader(t, r, "Access-Control-Allow-Origin", "*")
			if got := body(t, r); got != want.content {
				t.Errorf("%s is %q", path, got)
			}
		}
	}
}

func TestResourcesRunInAnOriginOfTheirOwn(t *testing.T) {
	s := withResources(t, map[string]string{"page.html": "<script>1</script>", "logo.svg": "<svg/>", "page.xhtml": "<html/>", "no-type": "<html>", "invite.js": "1"})
	for _, path := range []string{"page.html", "logo.svg", "page.xhtml", "no-type", "invite.html", "dsl/domain-model.xml", "page.html?script=0"} {
		for _, prefix := range []string{"/server/resources/", "/frontend/resources/"} {
			r := s.get(prefix + path)
			wantStatus(t, r, http.StatusOK)
			policy := r.Header.Get("Content-Security-Policy")
			if !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-same-origin") {
				t.Errorf("%s has the policy %q", path, policy)
			}
		}
	}
}

func TestFilesThatBeginWithADotAreNoResources(t *testing.T) {
	s := withResources(t, map[string]string{".htpasswd": "x", ".git/config": "x", "a/.b/c.txt": "x", "a/.env": "x", "a.b/c.d.txt": "fine"})
	for _, path := range []string{".htpasswd", ".git/config", "a/.b/c.txt", "a/.env", "a/%2eenv", "a%2f.env", "./.htpasswd", "x/../.htpasswd"} {
		if r := s.get("/server/resources/" + path); r.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	wantStatus(t, s.get("/server/resources/a.b/c.d.txt"), http.StatusOK)
}

func TestWhatIsNoResource(t *testing.T) {
	s := withResources(t, map[string]string{"folder/file.html": "x"})
	must(t, os.WriteFile(filepath.Join(filepath.Dir(s.Resources), "secret.txt"), []byte("secret"), 0o644))
	must(t, os.Symlink("../secret.txt", filepath.Join(s.Resources, "link.txt")))
	for _, path := range []string{"", "nothing.html", "folder", "folder/", "link.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "..%5csecret.txt"} {
		if r := s.get("/server/resources/" + path); r.StatusCode == http.StatusOK {
			t.Errorf("%q is served: %s", path, body(t, r))
		}
	}
}

func TestAFolderOfResourcesThatIsNotThereIsAnError(t *testing.T) {
	for _, dir := range []string{"/nowhere/at/all", "resources_test.go"} {
		if _, err := New(Options{Resources: dir}); err == nil {
			t.Errorf("%s is taken", dir)
		}
	}
}

func TestScriptsOfAResourceAreServedOneByOne(t *testing.T) {
	s := withResources(t, map[string]string{"two.html": "<script src=x></script>\n<SCRIPT>two()</SCRIPT>"})
	r := s.get("/server/resources/two.html?script=1")
	wantStatus(t, r, http.StatusOK)
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	if got := body(t, r); got != "two()" {
		t.Errorf("got %q", got)
	}
	if got := body(t, s.get("/frontend/resources/invite.html?script=0")); got != "one()" {
		t.Errorf("of a built-in file: %q", got)
	}
	for _, n := range []string{"2", "-1", "x"} {
		wantStatus(t, s.get("/server/resources/two.html?script="+n), http.StatusNotFound)
	}
}

func TestScriptsAreFoundAsABrowserFindsThem(t *testing.T) {
	tests := map[string]struct {
		html string
		want []string
	}{
		"none":                   {"<p>text</p>", nil},
		"with attributes":        {`<script type="text/javascript" async>a</script>`, []string{"a"}},
		"in a comment":           {"<!-- <script>a</script> --><script>b</script>", []string{"b"}},
		"a comment inside":       {"<script><!-- a\n//--></script><script>b</script>", []string{"<!-- a\n//-->", "b"}},
		"another tag":            {"<scripture>a</scripture>", nil},
		"not closed":             {"<script>a", nil},
		"only its beginning":     {"<script", nil},
		"letters that grow":      {"İİİ<script>aİ</script>", []string{"aİ"}},
		"tags as text of script": {"<script>'<script>'</script>", []string{"'<script>'"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range scriptsIn([]byte(tt.html)) {
				got = append(got, string(s))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzScriptsIn(f *testing.F) {
	f.Add([]byte("<script>a</script><!--<script>b</script>-->"))
	f.Add([]byte("<script"))
	f.Fuzz(func(t *testing.T, html []byte) {
		for _, s := range scriptsIn(html) {
			if len(s) > len(html) {
				t.Errorf("%q is not in %q", s, html)
			}
		}
	})
}

// FuzzResourceNames: whatever name is asked for, what lies beside the folder is not shown.
func FuzzResourceNames(f *testing.F) {
	dir := f.TempDir()
	must(f, os.WriteFile(filepath.Join(dir, "secret"), []byte("secret"), 0o600))
	inside := filepath.Join(dir, "resources")
	must(f, os.Mkdir(inside, 0o700))
	must(f, os.WriteFile(filepath.Join(inside, "invite.html"), []byte("invite"), 0o600))
	must(f, os.Symlink("../secret", filepath.Join(inside, "link")))
	s := newSite(f, func(o *Options) { o.Resources = inside })
	for _, name := range []string{"invite.html", "../secret", "link", "..%2fsecret", "a/../../secret", "./link", "\x00", "invite.html?script=0", "/etc/passwd"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = "/server/resources/" + name
		r.SetPathValue("file", name)
		w := httptest.NewRecorder()
		s.resource(w, r)
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%q shows what is outside", name)
		}
	})
}
