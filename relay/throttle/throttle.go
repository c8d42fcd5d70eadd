// Package throttle limits how often somebody may do something, for each key (an address, a username) on its own, and
// finds out whose address a request is counted for (client.go).
//
// relay/web uses it for requests and relay/gateway/native for sign-ins. It must never let a client choose by a header
// whom it is counted for. What it knows is in this relay's memory only.
package throttle

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// keysAtMost bounds the memory: for each key beyond it, the one that has been quiet for longest is forgotten.
const keysAtMost = 50_000

// Limit allows each key Burst events at once and PerSecond in the long run. It is safe for use by many goroutines.
type Limit struct {
	perSecond rate.Limit
	burst     int
	now       func() time.Time

	mu   sync.Mutex
	keys map[string]*list.Element // of order
	// order has the entries by when they were last used, the latest first, so that making room costs the same however
	// many keys there are.
	order list.List
}

type entry struct {
	key     string
	limiter *rate.Limiter
}

// New makes a Limit. now is time.Now outside tests.
func New(perSecond float64, burst int, now func() time.Time) *Limit {
	return &Limit{perSecond: rate.Limit(perSecond), burst: burst, now: now, keys: map[string]*list.Element{}}
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

// limiter finds a key's, or makes one.
func (l *Limit) limiter(key string) *rate.Limiter {
	if at := l.keys[key]; at != nil {
		l.order.MoveToFront(at)
		return at.Value.(*entry).limiter
	}
	if l.order.Len() >= keysAtMost {
		idlest := l.order.Remove(l.order.Back()).(*entry)
		delete(l.keys, idlest.key)
	}
	e := &entry{key: key, limiter: rate.NewLimiter(l.perSecond, l.burst)}
	l.keys[key] = l.order.PushFront(e)
	return e.limiter
}

// whole is how long a key has to be quiet for all of its burst.
func (l *Limit) whole() time.Duration {
	return time.Duration(float64(l.burst) / float64(l.perSecond) * float64(time.Second))
}
