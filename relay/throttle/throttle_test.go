package throttle

import (
	"fmt"
	"testing"
	"time"
)

func TestEachKeyHasItsOwnLimit(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(2, 3, func() time.Time { return now })
	for i := range 3 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatalf("event %d of the burst was refused", i+1)
		}
	}
	ok, wait := l.Allow("a")
	if ok || wait != 500*time.Millisecond {
		t.Errorf("after the burst: %v, wait %v", ok, wait)
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("another key was refused")
	}
	now = now.Add(wait)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("refused after the wait that was asked for")
	}
	if ok, _ := l.Allow("a"); ok {
		t.Error("allowed one too many")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(1, 1, func() time.Time { return now })
	for i := range keysAtMost + 10 {
		l.Allow(fmt.Sprint(i))
	}
	if len(l.keys) > keysAtMost {
		t.Errorf("%d keys are kept", len(l.keys))
	}
}
