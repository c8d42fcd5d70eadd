package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkStore measures durable messages of 200 bytes: how many a second, and how long one waits for its
// acknowledgement. One by one, each change is a commit of its own; through the committer, those that wait at the same
// time share one. Each writer has a session of its own and writes its next message when the last one is acknowledged.
//
//	go test -run '^$' -bench Store -benchtime 2s ./relay/store
func BenchmarkStore(b *testing.B) {
	for _, database := range []struct {
		name    string
		options func(testing.TB) Options
	}{{"SQLite", sqliteOptions}, {"PostgreSQL", postgresOptions}} {
		for _, mode := range []struct {
			name    string
			batch   int
			writers []int
		}{{"one-by-one", 1, []int{1, 16, 256}}, {"committer", chatBatch, []int{1, 16, 256}}} {
			for _, writers := range mode.writers {
				b.Run(fmt.Sprintf("%s/%s/writers=%d", database.name, mode.name, writers), func(b *testing.B) {
					benchmarkMessages(b, mustOpenWithBatch(b, database.options(b), mode.batch), writers)
				})
			}
		}
	}
}

// mustOpenWithBatch opens a store whose committer takes at most so many changes into one transaction.
func mustOpenWithBatch(b *testing.B, o Options, batch int) *Store {
	b.Helper()
	ctx := context.Background()
	e, err := openEngine(ctx, o)
	if err != nil {
		b.Fatal(err)
	}
	if err := e.migrate(ctx, o.Logger); err != nil {
		b.Fatal(err)
	}
	s := newStore(e, o, batch)
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func benchmarkMessages(b *testing.B, s *Store, writers int) {
	for w := range writers {
		mustApply(b, s, newSession("s"+strconv.Itoa(w)))
	}
	text := strings.Repeat("0123456789", 20)
	took := make([][]time.Duration, writers)
	var next atomic.Int64
	var all sync.WaitGroup
	runtime.GC()
	b.ResetTimer()
	for w := range writers {
		all.Go(func() {
			session := "s" + strconv.Itoa(w)
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				began := time.Now()
				_, err := s.Chat().Apply(context.Background(), message(session, strconv.FormatInt(n, 10), text, n))
				if err != nil {
					b.Error(err)
					return
				}
				took[w] = append(took[w], time.Since(began))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	sorted := slices.Sorted(slices.Values(slices.Concat(took...)))
	if len(sorted) == 0 {
		return
	}
	b.ReportMetric(float64(len(sorted))/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(milliseconds(sorted[len(sorted)/2]), "p50-ms")
	b.ReportMetric(milliseconds(sorted[len(sorted)*99/100]), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
