package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/clock"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/store"
	"foyer/www"
)

// bundled is a small stand-in for www/dist.
func bundled(build string) (fstest.MapFS, www.Manifest) {
	files := map[string]string{
		"foyer.js": "foyer.js", "foyer.css": "foyer.0011.css", "bridge.js": "bridge." + build + ".js", "worker.js": "worker.2233.js",
		"foyer.wasm": "foyer.4455.wasm", "bridge.html": "bridge.html", "continue.html": "continue.html", "continue.js": "continue.7788.js", "chat.html": "chat.html", "desktop/index.html": "desktop/index.html",
		"texts/webchat.en.json": "texts/webchat.en.66.json", "texts/webchat.de.json": "texts/webchat.de.77.json",
		"demo/shop-a/index.html": "demo/shop-a/index.html", "demo/shop-a/shop.css": "demo/shop-a/shop.css", "demo/shop-b/shared/basket.js": "demo/shop-b/shared/basket.js",
	}
	content := map[string]string{
		"foyer.js": "loader", "foyer.js.br": "loader-br", "foyer.js.gz": "loader-gz",
		"iframe.html": "frame", "iframe.min.js": "frame's", "cookie-provider.min.js": "provider", "cookieprovider.wasm": "cookies",
		"foyer.0011.css": "style", "bridge." + build + ".js": "bridge of " + build, "worker.2233.js": "worker", "foyer.4455.wasm": "wasm", "foyer.4455.wasm.br": "wasm-br",
		"continue.html":            `<html lang="{{.Lang}}"><script src="{{.Script}}" data-origin="{{.Origin}}" data-pass="{{.Pass}}"></script>`,
		"bridge.html":              `<script src="{{.BridgeJS}}" data-deployment="{{.Deployment}}" data-origin="{{.Origin}}" data-pass="{{.Pass}}" data-build="{{.Build}}" data-worker="{{.WorkerJS}}" data-wasm="{{.Wasm}}"{{if .Activated}} data-activated{{end}}{{if .Cookie}} data-cookie{{end}}></script>`,
		"chat.html":                `<html lang="{{.Lang}}"><title>{{.Title}}</title><link href="{{.Style}}"><script src="../foyer.js" data-deployment="{{.Deployment}}"></script>`,
		"desktop/index.html":       `<title>Desk</title>`,
		"texts/webchat.en.66.json": `{"ChatButton":"Chat","ChatTitle":"Live chat","AriaClose":"Close"}`,
		"texts/webchat.de.77.json": `{"ChatButton":"Chat","ChatTitle":"Gespräch"}`,
		"demo/shop-a/index.html":   `<script src="{{.Base}}/foyer.js"></script><a href="{{.ShopB}}/">`,
		"demo/shop-a/shop.css":     "shop style", "demo/shop-b/shared/basket.js": "basket",
	}
	fsys := fstest.MapFS{}
	for name, text := range content {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys, www.Manifest{Build: build, Files: files}
}

type testSite struct {
	*Site
	tb     testing.TB
	access *access.Service
	broken error // what Ready says
}

// newSite makes a site with a real database behind it; change may alter its options.
func newSite(tb testing.TB, change func(*Options)) *testSite {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{Dir: tb.TempDir()})
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	a, err := access.NewService(access.Options{Store: s.Access(), Clock: clock.System{}, IDs: chat.UUIDs{}, Cost: 4})
	must(tb, err)
	t := &testSite{tb: tb, access: a}
	o := Options{Access: a, Metrics: prometheus.NewRegistry(), Now: time.Now,
		Ready: func(context.Context) error { return t.broken }}
	o.Assets, o.Manifest = bundled("b1")
	if change != nil {
		change(&o)
	}
	if o.Deployments == nil {
		o.Deployments, err = deployment.NewDirectory(config.File{Deployments: []config.Deployment{
			{Name: "shop", Languages: []string{"en", "de"}, Origins: []string{"https://shop.example", "https://sister.example"}, FrameAncestors: []string{"https://portal.example"},
				Crossdomain: config.Crossdomain{Button: new(true)}, Consent: true, Features: config.Features{Chat: true, Monitoring: true},
				DSL:        config.DSL{URL: "/server/resources/dsl/shop.xml", Expressions: "named", Functions: "foyerFunctions", Never: []string{"#iban"}},
				Categories: []config.Category{{Name: "tents", Tags: []config.Tag{{Google: "tent -used"}}}}},
			{Name: "quiet", Languages: []string{"en"}, Origins: []string{"https://quiet.example"}},
		}}, o.Dev)
		must(tb, err)
	}
	t.Site, err = New(o)
	must(tb, err)
	return t
}

// get makes a request of https://relay.example; header holds names and values in turn.
func (s *testSite) get(target string, header ...string) *http.Response {
	s.tb.Helper()
	return s.do(http.MethodGet, target, header...)
}

func (s *testSite) do(method, target string, header ...string) *http.Response {
	s.tb.Helper()
	r := httptest.NewRequest(method, target, nil)
	r.Host = "relay.example"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(tb testing.TB, r *http.Response) string {
	tb.Helper()
	b, err := io.ReadAll(r.Body)
	must(tb, err)
	return string(b)
}

func wantStatus(tb testing.TB, r *http.Response, status int) {
	tb.Helper()
	if r.StatusCode != status {
		tb.Errorf("%d, not %d: %s", r.StatusCode, status, body(tb, r))
	}
}

func wantHeader(tb testing.TB, r *http.Response, name, value string) {
	tb.Helper()
	if got := r.Header.Get(name); got != value {
		tb.Errorf("%s is %q, not %q", name, got, value)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := newSite(t, func(o *Options) { o.Now = func() time.Time { return now } })
	wantStatus(t, s.get("/healthz"), http.StatusOK)
	wantStatus(t, s.get("/readyz"), http.StatusOK)
	s.broken = errors.New("no database")
	wantStatus(t, s.get("/healthz"), http.StatusOK)
	wantStatus(t, s.get("/readyz"), http.StatusOK) // who asks again at once makes no work
	now = now.Add(readyFor)
	r := s.get("/readyz")
	wantStatus(t, r, http.StatusServiceUnavailable)
	if got := body(t, r); got != "not ready\n" {
		t.Errorf("it tells strangers %q", got)
	}
	now = now.Add(readyFor)
	s.broken = fmt.Errorf("try: %w", &Unready{Says: "The disk is full.", Err: errors.New("/var/lib/foyer/foyer.db")})
	if got := body(t, s.get("/readyz")); got != "not ready: The disk is full.\n" {
		t.Errorf("it says %q", got)
	}
}

func TestFaultyTemplateIsFoundAtTheStart(t *testing.T) {
	assets, m := bundled("b1")
	assets = maps.Clone(assets)
	assets["bridge.html"] = &fstest.MapFile{Data: []byte("{{.Pass")}
	if _, err := New(Options{Assets: assets, Manifest: m}); err == nil {
		t.Error("was accepted")
	}
}

func TestPanicEndsOneRequestOnly(t *testing.T) {
	s := newSite(t, func(o *Options) {
		o.Routes = []Route{{Pattern: "GET /panic", Handler: func(http.ResponseWriter, *http.Request) { panic("oops") }}}
	})
	r := s.get("/panic")
	wantStatus(t, r, http.StatusInternalServerError)
	wantStatus(t, s.get("/healthz"), http.StatusOK)
}
