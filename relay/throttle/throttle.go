// Package throttle limits how often somebody may do something, for each key (an address, a username) on its own, and
// finds out whose address a request is counted for (client.go).
//
// It also bounds how much there may be in a day (day.go), and what is shared and given back (shares.go). relay/web uses
// it for requests, relay/gateway/native and relay/gateway/upload for what clients send. It must never let a client choose by a header
// whom it is counted for. What it knows is in this relay's memory only.
package throttle

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit allows each key Burst events at once and PerSecond in the long run. It is safe for use by many goroutines.
type Limit struct {
	perSecond rate.Limit
	burst     int
	now       func() time.Time

	mu   sync.Mutex
	keys kept[*rate.Limiter]
}

// New makes a Limit. now is time.Now outside tests.
func New(perSecond float64, burst int, now func() time.Time) *Limit {
	return &Limit{perSecond: rate.Limit(perSecond), burst: burst, now: now}
}

// Allow counts one event of a key. Where it is one too many, wait says after how long the next one is allowed.
func (l *Limit) Allow(key string) (ok bool, wait time.Duration) { return l.AllowN(key, 1) }

// AllowN counts an event that weighs as much as n. One that weighs more than the whole burst is never allowed; wait is
// then that of a whole burst.
func (l *Limit) AllowN(key string, n int) (ok bool, wait time.Duration) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.limiter(key).ReserveN(now, n)
	if !r.OK() {
		return false, l.whole()
	}
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return false, wait
	}
	return true, 0
}

// GiveBack takes back one event of a key that Allow has counted, and that should not have counted.
func (l *Limit) GiveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limiter(key).AllowN(l.now(), -1)
}

// limiter finds a key's, or makes one. The caller holds mu.
func (l *Limit) limiter(key string) *rate.Limiter {
	one := l.keys.get(key)
	if *one == nil {
		*one = rate.NewLimiter(l.perSecond, l.burst)
	}
	return *one
}

// whole is how long a key has to be quiet for all of its burst.
func (l *Limit) whole() time.Duration {
	return time.Duration(float64(l.burst) / float64(l.perSecond) * float64(time.Second))
}
