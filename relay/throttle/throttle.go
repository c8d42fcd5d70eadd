// Package throttle limits how often somebody may do something, for each key (an address, a username) on its own, and
// finds out whose address a request is counted for (client.go).
//
// relay/web uses it for requests and relay/gateway/native for sign-ins. It must never let a client choose by a header
// whom it is counted for. What it knows is in this relay's memory only.
package throttle

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// keysAtMost bounds the memory: with more keys than this the limits of the longest quiet ones are forgotten.
const keysAtMost = 50_000

// Limit allows each key Burst events at once and PerSecond in the long run. It is safe for use by many goroutines.
type Limit struct {
	perSecond rate.Limit
	burst     int
	now       func() time.Time

	mu   sync.Mutex
	keys map[string]*entry
}

type entry struct {
	limiter *rate.Limiter
	used    time.Time
}

// New makes a Limit. now is time.Now outside tests.
func New(perSecond float64, burst int, now func() time.Time) *Limit {
	return &Limit{perSecond: rate.Limit(perSecond), burst: burst, now: now, keys: map[string]*entry{}}
}

// Allow counts one event of a key. Where it is one too many, wait says after how long the next one is allowed.
func (l *Limit) Allow(key string) (ok bool, wait time.Duration) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.keys[key]
	if e == nil {
		l.makeRoom(now)
		e = &entry{limiter: rate.NewLimiter(l.perSecond, l.burst)}
		l.keys[key] = e
	}
	e.used = now
	r := e.limiter.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return false, wait
	}
	return true, 0
}

// makeRoom forgets keys that have been quiet for so long that their limit is whole again; where that is not enough,
// all of them.
func (l *Limit) makeRoom(now time.Time) {
	if len(l.keys) < keysAtMost {
		return
	}
	whole := time.Duration(float64(l.burst) / float64(l.perSecond) * float64(time.Second))
	for k, e := range l.keys {
		if now.Sub(e.used) > whole {
			delete(l.keys, k)
		}
	}
	if len(l.keys) >= keysAtMost {
		clear(l.keys)
	}
}
