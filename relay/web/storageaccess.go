package web

import (
	"net/http"

	"foyer/relay/access"
	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// activate lets the browser load the frame with access to the cookie that it shares with other sites, where the visitor
// has granted that on an earlier page and the deployment uses it. Answers what the frame is told of it.
// https://privacycg.github.io/storage-access-headers/
func (s *Site) activate(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) string {
	if !dep.AllowsRung(wire.RungActivate) || !loadWithAccess(w, r) {
		return ""
	}
	return "true"
}

// loadWithAccess has the browser load a document with its shared cookies, where the visitor has said yes to that before.
// Answers whether the browser has offered it.
func loadWithAccess(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Add("Vary", "Sec-Fetch-Storage-Access")
	if r.Header.Get("Sec-Fetch-Storage-Access") != "inactive" {
		return false
	}
	h.Set("Activate-Storage-Access", "load")
	return true
}

// hasCookie tells whether the browser has sent a chat's cookie along. It is for the frame to know whether to ask about it;
// what it leads to is decided where it is taken.
func hasCookie(r *http.Request, dep *deployment.Deployment) string {
	for _, secure := range []bool{true, false} {
		if _, err := r.Cookie(access.FrameCookieName(dep.Name, secure)); err == nil {
			return "true"
		}
	}
	return ""
}
