// Package clocktest lets a test own the time. Only tests may import it.
package clocktest

import (
	"sort"
	"sync"
)

// Clock stands still until Advance. It is safe for use by several goroutines.
type Clock struct {
	mu     sync.Mutex
	now    int64 // as if nobody had ever set it
	set    int64 // by how much it was set since
	timers map[*timer]struct{}
}

type timer struct {
	at int64
	f  func()
}

// New makes a clock that shows nowMs.
func New(nowMs int64) *Clock { return &Clock{now: nowMs, timers: map[*timer]struct{}{}} }

// NowMs is the time that the test has set.
func (c *Clock) NowMs() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now + c.set
}

// UpMs goes on with Advance only.
func (c *Clock) UpMs() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves what NowMs shows, forwards or backwards, as an administrator does: no time passes, and no timer is due.
func (c *Clock) Set(byMs int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set += byMs
}

// AfterMs remembers f until Advance reaches its time. Unlike the system's clock it never calls f before Advance.
func (c *Clock) AfterMs(ms int64, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{at: c.now + ms, f: f}
	c.timers[t] = struct{}{}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.timers, t)
	}
}

// Advance moves the time on and calls what is due, earliest first, in the caller's goroutine; what those calls
// schedule within the span is called as well.
func (c *Clock) Advance(ms int64) {
	c.mu.Lock()
	end := c.now + ms
	for {
		t := c.due(end)
		if t == nil {
			break
		}
		delete(c.timers, t)
		if t.at > c.now {
			c.now = t.at
		}
		c.mu.Unlock()
		t.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// Timers tells how many calls are scheduled.
func (c *Clock) Timers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

func (c *Clock) due(end int64) *timer {
	var due []*timer
	for t := range c.timers {
		if t.at <= end {
			due = append(due, t)
		}
	}
	if len(due) == 0 {
		return nil
	}
	sort.Slice(due, func(i, j int) bool { return due[i].at < due[j].at })
	return due[0]
}
