// Package web is the relay's HTTP surface: the files that browsers load, the pages that the relay fills in (frame, hosted
// chat, desktop, demo shops), health and metrics, and the table of policies under which every endpoint, the gateways'
// ones too, is reached.
//
// main makes one Site and serves it. The package must never give a pass to an origin that the deployment does not
// allow, and knows nothing of chats.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/access"
	"foyer/relay/deployment"
	"foyer/relay/throttle"
	"foyer/relay/wire"
	"foyer/www"
)

// Options is what a Site is made of. All fields are required unless they say otherwise.
type Options struct {
	Assets      fs.FS        // as www.Assets
	Manifest    www.Manifest // of Assets
	Resources   string       // folder of the operator's own files; "" for none
	KeepIn      string       // folder for the hashed files of the last builds; "" to keep none
	Deployments *deployment.Directory
	Access      *access.Service
	Ready       func(context.Context) error // nil when the relay can do its work; of an *Unready everybody is told why
	Metrics     prometheus.Gatherer
	Routes      []Route // of the gateways
	Dev         bool    // serve the demo shops
	// ServerAddresses are those from which the operator's programs may call without a key. It may change from call to
	// call. nil for none.
	ServerAddresses func() []netip.Prefix
	// Client gives the IP address that a request is counted for. Default: what throttle.Proxies says who trusts nobody.
	Client func(*http.Request) string
	// Unnamed tells of a request that a proxy of the operator's has passed on without saying for whom, which is told in the
	// log once. nil where nobody has proxies.
	Unnamed func(*http.Request) bool
	Now     func() time.Time
	Log     *slog.Logger
}

// Site answers all HTTP requests of the relay.
type Site struct {
	Options
	mux    *http.ServeMux
	table  []Route
	pages  pages
	texts  texts
	static static
	shops  *shops    // nil without Dev
	warned sync.Once // of a proxy that does not say for whom it asks

	readiness readiness
	crashes   *throttle.Limit // reports that are logged
}

// New puts a Site together. It fails where a template is faulty.
func New(o Options) (*Site, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = new(throttle.Proxies).Client
	}
	s := &Site{Options: o, mux: http.NewServeMux()}
	s.crashes = throttle.New(crashesPerSecond, crashesAtOnce, o.Now)
	if err := checkResources(o.Resources); err != nil {
		return nil, err
	}
	var err error
	if s.pages, err = parsePages(o.Assets); err != nil {
		return nil, err
	}
	if s.texts, err = readTexts(o.Assets, o.Manifest); err != nil {
		return nil, err
	}
	s.static = static{assets: o.Assets, manifest: o.Manifest}
	if o.KeepIn != "" {
		if s.static.kept, err = keepBuild(o.KeepIn, o.Assets, o.Manifest); err != nil {
			// Without them, pages that were opened before the next release lack some files then. A full disk must not keep
			// the relay from starting today.
			s.Log.Warn("the browser files of this build are not kept beside the data", "err", err)
		}
		s.static.dictionaries = newDictionaries(s.static.kept, o.Manifest, s.Log)
	}
	if o.Dev {
		if s.shops, err = parseShops(o.Assets); err != nil {
			return nil, err
		}
	}
	s.table = append(s.routes(), o.Routes...)
	for _, r := range s.table {
		s.mount(r)
	}
	return s, nil
}

// Table lists every endpoint there is, this package's own and the gateways', with its policy.
func (s *Site) Table() []Route { return slices.Clone(s.table) }

