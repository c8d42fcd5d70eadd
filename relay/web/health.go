package web

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyLimit is how long the database may take to answer for the relay to count as ready.
const readyLimit = 2 * time.Second

// healthy says that the process answers: GET /healthz.
func (s *Site) healthy(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// ready says that the relay can do its work, and should get some: GET /readyz.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.WarnContext(ctx, "not ready", "err", err)
		plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the prober may have gone
}

// metrics is GET /metrics, in the text format of Prometheus.
func (s *Site) metrics() http.HandlerFunc {
	return promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}).ServeHTTP
}
