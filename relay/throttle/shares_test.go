package throttle

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// watched notes what it is told.
type watched struct {
	mu  sync.Mutex
	got []string
}

func (w *watched) Nearly(limit, whose string)  { w.add("nearly " + limit + " " + whose) }
func (w *watched) Reached(limit, whose string) { w.add("reached " + limit + " " + whose) }

func (w *watched) add(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, s)
}

func (w *watched) want(t *testing.T, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.got, want) {
		t.Errorf("told %q, want %q", w.got, want)
	}
	w.got = nil
}

func shares(each, all int64) (*Shares, *watched) {
	w := &watched{}
	return NewShares(SharesOptions{Each: func() int64 { return each }, All: func() int64 { return all }, EachName: "each", AllName: "all", Watch: w}), w
}

func TestSharesAreBoundedForEachAndForAll(t *testing.T) {
	s, told := shares(10, 15)
	if !s.Take("a", 7) || !s.Take("b", 5) {
		t.Fatal("there is room")
	}
	told.want(t, "nearly all b")
	if s.Take("a", 4) || s.Take("c", 4) || s.Has("c", 4) {
		t.Error("more was given than there is")
	}
	told.want(t, "reached each a", "reached all c", "reached all c")
	if !s.Has("a", 3) || !s.Take("a", 3) {
		t.Error("what is left was not given")
	}
	told.want(t, "nearly each a")
	s.Give("a", 2)
	if !s.Take("a", 2) {
		t.Error("what was given back is lost")
	}
	told.want(t) // once
	s.Give("a", 10)
	s.Give("b", 5)
	if s.Used() != 0 || len(s.used) != 0 {
		t.Errorf("%d are used and %d keys are kept though all was given back", s.Used(), len(s.used))
	}
	s.Take("a", 9)
	told.want(t, "nearly each a")
}

func TestSharesAreWholeAfterManyTookAndGave(t *testing.T) {
	s, _ := shares(50, 100)
	var wg sync.WaitGroup
	for i := range 8 {
		key := string(rune('a' + i%3))
		wg.Go(func() {
			for range 500 {
				if s.Take(key, 20) {
					if used := s.Used(); used > 100 {
						t.Errorf("%d are used", used)
					}
					s.Give(key, 20)
				}
			}
		})
	}
	wg.Wait()
	if s.Used() != 0 {
		t.Errorf("%d are still used", s.Used())
	}
}

func TestADayHasSoMuchForEveryOne(t *testing.T) {
	now, told := int64(1000), &watched{}
	d := NewDay(func() int64 { return now }, told)
	of := func(network, visit string) []Counted {
		return []Counted{{"network", network, 100}, {"visit", visit, 50}}
	}
	take := func(n int64, network, visit string, want bool, wantWait time.Duration) {
		t.Helper()
		if ok, wait := d.Take(n, of(network, visit)); ok != want || wait != wantWait {
			t.Errorf("%d of %s, %s: %t, wait %v", n, network, visit, ok, wait)
		}
	}
	take(30, "n", "v", true, 0)
	now += 1000
	take(30, "n", "v", false, 24*time.Hour-time.Second)
	told.want(t, "reached visit v")
	take(50, "n", "w", true, 0) // what was refused does not count for the network
	told.want(t, "nearly network n", "nearly visit w")
	take(21, "n", "x", false, 24*time.Hour-time.Second)
	take(20, "n", "", true, 0)
	told.want(t, "reached network n")
	now += dayMs - 1000
	take(30, "n", "v", true, 0)
	told.want(t)
}

func TestADayRemembersBusyKeysWhenOthersCome(t *testing.T) {
	d := NewDay(func() int64 { return 0 }, nil)
	busy := []Counted{{"network", "busy", 10}}
	d.Take(10, busy)
	for i := range 2 * keysAtMost {
		d.Take(1, []Counted{{"network", strings.Repeat("x", i%7) + time.Duration(i).String(), 10}, {"device", time.Duration(i).String(), 10}})
		if i%1000 == 0 {
			if ok, _ := d.Take(1, busy); ok {
				t.Fatalf("forgotten after %d others", i)
			}
		}
	}
	if n := len(d.kinds["device"].byKey); n != keysAtMost {
		t.Errorf("%d keys are kept", n)
	}
}