// routes is the table of this package's own endpoints; main adds those of the gateways.
func (s *Site) routes() []Route {
	routes := []Route{
		{Pattern: "GET /", Who: Anyone, Handler: s.file},
		{Pattern: "GET /{$}", Who: Anyone, Handler: s.root},
		{Pattern: "GET /deployment.js", Who: AllowedOrigins, OwnName: true, PerSecond: 50, Burst: 500, Deployment: hintsOfPage, Deployed: s.deploymentModule},
		{Pattern: "GET /bridge.html", Who: Anyone, OwnName: true, PerSecond: 50, Burst: 500, Handler: s.bridge},
		{Pattern: "GET /continue.html", Who: Anyone, OwnName: true, PerSecond: 50, Burst: 500, Handler: s.continuation},
		{Pattern: "GET /chat/{$}", Who: Anyone, OwnName: true, PerSecond: 50, Burst: 500, Handler: s.chatPage},
		{Pattern: "GET /desktop/{$}", Who: Anyone, OwnName: true, Handler: s.desktop},
		{Pattern: "GET /desktop", Who: Anyone, OwnName: true, Handler: toDesktop},
		{Pattern: "POST /native/v1/crash", Who: Anyone, OwnName: true, PerSecond: 0.1, Burst: 10, MaxBytes: crashBytes, Handler: s.crashed},
		{Pattern: "GET /healthz", Who: Anyone, Handler: s.healthy},
		{Pattern: "GET /readyz", Who: Anyone, Handler: s.ready},
		{Pattern: "GET /metrics", Who: KeyHolders, Handler: s.metrics()},
	}
	for _, pattern := range resourcePatterns {
		routes = append(routes, Route{Pattern: pattern, Who: Anyone, PerSecond: 200, Burst: 2000, Handler: s.resource})
	}
	for _, pattern := range scriptHosts {
		routes = append(routes, Route{Pattern: pattern, Who: Anyone, Handler: s.vendorFile})
	}
	return routes
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer s.recover(w, r)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "strict-origin-when-cross-origin")
	s.warnOfProxy(r)
	if s.shops != nil && s.shops.serve(w, r) {
		return
	}
	if tidied(w, r) {
		return
	}
	if allowed := s.otherMethods(r); allowed != "" {
		w.Header().Set("Allow", allowed)
		s.refuse(w, r, wire.Problemf(wire.CodeMethod, "%.20q is no method of this address; it has %s", r.Method, allowed))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// warnOfProxy tells the operator once that the proxy in front keeps visitors' addresses to itself. Those who look after
// the relay's health ask without a proxy.
func (s *Site) warnOfProxy(r *http.Request) {
	if s.Dev || s.Unnamed == nil || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics" || !s.Unnamed(r) {
		return
	}
	s.warned.Do(func() {
		s.Log.WarnContext(r.Context(), "the proxy in front does not say for whom it asks: all visitors count as one, and share one limit; let it set X-Forwarded-For", "proxy", r.RemoteAddr)
	})
}

// tidied sends who asks for a path with empty parts in it to the one without. The addresses to which the relay sends
// anybody are relative: a proxy may have it below a path, of which it does not hear.
func tidied(w http.ResponseWriter, r *http.Request) bool {
	asked := r.URL.EscapedPath()
	if !strings.Contains(asked, "//") {
		return false
	}
	tidy := asked
	for strings.Contains(tidy, "//") {
		tidy = strings.ReplaceAll(tidy, "//", "/")
	}
	to := strings.Repeat("../", strings.Count(asked, "/")-1) + strings.TrimPrefix(tidy, "/")
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusPermanentRedirect)
	return true
}

// otherMethods names the methods that an address has where it lacks that of a request; "" where it has it, or there is
// no such address.
func (s *Site) otherMethods(r *http.Request) string {
	h, pattern := s.mux.Handler(r)
	switch {
	case pattern == "":
		a := answerHeader{}
		h.ServeHTTP(a, r)
		return http.Header(a).Get("Allow")
	case isRest(pattern):
		// A GET of whatever else there may be, such as files, must not hide that this address is for something else.
		other := *r
		for _, other.Method = range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			if _, p := s.mux.Handler(&other); p != "" && !isRest(p) {
				return other.Method
			}
		}
	}
	return ""
}

// isRest tells whether a pattern is for all addresses below one that have none of their own.
func isRest(pattern string) bool {
	return strings.HasSuffix(pattern, "/") || strings.HasSuffix(pattern, "...}")
}

// answerHeader is a response of which nothing but the header is wanted.
type answerHeader http.Header

func (a answerHeader) Header() http.Header         { return http.Header(a) }
func (a answerHeader) WriteHeader(int)             {}
func (a answerHeader) Write(b []byte) (int, error) { return len(b), nil }

// recover keeps one faulty request from taking the relay down.
func (s *Site) recover(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Log.ErrorContext(r.Context(), "a request panicked", "method", r.Method, "path", r.URL.Path, "panic", p)
	s.refuse(w, r, wire.Problemf(wire.CodeInternal, "something went wrong at the relay"))
}

// refuse answers with an error's code and explanation, in JSON.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p *wire.Problem
	if !errors.As(err, &p) {
		s.Log.ErrorContext(r.Context(), "answer a request", "method", r.Method, "path", r.URL.Path, "err", err)
		p = wire.Problemf(wire.CodeInternal, "something went wrong at the relay")
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if p.RetryMs > 0 {
		h.Set("Retry-After", strconv.FormatInt((p.RetryMs+999)/1000, 10))
	}
	w.WriteHeader(wire.Means(p.Code).HTTP)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": p.Code, "text": p.Text}) // the client may have gone
}

// root has nothing to say, but that developers are shown the shop.
func (s *Site) root(w http.ResponseWriter, r *http.Request) {
	if s.shops == nil {
		http.NotFound(w, r)
		return
	}
	http.Redirect(w, r, s.shops.origin(r, "shop-a")+"/", http.StatusFound)
}
