package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyLimit is how long the database may take to answer for the relay to count as ready.
const readyLimit = 2 * time.Second

// readyFor is how long an answer to /readyz holds for others who ask: everybody may, and finding out writes to the disk.
const readyFor = time.Second

// Unready is why the relay is not ready. Says is a sentence for everybody: /readyz answers with it. It must hold no path, no
// address and no secret; Err, which may, is only logged.
type Unready struct {
	Says string
	Err  error // may be nil
}

func (u *Unready) Error() string {
	if u.Err == nil {
		return u.Says
	}
	return u.Err.Error()
}

func (u *Unready) Unwrap() error { return u.Err }

// readiness asks the relay whether it is ready, once for all who want to know at the same time.
type readiness struct {
	mu  sync.Mutex
	at  time.Time // when err was found
	err error
}

func (r *readiness) check(now func() time.Time, find func(context.Context) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := now().Sub(r.at); age >= 0 && age < readyFor {
		return r.err
	}
	// Not the request's context: a prober that has gone would leave its error to the others.
	ctx, cancel := context.WithTimeout(context.Background(), readyLimit)
	defer cancel()
	r.err = find(ctx)
	r.at = now()
	return r.err
}

// healthy says that the process answers: GET /healthz.
func (s *Site) healthy(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// ready says that the relay can do its work, and should get some: GET /readyz.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.readiness.check(s.Now, s.Ready); err != nil {
		s.Log.WarnContext(r.Context(), "not ready", "err", err)
		says := "not ready\n"
		if u := (*Unready)(nil); errors.As(err, &u) {
			says = "not ready: " + u.Says + "\n"
		}
		plain(w, http.StatusServiceUnavailable, says)
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

// MetricsOnly has /metrics for everybody, and nothing else: for a listener of its own.
func (s *Site) MetricsOnly() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", s.metrics())
	return mux
}
