package chat

import (
	"context"
	"sync"
)

// ordered lets one change of a session at a time through, so that those who are connected hear of changes in the order
// of the log. Different sessions never wait for each other.
type ordered struct {
	mu    sync.Mutex
	turns map[string]*turn // only of sessions that are being changed
}

type turn struct {
	free    chan struct{} // holds one token while nobody changes the session
	waiting int           // holders and waiters; the turn is forgotten when there are none
}

// take waits for the session's turn. Done gives it back; it must be called exactly once.
func (o *ordered) take(ctx context.Context, session string) (done func(), err error) {
	o.mu.Lock()
	t := o.turns[session]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		o.turns[session] = t
	}
	t.waiting++
	o.mu.Unlock()

	select {
	case <-t.free:
		return func() {
			t.free <- struct{}{}
			o.leave(session, t)
		}, nil
	case <-ctx.Done():
		o.leave(session, t)
		return nil, ctx.Err()
	}
}

func (o *ordered) leave(session string, t *turn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t.waiting--
	if t.waiting == 0 {
		delete(o.turns, session)
	}
}
