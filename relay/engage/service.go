// Package engage is the domain of engagement: invitations and what becomes of them, pacing by what the agents could take,
// and the rules by which visitors are engaged.
//
// relay/gateway/gwe calls Service for servers and pages; main compiles the rules (Compile), hands them to an Engine, and
// lets it observe the events that relay/visit keeps. The package must never invite by a rule beyond the agents' capacity
// or a rule's limits, nor make the recording of an event wait for a rule.
package engage

import (
	"context"
	"sync"

	"foyer/relay/desk"
	"foyer/relay/notify"
	"foyer/relay/visit"
)

// Desk knows what agents could take. Implemented by relay/desk.
type Desk interface {
	// Room is for tasks of a kind (Chat, Callback) in some queues; in all where none is named.
	Room(ctx context.Context, kind string, queues []string) (desk.Room, error)
}

// Clock lets tests own the time.
type Clock interface {
	NowMs() int64
	AfterMs(ms int64, f func()) (stop func())
}

// IDs mints ids (UUIDs).
type IDs interface{ New() string }

// Options is what a Service is made of. All fields are required but QueueOf and Watch.
type Options struct {
	Desk    Desk
	Notify  *notify.Service
	Visits  *visit.Service
	Archive *visit.Archive
	Clock   Clock
	IDs     IDs
	// QueueOf names the queue of a deployment; where it is nil, rules go by all agents.
	QueueOf func(deployment string) string
	// Watch is told what rules and invitations come to; nil for nobody.
	Watch Watch
}

// Service is safe for use by many goroutines. Its errors hold a *wire.Problem.
type Service struct {
	Options

	open openInvitations

	mu    sync.Mutex           // guards what follows
	rooms map[string]knownRoom // by kind and queues
}

// NewService puts a Service together.
func NewService(o Options) *Service {
	if o.Watch == nil {
		o.Watch = nobody{}
	}
	return &Service{Options: o, rooms: map[string]knownRoom{}}
}
