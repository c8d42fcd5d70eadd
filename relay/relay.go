package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"foyer/relay/access"
	"foyer/relay/callback"
	"foyer/relay/chat"
	"foyer/relay/clock"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/desk"
	"foyer/relay/engage"
	"foyer/relay/files"
	"foyer/relay/gateway/gwe"
	"foyer/relay/gateway/native"
	"foyer/relay/gateway/upload"
	"foyer/relay/live"
	"foyer/relay/notify"
	"foyer/relay/quota"
	"foyer/relay/retention"
	"foyer/relay/store"
	"foyer/relay/throttle"
	"foyer/relay/visit"
	"foyer/relay/web"
	"foyer/relay/webhook"
	"foyer/relay/wire"
	"foyer/www"
)

// relay is everything put together.
type relay struct {
	options     config.Options
	log         *slog.Logger
	build       string // of the bundled files
	store       *store.Store
	deployments *deployment.Directory
	access      *access.Service
	desk        *desk.Service
	files       *files.Service
	native      *native.Gateway
	upload      *upload.Gateway
	gwe         *gwe.Gateway
	engine      *engage.Engine
	sweepers    []retention.Sweeper // of what is too old
	vanished    chat.Vanished
	servers     atomic.Pointer[[]netip.Prefix] // addresses that need no key
	proxies     throttle.Proxies
	limits      atomic.Pointer[config.Limits]
	signInMs    atomic.Int64                        // how long an agent's sign-in lasts
	queues      atomic.Pointer[map[string][]string] // of agents who do not work for all of them, by username
	site        *web.Site
	draining    atomic.Bool
	trying      atomic.Bool // whether the database can be written
	claimed     func() bool // whether this is the only relay with the database; nil where that is certain
}

