package native

import (
	"sync"
	"time"

	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// placesAtMost bounds the memory: with more places than this all are forgotten, and agents are strangers again for once.
const placesAtMost = 10_000

// place is a network (throttle.Network) in which somebody is known by a name.
type place struct{ network, name string }

// signIns bounds how often passwords may be tried: enough for fingers, not for lists. What a stranger tries with an
// agent's name must not keep the agent out, so a name has a limit in each network, and one for all networks together in
// which nobody has signed in with it yet; the second is more than one network alone can use up.
type signIns struct {
	inNetwork *throttle.Limit // with whatever names
	inPlace   *throttle.Limit
	elsewhere *throttle.Limit // with one name, from networks that are not known for it

	mu    sync.Mutex
	known map[place]struct{} // where somebody has signed in since the relay was started
}

func newSignIns(now func() time.Time) *signIns {
	return &signIns{
		inNetwork: throttle.New(1, 30, now),
		inPlace:   throttle.New(1.0/6, 10, now),
		elsewhere: throttle.New(0.5, 60, now),
		known:     map[place]struct{}{},
	}
}

// allow counts one attempt. Codes: CodeRate.
func (s *signIns) allow(network, name string) error {
	if ok, wait := s.inNetwork.Allow(network); !ok {
		return tooManySignIns("from this address", wait)
	}
	at := place{network, name}
	if ok, wait := s.inPlace.Allow(network + " " + name); !ok {
		return tooManySignIns("with this name from this address", wait)
	}
	if s.knows(at) {
		return nil
	}
	if ok, wait := s.elsewhere.Allow(name); !ok {
		return tooManySignIns("with this name", wait)
	}
	return nil
}

func tooManySignIns(what string, wait time.Duration) error {
	return &wire.Problem{Code: wire.CodeRate, Text: "too many sign-ins " + what, RetryMs: max(wait.Milliseconds(), 1)}
}

// succeeded notes that the password was right.
func (s *signIns) succeeded(network, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= placesAtMost {
		clear(s.known)
	}
	s.known[place{network, name}] = struct{}{}
}

func (s *signIns) knows(at place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.known[at]
	return known
}
