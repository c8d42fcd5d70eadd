package transport

import (
	"time"

	"foyer/wasm/loop"
)

const (
	socketTries       = 2           // failures in a row before long polling, where no socket ever worked
	socketTriesProven = 6           // the same where one did: rather the relay is away than sockets are
	firstProbe        = time.Minute // on the long poll: when to look for sockets again, doubling
	longestProbe      = 16 * time.Minute
)

// route chooses between socket and long poll.
type route struct {
	sockets  Dialer
	polls    Poller
	pollOnly func() bool // nil for never

	polling  bool
	proven   bool // a socket has worked in this Link's life
	failures int  // of sockets, in a row
	probes   int  // since the last socket that worked

	stopProbe func()
}

// next makes the carrier of the next attempt.
func (r *route) next(l loop.Loop, e carrierEvents) carrier {
	r.polling = r.polling || r.mustPoll()
	if r.polling {
		return newPolled(l, r.polls, e)
	}
	return newSocketed(l, r.sockets, e)
}

func (r *route) mustPoll() bool { return r.polls != nil && r.pollOnly != nil && r.pollOnly() }

// worked says that a frame has arrived.
func (r *route) worked() {
	if !r.polling {
		r.proven, r.failures, r.probes = true, 0, 0
	}
}

// failed says that a connection or attempt ended. It is true when the other way should be tried at once.
func (r *route) failed(wasOnline bool) (now bool) {
	if wasOnline {
		return false
	}
	if r.polling { // then it is not the sockets
		r.polling, r.failures = false, 0
		return false
	}
	r.failures++
	limit := socketTries
	if r.proven {
		limit = socketTriesProven
	}
	if r.polls == nil || r.failures < limit {
		return false
	}
	r.polling = true
	return true
}

// lookForBetter tries, on the long poll, from time to time whether a socket opens, and calls found then.
func (r *route) lookForBetter(l loop.Loop, found func()) {
	if !r.polling || r.mustPoll() {
		return
	}
	r.settle()
	wait := min(firstProbe<<min(r.probes, 8), longestProbe)
	r.probes++
	r.stopProbe = l.After(wait, func() {
		var probe Socket
		over := false
		end := func(opened bool) {
			if over {
				return
			}
			over = true
			probe.Close()
			if opened {
				r.polling, r.failures = false, 0
				found()
				return
			}
			r.lookForBetter(l, found)
		}
		probe = r.sockets.Dial(Listener{
			Open:    func() { l.Post(func() { end(true) }) },
			Message: func([]byte) {},
			Closed:  func(int) { l.Post(func() { end(false) }) },
		})
		r.stopProbe = func() {
			over = true
			probe.Close()
		}
	})
}

// settle stops looking.
func (r *route) settle() {
	if r.stopProbe != nil {
		r.stopProbe()
		r.stopProbe = nil
	}
}
