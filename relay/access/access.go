// Package access is the domain of who may do what: agents and their passwords, API keys, the signed short-lived tokens
// of connections, and the resume handles that pages keep.
//
// Gateways call it before they call the rest of the domain. It must never log a secret, and keeps only hashes of those
// it does not need back (passwords with bcrypt, handles and API keys with SHA-256; signing keys are kept whole).
package access

import (
	"context"
	"errors"
)

// Agent is somebody who may sign in to the desktop.
type Agent struct {
	ID           string // UUIDv7, or stable for those of relay.yaml
	Username     string // lower case, unique
	Name         string // what visitors see
	PasswordHash string
	Capacity     int      // chats at a time
	Queues       []string // that the agent works for; nil for all
	Disabled     bool
	CreatedMs    int64
	Generation   int64  // of sign-ins: tokens of an earlier one are over. It never falls
	Source       string // SourceFile, or "" for agents of the command line
}

// SourceFile is where an agent is kept whom relay.yaml names.
const SourceFile = "file"

// APIKey lets a server call in.
type APIKey struct {
	Hash       string // hex SHA-256 of the key
	Name       string
	Deployment string // that it is for; "" for all
	Purpose    string // PurposeMetrics, or "" for the interfaces for servers
	Disabled   bool
	CreatedMs  int64
}

// PurposeMetrics is that of a key which reads the metrics of all deployments, and nothing else.
const PurposeMetrics = "metrics"

// Handle is what a page may keep first-party to take up its own chat again. Family binds the handles that replaced each
// other: when a newer one of the family has been used, older ones expire after a grace time (two tabs may use one at once).
type Handle struct {
	Hash        string // hex SHA-256 of the opaque value
	Family      string
	Generation  int
	Session     string
	Participant string
	Deployment  string
	CreatedMs   int64
	ExpiresMs   int64
	RevokedMs   int64
}

// SigningKey signs tokens (HS256). The newest unexpired one signs; all unexpired ones verify.
type SigningKey struct {
	ID        string
	Secret    []byte
	CreatedMs int64
	ExpiresMs int64
}

// ErrNotFound is what stores answer where there is no such row.
var ErrNotFound = errors.New("not found")

// Store keeps the above. Implemented by relay/store on SQLite and PostgreSQL.
type Store interface {
	// PutAgent adds an agent or replaces the one with the same username. The generation stays where it is higher.
	PutAgent(ctx context.Context, a Agent) error
	// DeleteAgent takes an agent out, with the places.
	DeleteAgent(ctx context.Context, username string) error
	// AgentsMark is another one after every change of a generation, and when agents come or go.
	AgentsMark(ctx context.Context) (string, error)
	AgentByUsername(ctx context.Context, username string) (Agent, error)
	AgentByID(ctx context.Context, id string) (Agent, error)
	Agents(ctx context.Context) ([]Agent, error)

	PutAPIKey(ctx context.Context, k APIKey) error
	APIKeyByHash(ctx context.Context, hash string) (APIKey, error)
	APIKeys(ctx context.Context) ([]APIKey, error)

	PutHandle(ctx context.Context, h Handle) error
	HandleByHash(ctx context.Context, hash string) (Handle, error)
	// ExpireOlderHandles lets the family's handles below generation expire at ms, if they would live longer.
	ExpireOlderHandles(ctx context.Context, family string, generation int, ms int64) error
	// RevokeHandles ends all handles of a session.
	RevokeHandles(ctx context.Context, session string, ms int64) error

	// PutPlace remembers that an agent has signed in from a network, keeps so many of the agent's newest, and forgets all
	// of before sinceMs. KnowsPlace asks.
	PutPlace(ctx context.Context, username, network string, nowMs int64, keep int, sinceMs int64) error
	KnowsPlace(ctx context.Context, username, network string, sinceMs int64) (bool, error)

	// KeepDeployments remembers the names of the deployments that there are, in place of those before.
	KeepDeployments(ctx context.Context, names []string) error
	Deployments(ctx context.Context) ([]string, error)

	HandoffStore
	FrameCookieStore

	// PutSigningKey adds a key unless one made after sinceMs exists already (two relays may try at once).
	PutSigningKey(ctx context.Context, k SigningKey, sinceMs int64) error
	SigningKeys(ctx context.Context, nowMs int64) ([]SigningKey, error)

	// RevokeToken remembers a token id until it would have expired anyway; TokenRevoked asks.
	RevokeToken(ctx context.Context, id string, untilMs int64) error
	TokenRevoked(ctx context.Context, id string) (bool, error)
}
