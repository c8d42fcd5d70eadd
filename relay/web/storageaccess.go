package web

import (
	"net/http"

	"foyer/relay/deployment"
	"foyer/relay/wire"
)

// activate lets the browser load the frame with access to the cookie that it shares with other sites, where the visitor
// has granted that on an earlier page and the deployment uses it. Answers what the frame is told of it.
// https://privacycg.github.io/storage-access-headers/
func (s *Site) activate(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) string {
	h := w.Header()
	h.Add("Vary", "Sec-Fetch-Storage-Access")
	if r.Header.Get("Sec-Fetch-Storage-Access") != "inactive" || !dep.AllowsRung(wire.RungActivate) {
		return ""
	}
	h.Set("Activate-Storage-Access", "load")
	return "true"
}
