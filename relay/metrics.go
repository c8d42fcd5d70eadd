package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/chat"
	"foyer/relay/desk"
	"foyer/relay/store"
)

// observeCommits counts what the store's committers do.
func observeCommits(r prometheus.Registerer) func(store.Batch) {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "foyer_commit_seconds", Help: "From the first statement of a transaction until it was durable, by kind (chat, events).",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"kind"})
	size := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "foyer_commit_changes", Help: "Changes in one transaction, by kind.",
		Buckets: prometheus.ExponentialBuckets(1, 2, 10),
	}, []string{"kind"})
	failed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foyer_commit_failures_total", Help: "Transactions that the database refused, by kind.",
	}, []string{"kind"})
	r.MustRegister(seconds, size, failed)
	return func(b store.Batch) {
		seconds.WithLabelValues(b.Kind).Observe(b.Took.Seconds())
		size.WithLabelValues(b.Kind).Observe(float64(b.Size))
		if b.Error != nil {
			failed.WithLabelValues(b.Kind).Inc()
		}
	}
}

// routing counts what is told to agents about offers, on its way.
type routing struct {
	desk.Live
	offers *prometheus.CounterVec
}

func countRouting(next desk.Live, r prometheus.Registerer) desk.Live {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foyer_offers_total", Help: "Conversations offered to agents, and what became of them (made, accepted, rejected, timeout, ended).",
	}, []string{"outcome"})
	r.MustRegister(c)
	return routing{next, c}
}

// Offer implements desk.Live.
func (r routing) Offer(agent string, s chat.Session) {
	r.offers.WithLabelValues("made").Inc()
	r.Live.Offer(agent, s)
}

// OfferGone implements desk.Live.
func (r routing) OfferGone(agent, offer, reason string) {
	r.offers.WithLabelValues(reason).Inc()
	r.Live.OfferGone(agent, offer, reason)
}

// Opened implements desk.Live.
func (r routing) Opened(agent, offer string, s chat.Session) {
	r.offers.WithLabelValues("accepted").Inc()
	r.Live.Opened(agent, offer, s)
}
