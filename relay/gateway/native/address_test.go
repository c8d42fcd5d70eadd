package native

import (
	"fmt"
	"strings"
	"testing"

	"foyer/relay/wire"
)

// The deployment "shop" of these tests records networks, all others nothing.
func TestAddressesOfVisitorsAreRecordedAsTheDeploymentSays(t *testing.T) {
	r := newRelay(t)
	started := func(event, visit string) wire.Event {
		e := pageEvent(event, "1", 1000, "https://shop.example/")
		e.Name, e.Visit, e.Data = "VisitStarted", id(visit), map[string]any{"ipAddress": "6.6.6.6"}
		return e
	}
	visitor, _ := r.visitor((*testRelay).socket, hello())
	visitor.say(&wire.Events{Ref: 1, Events: []wire.Event{started("E", "A")}})
	next(visitor, func(a *wire.Ack) bool { return a.Ref == 1 })

	beacon := strings.NewReplacer("PageExited", "VisitStarted", "AAAA", "BBBB").Replace(exitEvent)
	_, err := r.beacon("shop", "text/plain", "["+fmt.Sprintf(beacon, id("F"))+"]")
	must(t, err)

	recorded := func(visit string) any {
		t.Helper()
		events, err := r.store.Visits().EventsOfVisit(t.Context(), "shop", id(visit), 10)
		must(t, err)
		if len(events) != 1 {
			t.Fatalf("visit %s has %d events", visit, len(events))
		}
		return events[0].Data["ipAddress"]
	}
	if got := recorded("A"); got != "127.0.0.0" {
		t.Errorf("by the socket: %v", got)
	}
	if got := recorded("B"); got != "192.0.2.0" { // where httptest's requests come from
		t.Errorf("by a beacon: %v", got)
	}
}
