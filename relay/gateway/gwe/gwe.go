// Package gwe is the gateway of the Genesys Web Engagement server interfaces (spec/gwe-server.md): the History REST API,
// the Notification Service, the engagement gateway, pacing and dispositions, under all prefixes that its versions used.
//
// main mounts Routes. The package decodes, calls the domain and encodes; who may call is in its table of routes. It must
// never answer 2xx to something that the domain has not taken, nor tell a key holder about another deployment.
package gwe

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

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
		all = append(all,
			web.Route{Pattern: "POST " + prefix + "/notification/notify/{visitID}", Who: web.Servers, MaxBytes: notifyBytes, Served: g.notify},
			web.Route{Pattern: "POST " + prefix + "/gateway/engage", Who: web.Servers, MaxBytes: engageBytes, Served: g.engage},
			web.Route{Pattern: "POST " + prefix + "/gateway/noengage", Who: web.Servers, MaxBytes: engageBytes, Served: g.noEngage},
			forPages(prefix+"/pacing/reactiveState", g.reactiveState),
			forPages(prefix+"/pacing/channelCapacity", g.channelCapacity),
			forPages(prefix+"/notification/disposition", g.disposition))
		for _, r := range resources() {
			for _, path := range []string{"/" + string(r), "/" + string(r) + "/{id}", "/" + string(r) + "/{id}/{children}"} {
				all = append(all, web.Route{Pattern: "GET " + prefix + path, Who: web.Servers, Served: g.history(r)})
			}
		}
	}
	return all
}

// forPages is what pages of allowed origins ask for, not too often.
func forPages(path string, h func(http.ResponseWriter, *http.Request, *deployment.Deployment) error) web.Route {
	return web.Route{Pattern: "GET " + path, Who: web.AllowedOrigins, PerSecond: 10, Burst: 200,
		Deployment: web.ByName("deployment"), Deployed: h}
}

// readBody reads a request's body of at most max bytes. Codes: CodeTooLarge, CodeBadRequest.
func readBody(w http.ResponseWriter, r *http.Request, max int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, wire.Problemf(wire.CodeTooLarge, "a body may have %d bytes", max)
	case err != nil:
		return nil, wire.Problemf(wire.CodeBadRequest, "the body did not arrive whole: %v", err)
	}
	return b, nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone asks again, or not
}
