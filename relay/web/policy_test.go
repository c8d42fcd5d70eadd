package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"foyer/relay/deployment"
	"foyer/relay/throttle"
	"foyer/relay/wire"
)

func TestEndpointsForAllowedOrigins(t *testing.T) {
	called := ""
	s := newSite(t, func(o *Options) {
		o.Routes = []Route{{Pattern: "POST /events", Who: AllowedOrigins, Deployment: ByName("deployment"),
			Deployed: func(w http.ResponseWriter, _ *http.Request, d *deployment.Deployment) error {
				called = d.Name
				if d.Name == "quiet" {
					return wire.Problemf(wire.CodeForbidden, "not here")
				}
				w.WriteHeader(http.StatusNoContent)
				return nil
			}}}
	})
	cases := []struct {
		name, query, origin string
		status              int
		calls               string
	}{
		{"an allowed origin", "?deployment=shop", "https://shop.example", 204, "shop"},
		{"the relay's own frame", "?deployment=shop", "https://relay.example", 204, "shop"},
		{"found by origin", "", "https://shop.example", 204, "shop"},
		{"another origin", "?deployment=shop", "https://evil.example", 403, ""},
		{"an opaque origin", "?deployment=shop", "null", 403, ""},
		{"no origin", "?deployment=shop", "", 403, ""},
		{"unknown deployment", "?deployment=x", "https://shop.example", 404, ""},
		{"the handler's own refusal", "?deployment=quiet", "https://quiet.example", 403, "quiet"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			called = ""
			var header []string
			if c.origin != "" {
				header = []string{"Origin", c.origin}
			}
			r := s.do(http.MethodPost, "/events"+c.query, header...)
			wantStatus(t, r, c.status)
			if called != c.calls {
				t.Errorf("called for %q, not %q", called, c.calls)
			}
			allowed := r.Header.Get("Access-Control-Allow-Origin")
			if c.calls != "" && allowed != c.origin || c.calls == "" && allowed != "" {
				t.Errorf("%q may read the answer", allowed)
			}
			if allowed != "" {
				wantHeader(t, r, "Vary", "Origin")
			}
			wantHeader(t, r, "Access-Control-Allow-Credentials", "")
		})
	}
	r := s.do(http.MethodOptions, "/events?deployment=shop", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
	wantStatus(t, r, http.StatusNoContent)
	wantHeader(t, r, "Access-Control-Allow-Methods", "POST")
	wantStatus(t, s.do(http.MethodOptions, "/events?deployment=shop", "Origin", "https://evil.example"), http.StatusForbidden)
}

