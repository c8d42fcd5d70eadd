// Package chattest has a Link and a Loop for tests: time and answers are the test's. Tests of wasm/chat, wasm/webchat and
// wasm/tracker use it; no program does.
package chattest

import "time"

// Loop is a loop whose time stands still until Advance is called.
type Loop struct {
	Ms     int64 // now, Unix milliseconds
	posted []func()
	timers []*timer
}

type timer struct {
	at int64
	f  func() // nil when stopped or done
}

// NowMs is the loop's time.
func (l *Loop) NowMs() int64 { return l.Ms }

// Post notes f for the next Run or Advance.
func (l *Loop) Post(f func()) { l.posted = append(l.posted, f) }

// After notes f for when time has come.
func (l *Loop) After(d time.Duration, f func()) (stop func()) {
	t := &timer{at: l.Ms + d.Milliseconds(), f: f}
	l.timers = append(l.timers, t)
	return func() { t.f = nil }
}

// Run runs what was posted, also what that posts.
func (l *Loop) Run() {
	for len(l.posted) > 0 {
		f := l.posted[0]
		l.posted = l.posted[1:]
		f()
	}
}

// Advance moves time on, and runs what falls due on the way, in order.
func (l *Loop) Advance(d time.Duration) {
	end := l.Ms + d.Milliseconds()
	l.Run()
	for t := l.due(end); t != nil; t = l.due(end) {
		l.Ms = max(l.Ms, t.at)
		f := t.f
		t.f = nil
		f()
		l.Run()
	}
	l.Ms = end
}

// due gives the first timer that is not later than end, nil if there is none.
func (l *Loop) due(end int64) *timer {
	var first *timer
	live := l.timers[:0]
	for _, t := range l.timers {
		if t.f == nil {
			continue
		}
		live = append(live, t)
		if t.at <= end && (first == nil || t.at < first.at) {
			first = t
		}
	}
	l.timers = live
	return first
}
