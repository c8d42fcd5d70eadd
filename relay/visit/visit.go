// Package visit is the domain of monitoring: visits, their pages, and the events that browsers send.
//
// Gateways give it events (Service.Record), the desktop asks it for a visit's pages (Service.Pages). It knows neither
// HTTP nor SQL. Events are lazier than chat: they are acknowledged when the store has taken them, and must never make a
// chat message wait.
package visit

import (
	"context"
	"fmt"
)

// Event is one monitoring event (spec/gwe-monitoring.md 1.4) as it is kept.
type Event struct {
	ID         string // 32 upper-case hex digits, minted in the browser; the key
	Deployment string
	Type       string // SYSTEM, BUSINESS, ENGAGEMENT
	Name       string
	Page       string // pageID
	Visit      string // visitID
	Device     string // globalVisitID
	Ms         int64  // the browser's clock
	ServerMs   int64  // the relay's clock when it came
	URL        string
	Category   string
	Language   string
	Data       map[string]any
}

// Identity is whom the event names: the user id of a SignIn, SignOut or UserInfo, at most MaxIdentityRunes of it. Both
// spellings are in use. "" for all other events.
func (e Event) Identity() string {
	if e.Name != SignIn && e.Name != SignOut && e.Name != UserInfo {
		return ""
	}
	for _, key := range []string{"userID", "userId"} {
		switch id := e.Data[key].(type) {
		case string:
			return firstRunes(id, MaxIdentityRunes)
		case int64, uint64, float64:
			return fmt.Sprint(id)
		}
	}
	return ""
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Names of system events.
const (
	VisitStarted = "VisitStarted"
	PageEntered  = "PageEntered"
	PageExited   = "PageExited"
	SignIn       = "SignIn"
	SignOut      = "SignOut"
	UserInfo     = "UserInfo"
)

// Names of what the relay notes itself, of the type Engagement.
const (
	RuleFired        = "RuleFired"        // Data: rule; heldOut where the visitor is in the hold-out share
	InvitationSent   = "InvitationSent"   // Data: engagementID, type, rule, pages
	InvitationResult = "InvitationResult" // Data: engagementID, code
)

// Page is one page of a visit, put together from its events.
type Page struct {
	ID        string
	URL       string
	Title     string
	EnteredMs int64
	LeftMs    int64 // 0 while it is open, as far as is known
}

// Store keeps events. Implemented by relay/store, in a file (SQLite) or with a commit mode (PostgreSQL) of their own.
type Store interface {
	// AddEvents keeps events; one whose ID is known is left out. It gives back those that were new, in order.
	AddEvents(ctx context.Context, events []Event) ([]Event, error)
	// EventsOfVisit gives a visit's events in the order of the browser's clock, at most limit.
	EventsOfVisit(ctx context.Context, deployment, visit string, limit int) ([]Event, error)
}

// Live tells who follows a visit that it went on. Implemented by relay/live.
type Live interface {
	VisitChanged(deployment, visit string)
}

// Clock gives the time, so that tests own it.
type Clock interface{ NowMs() int64 }
