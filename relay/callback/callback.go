// Package callback is the domain of calls that visitors ask for: what a callback is, until when it may be asked for, and
// who may do what with it.
//
// Gateways call it (Service): visitors' to ask for a call, agents' to take one over and to say how it went. relay/desk
// finds the agent for a call that is due, through the methods of router.go. It knows neither HTTP nor SQL, and it does not
// dial: an agent rings with a telephone of their own. It must never acknowledge what the store has not made durable, and
// never let two agents ring for the same request.
package callback

import (
	"context"
	"errors"
)

// State is where a callback stands.
type State string

const (
	Scheduled State = "Scheduled" // waits for its time, or, when that has come (DueMs), for an agent
	Offered   State = "Offered"   // one agent is being asked
	Active    State = "Active"    // an agent has it
	Done      State = "Done"      // over: Disposition says how it went
	Cancelled State = "Cancelled" // over: nobody is to ring any more
)

// Over tells whether nothing happens any more.
func (s State) Over() bool { return s == Done || s == Cancelled }

// Callback is one call that was asked for.
type Callback struct {
	ID          string // UUIDv7
	Deployment  string
	Queue       string
	State       State
	Name        string
	Phone       string // as the visitor wrote it
	Email       string
	Subject     string
	Visit       string // visitID of the page that asked
	Device      string // globalVisitID
	Page        string // pageID
	Origin      string
	Language    string
	Identity    string // sub of the customer's signed identity, verified; "" where nobody vouches for the visitor
	UserData    map[string]any
	ClientID    string // the client's id of the request; unique within the deployment
	CreatedMs   int64  // Unix ms, as all times here
	DesiredMs   int64  // what the visitor asked for; for as soon as possible CreatedMs, or the next opening
	DueMs       int64  // when an agent is to be asked: DesiredMs at first, later after each attempt in vain
	Agent       string // agent id while Offered or Active, and who was the last to have it when Done
	Offer       string // id of the open offer, while Offered
	OfferEndsMs int64
	Attempts    int    // calls of which an agent has said how they went
	Disposition string // of the last one: wire.CallReached …
	Note        string // what its agent wrote down
	EndedMs     int64
}

// If is what must hold for a change. Zero fields are not checked.
type If struct {
	State State
	Agent string
	Offer string
}

// Set names what changes; nil leaves a field as it is.
type Set struct {
	State       *State
	Agent       *string
	Offer       *string
	OfferEndsMs *int64
	DueMs       *int64
	Attempts    *int
	Disposition *string
	Note        *string
	EndedMs     *int64
}

// Errors of Store. They say why nothing was kept.
var (
	ErrNone       = errors.New("no such callback")
	ErrChanged    = errors.New("the callback is not as the change wants it")
	ErrTooMany    = errors.New("as many callbacks wait as are allowed")
	ErrUnstorable = errors.New("a text that cannot be kept (invalid UTF-8 or a NUL)")
)

// Store keeps callbacks. Implemented by relay/store on SQLite and PostgreSQL.
type Store interface {
	// Add makes a callback durable and returns after it is. A second one with the same (Deployment, ClientID) is not
	// kept: the answer is the first one. ErrTooMany where atMost of the deployment are not over already that have the
	// visit, the device (where not empty) or the telephone number (by its digits) in common with it.
	Add(ctx context.Context, c Callback, atMost int) (kept Callback, err error)
	// Callback reads one; ErrNone if there is none.
	Callback(ctx context.Context, id string) (Callback, error)
	// OfClient reads the one that a client's request made; ErrNone if there is none.
	OfClient(ctx context.Context, deployment, clientID string) (Callback, error)
	// Waiting lists those that are Offered, or Scheduled and due at nowMs, longest due (DueMs, then ID) first.
	Waiting(ctx context.Context, nowMs int64, limit int) ([]Callback, error)
	// Planned lists those that are Scheduled and due after nowMs, the first (DueMs, then ID) first.
	Planned(ctx context.Context, nowMs int64, limit int) ([]Callback, error)
	// OfAgent lists those that the agent has now, oldest first: Offered or Active.
	OfAgent(ctx context.Context, agent string) ([]Callback, error)
	// DeleteOver deletes up to limit of a deployment that have ended before a time, and gives how many.
	DeleteOver(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error)
	// Change changes one durably, if it is as wanted; else ErrChanged. Of several who try at once with the same If, where
	// Set ends what If wants, one succeeds.
	Change(ctx context.Context, id string, want If, set Set) (Callback, error)
}
