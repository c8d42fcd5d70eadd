package web

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"foyer/relay/wire"
)

var passIn = regexp.MustCompile(`data-pass="([^"]+)"`)

func bridgeOf(deployment, origin string) string {
	return "/bridge.html?deployment=" + url.QueryEscape(deployment) + "&origin=" + url.QueryEscape(origin)
}

func TestFrameIsForExactlyOneOrigin(t *testing.T) {
	s := newSite(t, nil)
	r := s.get(bridgeOf("shop", "https://shop.example"))
	wantStatus(t, r, http.StatusOK)
	wantHeader(t, r, "Cross-Origin-Resource-Policy", "cross-origin")
	wantHeader(t, r, "Cross-Origin-Embedder-Policy", "require-corp")
	wantHeader(t, r, "Cache-Control", "no-store")
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors https://shop.example https://portal.example") || !strings.Contains(policy, "script-src 'self' 'wasm-unsafe-eval';") {
		t.Errorf("the policy is %q", policy)
	}
	page := body(t, r)
	for _, want := range []string{`src="/bridge.b1.js"`, `data-worker="/worker.2233.js"`, `data-wasm="/foyer.4455.wasm"`, `data-build="b1"`,
		`data-origin="https://shop.example"`, `data-deployment="shop"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the frame lacks %s: %s", want, page)
		}
	}
	pass := passIn.FindStringSubmatch(page)
	if pass == nil {
		t.Fatal("there is no pass")
	}
	must(t, s.access.VerifyPass(context.Background(), "shop", "https://shop.example", pass[1]))
	if s.access.VerifyPass(context.Background(), "quiet", "https://shop.example", pass[1]) == nil {
		t.Error("the pass is good for another deployment")
	}
}

func TestFramesThatAreRefusedHoldNoPass(t *testing.T) {
	s := newSite(t, nil)
	cases := []struct {
		deployment, origin string
		code               wire.Code
	}{
		{"shop", "https://evil.example", wire.CodeOrigin},
		{"shop", "https://quiet.example", wire.CodeOrigin},
		{"shop", "", wire.CodeOrigin},
		{"shop", "null", wire.CodeOrigin},
		{"shop", "https://shop.example; script-src *", wire.CodeOrigin},
		{"shop", "https://shop.example https://evil.example", wire.CodeOrigin},
		{"nobody", "https://shop.example", wire.CodeDeployment},
		{"", "https://evil.example", wire.CodeDeployment},
	}
	for _, c := range cases {
		t.Run(c.deployment+" "+c.origin, func(t *testing.T) {
			r := s.get(bridgeOf(c.deployment, c.origin))
			wantStatus(t, r, wire.Means(c.code).HTTP)
			page := body(t, r)
			if !strings.Contains(page, string(c.code)) || passIn.MatchString(page) {
				t.Errorf("got %s", page)
			}
			if p := r.Header.Get("Content-Security-Policy"); !strings.Contains(p, "frame-ancestors 'none'") {
				t.Errorf("the policy is %q", p)
			}
		})
	}
}

func TestFrameFindsTheDeploymentByItsOrigin(t *testing.T) {
	s := newSite(t, nil)
	r := s.get(bridgeOf("", "https://quiet.example"))
	wantStatus(t, r, http.StatusOK)
	if page := body(t, r); !strings.Contains(page, `data-deployment="quiet"`) {
		t.Errorf("got %s", page)
	}
}

func TestHostedChatPageGetsAFrameOfTheRelay(t *testing.T) {
	s := newSite(t, nil)
	r := s.get("/chat/?deployment=shop", "Accept-Language", "de-DE,de;q=0.9")
	wantStatus(t, r, http.StatusOK)
	page := body(t, r)
	for _, want := range []string{`lang="de"`, "<title>Gespräch</title>", `href="/foyer.0011.css"`, `data-deployment="shop"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s: %s", want, page)
		}
	}
	if p := r.Header.Get("Content-Security-Policy"); !strings.Contains(p, "frame-src 'self'") || strings.Contains(p, "unsafe") {
		t.Errorf("the policy is %q", p)
	}
	wantStatus(t, s.get(bridgeOf("shop", "https://relay.example")), http.StatusOK)
	wantStatus(t, s.get("/chat/?deployment=quiet"), http.StatusNotFound)
	wantStatus(t, s.get("/chat/?deployment=nobody"), http.StatusNotFound)
}

func TestDesktopHasAStrictPolicy(t *testing.T) {
	s := newSite(t, nil)
	r := s.get("/desktop/")
	wantStatus(t, r, http.StatusOK)
	wantHeader(t, r, "Content-Type", "text/html; charset=utf-8")
	policy := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "frame-ancestors 'none'",
		"connect-src 'self' ws://relay.example wss://relay.example"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "'unsafe-eval'") {
		t.Errorf("the policy is %q", policy)
	}
	wantHeader(t, s.get("/desktop"), "Location", "desktop/")
}

