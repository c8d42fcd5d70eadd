package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

var errRefused = errors.New("refused")

// fakeDatabase is what a committer of numbers commits to. It gives each number back doubled, refuses every batch with a
// negative one in it, and holds a commit until it is let go.
type fakeDatabase struct {
	mu      sync.Mutex
	batches [][]int
	hold    chan struct{} // nil: never held
	broken  error
}

func (f *fakeDatabase) commit(_ context.Context, batch []int) ([]answer[int], error) {
	if f.hold != nil {
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.batches = append(f.batches, slices.Clone(batch))
	if f.broken != nil {
		return nil, f.broken
	}
	answers := make([]answer[int], len(batch))
	for i, n := range batch {
		if n < 0 {
			return nil, errRefused
		}
		answers[i].out = 2 * n
	}
	return answers, nil
}

func (f *fakeDatabase) committer(max int) *committer[int, int] {
	c := &committer[int, int]{
		kind: "test", max: max, commit: f.commit, refused: func(err error) bool { return errors.Is(err, errRefused) },
	}
	c.start()
	return c
}

func TestCommitterTakesWhatIsWaitingAndAnswersEachCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{hold: make(chan struct{})}
		c := f.committer(3)
		results := make([]int, 6)
		ask := func(n int) {
			go func() { results[n], _ = c.do(t.Context(), n) }()
			synctest.Wait() // it is enqueued
		}
		for n := range 6 {
			ask(n) // the first is being committed while the others come
		}
		close(f.hold)
		c.close()
		synctest.Wait()
		if !slices.Equal(results, []int{0, 2, 4, 6, 8, 10}) {
			t.Errorf("answers %v", results)
		}
		want := [][]int{{0}, {1, 2, 3}, {4, 5}}
		if !slices.EqualFunc(f.batches, want, slices.Equal[[]int]) {
			t.Errorf("batches %v, want %v", f.batches, want)
		}
	})
}

func TestCommitterAnswersNobodyBeforeTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{hold: make(chan struct{})}
		c := f.committer(10)
		answered := false
		go func() { _, _ = c.do(t.Context(), 1); answered = true }()
		synctest.Wait()
		if answered {
			t.Error("answered before the commit returned")
		}
		close(f.hold)
		c.close()
	})
}

func TestCommitterTriesEachAloneWhenTheDatabaseRefusesABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{hold: make(chan struct{})}
		c := f.committer(10)
		errs := map[int]error{}
		var mu sync.Mutex
		for _, n := range []int{0, 1, -1, 2} {
			go func() {
				_, err := c.do(t.Context(), n)
				mu.Lock()
				defer mu.Unlock()
				errs[n] = err
			}()
			synctest.Wait()
		}
		close(f.hold)
		c.close()
		synctest.Wait()
		if errs[0] != nil || errs[1] != nil || errs[2] != nil || !errors.Is(errs[-1], errRefused) {
			t.Errorf("%v", errs)
		}
		want := [][]int{{0}, {1, -1, 2}, {1}, {-1}, {2}}
		if !slices.EqualFunc(f.batches, want, slices.Equal[[]int]) {
			t.Errorf("batches %v, want %v", f.batches, want)
		}
	})
}

func TestCommitterTriesNothingAgainWhenNobodyKnowsWhatWasKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("connection lost")
		f := &fakeDatabase{hold: make(chan struct{}), broken: gone}
		c := f.committer(10)
		errs := make([]error, 3)
		for n := range errs {
			go func() { _, errs[n] = c.do(t.Context(), n) }()
			synctest.Wait()
		}
		close(f.hold)
		c.close()
		synctest.Wait()
		for n, err := range errs {
			if !errors.Is(err, gone) {
				t.Errorf("caller %d got %v", n, err)
			}
		}
		if len(f.batches) != 2 {
			t.Errorf("batches %v", f.batches)
		}
	})
}

func TestCommitterLetsACallerGoWhoseContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{hold: make(chan struct{})}
		c := f.committer(10)
		go func() { _, _ = c.do(t.Context(), 1) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		var err error
		go func() { _, err = c.do(ctx, 2) }()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v while the database is busy", err)
		}
		close(f.hold)
		c.close()
		if len(f.batches) != 1 {
			t.Errorf("batches %v: nobody waited for the second", f.batches)
		}
	})
}

func TestCommitterKeepsWhatWasHandedOverBeforeClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDatabase{hold: make(chan struct{})}
		c := f.committer(2)
		errs := make([]error, 5)
		for n := range errs {
			go func() { _, errs[n] = c.do(t.Context(), n) }()
		}
		synctest.Wait()
		go c.close()
		synctest.Wait()
		if _, err := c.do(t.Context(), 9); !errors.Is(err, ErrClosed) {
			t.Errorf("after close: %v", err)
		}
		close(f.hold)
		synctest.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

func TestCommitterTellsOfEachBatch(t *testing.T) {
	var seen []Batch
	f := &fakeDatabase{}
	c := &committer[int, int]{kind: "test", max: 1, commit: f.commit, refused: func(error) bool { return false },
		observe: func(b Batch) { seen = append(seen, b) }}
	c.start()
	for _, n := range []int{1, -1} {
		_, _ = c.do(t.Context(), n)
	}
	c.close()
	if len(seen) != 2 || seen[0].Kind != "test" || seen[0].Size != 1 || seen[0].Error != nil || !errors.Is(seen[1].Error, errRefused) {
		t.Errorf("%+v", seen)
	}
}
