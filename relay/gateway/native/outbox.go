package native

import "sync"

// Limits of what waits for one client. A client that is slower than this is disconnected and resumes by cursor, which
// costs the relay less than keeping it all.
const (
	outboxFrames = 512
	outboxBytes  = 2 << 20
)

// outbox holds encoded frames until the transport takes them.
type outbox struct {
	mu     sync.Mutex
	frames [][]byte
	bytes  int
	shut   bool
}

// put appends a frame. It is not taken when the outbox is full, or shut.
func (o *outbox) put(frame []byte) (taken, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return false, false
	}
	if len(o.frames) >= outboxFrames || o.bytes+len(frame) > outboxBytes {
		return false, true
	}
	o.frames = append(o.frames, frame)
	o.bytes += len(frame)
	return true, false
}

// take empties it. over says that nothing more will come.
func (o *outbox) take() (frames [][]byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames = o.frames
	o.frames, o.bytes = nil, 0
	return frames, o.shut
}

// waiting tells whether take has something to give, or the news that nothing more will come.
func (o *outbox) waiting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.frames) > 0 || o.shut
}

// close lets nothing more in behind last, which may be nil and goes in however full it is. With drop, what waits is
// thrown away first.
func (o *outbox) close(last []byte, drop bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return
	}
	if drop {
		o.frames = nil
	}
	if last != nil {
		o.frames = append(o.frames, last)
	}
	o.shut = true
}

// shutDown tells whether nothing more will come in.
func (o *outbox) shutDown() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shut
}