// build puts the parts together. Nothing runs yet; the caller closes the store.
func build(ctx context.Context, o config.Options, log *slog.Logger) (*relay, error) {
	file, err := loadFile(o)
	if err != nil {
		return nil, err
	}
	r := &relay{options: o, log: log}
	r.listAddresses(file)
	r.listQueues(file)
	r.limits.Store(&file.Limits)
	r.signInMs.Store(int64(file.SignInHours) * 3600_000)
	if r.deployments, err = deployment.NewDirectory(file, o.Dev); err != nil {
		return nil, err
	}
	rules, err := engage.Compile(file.Rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Config, err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.store, err = store.Open(ctx, store.Options{Database: o.Database, Dir: o.Data, Logger: log, Observe: observeCommits(registry)})
	if err != nil {
		return nil, err
	}
	if err := r.wire(registry); err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	r.engine.SetRules(rules)
	if err := r.ensureAgents(ctx, file); err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	r.warnOfForgotten(ctx)
	return r, nil
}

func loadFile(o config.Options) (config.File, error) {
	if o.Config != "" {
		return config.Load(o.Config)
	}
	if o.Dev {
		return config.Parse([]byte(demoRules))
	}
	return config.Parse(nil)
}

// wire makes the domain and what is around it.
func (r *relay) wire(registry *prometheus.Registry) error {
	manifest, err := www.LoadManifest()
	if errors.Is(err, www.ErrNotBundled) {
		r.log.Warn("this binary has no files for browsers; only programs can use it", "err", err)
	} else if err != nil {
		return err
	}
	r.build = manifest.Build
	now, ids := clock.System{}, chat.UUIDs{}
	if r.access, err = access.NewService(access.Options{Store: r.store.Access(), Clock: now, IDs: ids, SignInMs: r.signInMs.Load}); err != nil {
		return err
	}
	limits, watch := func() config.Limits { return *r.limits.Load() }, watchLimits(registry, r.log)
	kept, memory := quota.NewService(limits, now.UpMs, watch), quota.NewMemory(limits, watch)
	watchMemory(registry, memory)
	hub := live.NewHub(live.Options{Clock: now, Limits: r.hubLimits})
	chats := chat.NewService(chat.Options{Store: r.store.Chat(), Live: hub, Clock: now, IDs: ids,
		Entries: func() int64 { return int64(limits().Entries) }, Watch: watch})
	visits := visit.NewService(visit.Options{Store: r.store.Visits(), Live: hub, Clock: now, Parameters: r.parameters})
	routing := countRouting(hub, registry)
	calls := callback.NewService(callback.Options{Store: r.store.Callbacks(), Live: routing, Clock: now, IDs: ids})
	r.desk = desk.NewService(desk.Options{Chats: chats, Live: routing, Clock: now, IDs: ids, Log: r.log,
		Sources: []desk.Source{calls.Source()}, QueuesOf: r.queuesOf})
	calls.RouteWith(r.desk)
	r.native = native.New(native.Options{Chats: chats, Visits: visits, Desk: r.desk, Callbacks: calls, Access: r.access, Hub: hub,
		Deployments: r.deployments, Clock: now, IDs: ids, Build: manifest.Build, Metrics: registry, Client: r.proxies.Client,
		Limits: limits, Watch: watch, Quota: kept, Memory: &memory, Log: r.log})
	r.files = files.NewService(files.Options{Store: r.store.Files(), Chats: chats, Rules: r.fileRules, Clock: now, IDs: ids,
		Watch: watchFiles(registry), Charge: chargeFiles(kept), Logger: r.log})
	r.upload = upload.New(upload.Options{Files: r.files, Access: r.access, Own: r.deployments.Own, Client: r.proxies.Client, Memory: &memory,
		IdentityRequired: r.identityRequired, NowMs: now.NowMs, Log: r.log})
	archive := visit.NewArchive(r.store.History())
	notifier := notify.NewService(hub, archive)
	engagement := engage.NewService(engage.Options{Desk: r.desk, Notify: notifier, Visits: visits, Archive: archive, Clock: now, IDs: ids,
		QueueOf: r.queueOf, Watch: watchEngagement(registry)})
	r.engine = engage.NewEngine(engagement, webhook.New(now, ids), r.log)
	r.gwe = gwe.New(gwe.Options{Archive: archive, Notify: notifier, Engage: engagement, Clock: now})
	r.vanished = chat.Vanished{Chats: chats, Presence: hub, Clock: now, AfterMs: r.vanishedAfterMs, Log: r.log}
	r.sweepers = []retention.Sweeper{
		{What: "events", Delete: r.store.History().DeleteEvents, Days: r.eventDays, Clock: now, Log: r.log},
		{What: "chats", AtOnce: 10, Delete: r.store.DeleteChats, Days: r.chatDays, Clock: now, Log: r.log}, // with their logs and files
		{What: "callbacks", Delete: r.store.Callbacks().DeleteOver, Days: r.eventDays, Clock: now, Log: r.log},
	}
	r.site, err = web.New(web.Options{Assets: www.Assets(), Manifest: manifest, Resources: r.options.Resources, KeepIn: filepath.Join(r.options.Data, "assets"),
		Deployments: r.deployments, Access: r.access, Ready: r.ready, Metrics: registry, Routes: r.routes(),
		ServerAddresses: func() []netip.Prefix { return *r.servers.Load() }, Client: r.proxies.Client, Unnamed: r.proxies.Unnamed,
		Dev: r.options.Dev, Now: time.Now, Log: r.log})
	return err
}

// routes are the gateways' endpoints and who may call them; relay/web has those of its own. The native hello and the
// requests about files decide about origins and tokens themselves.
func (r *relay) routes() []web.Route {
	n, u := r.native, r.upload
	const own = true // see web.Route.OwnName
	return append(r.gwe.Routes(), []web.Route{
		{Pattern: "GET /native/v1/socket", Who: web.Anyone, OwnName: own, PerSecond: 50, Burst: 500, Handler: n.Socket},
		{Pattern: "POST /native/v1/poll", Who: web.Anyone, OwnName: own, PerSecond: 500, Burst: 5000, MaxBytes: wire.MaxFrame, Handler: n.Poll},
		{Pattern: "DELETE /native/v1/poll", Who: web.Anyone, OwnName: own, PerSecond: 50, Burst: 500, Handler: n.ClosePoll},
		{Pattern: "POST /native/v1/send", Who: web.Anyone, OwnName: own, PerSecond: 500, Burst: 5000, MaxBytes: native.SendBytes, Handler: n.Send},
		{Pattern: "POST /native/v1/handoff", Who: web.Anyone, OwnName: own, PerSecond: 2, Burst: 30, MaxBytes: wire.MaxFrame, Handler: n.Handoff},
		{Pattern: "POST /native/v1/events", Who: web.AllowedOrigins, OwnName: own, PerSecond: 50, Burst: 500, MaxBytes: native.BeaconBytes,
			Deployment: web.ByName("deployment"), Deployed: n.Events},
		{Pattern: "POST /native/v1/frame/keep", Who: web.Anyone, OwnName: own, PerSecond: 20, Burst: 200, MaxBytes: native.FrameBytes, Handler: n.KeepCookie},
		{Pattern: "POST /native/v1/frame/take", Who: web.Anyone, OwnName: own, PerSecond: 20, Burst: 200, MaxBytes: native.FrameBytes, Handler: n.TakeCookie},
		{Pattern: "POST /native/v1/frame/drop", Who: web.Anyone, OwnName: own, PerSecond: 20, Burst: 200, MaxBytes: native.FrameBytes, Handler: n.DropCookie},
		{Pattern: "POST /native/v1/files", Who: web.Anyone, OwnName: own, PerSecond: 5, Burst: 100, MaxBytes: config.MaxFileSize, Handler: u.Upload},
		{Pattern: "GET /native/v1/files/limits", Who: web.Anyone, OwnName: own, PerSecond: 50, Burst: 500, Handler: u.Limits},
		{Pattern: "GET /native/v1/files/{id}", Who: web.Anyone, OwnName: own, PerSecond: 50, Burst: 500, Handler: u.Download},
		{Pattern: "DELETE /native/v1/files/{id}", Who: web.Anyone, OwnName: own, PerSecond: 5, Burst: 100, Handler: u.Delete},
	}...)
}

// listAddresses takes up the addresses whose programs may call without a key, and those of the proxies.
func (r *relay) listAddresses(file config.File) {
	servers := networks(file.ServerAddresses)
	r.servers.Store(&servers)
	r.proxies.Trust(networks(file.TrustedProxies))
}

func networks(addresses []config.Addresses) []netip.Prefix {
	all := make([]netip.Prefix, len(addresses))
	for i, a := range addresses {
		all[i] = netip.Prefix(a)
	}
	return all
}

// listQueues takes up for which queues agents work.
func (r *relay) listQueues(file config.File) {
	queues := map[string][]string{}
	for _, a := range file.Agents {
		queues[a.Username] = a.Queues
	}
	r.queues.Store(&queues)
}

// queuesOf names the queues of an agent; nil for all. What relay.yaml says of its agents holds from the moment it is read,
// also for desktops that are open.
func (r *relay) queuesOf(a access.Agent) []string {
	if queues, ok := (*r.queues.Load())[a.Username]; ok {
		return queues
	}
	return a.Queues
}

// queueOf names the queue of a deployment.
func (r *relay) queueOf(name string) string {
	dep, err := r.deployments.Resolve(deployment.Hints{Name: name})
	if err != nil {
		return name
	}
	return dep.Queue
}

// parameters are what is recorded of a deployment's addresses.
func (r *relay) parameters(name string) visit.Parameters {
	dep, err := r.deployments.Resolve(deployment.Hints{Name: name})
	if err != nil {
		return nil
	}
	return dep.Parameters
}

// identityRequired tells of deployments in which nobody chats without an identity.
func (r *relay) identityRequired(name string) bool {
	dep, err := r.deployments.Resolve(deployment.Hints{Name: name})
	return err == nil && dep.IdentityRequired
}

// eventDays gives for how many days each deployment keeps what was recorded of visits.
func (r *relay) eventDays() map[string]int {
	days := map[string]int{}
	for _, d := range r.deployments.All() {
		days[d.Name] = d.EventDays
	}
	return days
}

// chatDays gives for how many days each deployment keeps chats that are over, where it does not keep them for ever.
func (r *relay) chatDays() map[string]int {
	days := map[string]int{}
	for _, d := range r.deployments.All() {
		if d.ChatDays > 0 {
			days[d.Name] = d.ChatDays
		}
	}
	return days
}

// vanishedSecs is how long the visitor of a waiting chat may be away, where one relay sees all visitors.
const vanishedSecs = 30 * 60

// vanishedAfterMs is the same for a deployment; 0 for ever.
func (r *relay) vanishedAfterMs(name string) int64 {
	dep, err := r.deployments.Resolve(deployment.Hints{Name: name})
	switch {
	case err != nil: // it is no longer configured, and its visitors cannot come back
		return vanishedSecs * 1000
	case dep.VanishedSecs > 0:
		return int64(dep.VanishedSecs) * 1000
	case dep.VanishedSecs < 0, r.options.Database != "":
		return 0
	}
	return vanishedSecs * 1000
}

// ready says why the relay should get no work just now. It writes something, since a database that can be read but not
// written is of no use, and gives up when ctx ends, however long the disk takes.
func (r *relay) ready(ctx context.Context) error {
	if r.draining.Load() {
		return &web.Unready{Says: "The relay is ending."}
	}
	if r.claimed != nil && !r.claimed() {
		return &web.Unready{Says: "The database is not claimed: another relay may have it."}
	}
	if !r.trying.CompareAndSwap(false, true) {
		return &web.Unready{Says: "The database has not answered since it was last asked."}
	}
	found := make(chan error, 1)
	go func() {
		defer r.trying.Store(false)
		found <- r.store.Ping(ctx)
	}()
	select {
	case err := <-found:
		if err != nil {
			return &web.Unready{Says: store.Says(err), Err: err}
		}
		return nil
	case <-ctx.Done():
		return &web.Unready{Says: store.Says(ctx.Err()), Err: fmt.Errorf("the database does not answer: %w", ctx.Err())}
	}
}

// reload takes relay.yaml up again. A faulty file changes nothing.
func (r *relay) reload(ctx context.Context) {
	if r.options.Config == "" {
		r.log.Info("nothing to read again: the relay was started without --config")
		return
	}
	file, err := loadFile(r.options)
	var rules []*engage.Rule
	if err == nil {
		rules, err = engage.Compile(file.Rules)
	}
	if err == nil {
		err = r.deployments.Replace(file)
	}
	if err == nil {
		err = r.ensureAgents(ctx, file)
	}
	if err != nil {
		r.log.Error("relay.yaml was not taken up, the old one stays", "err", err)
		return
	}
	r.listAddresses(file)
	r.listQueues(file)
	r.limits.Store(&file.Limits)
	r.signInMs.Store(int64(file.SignInHours) * 3600_000)
	r.desk.Wake() // agents may work for other queues now
	r.engine.SetRules(rules)
	r.warnOfForgotten(ctx)
	r.log.Info("relay.yaml was read again", "deployments", len(r.deployments.All()))
}

// warnOfForgotten names deployments of which events are kept though relay.yaml no longer says for how many days. They are
// not deleted by themselves: a line that went missing by mistake must not cost what was meant to be kept for years.
func (r *relay) warnOfForgotten(ctx context.Context) {
	kept, err := r.store.History().Deployments(ctx)
	if err != nil {
		r.log.WarnContext(ctx, "look for events without a deployment", "err", err)
		return
	}
	known := r.eventDays()
	forgotten := slices.DeleteFunc(kept, func(name string) bool { _, ok := known[name]; return ok })
	if len(forgotten) > 0 {
		r.log.WarnContext(ctx, "events are kept of deployments that relay.yaml does not name, and nothing deletes them; name them again with event_retention: 1 to be rid of them", "deployments", forgotten)
	}
}

// hubLimits is what relay.yaml says of one visitor's connections and pages.
func (r *relay) hubLimits() live.Limits {
	l := r.limits.Load()
	return live.Limits{Connections: l.OfVisit, Pages: l.Pages}
}

// chargeFiles counts the files of visitors.
func chargeFiles(kept *quota.Service) func(network string, row chat.Session, bytes int64) error {
	return func(network string, row chat.Session, bytes int64) error {
		return kept.Charge(quota.Of{Network: network, Deployment: row.Deployment, Device: row.Device, Visit: row.Visit}, int(bytes), 1)
	}
}
