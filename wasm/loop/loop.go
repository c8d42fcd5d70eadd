// Package loop is the one goroutine that owns all state of the client, so that nothing in wasm/ needs a lock. Whatever
// comes from outside (a port, a socket, a timer) posts a function; everything else is called from such a function.
//
// wasm/main.go and wasm/desktop run one loop each; all other packages take the interface. A posted function must never
// block: what takes time is started and posts its end.
package loop

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// Loop runs functions one after the other, in the order in which they were posted.
type Loop interface {
	// Post runs f soon. It may be called from any goroutine and never waits.
	Post(f func())
	// After posts f once d has passed. After stop, f does not run any more, if stop was called from the loop; a second
	// stop does nothing.
	After(d time.Duration, f func()) (stop func())
	// Now is the loop's clock; it never goes back.
	Now() time.Time
}

// Crash is the panic of a posted function. The state is in doubt after it, so the loop does not go on.
type Crash struct {
	Value any
	Stack string
}

func (c *Crash) Error() string { return fmt.Sprintf("panic: %v\n%s", c.Value, c.Stack) }

// Real is the loop of a running client.
type Real struct {
	mu    sync.Mutex
	queue []func()
	wake  chan struct{} // holds one token while the queue may have something
}

// New makes a loop. Nothing runs before Run.
func New() *Real { return &Real{wake: make(chan struct{}, 1)} }

// Post implements Loop.
func (l *Real) Post(f func()) {
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// After implements Loop.
func (l *Real) After(d time.Duration, f func()) (stop func()) {
	stopped := false // only read and written on the loop
	t := time.AfterFunc(d, func() {
		l.Post(func() {
			if !stopped {
				f()
			}
		})
	})
	return func() {
		stopped = true
		t.Stop()
	}
}

// Now implements Loop.
func (l *Real) Now() time.Time { return time.Now() }

// Run runs posted functions until the context ends, with its error, or until one panics, with a *Crash. It must be
// called once.
func (l *Real) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.wake:
		}
		for _, f := range l.take() {
			if err := call(f); err != nil {
				return err
			}
		}
	}
}

func (l *Real) take() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queue
	l.queue = nil
	return q
}

func call(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Crash{Value: p, Stack: string(debug.Stack())}
		}
	}()
	f()
	return nil
}
