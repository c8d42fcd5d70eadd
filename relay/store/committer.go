package store

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// committer makes many writes durable with one commit. Its goroutine takes what is waiting, at most max, gives it to
// commit as one batch, and answers each caller after that has returned. Who comes meanwhile waits for the next batch;
// a lone caller waits for nobody.
type committer[In, Out any] struct {
	kind    string
	max     int
	commit  func(ctx context.Context, batch []In) ([]answer[Out], error) // an error means that nothing was kept, or nobody knows
	refused func(error) bool                                             // see engine
	observe func(Batch)

	mu      sync.Mutex
	waiting []*request[In, Out]
	closed  bool
	wake    chan struct{} // holds one token while there may be something to do
	done    chan struct{} // closed when the goroutine has ended
}

// request is one caller's write.
type request[In, Out any] struct {
	ctx    context.Context
	in     In
	answer chan answer[Out] // has room for the one answer, so that a caller who left stops nobody
}

// answer is what one caller gets.
type answer[Out any] struct {
	out Out
	err error
}

func (c *committer[In, Out]) start() {
	c.wake = make(chan struct{}, 1)
	c.done = make(chan struct{})
	go c.run()
}

// do returns when in is durable or refused. If ctx ends first, do returns its error and in may be kept all the same.
func (c *committer[In, Out]) do(ctx context.Context, in In) (Out, error) {
	r := &request[In, Out]{ctx: ctx, in: in, answer: make(chan answer[Out], 1)}
	var none Out
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if !c.enqueue(r) {
		return none, ErrClosed
	}
	select {
	case a := <-r.answer:
		return a.out, a.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

func (c *committer[In, Out]) enqueue(r *request[In, Out]) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.waiting = append(c.waiting, r)
	c.nudge()
	return true
}

func (c *committer[In, Out]) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// close returns when everything that was enqueued before it is answered.
func (c *committer[In, Out]) close() {
	c.mu.Lock()
	c.closed = true
	c.nudge()
	c.mu.Unlock()
	<-c.done
}

func (c *committer[In, Out]) run() {
	defer close(c.done)
	for range c.wake {
		for {
			// Callers who were just answered often have their next write ready: they may enqueue it first.
			runtime.Gosched()
			batch, closed := c.take()
			if len(batch) == 0 && closed {
				return
			}
			if len(batch) == 0 {
				break
			}
			c.settle(batch)
		}
	}
}

// take removes up to max requests from the queue.
func (c *committer[In, Out]) take() (batch []*request[In, Out], closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.waiting), c.max)
	batch = c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	if len(c.waiting) == 0 {
		c.waiting = nil
	}
	return batch, c.closed
}

// settle answers every request of the batch. If the database refuses all of them, each is tried alone, so that one
// which it cannot keep does not stop the others.
func (c *committer[In, Out]) settle(batch []*request[In, Out]) {
	batch = stillWanted(batch)
	if len(batch) == 0 {
		return
	}
	err := c.try(batch)
	if err == nil {
		return
	}
	if len(batch) > 1 && c.refused(err) {
		for _, r := range batch {
			c.settle([]*request[In, Out]{r})
		}
		return
	}
	for _, r := range batch {
		r.answer <- answer[Out]{err: err}
	}
}

// stillWanted leaves out those whose callers have gone: nobody would hear of them.
func stillWanted[In, Out any](batch []*request[In, Out]) []*request[In, Out] {
	wanted := make([]*request[In, Out], 0, len(batch))
	for _, r := range batch {
		if r.ctx.Err() == nil {
			wanted = append(wanted, r)
		}
	}
	return wanted
}

// try commits the batch and answers it, or answers nobody and returns why nothing was kept.
func (c *committer[In, Out]) try(batch []*request[In, Out]) error {
	in := make([]In, len(batch))
	for i, r := range batch {
		in[i] = r.in
	}
	began := time.Now()
	// A batch belongs to many callers: none of them ends it.
	answers, err := c.commit(context.Background(), in)
	if c.observe != nil {
		c.observe(Batch{Kind: c.kind, Size: len(batch), Took: time.Since(began), Error: err})
	}
	if err != nil {
		return err
	}
	for i, r := range batch {
		r.answer <- answers[i]
	}
	return nil
}
