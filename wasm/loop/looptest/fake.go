// Package looptest is a loop whose time stands still until the test moves it. Tests of all wasm packages use it; it
// must never be imported by anything else.
package looptest

import (
	"sync"
	"time"
)

// Fake is a loop.Loop. The goroutine that calls Run, Advance or Step is the loop; Post may be called from any.
type Fake struct {
	mu     sync.Mutex
	now    time.Time
	queue  []func()
	timers []*timer
	posted chan struct{} // holds one token after something was posted
}

type timer struct {
	at      time.Time
	f       func()
	stopped bool
}

// New makes a loop at a fixed time.
func New() *Fake {
	return &Fake{now: time.Unix(1_750_000_000, 0).UTC(), posted: make(chan struct{}, 1)}
}

// Post implements loop.Loop.
func (l *Fake) Post(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.posted <- struct{}{}:
	default:
	}
}

// After implements loop.Loop.
func (l *Fake) After(d time.Duration, f func()) (stop func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &timer{at: l.now.Add(max(d, 0)), f: f}
	l.timers = append(l.timers, t)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		t.stopped = true
	}
}

// Now implements loop.Loop.
func (l *Fake) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Posted receives after something was posted since the last Run; tests with real connections wait on it.
func (l *Fake) Posted() <-chan struct{} { return l.posted }

// Run runs what is posted, and what that posts, until nothing is left.
func (l *Fake) Run() {
	for {
		f := l.next()
		if f == nil {
			return
		}
		f()
	}
}

// Advance moves time forward by d and runs, in order, everything that is due on the way.
func (l *Fake) Advance(d time.Duration) {
	l.Run()
	l.mu.Lock()
	end := l.now.Add(d)
	l.mu.Unlock()
	for {
		t := l.due(end)
		if t == nil {
			break
		}
		t.f()
		l.Run()
	}
	l.mu.Lock()
	l.now = end
	l.mu.Unlock()
}

// Step moves time to the next timer and runs it; false if there is none.
func (l *Fake) Step() bool {
	l.Run()
	at, ok := l.Next()
	if ok {
		l.Advance(at)
	}
	return ok
}

// Next says how far away the next timer is.
func (l *Fake) Next() (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.first()
	if t == nil {
		return 0, false
	}
	return t.at.Sub(l.now), true
}

func (l *Fake) next() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return nil
	}
	f := l.queue[0]
	l.queue = l.queue[1:]
	return f
}

// due takes the earliest timer that is not after end, and moves time to it.
func (l *Fake) due(end time.Time) *timer {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.first()
	if t == nil || t.at.After(end) {
		return nil
	}
	t.stopped = true
	l.now = t.at
	return t
}

// first is the earliest timer that waits, the first made among equals.
func (l *Fake) first() *timer {
	live := l.timers[:0]
	var first *timer
	for _, t := range l.timers {
		if t.stopped {
			continue
		}
		live = append(live, t)
		if first == nil || t.at.Before(first.at) {
			first = t
		}
	}
	l.timers = live
	return first
}
