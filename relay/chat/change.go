package chat

import (
	"context"
	"errors"
)

// Change is one atomic unit that the domain hands to the store: all of it becomes durable, or nothing. The store's
// committer runs many in one transaction, in order for each session; a change that fails (precondition, text that the
// database cannot keep) fails alone.
type Change struct {
	Session string   // id; with Create, the id of the new session
	Create  *Session // set for a new session; a second one with the same (Deployment, StartID) changes nothing, see Applied.Existing
	If      If       // what must hold, checked in the transaction
	Set     Set      // what changes in the row
	Join    []Participant
	Leave   []string   // participant ids; those not in the session are ignored
	Entries []Entry    // appended in this order; an entry whose ClientID the session already has is not added again, see Applied
	Files   []FileMove // not with Create
	NowMs   int64      // the domain's clock; the store never lets an entry's Ms go below the session's last one
}

// If is a change's precondition. Zero fields are not checked.
type If struct {
	States      []State // the session is in one of these
	Offer       string  // the session's open offer is this one
	Agent       string  // the session's agent is this one
	Participant string  // this participant is in the session and has not left
	Anonymous   bool    // nobody vouches for the visitor yet
	Below       int64   // the log has fewer entries than this
}

// Set names the columns that change; nil leaves one as it is.
type Set struct {
	State       *State
	Agent       *string
	Offer       *string
	OfferEndsMs *int64
	QueuedMs    *int64
	EndedMs     *int64
	Identity    *string
	MergeData   map[string]any // merged into UserData; a nil value removes the key
}

// FileState is where a file stands, from its first byte on. Only a Kept one is ever shown to anybody.
type FileState string

const (
	FileUploading FileState = "uploading" // bytes are arriving
	FileWhole     FileState = "whole"     // all bytes are durable; a scanner may look at it
	FileKept      FileState = "kept"      // it is in the log
	FileDeleted   FileState = "deleted"   // its sender took it back; its bytes are about to go
	FilePurged    FileState = "purged"    // its bytes are gone
	FileAbandoned FileState = "abandoned" // the upload came to nothing; bytes and row are about to go
)

// FileMove lets a file of the session change its state in one with the rest of the change. Where the session has no such
// file in state From, nothing is kept: ErrNoFile.
type FileMove struct {
	ID       string
	From, To FileState
}

// Applied is what became of a change.
type Applied struct {
	Session  Session // the row after the change, with participants
	Entries  []Entry // as kept, with Seq and Ms; for a resend, the entry that was kept the first time
	Existing bool    // nothing was new: every entry was a resend, or Create met its first run
}

// Errors of Store.Apply. They say why nothing was kept.
var (
	ErrNoSession    = errors.New("no such session")
	ErrPrecondition = errors.New("precondition does not hold")
	ErrNoFile       = errors.New("the session has no such file in this state")
	ErrUnstorable   = errors.New("a text that cannot be kept (invalid UTF-8 or a NUL)")
)

// PreconditionError is what Apply returns where If does not hold: errors.Is(err, ErrPrecondition), with the row as it is.
type PreconditionError struct{ Session Session }

func (e *PreconditionError) Error() string {
	return "precondition does not hold: session is " + string(e.Session.State)
}
func (e *PreconditionError) Unwrap() error { return ErrPrecondition }

// Store keeps sessions and their logs. Implemented by relay/store on SQLite and PostgreSQL.
type Store interface {
	// Apply makes a change durable and returns after it is. A resend (all entries' ClientIDs known, or Create with a
	// known StartID) is answered before the precondition is looked at: Existing, with what was kept the first time.
	Apply(ctx context.Context, c Change) (Applied, error)
	// Session reads a row with its participants; ErrNoSession if there is none.
	Session(ctx context.Context, id string) (Session, error)
	// EntriesAfter gives up to limit entries with Seq > after, in order.
	EntriesAfter(ctx context.Context, session string, after int64, limit int) ([]Entry, error)
	// EntriesBefore gives the last up to limit entries with Seq < before, in order.
	EntriesBefore(ctx context.Context, session string, before int64, limit int) ([]Entry, error)
	// InState lists sessions in one of the states, longest waiting (QueuedMs, then ID) first.
	InState(ctx context.Context, states []State, limit int) ([]Session, error)
	// OfAgent lists the sessions that the agent has now, oldest first: Offered, Active, or Ended by the visitor and
	// not yet marked done.
	OfAgent(ctx context.Context, agent string) ([]Session, error)
	// OfIdentity gives the newest session of a deployment with this identity, of those in one of the states;
	// ErrNoSession if there is none.
	OfIdentity(ctx context.Context, deployment, identity string, states []State) (Session, error)
}

// Live delivers to who is connected. Implemented by relay/live. Everything is fire and forget: what was durable before
// is read from the store by whoever missed it.
type Live interface {
	// Committed tells everyone in the session of the entries of one change, and of the row after it.
	Committed(s Session, entries []Entry)
	// Typing, Delivered and Draft pass through and are never kept.
	Typing(session string, from Participant, on bool, text string)
	Delivered(session string, from Participant, seq int64)
	Draft(session string, from Participant, connection, text string)
}

// Clock gives the time, so that tests own it.
type Clock interface{ NowMs() int64 }

// IDs mints ids (UUIDv7), so that tests own them.
type IDs interface{ New() string }
