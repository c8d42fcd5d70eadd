package crossdomain

import (
	"slices"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
)

// climb is a ladder whose ways and outcomes are in the hands of the test.
type climb struct {
	*Ladder
	t     *testing.T
	loop  *looptest.Fake
	tried []wire.Rung                // in order
	done  map[wire.Rung]func(string) // of the ways that were tried
	taken []string                   // rung and handle of each TakeUp
}

func newClimb(t *testing.T) *climb {
	c := &climb{t: t, loop: looptest.New(), done: map[wire.Rung]func(string){}}
	c.Ladder = New(Options{Loop: c.loop, TakeUp: func(r wire.Rung, handle string) {
		c.taken = append(c.taken, string(r)+" "+handle)
	}})
	return c
}

func (c *climb) offer(rungs ...wire.Rung) {
	for _, r := range rungs {
		c.Offer(r, func(done func(string)) {
			c.tried = append(c.tried, r)
			c.done[r] = done
		})
	}
}

func (c *climb) wantTried(want ...wire.Rung) {
	c.t.Helper()
	if !slices.Equal(c.tried, want) {
		c.t.Errorf("tried %v, want %v", c.tried, want)
	}
}

func TestRungsAreTriedInOrderOneAfterTheOther(t *testing.T) {
	c := newClimb(t)
	c.Kept()
	c.offer(wire.RungIdentity, wire.RungCookie, wire.RungHandoff)
	c.wantTried()
	c.Outcome(false)
	c.wantTried(wire.RungHandoff)
	c.done[wire.RungHandoff]("")
	c.wantTried(wire.RungHandoff, wire.RungCookie)
	c.done[wire.RungCookie]("")
	c.wantTried(wire.RungHandoff, wire.RungCookie, wire.RungIdentity)
	if c.Worked() != "" {
		t.Errorf("%s is said to have worked", c.Worked())
	}
}

func TestTheRungThatWorkedIsRecorded(t *testing.T) {
	for _, rung := range wire.Rungs() {
		t.Run(string(rung), func(t *testing.T) {
			c := newClimb(t)
			if rung == wire.RungSession {
				c.Kept()
			} else {
				c.offer(rung)
				c.done[rung]("h")
				if want := []string{string(rung) + " h"}; !slices.Equal(c.taken, want) {
					t.Fatalf("taken up %v", c.taken)
				}
			}
			if c.TakingUp() != rung {
				t.Error("no outcome is awaited")
			}
			c.Outcome(true)
			if c.Worked() != rung {
				t.Errorf("%q is said to have worked", c.Worked())
			}
			c.Outcome(false)
			if c.Worked() != "" {
				t.Error("the rung outlives the chat")
			}
		})
	}
}

func TestAHandleThatLeadsNowhereIsNotTheLastRung(t *testing.T) {
	c := newClimb(t)
	c.offer(wire.RungHandoff, wire.RungCookie)
	c.done[wire.RungHandoff]("h")
	c.wantTried(wire.RungHandoff)
	c.Outcome(false)
	c.wantTried(wire.RungHandoff, wire.RungCookie)
}

func TestARungThatTakesTooLongIsGivenUp(t *testing.T) {
	c := newClimb(t)
	c.offer(wire.RungHandoff, wire.RungCookie)
	c.loop.Advance(patience - time.Millisecond)
	c.wantTried(wire.RungHandoff)
	c.loop.Advance(time.Millisecond)
	c.wantTried(wire.RungHandoff, wire.RungCookie)
	c.done[wire.RungHandoff]("late")
	if len(c.taken) != 0 {
		t.Errorf("taken up %v", c.taken)
	}
	c.done[wire.RungCookie]("h")
	c.loop.Advance(patience)
	if want := []string{"cookie h"}; !slices.Equal(c.taken, want) || c.TakingUp() != wire.RungCookie {
		t.Errorf("taken up %v", c.taken)
	}
}

func TestWhatADeploymentHasSwitchedOffIsNotTried(t *testing.T) {
	c := newClimb(t)
	c.Allow([]string{"cookie", "elevator"})
	c.offer(wire.RungHandoff, wire.RungButton, wire.RungCookie)
	c.wantTried(wire.RungCookie)
	if c.Allows(wire.RungHandoff) || c.Allows("elevator") || !c.Allows(wire.RungCookie) {
		t.Error("it allows other rungs")
	}
}

func TestNothingIsTriedWhileThereIsAChat(t *testing.T) {
	c := newClimb(t)
	c.Outcome(true)
	c.offer(wire.RungHandoff)
	c.Outcome(false)
	c.wantTried()
	if c.Worked() != "" {
		t.Errorf("a chat that began here came by %s", c.Worked())
	}
}

func TestAChatThatBeginsMeanwhileEndsTheSearch(t *testing.T) {
	c := newClimb(t)
	c.offer(wire.RungHandoff, wire.RungCookie)
	c.Outcome(true)
	c.done[wire.RungHandoff]("h")
	c.loop.Advance(patience)
	c.wantTried(wire.RungHandoff)
	if len(c.taken) != 0 || c.Worked() != "" {
		t.Errorf("taken up %v, %q worked", c.taken, c.Worked())
	}
}

func TestTheButtonWaitsForThoseBelowAndHoldsUpNobodyAbove(t *testing.T) {
	c := newClimb(t)
	c.offer(wire.RungHandoff, wire.RungButton, wire.RungIdentity)
	c.wantTried(wire.RungHandoff)
	c.done[wire.RungHandoff]("")
	c.wantTried(wire.RungHandoff, wire.RungButton, wire.RungIdentity)
	c.done[wire.RungIdentity]("")
	c.loop.Advance(time.Hour)
	c.done[wire.RungButton]("h")
	c.Outcome(true)
	if c.Worked() != wire.RungButton {
		t.Errorf("%q worked", c.Worked())
	}
}

func TestAButtonPressedTooLateDoesNothing(t *testing.T) {
	c := newClimb(t)
	c.offer(wire.RungButton, wire.RungIdentity)
	c.done[wire.RungIdentity]("h")
	c.Outcome(true)
	c.done[wire.RungButton]("other")
	if want := []string{"identity h"}; !slices.Equal(c.taken, want) {
		t.Errorf("taken up %v", c.taken)
	}
}