// TestWhatChangesSomethingSaysWhichPageAsks: a picture of another site makes the same GET as the relay's own frame.
func TestWhatChangesSomethingSaysWhichPageAsks(t *testing.T) {
	for _, fromPage := range []bool{true, false} {
		s := newSite(t, func(o *Options) {
			o.Routes = []Route{{Pattern: "GET /report", Who: AllowedOrigins, FromPage: fromPage, Deployment: ByName("deployment"),
				Deployed: func(w http.ResponseWriter, _ *http.Request, _ *deployment.Deployment) error {
					w.WriteHeader(http.StatusNoContent)
					return nil
				}}}
		})
		for what, c := range map[string]struct {
			header       []string
			told, untold int // with FromPage, and without
		}{
			"a page of the deployment":    {[]string{"Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"}, 204, 204},
			"the relay's own frame":       {[]string{"Sec-Fetch-Site", "same-origin"}, 204, 204},
			"the same, with its origin":   {[]string{"Origin", "https://relay.example"}, 204, 204},
			"a program":                   {nil, 403, 204},
			"a picture of another site":   {[]string{"Sec-Fetch-Site", "cross-site"}, 403, 204},
			"a picture of a sister site":  {[]string{"Sec-Fetch-Site", "same-site"}, 403, 204},
			"an address that was typed":   {[]string{"Sec-Fetch-Site", "none"}, 403, 204},
			"a page of somebody else":     {[]string{"Origin", "https://evil.example"}, 403, 403},
			"the same, saying it is here": {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"}, 403, 403},
		} {
			want := c.untold
			if fromPage {
				want = c.told
			}
			if got := s.get("/report?deployment=shop", c.header...).StatusCode; got != want {
				t.Errorf("%s, FromPage %v: %d, not %d", what, fromPage, got, want)
			}
		}
	}
}

func TestMetricsAreForKeyHolders(t *testing.T) {
	s := newSite(t, nil)
	key, err := s.access.AddMetricsKey(context.Background(), "prometheus")
	must(t, err)
	tenants, err := s.access.AddKey(context.Background(), "crm", "shop")
	must(t, err)
	everything, err := s.access.AddKey(context.Background(), "all", "")
	must(t, err)
	from := func(remote string, header ...string) int {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr, r.Host = remote, "localhost:8080"
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
			if header[i] == "Host" {
				r.Host = header[i+1]
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	cases := []struct {
		name   string
		status int
		remote string
		header []string
	}{
		{"from this machine, or through a proxy here that says nothing of itself", 403, "127.0.0.1:99", nil},
		{"from elsewhere", 403, "192.0.2.1:99", nil},
		{"from elsewhere through a proxy here", 403, "127.0.0.1:99", []string{"X-Forwarded-For", "192.0.2.1"}},
		{"from this machine, through a proxy that says no more than the scheme", 403, "127.0.0.1:99", []string{"X-Forwarded-Proto", "https"}},
		{"from a page in a browser here, by a name that leads here", 403, "127.0.0.1:99", []string{"Host", "rebound.example:8080"}},
		{"from this machine, by its address", 403, "127.0.0.1:99", []string{"Host", "[::1]:8080"}},
		{"with a tenant's key", 403, "192.0.2.1:99", []string{"X-API-Key", tenants}},
		{"with a key to the interfaces of all tenants", 403, "192.0.2.1:99", []string{"X-API-Key", everything}},
		{"with a key", 200, "192.0.2.1:99", []string{"X-API-Key", key}},
		{"with a bearer key", 200, "192.0.2.1:99", []string{"Authorization", "Bearer " + key}},
		{"with a wrong key", 403, "192.0.2.1:99", []string{"X-API-Key", "wrong"}},
	}
	for _, c := range cases {
		if got := from(c.remote, c.header...); got != c.status {
			t.Errorf("%s: %d, not %d", c.name, got, c.status)
		}
	}
	if _, err := s.access.CheckKey(context.Background(), key); err == nil {
		t.Error("a key to the metrics opens the interfaces for servers")
	}
	must(t, s.access.DisableKey(context.Background(), "prometheus"))
	if got := from("192.0.2.1:99", "X-API-Key", key); got != 403 {
		t.Errorf("with a disabled key: %d", got)
	}
}

func TestDevelopersReadMetricsWithoutAKey(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Dev = true })
	for remote, status := range map[string]int{"127.0.0.1:99": 200, "192.0.2.1:99": 403} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr, r.Host = remote, "localhost:8080"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("from %s: %d", remote, w.Code)
		}
	}
}

