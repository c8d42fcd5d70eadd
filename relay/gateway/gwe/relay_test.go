package gwe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/clock"
	"foyer/relay/clock/clocktest"
	"foyer/relay/config"
	"foyer/relay/deployment"
	"foyer/relay/desk"
	"foyer/relay/engage"
	"foyer/relay/gateway/gwe"
	"foyer/relay/live"
	"foyer/relay/notify"
	"foyer/relay/store"
	"foyer/relay/store/pgtest"
	"foyer/relay/visit"
	"foyer/relay/web"
	"foyer/www"
)

const (
	startMs    = 1_700_000_000_000
	shopKey    = "shop-key"
	otherKey   = "other-key"
	shopOrigin = "https://shop.example"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// onEach runs a test with each database.
func onEach(t *testing.T, test func(t *testing.T, r *relay)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newRelay(t, store.Options{Dir: t.TempDir()})) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newRelay(t, store.Options{Database: pgtest.URL(t)})) })
}

// relay is the gateway with everything behind it, over real HTTP and a real database. Its time is the test's.
type relay struct {
	tb      testing.TB
	clock   *clocktest.Clock
	hub     *live.Hub
	visits  *visit.Service
	archive *visit.Archive
	engage  *engage.Service
	room    desk.Room // what the agents could take
	asked   string    // for which kind and queues, the last time
	url     string
}

// show opens pages.
func (r *relay) show(deployment, visit string, pages []string, to live.Receiver) *live.Shown {
	r.tb.Helper()
	s, err := r.hub.ShowPages(deployment, visit, pages, to)
	must(r.tb, err)
	return s
}

// Room implements engage.Desk.
func (r *relay) Room(_ context.Context, kind string, queues []string) (desk.Room, error) {
	r.asked = kind + " of " + strings.Join(queues, "+")
	return r.room, nil
}

func newRelay(tb testing.TB, o store.Options) *relay {
	tb.Helper()
	ctx := context.Background()
	o.Logger = slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, o)
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	r := &relay{tb: tb, clock: clocktest.New(startMs)}
	r.hub = live.NewHub(live.Options{Clock: r.clock})
	r.visits = visit.NewService(visit.Options{Store: s.Visits(), Live: r.hub, Clock: r.clock})
	archive := visit.NewArchive(s.History())
	r.archive = archive
	keys, err := access.NewService(access.Options{Store: s.Access(), Clock: clock.System{}, IDs: chat.UUIDs{}, Cost: 4})
	must(tb, err)
	must(tb, keys.EnsureKey(ctx, "shop", "shop", shopKey))
	must(tb, keys.EnsureKey(ctx, "other", "other", otherKey))
	notifier := notify.NewService(r.hub, archive)
	r.engage = engage.NewService(engage.Options{Desk: r, Notify: notifier, Visits: r.visits, Archive: archive, Clock: r.clock, IDs: chat.UUIDs{}})
	g := gwe.New(gwe.Options{Archive: archive, Notify: notifier, Engage: r.engage, Clock: r.clock})
	deployments, err := deployment.NewDirectory(config.File{Deployments: []config.Deployment{
		{Name: "shop", Queue: "sales", Languages: []string{"en"}, Origins: []string{shopOrigin}},
		{Name: "other", Languages: []string{"en"}},
	}}, false)
	must(tb, err)
	site, err := web.New(web.Options{Assets: fstest.MapFS{}, Manifest: www.Manifest{}, Deployments: deployments, Access: keys,
		Ready: func(context.Context) error { return nil }, Metrics: prometheus.NewRegistry(), Routes: g.Routes(), Now: time.Now})
	must(tb, err)
	server := httptest.NewServer(site)
	tb.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func sqlite(tb testing.TB) store.Options { return store.Options{Dir: tb.TempDir()} }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// id makes 32 hex digits that end in n.
func id(n int) string { return fmt.Sprintf("%032X", n) }

// record keeps events of a deployment, and lets a second pass.
func (r *relay) record(deployment string, events ...visit.Event) {
	r.tb.Helper()
	must(r.tb, r.visits.Record(context.Background(), deployment, events))
	r.clock.Advance(1000)
}

func event(n, visitID, page int, name string, data map[string]any) visit.Event {
	kind := visit.System
	switch name {
	case visit.VisitStarted, visit.PageEntered, visit.PageExited, visit.SignIn, visit.SignOut, visit.UserInfo:
	default:
		kind = visit.Business
	}
	return visit.Event{ID: id(n), Type: kind, Name: name, Page: id(page), Visit: id(visitID), Device: id(900 + visitID),
		Ms: startMs + int64(n), URL: fmt.Sprintf("https://shop.example/p%d", page), Data: data}
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *relay) do(method, path, body string, header ...string) answer {
	r.tb.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, r.url+path, strings.NewReader(body))
	must(r.tb, err)
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(q)
	must(r.tb, err)
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	must(r.tb, err)
	return answer{response.StatusCode, response.Header, string(b)}
}

func (r *relay) get(path string, header ...string) answer {
	r.tb.Helper()
	return r.do(http.MethodGet, path, "", append([]string{"x-api-key", shopKey}, header...)...)
}

func (a answer) decode(tb testing.TB, to any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(a.body), to); err != nil {
		tb.Fatalf("%d %s: %v", a.status, a.body, err)
	}
}

func wantStatus(tb testing.TB, what string, a answer, status int) {
	tb.Helper()
	if a.status != status {
		tb.Errorf("%s: %d %s, not %d", what, a.status, a.body, status)
	}
}
