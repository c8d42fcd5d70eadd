// Package gwe is the gateway of the Genesys Web Engagement server interfaces (spec/gwe-server.md): the History REST API,
// the Notification Service, the engagement gateway, pacing and dispositions, under all prefixes that its versions used.
//
// main mounts Routes. The package decodes, calls the domain and encodes; who may call is in its table of routes. It must
// never answer 2xx to something that the domain has not taken, nor tell a key holder about another deployment.
package gwe

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"foyer/relay/deployment"
	"foyer/relay/engage"
	"foyer/relay/notify"
	"foyer/relay/visit"
	"foyer/relay/web"
	"foyer/relay/wire"
)

// Clock gives the time, so that tests own it.
type Clock interface{ NowMs() int64 }

// Options is what a Gateway is made of. All fields are required.
type Options struct {
	Archive *visit.Archive
	Notify  *notify.Service
	Engage  *engage.Service
	Clock   Clock
}

// Gateway answers the requests.
type Gateway struct{ Options }

// New makes a Gateway.
func New(o Options) *Gateway { return &Gateway{o} }

// prefixes are those of the server's versions: 8.5, and the two applications of 8.1.2. All serve the same.
func prefixes() []string { return []string{"/server/data", "/frontend/data", "/backend/data"} }

// Routes is the table of endpoints.
func (g *Gateway) Routes() []web.Route {
	var all []web.Route
	for _, prefix := range prefixes() {
		for _, route := range append(g.endpoints(), g.lists()...) {
			method, path, _ := strings.Cut(route.Pattern, " ")
			for _, ending := range []string{"", "/{$}"} { // scripts of old put addresses together with a / too many
				route.Pattern = method + " " + prefix + path + ending
				all = append(all, route)
			}
		}
		all = append(all, web.Route{Pattern: "GET " + prefix + "/{path...}", Who: web.Anyone, Handler: noEndpoint})
	}
	return all
}

// endpoints are those of notification, engagement and pacing.
func (g *Gateway) endpoints() []web.Route {
	return []web.Route{
		{Pattern: "POST /notification/notify/{visitID}", Who: web.Servers, MaxBytes: notifyBytes, Served: g.notify},
		{Pattern: "POST /gateway/engage", Who: web.Servers, MaxBytes: engageBytes, Served: g.engage},
		{Pattern: "POST /gateway/noengage", Who: web.Servers, MaxBytes: engageBytes, Served: g.noEngage},
		forPages("/pacing/reactiveState", g.reactiveState),
		forPages("/pacing/channelCapacity", g.channelCapacity),
		fromPages("/notification/disposition", g.disposition),
	}
}

// lists are those of the history.
func (g *Gateway) lists() []web.Route {
	var all []web.Route
	for _, r := range resources() {
		for _, path := range []string{"/" + string(r), "/" + string(r) + "/{id}", "/" + string(r) + "/{id}/{children}"} {
			all = append(all, web.Route{Pattern: "GET " + path, Who: web.Servers, Served: g.history(r)})
		}
	}
	return all
}

// forPages is what pages of allowed origins ask for, not too often.
func forPages(path string, h func(http.ResponseWriter, *http.Request, *deployment.Deployment) error) web.Route {
	return web.Route{Pattern: "GET " + path, Who: web.AllowedOrigins, PerSecond: 10, Burst: 200,
		Deployment: web.ByName("deployment"), Deployed: h}
}

// fromPages is forPages for what changes something.
func fromPages(path string, h func(http.ResponseWriter, *http.Request, *deployment.Deployment) error) web.Route {
	route := forPages(path, h)
	route.FromPage = true
	return route
}

// noEndpoint answers for addresses that mean nothing.
func noEndpoint(w http.ResponseWriter, _ *http.Request) {
	answer(w, wire.Means(wire.CodeNoEndpoint).HTTP, map[string]any{"code": wire.CodeNoEndpoint, "text": "there is nothing at this address"})
}

// readBody reads a request's JSON of at most max bytes, whatever the request calls it: strategies of old send text/plain,
// or no type. Codes: CodeTooLarge, CodeBadRequest.
func readBody(w http.ResponseWriter, r *http.Request, max int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, wire.Problemf(wire.CodeTooLarge, "a body may have %d bytes", max)
	case err != nil:
		return nil, wire.Problemf(wire.CodeBadRequest, "the body did not arrive whole: %v", err)
	case !utf8.Valid(b):
		return nil, wire.Problemf(wire.CodeBadRequest, "the body is not UTF-8")
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), nil // some editors and servers begin a text with this mark
}

// queryOf reads the parameters of a request. One that cannot be read must not be taken for one that is missing: a filter
// that is left out tells more than was asked for. Codes: CodeBadRequest.
func queryOf(r *http.Request) (url.Values, error) {
	v, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, wire.Problemf(wire.CodeBadRequest, "the parameters cannot be read: %v", err)
	}
	return v, nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone asks again, or not
}
