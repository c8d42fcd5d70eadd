// Package chat is the client's side of chat sessions: the log as far as this client has it, what is written and not yet
// kept by the relay, typing, presence and delivery, and (Client) the one session that a visitor has with a site.
//
// wasm/webchat shows a Client as a window; the agent desktop shows many Conversations. The package draws nothing, knows
// no page and no JavaScript, and must never show an entry twice, lose one that was written, or send a message anew
// under another client id: the client message id is what makes a resend harmless.
//
// All methods and all callbacks run on one goroutine (the Loop's), so nothing here locks.
package chat

import (
	"time"

	"foyer/relay/wire"
)

// Link is the connection to the relay; *transport.Link is one.
type Link interface {
	// Request sends f and calls done exactly once: with the reply, or with the problem. While offline, and when the
	// connection drops before the answer, that is CodeNoConnection: whether the relay has taken f is then unknown.
	Request(f wire.Request, done func(reply wire.Frame, problem *wire.Problem))
	// Tell sends what is live only, or drops it while offline.
	Tell(f wire.Frame)
}

// Loop is the goroutine that owns all of the client's state.
type Loop interface {
	// Post runs f soon, after what runs now.
	Post(f func())
	// After runs f once after d, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
}

// Env is what a Conversation needs from around it.
type Env struct {
	Link    Link
	Loop    Loop
	NowMs   func() int64  // Unix milliseconds
	NewID   func() string // a new client message id, never given twice
	Changed func()        // something to be seen has changed; may be called often
}

// Times of the protocol between two people's screens.
const (
	TypingEvery = 3 * time.Second // a typing person is announced at most this often
	TypingIdle  = 5 * time.Second // after the last key, typing is over
	TypingFades = 8 * time.Second // a typing person who is not announced again is forgotten
	retryFirst  = time.Second     // before the first retry of what the relay could not take just now
	retryMost   = 15 * time.Second
)

// again is how long to wait before the attempt that follows so many failed ones.
func again(p *wire.Problem, attempts int) time.Duration {
	wait := retryFirst << min(attempts, 4)
	return max(min(wait, retryMost), time.Duration(p.RetryMs)*time.Millisecond)
}
