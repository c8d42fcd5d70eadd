package live_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/clock/clocktest"
	"foyer/relay/live"
)

var vera = chat.Participant{ID: "vera", Kind: chat.Visitor}

func present(t *testing.T, hub *live.Hub, session string) (leave func()) {
	t.Helper()
	leave, err := hub.Present(session, vera)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestPresenceCountsConnectionsAndWaitsForTheGraceTime(t *testing.T) {
	hub, clock := newHub()
	var others inbox
	defer hub.Subscribe(live.Session("1"), &others)()

	leaveOne := present(t, hub, "1")
	leaveTwo := present(t, hub, "1")
	wantGot(t, &others, "presence vera true")
	leaveOne()
	leaveOne() // the same connection again
	clock.Advance(live.DefaultGraceMs)
	wantGot(t, &others)
	leaveTwo()
	clock.Advance(live.DefaultGraceMs - 1)
	wantGot(t, &others)
	if !hub.Online("1", "vera") {
		t.Error("offline within the grace time")
	}
	clock.Advance(1)
	wantGot(t, &others, "presence vera false")
	if hub.Online("1", "vera") || clock.Timers() != 0 {
		t.Errorf("online %t, %d timers left", hub.Online("1", "vera"), clock.Timers())
	}
}

func TestAWalkToTheNextPageDoesNotFlicker(t *testing.T) {
	hub, clock := newHub()
	var others inbox
	defer hub.Subscribe(live.Session("1"), &others)()
	leave := present(t, hub, "1")
	for range 3 {
		leave()
		clock.Advance(live.DefaultGraceMs - 1)
		leave = present(t, hub, "1")
	}
	clock.Advance(10 * live.DefaultGraceMs)
	wantGot(t, &others, "presence vera true")
	leave()
}

func TestPresenceIsOfOneSession(t *testing.T) {
	hub, _ := newHub()
	defer present(t, hub, "1")()
	if hub.Online("2", "vera") || hub.Online("1", "other") || !hub.Online("1", "vera") {
		t.Error("presence is taken for that of another session or participant")
	}
}

func TestAParticipantHasSoManyConnections(t *testing.T) {
	clock := clocktest.New(0)
	hub := live.NewHub(live.Options{Clock: clock, Limits: func() live.Limits { return live.Limits{Connections: 2, Pages: 9} }})
	var others inbox
	defer hub.Subscribe(live.Session("1"), &others)()
	leaveOne, leaveTwo := present(t, hub, "1"), present(t, hub, "1")
	if _, err := hub.Present("1", vera); !errors.Is(err, live.ErrConnections) {
		t.Errorf("a third connection: %v", err)
	}
	defer present(t, hub, "2")()
	leaveOne()
	present(t, hub, "1")()
	leaveTwo()
	clock.Advance(live.DefaultGraceMs)
	wantGot(t, &others, "presence vera true", "presence vera false")
}

func TestComingAndGoingAtOnceIsToldInItsOrder(t *testing.T) {
	hub, clock := newHub()
	var others inbox
	defer hub.Subscribe(live.Session("1"), &others)()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if leave, err := hub.Present("1", vera); err == nil {
					leave()
				}
				clock.Advance(live.DefaultGraceMs)
			}
		})
	}
	wg.Wait()
	clock.Advance(live.DefaultGraceMs)
	for i, got := range others.take() {
		if want := fmt.Sprintf("presence vera %t", i%2 == 0); got != want {
			t.Fatalf("message %d is %q, want %q", i, got, want)
		}
	}
	if hub.Online("1", "vera") || clock.Timers() != 0 {
		t.Errorf("online %t, %d timers left", hub.Online("1", "vera"), clock.Timers())
	}
}
