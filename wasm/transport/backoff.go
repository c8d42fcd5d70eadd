package transport

import "time"

const (
	shortestWait = 300 * time.Millisecond
	longestWait  = 15 * time.Second
	steadyAfter  = 10 * time.Second // a connection that lasted so long starts the waits anew
)

// backoff says how long to wait before the next attempt: from 0.3 s, doubling, to 15 s, with jitter, so that the clients
// of a relay that restarts do not come back in one moment.
type backoff struct {
	random   func() float64
	failures int
}

// next is the wait after one more failure; what the relay asked for comes on top, so that this stays spread too.
func (b *backoff) next(asked time.Duration) time.Duration {
	d := longestWait
	if b.failures < 6 {
		d = min(d, 2*shortestWait<<b.failures)
	}
	b.failures++
	d = d/2 + time.Duration(b.random()*float64(d/2))
	return asked + d
}

// wasOnline tells how long a connection lasted. One that ends at once counts as a failure: a relay that falls over its
// clients must not be hammered by them.
func (b *backoff) wasOnline(d time.Duration) {
	if d >= steadyAfter {
		b.reset()
	}
}

func (b *backoff) reset() { b.failures = 0 }