func TestDeploymentModule(t *testing.T) {
	s := newSite(t, nil)
	r := s.get("/deployment.js?name=shop", "Origin", "https://shop.example", "Accept-Language", "fr, DE;q=0.5")
	wantStatus(t, r, http.StatusOK)
	wantHeader(t, r, "Content-Type", "text/javascript; charset=utf-8")
	wantHeader(t, r, "Access-Control-Allow-Origin", "https://shop.example")
	module := body(t, r)
	for _, want := range []string{"export default{", `"name":"shop"`, `"consent":true`, `"monitoring":true`, `"lang":"de"`, `"rungs":["session","handoff",`, `"ChatTitle":"Gespräch"`,
		`"AriaClose":"Close"`, "import.meta.url"} { // what German lacks is said in English
		if !strings.Contains(module, want) {
			t.Errorf("the module lacks %s: %s", want, module)
		}
	}
	if want := `"categories":[{"name":"tents","tags":[{"google":"tent -used"}]}],`; !strings.Contains(module, want) {
		t.Errorf("the module lacks %s: %s", want, module)
	}
	if want := `"dsl":{"expressions":"named","functions":"foyerFunctions","never":["#iban"],"url":"/server/resources/dsl/shop.xml"}`; !strings.Contains(module, want) {
		t.Errorf("the module lacks %s: %s", want, module)
	}
	if quiet := body(t, s.get("/deployment.js?name=quiet", "Origin", "https://quiet.example")); strings.Contains(quiet, `"dsl"`) {
		t.Errorf("a deployment without monitoring has a DSL: %s", quiet)
	}
	r = s.get("/deployment.js?name=shop", "Origin", "https://evil.example")
	wantStatus(t, r, http.StatusForbidden)
	wantHeader(t, r, "Access-Control-Allow-Origin", "")
	wantStatus(t, s.get("/deployment.js?name=nobody", "Origin", "https://shop.example"), http.StatusNotFound)
	wantStatus(t, s.get("/deployment.js?name=shop"), http.StatusOK) // the relay's own page: browsers send no Origin
}

func TestDemoShopsByHost(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Dev = true })
	r := s.get("/", "Host", "shop-a.localhost:9090")
	wantStatus(t, r, http.StatusOK)
	if got := body(t, r); got != `<script src="http://localhost:9090/foyer.js"></script><a href="http://shop-b.localhost:9090/">` {
		t.Errorf("the shop's page is %s", got)
	}
	if got := body(t, s.get("/shop.css", "Host", "shop-a.localhost:9090")); got != "shop style" {
		t.Errorf("the shop's style is %q", got)
	}
	if got := body(t, s.get("/shared/basket.js", "Host", "shop-b.localhost")); got != "basket" {
		t.Errorf("what shops share is %q", got)
	}
	for _, path := range []string{"/foyer.js", "/desktop/", "/healthz", "/../bridge.html", "/nothing.html", "/shop-a/shop.css"} {
		wantStatus(t, s.get(path, "Host", "shop-b.localhost:9090"), http.StatusNotFound)
	}
	wantHeader(t, s.get("/", "Host", "localhost:9090"), "Location", "http://shop-a.localhost:9090/")
}

func TestThereAreNoShopsWithoutDev(t *testing.T) {
	s := newSite(t, nil)
	wantStatus(t, s.get("/", "Host", "shop-a.localhost:8080"), http.StatusNotFound)
	wantStatus(t, s.get(bridgeOf("demo", "http://shop-a.localhost:8080")), http.StatusNotFound)
	wantStatus(t, s.get(bridgeOf("shop", "http://shop-a.localhost:8080")), http.StatusForbidden)
}

// TestAddressesAreRelative: a proxy may have the relay below a path, of which it does not hear.
func TestAddressesAreRelative(t *testing.T) {
	s := newSite(t, nil)
	for asked, to := range map[string]string{
		"/desktop":                  "https://www.example.com/chat/desktop/",
		"//foyer.js":                "https://www.example.com/chat/foyer.js",
		"/desktop//":                "https://www.example.com/chat/desktop/",
		"///chat//?deployment=shop": "https://www.example.com/chat/chat/?deployment=shop",
		"//evil.example/x":          "https://www.example.com/chat/evil.example/x",
		"//":                        "https://www.example.com/chat/",
	} {
		r := httptest.NewRequest(http.MethodGet, "https://relay.example"+asked, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		base, err := url.Parse("https://www.example.com/chat" + asked)
		must(t, err)
		got, err := base.Parse(w.Header().Get("Location"))
		must(t, err)
		if w.Code/100 != 3 || got.String() != to {
			t.Errorf("%s: %d, %s, not %s", asked, w.Code, got, to)
		}
	}
	dist := os.DirFS("../..")
	for _, page := range []string{"www/frame/bridge.html", "www/frame/continue.html", "www/loader/chat.html", "www/desktop/index.html"} {
		text, err := fs.ReadFile(dist, page)
		must(t, err)
		if found := regexp.MustCompile(`(src|href)="[/{][^"]*"`).Find(text); found != nil {
			t.Errorf("%s has an address from the root: %s", page, found)
		}
	}
}
