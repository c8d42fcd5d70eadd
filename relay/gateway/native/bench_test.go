package native

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"foyer/relay/deployment"
	"foyer/relay/notify"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

const eventsAtOnce = 20 // what a burst of a page comes to

// BenchmarkEvents measures how many monitoring events a second are kept: by the store alone, and as the relay takes them
// in over HTTP (decoded, checked, stored, told to who follows the visit), from 16 clients at a time.
//
//	go test -run '^$' -bench Events ./relay/gateway/native
func BenchmarkEvents(b *testing.B) {
	for _, path := range []struct {
		name string
		send func(*testRelay) func(b *testing.B, n int64) int
	}{{"store", (*testRelay).storeEvents}, {"HTTP", (*testRelay).postEvents}} {
		b.Run(path.name, func(b *testing.B) {
			send := path.send(newRelay(b))
			var n, size atomic.Int64
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					size.Store(int64(send(b, n.Add(1))))
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(n.Load()*eventsAtOnce)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(size.Load())/eventsAtOnce/1000, "kB/event")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkNotify measures how long a notification takes from the call of the domain until it has arrived at its page,
// with 1,000 pages connected, each of a visit of its own.
//
//	go test -run '^$' -bench Notify ./relay/gateway/native
func BenchmarkNotify(b *testing.B) {
	const connected = 1000
	r := newRelay(b)
	clients := make([]*client, connected)
	for i := range clients {
		h := hello()
		h.Visit = fmt.Sprintf("%032X", i)
		clients[i], _ = r.visitor((*testRelay).socket, h)
	}
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := range b.N {
		began := time.Now()
		at := i * 7 % connected
		if n := r.notify(fmt.Sprintf("%032X", at), notify.Message{Channel: "gpe.appendContent", Data: map[string]any{"url": "/invite.html"}}); n != 1 {
			b.Fatalf("%d pages got it", n)
		}
		next[*wire.Notify](clients[at], nil)
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(0, "ns/op")
}

func burst(n int64) []beaconEvent {
	all := make([]beaconEvent, eventsAtOnce)
	for i := range all {
		all[i] = beaconEvent{ID: fmt.Sprintf("%032X", n*eventsAtOnce+int64(i)), Type: visit.Business, Name: "AddToCart", Page: id("B"),
			Visit: fmt.Sprintf("%032X", n%5000), Device: id("C"), Ms: n, URL: "https://shop.example/tents/two-person?colour=green",
			Category: "tents;outdoor", Language: "en-US", Data: map[string]any{"product": "Tent for two", "price": 129.5, "quantity": 1.0}}
	}
	return all
}

func (r *testRelay) storeEvents() func(*testing.B, int64) int {
	return func(b *testing.B, n int64) int {
		events := make([]visit.Event, eventsAtOnce)
		for i, e := range burst(n) {
			events[i] = visit.Event{ID: e.ID, Deployment: "shop", Type: e.Type, Name: e.Name, Page: e.Page, Visit: e.Visit,
				Device: e.Device, Ms: e.Ms, ServerMs: e.Ms, URL: e.URL, Category: e.Category, Language: e.Language, Data: e.Data}
		}
		_, err := r.store.Visits().AddEvents(context.Background(), events)
		must(b, err)
		return len(mustJSON(b, n))
	}
}

func (r *testRelay) postEvents() func(*testing.B, int64) int {
	shop, err := r.Deployments.Resolve(deployment.Hints{Name: "shop"})
	must(r.tb, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if err := r.Events(w, q, shop); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	r.tb.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	return func(b *testing.B, n int64) int {
		body := mustJSON(b, n)
		response, err := client.Post(server.URL, "text/plain", bytes.NewReader(body))
		must(b, err)
		response.Body.Close()
		if response.StatusCode != http.StatusNoContent {
			b.Errorf("status %d", response.StatusCode)
		}
		return len(body)
	}
}

func mustJSON(tb testing.TB, n int64) []byte {
	tb.Helper()
	body, err := json.Marshal(burst(n))
	must(tb, err)
	return body
}
