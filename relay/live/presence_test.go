package live_test

import (
	"testing"

	"foyer/relay/chat"
	"foyer/relay/live"
)

var vera = chat.Participant{ID: "vera", Kind: chat.Visitor}

func TestPresenceCountsConnectionsAndWaitsForTheGraceTime(t *testing.T) {
	hub, clock := newHub()
	var others inbox
	defer hub.Subscribe(live.Session("1"), &others)()

	leaveOne := hub.Present("1", vera)
	leaveTwo := hub.Present("1", vera)
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
	leave := hub.Present("1", vera)
	for range 3 {
		leave()
		clock.Advance(live.DefaultGraceMs - 1)
		leave = hub.Present("1", vera)
	}
	clock.Advance(10 * live.DefaultGraceMs)
	wantGot(t, &others, "presence vera true")
	leave()
}

func TestPresenceIsOfOneSession(t *testing.T) {
	hub, _ := newHub()
	defer hub.Present("1", vera)()
	if hub.Online("2", "vera") || hub.Online("1", "other") || !hub.Online("1", "vera") {
		t.Error("presence is taken for that of another session or participant")
	}
}
