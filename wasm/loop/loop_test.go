package loop

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestRunsPostsInOrderAndFromWithin(t *testing.T) {
	l := New()
	ctx, cancel := context.WithCancel(t.Context())
	var got []int
	l.Post(func() {
		got = append(got, 1)
		l.Post(func() { got = append(got, 3); cancel() })
	})
	l.Post(func() { got = append(got, 2) })
	if err := l.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Run ended with %v", err)
	}
	if len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Fatalf("ran in the order %v", got)
	}
}

func TestAfterRunsOnTheLoop(t *testing.T) {
	l := New()
	ctx, cancel := context.WithCancel(t.Context())
	l.After(time.Millisecond, cancel)
	if err := l.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("Run ended with %v", err)
	}
}

func TestStopHoldsEvenWhenTheTimerHasFired(t *testing.T) {
	l := New()
	ctx, cancel := context.WithCancel(t.Context())
	ran := false
	l.Post(func() {
		stop := l.After(0, func() { ran = true })
		<-l.wake // the timer fired and has posted
		stop()
		l.Post(cancel)
	})
	_ = l.Run(ctx)
	if ran {
		t.Fatal("a stopped timer ran")
	}
}

func TestPanicEndsTheLoopWithItsStack(t *testing.T) {
	l := New()
	l.Post(func() { panic("boom") })
	var crash *Crash
	if err := l.Run(t.Context()); !errors.As(err, &crash) {
		t.Fatalf("Run ended with %v", err)
	}
	if crash.Value != "boom" || crash.Stack == "" {
		t.Fatalf("the crash says %v", crash)
	}
}
