package throttle

import (
	"sync"
	"time"
)

// dayMs is for how long a count goes on, from the first thing that is counted.
const dayMs = 24 * 60 * 60 * 1000

// Day limits how much there may be in 24 hours, for each key of several kinds at once. It is safe for use by many
// goroutines.
type Day struct {
	upMs  func() int64
	watch Watch

	mu    sync.Mutex
	kinds map[string]*kept[count] // by the name of the limit
}

type count struct {
	used, sinceMs int64
	began, told   bool
}

// Counted is one of those for whom something is counted.
type Counted struct {
	Limit string // its key in relay.yaml
	Key   string // "": nobody that is known, so it does not count
	Most  int64
}

// NewDay makes a Day. upMs does not jump when the clock is set.
func NewDay(upMs func() int64, watch Watch) *Day {
	if watch == nil {
		watch = Nobody{}
	}
	return &Day{upMs: upMs, watch: watch, kinds: map[string]*kept[count]{}}
}

// Take counts n for all of them, or, where it would be too much for one, for none. Then wait says when there is room
// again.
func (d *Day) Take(n int64, of []Counted) (ok bool, wait time.Duration) {
	now := d.upMs()
	d.mu.Lock()
	full, almost := d.take(now, n, of)
	d.mu.Unlock()
	for _, c := range almost {
		d.watch.Nearly(c.Limit, c.Key)
	}
	if full == nil {
		return true, 0
	}
	d.watch.Reached(full.Limit, full.Key)
	return false, full.wait
}

// fullDay is the one of a Counted for whom it would be too much.
type fullDay struct {
	Counted
	wait time.Duration
}

func (d *Day) take(now, n int64, of []Counted) (full *fullDay, almost []Counted) {
	for _, c := range of {
		if at := d.of(c, now); at != nil && at.used+n > c.Most {
			return &fullDay{c, time.Duration(at.sinceMs+dayMs-now) * time.Millisecond}, nil
		}
	}
	for _, c := range of {
		at := d.of(c, now)
		if at == nil {
			continue
		}
		at.used += n
		if !at.told && nearly(at.used, c.Most) {
			at.told = true
			almost = append(almost, c)
		}
	}
	return nil, almost
}

// of finds what is counted for one, beginning anew after a day.
func (d *Day) of(c Counted, now int64) *count {
	if c.Key == "" {
		return nil
	}
	kind := d.kinds[c.Limit]
	if kind == nil {
		kind = &kept[count]{}
		d.kinds[c.Limit] = kind
	}
	at := kind.get(c.Key)
	if !at.began || now-at.sinceMs >= dayMs {
		*at = count{sinceMs: now, began: true}
	}
	return at
}
