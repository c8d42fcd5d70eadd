package native

import (
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
	}
	r.MustRegister(m.connections, m.frames, m.problems)
	for _, transport := range []string{socketTransport, pollTransport} {
		m.connections.WithLabelValues(transport) // 0 is news too
	}
	return m
}

func (m metrics) frame(direction string, t wire.Type) {
	m.frames.WithLabelValues(direction, strconv.Itoa(int(t))).Inc()
}
