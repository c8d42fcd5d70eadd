package desk

import (
	"strings"

	"foyer/relay/wire"
)

// SignIn sends name and password. It does nothing while there is no connection or an answer is awaited.
func (d *Desk) SignIn(username, password string) {
	if d.Phase != SignedOut {
		return
	}
	d.Phase, d.SignInProblem = SigningIn, nil
	d.changed()
	f := &wire.SignIn{Username: strings.TrimSpace(username), Password: password}
	d.o.Link.Request(f, func(answer wire.Frame, p *wire.Problem) {
		if w, ok := answer.(*wire.Welcome); ok && p == nil {
			d.welcome(w)
		} else if d.Phase == SigningIn {
			d.Phase, d.SignInProblem = SignedOut, p
			d.notify(Event{Kind: SignInFailed, Problem: p})
		}
		d.changed()
	})
}

// SignOut revokes the token, forgets everything of this agent in this tab, and shows the sign-in again.
func (d *Desk) SignOut() {
	if d.Phase != SignedIn {
		return
	}
	d.o.Link.Request(&wire.SignOut{}, func(wire.Frame, *wire.Problem) {
		// Revoked, or out of reach; in both cases the token is forgotten already and a new hello goes without one.
		d.o.Link.Restart()
	})
	d.forgetAgent()
	d.forgetWork()
	d.changed()
}

// SetReady sets whether the agent is offered conversations.
func (d *Desk) SetReady(ready bool) {
	if d.Phase != SignedIn {
		return
	}
	d.setReady(ready)
	d.readyUntold = true
	d.tellReady()
	d.changed()
}

func (d *Desk) setReady(ready bool) {
	d.Ready = ready
	value := ""
	if ready {
		value = "1"
	}
	d.keep(keepReady, value)
}

func (d *Desk) tellReady() {
	want := d.Ready
	d.o.Link.Request(&wire.Ready{Ready: want}, func(_ wire.Frame, p *wire.Problem) {
		if p != nil && p.Code == wire.CodeNoConnection { // the next welcome tells it again
			return
		}
		d.forgetUnconfirmed()
		if d.Ready == want {
			d.readyUntold = false
		}
		if p == nil {
			d.changed()
			return
		}
		if d.Ready == want {
			d.setReady(!want)
		}
		d.trouble(p)
		d.changed()
	})
}

// agreeOnReady settles after a welcome what holds: a choice that the relay has not heard of, or the relay's state, which
// another tab may have changed. A relay that was started anew knows of nobody who is ready, so it is told again.
func (d *Desk) agreeOnReady(relay bool) {
	if relay && !d.readyUntold {
		d.setReady(true)
	}
	d.tellReady()
}

// welcome takes the relay's view of this agent: after hello, after sign-in, and after each reconnection.
func (d *Desk) welcome(w *wire.Welcome) {
	d.Limits = w.Limits
	d.skewMs = w.NowMs - d.o.NowMs()
	d.Connection = Online
	if w.Agent == nil {
		if d.Phase != SigningIn {
			d.forgetAgent()
		}
		return
	}
	first := d.Phase != SignedIn
	if d.kept[keepAgent] != w.Agent.ID {
		d.forgetWork() // somebody else's
		d.keep(keepAgent, w.Agent.ID)
	}
	d.Phase, d.Agent, d.SignInProblem = SignedIn, *w.Agent, nil
	if w.Token != "" {
		d.keepToken(w.Token)
	}
	d.takeSessions(w.Sessions)
	d.takeOffers(w.Offers)
	d.takeCalls(w.Callbacks)
	d.agreeOnReady(w.Agent.Ready)
	if d.was && !first {
		d.notify(Event{Kind: ConnectionBack})
	}
	d.was = true
}

func (d *Desk) keepToken(token string) {
	d.token = token
	d.keep(keepToken, token)
}

// forgetAgent goes back to the sign-in. What the agent had written stays kept: whoever has to sign in again because a
// token ran out finds it there.
func (d *Desk) forgetAgent() {
	gone := d.Conversations
	d.Phase = SignedOut
	d.Agent = wire.Agent{}
	d.Offers, d.Conversations, d.Calls, d.Selected, d.Waiting = nil, nil, nil, "", wire.Waiting{}
	d.was = false
	for _, c := range gone {
		c.Offline()
		c.Uploads.Close()
	}
	d.keepToken("")
	d.setReady(false)
	d.readyUntold = false
}

// forgetWork drops everything that the tab keeps.
func (d *Desk) forgetWork() {
	for key := range d.kept {
		d.keep(key, "")
	}
}
