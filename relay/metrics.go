package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/callback"
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

// desktops are what tells agents.
type desktops interface {
	desk.Live
	callback.Live
}

// routing counts what is told to agents about offers, on its way.
type routing struct {
	desktops
	offers *prometheus.CounterVec
}

func countRouting(next desktops, r prometheus.Registerer) desktops {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foyer_offers_total", Help: "Conversations and calls offered to agents, and what became of them (made, accepted, rejected, timeout, ended).",
	}, []string{"outcome"})
	r.MustRegister(c)
	return routing{next, c}
}

// Offer implements desk.Live.
func (r routing) Offer(agent string, s chat.Session) {
	r.offers.WithLabelValues("made").Inc()
	r.desktops.Offer(agent, s)
}

// OfferGone implements desk.Live.
func (r routing) OfferGone(agent, offer, reason string) {
	r.offers.WithLabelValues(reason).Inc()
	r.desktops.OfferGone(agent, offer, reason)
}

// Opened implements desk.Live.
func (r routing) Opened(agent, offer string, s chat.Session) {
	r.offers.WithLabelValues("accepted").Inc()
	r.desktops.Opened(agent, offer, s)
}

// CallbackOffer implements callback.Live.
func (r routing) CallbackOffer(agent string, c callback.Callback) {
	r.offers.WithLabelValues("made").Inc()
	r.desktops.CallbackOffer(agent, c)
}

// CallbackOpened implements callback.Live.
func (r routing) CallbackOpened(agent, offer string, c callback.Callback) {
	r.offers.WithLabelValues("accepted").Inc()
	r.desktops.CallbackOpened(agent, offer, c)
}
