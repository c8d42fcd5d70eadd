package native

import (
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/wire"
)

// Transports, as the metrics name them.
const (
	socketTransport = "socket"
	pollTransport   = "poll"
)

// metrics of the native clients.
type metrics struct {
	connections *prometheus.GaugeVec
	frames      *prometheus.CounterVec
	problems    *prometheus.CounterVec
	rungs       *prometheus.CounterVec
	handoffs    *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "foyer_native_connections", Help: "Native clients connected now, by transport (socket, poll).",
		}, []string{"transport"}),
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foyer_native_frames_total", Help: "Frames, by direction (in, out) and type number of the native protocol.",
		}, []string{"direction", "type"}),
		problems: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foyer_native_problems_total", Help: "Errors told to native clients, by code.",
		}, []string{"code"}),
		rungs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foyer_crossdomain_rung_total",
			Help: "Chats that a page took up, by the way in which it found them (session, handoff, cookie, activate, button, identity).",
		}, []string{"rung"}),
		handoffs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foyer_handoff_tokens_total", Help: "One-time tokens, by what became of them (minted, redeemed, refused).",
		}, []string{"outcome"}),
	}
	r.MustRegister(m.connections, m.frames, m.problems, m.rungs, m.handoffs)
	for _, rung := range wire.Rungs() {
		m.rungs.WithLabelValues(string(rung))
	}
	for _, transport := range []string{socketTransport, pollTransport} {
		m.connections.WithLabelValues(transport) // 0 is news too
	}
	return m
}

func (m metrics) frame(direction string, t wire.Type) {
	m.frames.WithLabelValues(direction, strconv.Itoa(int(t))).Inc()
}

func (m metrics) handoff(outcome string, n int) {
	m.handoffs.WithLabelValues(outcome).Add(float64(n))
}

// rung counts how a session was found. What a client says of it is taken only where it is one of ours.
func (m metrics) rung(found resumed, h *wire.Hello) {
	if found.session == "" || found.byToken || len(h.Resume) > 0 {
		return // a connection that comes back is no new page
	}
	said := h.Rung
	switch {
	case found.rung != "":
		said = found.rung
	case !slices.Contains(wire.Rungs(), said):
		said = wire.RungSession
	}
	m.rungs.WithLabelValues(string(said)).Inc()
}
