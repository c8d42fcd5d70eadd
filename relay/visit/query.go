package visit

import "context"

// Query selects kept events. Zero fields say nothing; all others must hold.
type Query struct {
	Deployment string
	IDs        []string // has one of these
	Visits     []string // in one of these
	Pages      []string
	Names      []string // called one of these
	Device     string
	Identity   string   // of visits in which this identity was named
	Naming     []string // events that themselves name one of these identities
	With       string   // of visits that have an event of this name
	Type       string
	Category   string // among the event's categories
	URL        string // the address begins with it
	SinceMs    int64  // came at or after, by the relay's clock
	FromMs     int64  // happened at or after, by the browser's clock
	After      Cursor
	Limit      int  // must be positive
	Last       bool // events only: the last so many instead of the first; After must be zero
}

// Cursor is a place in the order of a listing: by when things came, then as said below.
type Cursor struct {
	ServerMs int64
	Ms       int64  // events only: the browser's clock
	ID       string // "" is the place before everything
}

// By is what events are grouped by.
type By int

// What events belong to.
const (
	ByPage By = iota
	ByVisit
	ByIdentity // events that name one
)

// Group is what the selected events of one page, visit or identity say together.
type Group struct {
	ID            string
	FirstServerMs int64
	LastServerMs  int64
	FirstMs       int64 // by the browser's clock; of what only the relay noted, by its own
	LastMs        int64
	Events        int64
	Visit         string // of a page
	Device        string // one of them, where there are several
}

// HistoryStore is what was kept, for reading, and for deleting when its time is over. Implemented by relay/store.
type HistoryStore interface {
	// Events gives the selected events in the order in which they came, then of the browser's clock, then of their ids.
	Events(ctx context.Context, q Query) ([]Event, error)
	// Groups gives what the selected events belong to, in the order of the first of these events, then of their ids.
	Groups(ctx context.Context, by By, q Query) ([]Group, error)
	// Deployments names those of which events are kept, in order.
	Deployments(ctx context.Context) ([]string, error)
	// DeleteEvents removes a deployment's events that came before a time, at most limit, and tells how many.
	DeleteEvents(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error)
}
