package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"foyer/relay/config"
	"foyer/relay/store"
)

// drainLimit is how long clients have to take their goodbye after SIGTERM.
const drainLimit = 10 * time.Second

// Limits of HTTP. A poll waits for 25 s, and a large file may take minutes over a slow network.
const (
	headerLimit = 10 * time.Second
	readLimit   = time.Minute
	writeLimit  = 5 * time.Minute
	idleLimit   = 2 * time.Minute
	headerBytes = 32 << 10
)

// serve runs the relay until SIGTERM or an interrupt, and drains it.
func serve(ctx context.Context, o config.Options, out, log io.Writer) error {
	logger := slog.New(onceAMinute(slog.NewTextHandler(log, nil), time.Now))
	if o.NATS != "" {
		return errors.New("--nats: this version has no driver for NATS yet, so it cannot be connected to other relays; start it without")
	}
	stopping, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	if o.Database == "" {
		unlock, err := lockData(o.Data)
		if err != nil {
			return err
		}
		defer unlock() // nothing is in it that could be lost
	}
	listener, err := listen(o.Listen) // before the data is touched: where the port is taken, another relay may have it
	if err != nil {
		return err
	}
	claim, err := claimDatabase(stopping, o, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if claim != nil {
		defer claim.Close()
	}
	forMetrics, err := listenForMetrics(o.Metrics)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer forMetrics.Close()
	r, err := build(stopping, o, logger)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	taken := r.claimedBy(claim)
	server := &http.Server{
		Handler: r.site, ReadHeaderTimeout: headerLimit, ReadTimeout: readLimit, WriteTimeout: writeLimit,
		IdleTimeout: idleLimit, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}

	// Before anything is announced: until then, a SIGHUP ends the program.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var running sync.WaitGroup
	running.Go(func() { r.desk.Run(work) })
	running.Go(func() { r.native.Run(work) })
	running.Go(func() { r.files.Run(work) })
	for _, s := range r.sweepers {
		running.Go(func() { s.Run(work) })
	}
	running.Go(func() { r.vanished.Run(work) })
	running.Go(func() { r.engine.Run(work) })
	running.Go(func() { r.reloadOn(work, hangup) })
	if claim != nil {
		running.Go(func() { claim.Run(work) })
	}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	if forMetrics.Listener != nil {
		metrics := &http.Server{Handler: r.site.MetricsOnly(), ReadHeaderTimeout: headerLimit, ReadTimeout: readLimit,
			WriteTimeout: readLimit, IdleTimeout: idleLimit, MaxHeaderBytes: headerBytes, ErrorLog: server.ErrorLog}
		go func() { failed <- metrics.Serve(forMetrics) }()
		defer metrics.Close()
		logger.Info("metrics", "addr", forMetrics.Addr().String())
	}
	announce(out, logger, o, listener.Addr(), r)

	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-taken:
		err = store.ErrClaimed
	case <-stopping.Done():
		stop() // a second signal ends the relay at once
		logger.Info("draining")
	}
	r.drain(server, logger)
	stopWork()
	running.Wait()
	return errors.Join(err, r.store.Close())
}

// listen opens the port, or says what could be done about it.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("listen on %s: another program has this port already; stop it, or choose another with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("listen on %s: this user may not have this port; choose one above 1023 and put a proxy in front", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w (--listen is HOST:PORT, or :PORT for all addresses)", address, err)
	}
	return l, nil
}

// claimDatabase makes this process the only relay with a PostgreSQL database; nil for SQLite, whose folder has a lock.
func claimDatabase(ctx context.Context, o config.Options, logger *slog.Logger) (*store.Claim, error) {
	if o.Database == "" {
		return nil, nil
	}
	claim, err := store.TakeClaim(ctx, o.Database, logger)
	if errors.Is(err, store.ErrClaimed) {
		return nil, fmt.Errorf("%w: chats do not cross between relays, so stop that one first, or give this one a database of its own", err)
	}
	return claim, err
}

// claimedBy lets the relay count as ready only while its claim holds. The channel is closed when another relay has the
// database.
func (r *relay) claimedBy(claim *store.Claim) (taken <-chan struct{}) {
	if claim == nil {
		return nil
	}
	r.claimed = claim.Held
	return claim.Taken()
}

// metricsListener is that of --metrics; it holds none where there is none.
type metricsListener struct{ net.Listener }

func listenForMetrics(address string) (m metricsListener, err error) {
	if address == "" {
		return m, nil
	}
	if m.Listener, err = listen(address); err != nil {
		return m, fmt.Errorf("--metrics: %w", err)
	}
	return m, nil
}

// Close may be called more than once: the server closes it as well.
func (m metricsListener) Close() error {
	if m.Listener == nil {
		return nil
	}
	return m.Listener.Close()
}

// drain stops accepting, tells the clients to come back, and waits until they have heard it.
func (r *relay) drain(server *http.Server, logger *slog.Logger) {
	r.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- server.Shutdown(ctx) }() // also waits for requests, such as polls that get their goodbye now
	r.native.Drain(ctx)
	if err := <-closed; err != nil {
		logger.Warn("some requests were cut off", "err", err)
		_ = server.Close()
	}
}

// reloadOn reads relay.yaml again on every signal.
func (r *relay) reloadOn(ctx context.Context, hangup <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			r.reload(ctx)
		}
	}
}

// announce says where the relay is, and to developers where to click.
func announce(out io.Writer, logger *slog.Logger, o config.Options, addr net.Addr, r *relay) {
	logger.Info("listening", "addr", addr.String(), "data", o.Data, "build", r.build)
	if !r.deployments.Named() && len(r.deployments.All()) > 0 && !o.Dev {
		logger.Warn("public_urls is not set in relay.yaml: desktop and chats answer under every https name; name the relay's own, such as [https://foyer.example.com]")
	}
	if len(r.deployments.All()) == 0 {
		logger.Warn("nothing is open: no deployment is configured. Name one in relay.yaml (--config), or try --dev")
	}
	if !o.Dev {
		return
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		logger.Warn("--dev is open to everybody who reaches this address: the demo agent's password is known", "addr", addr.String())
	}
	fmt.Fprintf(out, `
Foyer runs for development. Try it:

  a shop         http://shop-a.localhost:%[1]s/
  another shop   http://shop-b.localhost:%[1]s/
  the desktop    http://localhost:%[1]s/desktop/   (user demo, password demo)

`, port)
}
