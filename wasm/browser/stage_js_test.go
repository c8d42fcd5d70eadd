//go:build js && wasm

package browser

import (
	"context"
	"testing"
	"time"

	"github.com/hack-pad/safejs"

	"foyer/wasm/loop"
)

// newStage is the worker that the tests run in, with a loop that runs until the test ends.
func newStage(t *testing.T) *Worker {
	l := loop.New()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-over
	})
	return NewWorker(l)
}

// js evaluates an expression.
func js(t *testing.T, expression string) safejs.Value {
	t.Helper()
	f, err := get(safejs.Global(), "Function").New("return (" + expression + ")")
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Invoke()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// next waits for the next value.
func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}
