package main

import (
	"log/slog"
	"reflect"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/callback"
	"foyer/relay/chat"
	"foyer/relay/config"
	"foyer/relay/desk"
	"foyer/relay/engage"
	"foyer/relay/files"
	"foyer/relay/quota"
	"foyer/relay/store"
	"foyer/relay/throttle"
	"foyer/relay/wire"
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

// uploads counts files. It implements files.Watch.
type uploads struct {
	taken, bytes prometheus.Counter
	refused      *prometheus.CounterVec
	stored       prometheus.Gauge
}

var _ files.Watch = uploads{}

func watchFiles(r prometheus.Registerer) uploads {
	u := uploads{
		taken:   prometheus.NewCounter(prometheus.CounterOpts{Name: "foyer_files_total", Help: "Files that came into a chat."}),
		bytes:   prometheus.NewCounter(prometheus.CounterOpts{Name: "foyer_file_bytes_total", Help: "Bytes of the files that came into a chat."}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foyer_files_refused_total", Help: "Uploads that came to nothing, by the code of the answer."}, []string{"code"}),
		stored:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "foyer_file_bytes", Help: "Bytes of all files in the database, added up every ten minutes."}),
	}
	r.MustRegister(u.taken, u.bytes, u.refused, u.stored)
	return u
}

// Taken implements files.Watch, as the following do.
func (u uploads) Taken(bytes int64) {
	u.taken.Inc()
	u.bytes.Add(float64(bytes))
}

func (u uploads) Refused(why wire.Code) { u.refused.WithLabelValues(string(why)).Inc() }
func (u uploads) Stored(bytes int64)    { u.stored.Set(float64(bytes)) }

// engagement counts what rules and invitations come to. It implements engage.Watch.
type engagement struct {
	verdicts, failures, hooks *prometheus.CounterVec
	invited, answered         *prometheus.CounterVec
	behind                    prometheus.Counter
}

var _ engage.Watch = engagement{}

func watchEngagement(r prometheus.Registerer) engagement {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	e := engagement{
		verdicts: counters("foyer_rule_verdicts_total", "What rules said of events that met their conditions (fires, is held out, finds no agent, finds another invitation, has reached its limit).", "rule", "verdict"),
		failures: counters("foyer_rule_failures_total", "Conditions that could not be looked at, and actions that failed.", "rule"),
		hooks:    counters("foyer_webhook_calls_total", "Calls of webhooks that are over (answered, failed), with their repetitions.", "rule", "outcome"),
		invited:  counters("foyer_invitations_total", "Invitations that reached a page, by what they invite to (chat, callback).", "type"),
		answered: counters("foyer_invitation_results_total", "Results of invitations (accept, reject, timeout, cancelled, other).", "result"),
		behind:   prometheus.NewCounter(prometheus.CounterOpts{Name: "foyer_rule_dropped_total", Help: "Batches of events, and steps of rules, that no rule looked at because rules could not keep up."}),
	}
	r.MustRegister(e.behind)
	return e
}

// Decided implements engage.Watch, as the following do.
func (e engagement) Decided(rule string, v engage.Verdict) {
	e.verdicts.WithLabelValues(rule, string(v)).Inc()
}

func (e engagement) Failed(rule string)  { e.failures.WithLabelValues(rule).Inc() }
func (e engagement) Invited(kind string) { e.invited.WithLabelValues(kind).Inc() }
func (e engagement) Behind()             { e.behind.Inc() }

func (e engagement) Asked(rule string, err error) {
	outcome := "answered"
	if err != nil {
		outcome = "failed"
	}
	e.hooks.WithLabelValues(rule, outcome).Inc()
}

// Answered counts codes of the pages' own making together: whoever sends them decides how many there are.
func (e engagement) Answered(code string) {
	switch code {
	case engage.Accepted, engage.Rejected, engage.TimedOut, engage.Cancelled:
	default:
		code = "other"
	}
	e.answered.WithLabelValues(code).Inc()
}

// limits tells of the bounds of relay.yaml. It implements throttle.Watch and chat.Watch.
type limits struct {
	nearly, reached *prometheus.CounterVec
	log             *slog.Logger
}

var (
	_ throttle.Watch = limits{}
	_ chat.Watch     = limits{}
)

func watchLimits(r prometheus.Registerer, log *slog.Logger) limits {
	l := limits{log: log,
		nearly: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foyer_limit_nearly_total",
			Help: "Networks, browsers, visits, chats and deployments that came to 80 % of a limit, by its key below limits in relay.yaml."}, []string{"limit"}),
		reached: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foyer_limit_reached_total",
			Help: "What was refused because of a limit, by its key below limits in relay.yaml."}, []string{"limit"}),
	}
	r.MustRegister(l.nearly, l.reached)
	kind := reflect.TypeFor[config.Limits]()
	for i := range kind.NumField() {
		key := kind.Field(i).Tag.Get("yaml")
		l.nearly.WithLabelValues(key) // 0 is news too
		l.reached.WithLabelValues(key)
	}
	return l
}

// Nearly implements throttle.Watch and chat.Watch, as the following does.
func (l limits) Nearly(limit, whose string) {
	l.nearly.WithLabelValues(limit).Inc()
	l.log.Warn("80 % of limits."+limit+" are used; where many share an address, see trusted_proxies, or raise it in relay.yaml", "whose", whose)
}

func (l limits) Reached(limit, _ string) { l.reached.WithLabelValues(limit).Inc() }

// watchMemory tells how much waits for clients.
func watchMemory(r prometheus.Registerer, m quota.Memory) {
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "foyer_waiting_bytes",
		Help: "Bytes in memory that wait for clients, or are coming from them; limits.waiting of relay.yaml bounds it."},
		func() float64 { return float64(m.Used()) }))
}