func TestListenerOfMetricsHasNothingElse(t *testing.T) {
	h := newSite(t, nil).MetricsOnly()
	for path, status := range map[string]int{"/metrics": 200, "/": 404, "/foyer.js": 404, "/desktop/": 404, "/server/data/visits": 404} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestProxyThatDoesNotSayForWhomIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	s := newSite(t, func(o *Options) {
		o.Unnamed = new(throttle.Proxies).Unnamed
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	ask := func(path, forwarded string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr, r.Host = "127.0.0.1:99", "relay.example"
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	ask("/healthz", "")
	ask("/foyer.js", "192.0.2.7")
	if strings.Contains(log.String(), "X-Forwarded-For") {
		t.Errorf("too early: %s", log.String())
	}
	for range 3 {
		ask("/foyer.js", "")
	}
	if n := strings.Count(log.String(), "let it set X-Forwarded-For"); n != 1 {
		t.Errorf("told %d times: %s", n, log.String())
	}
}

func TestEndpointsForServers(t *testing.T) {
	var called *Caller
	s := newSite(t, func(o *Options) {
		o.ServerAddresses = func() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")} }
		o.Routes = []Route{{Pattern: "POST /notify", Who: Servers, Served: func(w http.ResponseWriter, r *http.Request, c Caller) error {
			called = &c
			if r.URL.RawQuery == "fail" {
				return wire.Problemf(wire.CodeNoVisit, "not here")
			}
			return nil
		}}}
	})
	key, err := s.access.AddKey(context.Background(), "strategy", "shop")
	must(t, err)
	basic := func(password string) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.SetBasicAuth("anybody", password)
		return r.Header.Get("Authorization")
	}
	cases := []struct {
		name, remote, query string
		header              []string
		status              int
		caller              *Caller
	}{
		{"no key", "192.0.2.1:99", "", nil, 401, nil},
		{"not even from this machine", "127.0.0.1:99", "", nil, 401, nil},
		{"a key", "192.0.2.1:99", "", []string{"x-api-key", key}, 200, &Caller{"shop"}},
		{"a bearer token", "192.0.2.1:99", "", []string{"Authorization", "Bearer " + key}, 200, &Caller{"shop"}},
		{"in lower case", "192.0.2.1:99", "", []string{"Authorization", "bearer  " + key}, 200, &Caller{"shop"}},
		{"Basic authentication", "192.0.2.1:99", "", []string{"Authorization", basic(key)}, 200, &Caller{"shop"}},
		{"a wrong key", "192.0.2.1:99", "", []string{"x-api-key", "wrong"}, 403, nil},
		{"a wrong password", "192.0.2.1:99", "", []string{"Authorization", basic("wrong")}, 403, nil},
		{"a listed address", "198.51.100.7:99", "", nil, 200, &Caller{}},
		{"a listed address behind a proxy here", "127.0.0.1:99", "", []string{"X-Forwarded-For", "198.51.100.7"}, 200, &Caller{}},
		{"an address that says it is listed", "192.0.2.1:99", "", []string{"X-Forwarded-For", "198.51.100.7"}, 401, nil},
		{"a page in a browser at a listed address", "198.51.100.7:99", "", []string{"Origin", "https://evil.example"}, 401, nil},
		{"a wrong key from a listed address", "198.51.100.7:99", "", []string{"x-api-key", "wrong"}, 403, nil},
		{"the handler's own refusal", "198.51.100.7:99", "fail", nil, 404, &Caller{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			called = nil
			r := httptest.NewRequest(http.MethodPost, "/notify?"+c.query, nil)
			r.RemoteAddr = c.remote
			for i := 0; i < len(c.header); i += 2 {
				r.Header.Set(c.header[i], c.header[i+1])
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			wantStatus(t, w.Result(), c.status)
			if (called == nil) != (c.caller == nil) || called != nil && *called != *c.caller {
				t.Errorf("called for %v, not %v", called, c.caller)
			}
			if asks := w.Result().Header.Get("WWW-Authenticate") != ""; asks != (c.status == 401) {
				t.Errorf("asks for a password: %t", asks)
			}
		})
	}
}

func TestTooManyRequestsOfOneAddress(t *testing.T) {
	now := time.Unix(1000, 0)
	s := newSite(t, func(o *Options) {
		o.Now = func() time.Time { return now }
		o.Routes = []Route{{Pattern: "GET /some", PerSecond: 1, Burst: 2, Handler: func(w http.ResponseWriter, _ *http.Request) {}}}
	})
	for range 2 {
		wantStatus(t, s.get("/some"), http.StatusOK)
	}
	r := s.get("/some")
	wantStatus(t, r, http.StatusTooManyRequests)
	wantHeader(t, r, "Retry-After", "1")
	now = now.Add(time.Second)
	wantStatus(t, s.get("/some"), http.StatusOK)
}

func TestOtherMethodsAreRefusedWithACode(t *testing.T) {
	called := 0
	count := func(http.ResponseWriter, *http.Request) { called++ }
	s := newSite(t, func(o *Options) {
		o.Routes = []Route{{Pattern: "GET /some/{id}", Handler: count}, {Pattern: "DELETE /some/{id}", Handler: count},
			{Pattern: "POST /other", Who: AllowedOrigins, Deployment: ByName("deployment"),
				Deployed: func(http.ResponseWriter, *http.Request, *deployment.Deployment) error { called++; return nil }}}
	})
	for request, allow := range map[string]string{
		"POST /some/1": "DELETE, GET, HEAD", "PUT /some/1": "DELETE, GET, HEAD", "GET /other": "POST", "HEAD /other": "POST",
	} {
		method, path, _ := strings.Cut(request, " ")
		r := s.do(method, path)
		wantStatus(t, r, http.StatusMethodNotAllowed)
		wantHeader(t, r, "Allow", allow)
		wantHeader(t, r, "Content-Type", "application/json")
	}
	wantStatus(t, s.do(http.MethodGet, "/elsewhere"), http.StatusNotFound)
	wantStatus(t, s.do(http.MethodHead, "/some/1"), http.StatusOK)
	wantStatus(t, s.do(http.MethodDelete, "/some/1"), http.StatusOK)
	if called != 2 {
		t.Errorf("called %d times", called)
	}
}
