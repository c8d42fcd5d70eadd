package webchatservice

import (
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/page"
)

// ask is a command of a page that is not settled yet.
type ask struct {
	*page.Command
	t    *tab
	over bool
	stop func() // of the time limit; nil without one
}

// end is true the first time: then the command is to be settled.
func (a *ask) end() bool {
	if a.over {
		return false
	}
	a.over = true
	if a.stop != nil {
		a.stop()
	}
	return true
}

// resolve and reject settle the command with a value.
func (a *ask) resolve(value any) {
	if a.end() {
		a.Settle(true, value)
	}
}

func (a *ask) reject(value any) {
	if a.end() {
		a.Settle(false, value)
	}
}

// answer resolves with the answer that the page's server would have given to who wrote these entries.
func (a *ask) answer(conv *chat.Conversation, entries ...wire.Entry) {
	a.succeed(a.t.table().Answer(a.t.chat(conv), entries))
}

// succeed resolves with an answer of the page's server.
func (a *ask) succeed(answer map[string]any) {
	if !a.end() {
		return
	}
	a.t.publish("ajaxResponse", answer)
	a.Settle(true, answer)
}

// fail rejects with the answer that the page's server would have given.
func (a *ask) fail(p *wire.Problem) {
	if !a.end() {
		return
	}
	failure := a.t.table().Failure(p)
	a.t.publish("error", failure)
	a.Settle(false, failure)
}

// longest is how long a command waits where the page has no ajaxTimeout, or a longer one: a page that hears nothing for
// longer cannot say anything to its visitor.
const longest = 30 * time.Second

// limit fails the command when the page's ajaxTimeout has passed, if withdraw takes back what was begun. Where it cannot,
// because the relay may have it, the command waits for what the relay says: a page that does again what was rejected must
// not have it done twice.
func (a *ask) limit(withdraw func() bool) {
	most := longest
	if ms, ok := a.t.config()["ajaxTimeout"].(float64); ok && ms > 0 && ms < float64(longest.Milliseconds()) {
		most = time.Duration(ms) * time.Millisecond
	}
	a.stop = a.t.s.o.Loop.After(most, func() {
		if withdraw() {
			a.fail(wire.Problemf(wire.CodeUnavailable, "there was no answer within %v (ajaxTimeout)", most))
		}
	})
}

// harmless is the withdrawal of what may be done twice.
func harmless() bool { return true }

// text is a field where a text is meant.
func (a *ask) text(field string) string { return textOf(a.Field(field)) }

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// waiter is a command that waits until it is known whether there is a chat.
type waiter struct {
	begun bool // also until one that is beginning has begun
	run   func()
	stop  func()
}

// run carries a command out, now or as soon as it can be.
func (s *Service) run(k *command, a *ask) {
	begun := k.after == afterStart
	if k.after == atOnce || !s.unsettled(begun) {
		k.do(s, a)
		return
	}
	w := &waiter{begun: begun, run: func() { k.do(s, a) }}
	w.stop = s.o.Loop.After(patience, func() { s.release(w) })
	s.waiting = append(s.waiting, w)
}

// release carries out what has waited for long enough.
func (s *Service) release(w *waiter) {
	for i, other := range s.waiting {
		if other == w {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			w.stop()
			w.run()
			return
		}
	}
}

func (s *Service) runWaiting() {
	for _, w := range append([]*waiter(nil), s.waiting...) {
		if !s.unsettled(w.begun) { // what ran before may have begun a chat
			s.release(w)
		}
	}
}
