package native

import (
	"context"
	"time"

	"foyer/relay/throttle"
	"foyer/relay/wire"
)

// signIns bounds how often passwords may be tried: enough for fingers, not for lists. Only failures count. What strangers
// try with an agent's name must not keep the agent out, so a name has a limit in each network, and one for all networks
// together, which holds only for networks that have failed themselves and in which nobody has signed in with the name
// before.
type signIns struct {
	inNetwork *throttle.Limit // with whatever names
	inPlace   *throttle.Limit // a network and a name
	failed    *throttle.Limit // networks, whose first failure of a day is free
	elsewhere *throttle.Limit // names, tried in networks that have failed and are not known for them

	// knows tells whether somebody has signed in with a name from a network before.
	knows func(ctx context.Context, name, network string) (bool, error)
}

func newSignIns(now func() time.Time, knows func(ctx context.Context, name, network string) (bool, error)) *signIns {
	return &signIns{
		inNetwork: throttle.New(1, 30, now),
		inPlace:   throttle.New(1.0/6, 10, now),
		failed:    throttle.New(1.0/(24*3600), 1, now),
		elsewhere: throttle.New(0.5, 60, now),
		knows:     knows,
	}
}

// attempt is one try of a password that was let through. It counts as a failure until it is told otherwise: of many at the
// same time none would have failed yet.
type attempt struct{ undo []func() }

// allow counts one attempt. Codes: CodeRate, CodeUnavailable.
func (s *signIns) allow(ctx context.Context, network, name string) (a *attempt, err error) {
	a = &attempt{}
	defer func() {
		if err != nil {
			a.notFailed()
		}
	}()
	if ok, wait := a.count(s.inNetwork, network); !ok {
		return a, tooManySignIns("from this address", wait)
	}
	if ok, wait := a.count(s.inPlace, network+" "+name); !ok {
		return a, tooManySignIns("with this name from this address", wait)
	}
	if ok, _ := a.count(s.failed, network); ok {
		return a, nil
	}
	known, err := s.knows(ctx, name, network)
	if known || err != nil {
		return a, err
	}
	if ok, wait := a.count(s.elsewhere, name); !ok {
		return a, tooManySignIns("with this name", wait)
	}
	return a, nil
}

func (a *attempt) count(l *throttle.Limit, key string) (ok bool, wait time.Duration) {
	ok, wait = l.Allow(key)
	if ok {
		a.undo = append(a.undo, func() { l.GiveBack(key) })
	}
	return ok, wait
}

// notFailed takes back what was counted: the password was right, or was not looked at.
func (a *attempt) notFailed() {
	for _, undo := range a.undo {
		undo()
	}
	a.undo = nil
}

func tooManySignIns(what string, wait time.Duration) error {
	return &wire.Problem{Code: wire.CodeRate, Text: "too many sign-ins " + what, RetryMs: max(wait.Milliseconds(), 1)}
}
