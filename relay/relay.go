package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/clock"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/desk"
	"foyer/relay/files"
	"foyer/relay/gateway/native"
	"foyer/relay/gateway/upload"
	"foyer/relay/live"
	"foyer/relay/store"
	"foyer/relay/visit"
	"foyer/relay/web"
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
	site        *web.Site
	draining    atomic.Bool
}

// build puts the parts together. Nothing runs yet; the caller closes the store.
func build(ctx context.Context, o config.Options, log *slog.Logger) (*relay, error) {
	file, err := loadFile(o)
	if err != nil {
		return nil, err
	}
	r := &relay{options: o, log: log}
	if r.deployments, err = deployment.NewDirectory(file, o.Dev); err != nil {
		return nil, err
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
	if err := r.ensureAgents(ctx, file); err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	return r, nil
}

func loadFile(o config.Options) (config.File, error) {
	if o.Config == "" {
		return config.File{}, nil
	}
	return config.Load(o.Config)
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
	if r.access, err = access.NewService(access.Options{Store: r.store.Access(), Clock: now, IDs: ids}); err != nil {
		return err
	}
	hub := live.NewHub(live.Options{Clock: now})
	chats := chat.NewService(chat.Options{Store: r.store.Chat(), Live: hub, Clock: now, IDs: ids})
	visits := visit.NewService(visit.Options{Store: r.store.Visits(), Live: hub, Clock: now})
	r.desk = desk.NewService(desk.Options{Chats: chats, Live: countRouting(hub, registry), Clock: now, IDs: ids, Log: r.log})
	r.native = native.New(native.Options{Chats: chats, Visits: visits, Desk: r.desk, Access: r.access, Hub: hub,
		Deployments: r.deployments, Clock: now, IDs: ids, Build: manifest.Build, Metrics: registry, Log: r.log})
	r.files = files.NewService(files.Options{Store: r.store.Files(), Chats: chats, Rules: r.fileRules, Clock: now, IDs: ids, Logger: r.log})
	r.upload = upload.New(upload.Options{Files: r.files, Access: r.access, Log: r.log})
	r.site, err = web.New(web.Options{Assets: www.Assets(), Manifest: manifest, KeepIn: filepath.Join(r.options.Data, "assets"),
		Deployments: r.deployments, Access: r.access, Ready: r.ready, Metrics: registry, Routes: r.routes(),
		Dev: r.options.Dev, Now: time.Now, Log: r.log})
	return err
}

// routes are the gateways' endpoints and who may call them; relay/web has those of its own. The native hello and the
// requests about files decide about origins and tokens themselves.
func (r *relay) routes() []web.Route {
	n, u := r.native, r.upload
	return []web.Route{
		{Pattern: "GET /native/v1/socket", Who: web.Anyone, PerSecond: 50, Burst: 500, Handler: n.Socket},
		{Pattern: "POST /native/v1/poll", Who: web.Anyone, PerSecond: 500, Burst: 5000, Handler: n.Poll},
		{Pattern: "DELETE /native/v1/poll", Who: web.Anyone, Handler: n.ClosePoll},
		{Pattern: "POST /native/v1/send", Who: web.Anyone, PerSecond: 500, Burst: 5000, Handler: n.Send},
		{Pattern: "POST /native/v1/events", Who: web.AllowedOrigins, PerSecond: 50, Burst: 500,
			Deployment: web.ByName("deployment"), Deployed: n.Events},
		{Pattern: "POST /native/v1/files", Who: web.Anyone, PerSecond: 5, Burst: 100, Handler: u.Upload},
		{Pattern: "GET /native/v1/files/limits", Who: web.Anyone, PerSecond: 50, Burst: 500, Handler: u.Limits},
		{Pattern: "GET /native/v1/files/{id}", Who: web.Anyone, PerSecond: 50, Burst: 500, Handler: u.Download},
		{Pattern: "DELETE /native/v1/files/{id}", Who: web.Anyone, PerSecond: 5, Burst: 100, Handler: u.Delete},
	}
}

func (r *relay) ready(ctx context.Context) error {
	if r.draining.Load() {
		return errors.New("draining")
	}
	return r.store.Ping(ctx)
}

// reload takes relay.yaml up again. A faulty file changes nothing.
func (r *relay) reload(ctx context.Context) {
	if r.options.Config == "" {
		r.log.Info("nothing to read again: the relay was started without --config")
		return
	}
	file, err := loadFile(r.options)
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
	r.log.Info("relay.yaml was read again", "deployments", len(r.deployments.All()))
}

// The agent of --dev.
const demoUser, demoPassword = "demo", "demo"

// ensureAgents keeps the agents of relay.yaml up to date, and those of --dev.
func (r *relay) ensureAgents(ctx context.Context, file config.File) error {
	for _, a := range file.Agents {
		_, err := r.access.EnsureAgent(ctx, access.Spec{Username: a.Username, Name: a.Name, PasswordHash: a.PasswordHash, Capacity: a.Capacity})
		if err == nil && a.Disabled {
			err = r.access.DisableAgent(ctx, a.Username)
		}
		if err != nil {
			return fmt.Errorf("agents of relay.yaml: %w", err)
		}
	}
	if r.options.Dev {
		return r.ensureDemoAgent(ctx)
	}
	return r.disableDemoAgent(ctx)
}

func (r *relay) ensureDemoAgent(ctx context.Context) error {
	a, err := r.access.EnsureAgent(ctx, access.Spec{Username: demoUser, Name: "Dana", Password: demoPassword})
	if err == nil && a.Disabled { // by a start without --dev
		a.Disabled = false
		err = r.store.Access().PutAgent(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("the demo agent: %w", err)
	}
	return nil
}

// disableDemoAgent closes the door that an earlier start with --dev left open in the same data.
func (r *relay) disableDemoAgent(ctx context.Context) error {
	if _, err := r.access.SignIn(ctx, demoUser, demoPassword); err != nil {
		return nil // there is none, or it has a password of its own
	}
	r.log.Warn("the data is from a start with --dev: the demo agent is disabled")
	if err := r.access.DisableAgent(ctx, demoUser); err != nil {
		return fmt.Errorf("disable the demo agent: %w", err)
	}
	return nil
}
