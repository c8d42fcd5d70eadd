package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"foyer/relay/deployment"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// Who may call an endpoint.
type Who int

const (
	// Anyone: what is public by nature, or decides for itself (the native hello).
	Anyone Who = iota
	// AllowedOrigins: pages of the origins that the deployment lists, and the relay's own pages. Browsers may read the answer.
	AllowedOrigins
	// KeyHolders: who has a key to the metrics.
	KeyHolders
	// Servers: the operator's programs. They have an API key, sent as X-API-Key, as a bearer token or as the password of
	// Basic authentication, or an address that relay.yaml lists.
	Servers
)

// Caller is a program that may call an endpoint for Servers.
type Caller struct {
	// Deployment is the only one that the caller may know of; "" for one of a listed address, which may know of all.
	Deployment string
}

// Route is one line of the table: an endpoint, who may call it, how often, under which name, and with how much.
type Route struct {
	Pattern   string // of http.ServeMux, with a method
	Who       Who
	PerSecond float64 // requests of one network (throttle.Network) in the long run; 0 for no limit
	Burst     int     // and at once
	MaxBytes  int64   // of a request's body; 0: no body is looked at
	// OwnName lets nobody in who calls the relay by a name that public_urls does not list: what is done here rests on who
	// the browser takes the relay for. Others answer under every name, as scripts of old pages have to.
	OwnName bool

	// FromPage lets nobody in who does not say which page asks: with AllowedOrigins, for a GET that changes something. A
	// picture or a link of another site makes the same request as a page of the relay, but without the origin.
	FromPage bool

	Handler http.HandlerFunc // unless Deployed is set

	// With AllowedOrigins: what the request says about its deployment (its origin is added), and the handler for a
	// request that may use it. A returned error is answered with its code.
	Deployment func(*http.Request) deployment.Hints
	Deployed   func(http.ResponseWriter, *http.Request, *deployment.Deployment) error

	// With Servers: the handler. A returned error is answered with its code.
	Served func(http.ResponseWriter, *http.Request, Caller) error
}

// ByName takes the name from a query parameter. It is for Route.Deployment.
func ByName(parameter string) func(*http.Request) deployment.Hints {
	return func(r *http.Request) deployment.Hints {
		return deployment.Hints{Name: r.URL.Query().Get(parameter)}
	}
}

func (s *Site) mount(route Route) {
	handler := route.Handler
	switch route.Who {
	case AllowedOrigins:
		handler = s.forAllowedOrigins(route)
		_, path, _ := strings.Cut(route.Pattern, " ")
		s.mux.HandleFunc("OPTIONS "+path, s.preflight(route))
	case KeyHolders:
		handler = s.forKeyHolders(handler)
	case Servers:
		handler = s.forServers(route.Served)
	}
	handler = s.bounded(route, handler)
	if route.PerSecond > 0 {
		handler = s.limited(route, handler)
	}
	s.mux.HandleFunc(route.Pattern, handler)
}

// bounded refuses what comes under a stranger's name, or with a body that is too large.
func (s *Site) bounded(route Route, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if route.OwnName && !s.Deployments.Answers(r.Host) {
			s.refuse(w, r, wire.Problemf(wire.CodeHost, "the relay does not answer under the name %.100q; public_urls of relay.yaml lists those under which it does", r.Host))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, route.MaxBytes)
		next(w, r)
	}
}

func (s *Site) limited(route Route, next http.HandlerFunc) http.HandlerFunc {
	limit := throttle.New(route.PerSecond, route.Burst, s.Now)
	return func(w http.ResponseWriter, r *http.Request) {
		if ok, wait := limit.Allow(throttle.Network(s.Client(r))); !ok {
			s.refuse(w, r, &wire.Problem{Code: wire.CodeRate, Text: "too many requests from this address", RetryMs: max(wait.Milliseconds(), 1)})
			return
		}
		next(w, r)
	}
}

func (s *Site) forAllowedOrigins(route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		dep, err := s.resolve(route, r)
		if err == nil {
			s.allowReading(w, r)
			err = route.Deployed(w, r, dep)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// resolve finds the deployment and checks the origin. Browsers send none with a plain GET of the same origin, and only
// then may it be missing; with FromPage they have to say that it is one.
func (s *Site) resolve(route Route, r *http.Request) (*deployment.Deployment, error) {
	origin := r.Header.Get("Origin")
	hints := route.Deployment(r)
	hints.Origin = origin
	saysSo := r.Header.Get("Sec-Fetch-Site") == "same-origin"
	if origin == "" && r.Method == http.MethodGet && (saysSo || !route.FromPage) || s.Deployments.Own(origin, r.Host) {
		return s.Deployments.Resolve(hints)
	}
	return s.Deployments.ResolveFor(hints)
}

func (s *Site) allowReading(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// preflight answers a browser that asks before it calls.
func (s *Site) preflight(route Route) http.HandlerFunc {
	method, _, _ := strings.Cut(route.Pattern, " ")
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.resolve(route, r); err != nil {
			s.refuse(w, r, err)
			return
		}
		s.allowReading(w, r)
		w.Header().Set("Access-Control-Allow-Methods", method)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *Site) forKeyHolders(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// A proxy that says nothing of itself makes everybody look as if they were here: only a developer's machine has none.
		if s.Dev && fromThisMachine(r) {
			next(w, r)
			return
		}
		key, _ := presentedKey(r)
		if err := s.Access.CheckMetricsKey(r.Context(), key); err != nil {
			s.refuse(w, r, err)
			return
		}
		next(w, r)
	}
}

// presentedKey is the API key that a request shows, if any.
func presentedKey(r *http.Request) (key string, ok bool) {
	if key := r.Header.Get("X-API-Key"); key != "" {
		return key, true
	}
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(bearer), true
	}
	_, password, ok := r.BasicAuth()
	return password, ok
}

func (s *Site) forServers(next func(http.ResponseWriter, *http.Request, Caller) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		caller, err := s.caller(r)
		if err == nil {
			err = next(w, r, caller)
		} else if errors.Is(err, &wire.Problem{Code: wire.CodeToken}) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Foyer"`)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// caller finds out which of the operator's programs calls.
func (s *Site) caller(r *http.Request) (Caller, error) {
	if key, ok := presentedKey(r); ok {
		k, err := s.Access.CheckKey(r.Context(), key)
		return Caller{Deployment: k.Deployment}, err
	}
	// A browser on a listed machine may be told by any page to call: it says so with Origin, and has to show a key.
	if r.Header.Get("Origin") == "" && s.ServerAddresses != nil {
		if at, err := netip.ParseAddr(s.Client(r)); err == nil && contains(s.ServerAddresses(), at) {
			return Caller{}, nil
		}
	}
	return Caller{}, wire.Problemf(wire.CodeToken, "an API key is needed: as x-api-key, as a bearer token, or as the password of Basic authentication")
}

func contains(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a) })
}

// fromThisMachine tells whether a request was made here, by this machine's own name or address, and not passed on by a
// proxy. A proxy that says nothing of itself and calls the relay by its address looks the same.
func fromThisMachine(r *http.Request) bool {
	for _, passedOn := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"} {
		if r.Header.Get(passedOn) != "" {
			return false
		}
	}
	if !deployment.IsLoopback(r.Host) {
		return false
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}
