package native

import (
	"sync"

	"foyer/relay/throttle"
)

// Limits of what waits for one client. A client that is slower than this is disconnected and resumes by cursor, which
// costs the relay less than keeping it all. Beyond outboxOwn it comes out of what its network has, and the relay.
const (
	outboxFrames = 512
	outboxBytes  = 2 << 20
	outboxOwn    = 16 << 10
)

// outbox holds encoded frames until the transport takes them, and counts them until they are with the client.
type outbox struct {
	room    *throttle.Shares
	network string

	mu       sync.Mutex
	frames   [][]byte
	bytes    int // of frames, and of what was taken and is not done
	borrowed int // of them: what is taken from room
	shut     bool
	freed    bool
}

// put appends a frame. It is not taken when there is no room for it, or the outbox is shut.
func (o *outbox) put(frame []byte) (taken, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.shut {
		return false, false
	}
	if len(o.frames) >= outboxFrames || o.bytes+len(frame) > outboxBytes {
		return false, true
	}
	if more := o.lacks(len(frame)); more > 0 {
		if !o.room.Take(o.network, int64(more)) {
			return false, true
		}
		o.borrowed += more
	}
	o.frames = append(o.frames, frame)
	o.bytes += len(frame)
	return true, false
}

// lacks is how much has to be borrowed for n bytes more. The caller holds mu.
func (o *outbox) lacks(n int) int { return max(0, o.bytes+n-outboxOwn) - o.borrowed }

// hasRoom tells whether a client with at most so much waiting could get n bytes more.
func (o *outbox) hasRoom(n, atMost int) bool {
	o.mu.Lock()
	waits, more := o.bytes, o.lacks(n)
	o.mu.Unlock()
	return waits+n <= atMost && (more <= 0 || o.room.Has(o.network, int64(more)))
}

// take empties it. over says that nothing more will come. What is taken counts until it is done.
func (o *outbox) take() (frames [][]byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames = o.frames
	o.frames = nil
	return frames, o.shut
}

// done says that n bytes of what was taken are with the client.
func (o *outbox) done(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.freed {
		return
	}
	o.bytes -= n
	o.giveBack()
}

// giveBack returns what is borrowed and no longer needed. The caller holds mu.
func (o *outbox) giveBack() {
	need := max(0, o.bytes-outboxOwn)
	if surplus := o.borrowed - need; surplus > 0 {
		o.borrowed -= surplus
		o.room.Give(o.network, int64(surplus))
	}
}

// free forgets everything, at the end of the transport.
func (o *outbox) free() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames, o.bytes, o.shut, o.freed = nil, 0, true, true
	o.giveBack()
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
		for _, f := range o.frames {
			o.bytes -= len(f)
		}
		o.frames = nil
		o.giveBack()
	}
	if last != nil {
		o.frames = append(o.frames, last)
		o.bytes += len(last)
	}
	o.shut = true
}

// shutDown tells whether nothing more will come in.
func (o *outbox) shutDown() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shut
}
