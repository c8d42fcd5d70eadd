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

func TestWhatIsGivenBackHasNotCounted(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(1, 2, func() time.Time { return now })
	l.GiveBack("a") // nobody has heard of it
	for i := range 10 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatalf("event %d was refused though those before did not count", i+1)
		}
		l.GiveBack("a")
	}
	l.GiveBack("a") // more than was taken
	for i, want := range []bool{true, true, false} {
		if ok, _ := l.Allow("a"); ok != want {
			t.Errorf("event %d of the burst: %v", i+1, ok)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(1, 1, func() time.Time { return now })
	for i := range keysAtMost + 10 {
		l.Allow(fmt.Sprint(i))
	}
	if len(l.keys.byKey) > keysAtMost {
		t.Errorf("%d keys are kept", len(l.keys.byKey))
	}
}

func TestBusyKeysKeepTheirLimitsWhenOthersCome(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(0.001, 1, func() time.Time { return now })
	l.Allow("busy")
	for i := range 3 * keysAtMost {
		l.Allow(fmt.Sprint(i))
		now = now.Add(time.Millisecond)
		if i%1000 != 0 {
			continue
		}
		if ok, _ := l.Allow("busy"); ok {
			t.Fatalf("a key that is at its limit was forgotten after %d others", i+1)
		}
	}
	if ok, _ := l.Allow("0"); !ok {
		t.Error("the idlest keys are remembered though there was no room")
	}
}

func TestHeavyEventsCountForMore(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(10, 20, func() time.Time { return now })
	if ok, _ := l.AllowN("a", 15); !ok {
		t.Fatal("refused within the burst")
	}
	if ok, wait := l.AllowN("a", 15); ok || wait != time.Second {
		t.Errorf("beyond the burst: %v, wait %v", ok, wait)
	}
	if ok, _ := l.AllowN("a", 5); !ok {
		t.Error("what was refused was counted")
	}
	if ok, wait := l.AllowN("b", 21); ok || wait != 2*time.Second {
		t.Errorf("heavier than the burst: %v, wait %v", ok, wait)
	}
}
