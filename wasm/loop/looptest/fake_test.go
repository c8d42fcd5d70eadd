package looptest

import (
	"testing"
	"time"

	"foyer/wasm/loop"
)

var _ loop.Loop = (*Fake)(nil)

func TestAdvanceRunsTimersInTheOrderOfTheirTime(t *testing.T) {
	l := New()
	start := l.Now()
	var got []string
	l.After(2*time.Second, func() { got = append(got, "two") })
	l.After(time.Second, func() {
		got = append(got, "one")
		l.After(500*time.Millisecond, func() { got = append(got, "one and a half") })
	})
	stop := l.After(1200*time.Millisecond, func() { got = append(got, "stopped") })
	stop()
	l.After(3*time.Second, func() { got = append(got, "too late") })
	l.Advance(2 * time.Second)
	want := []string{"one", "one and a half", "two"}
	if len(got) != len(want) {
		t.Fatalf("ran %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("ran %v, want %v", got, want)
		}
	}
	if d := l.Now().Sub(start); d != 2*time.Second {
		t.Fatalf("time moved by %v", d)
	}
}

func TestStepGoesToTheNextTimer(t *testing.T) {
	l := New()
	ran := false
	l.After(time.Hour, func() { ran = true })
	if !l.Step() || !ran {
		t.Fatal("the timer did not run")
	}
	if l.Step() {
		t.Fatal("there was a step without a timer")
	}
}
