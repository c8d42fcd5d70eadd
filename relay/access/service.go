package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sync"

	"golang.org/x/crypto/bcrypt"

	"foyer/relay/wire"
)

// Clock gives the time, so that tests own it.
type Clock interface{ NowMs() int64 }

// IDs mints ids, so that tests own them.
type IDs interface{ New() string }

// Options is what a Service is made of. Store, Clock and IDs are required.
type Options struct {
	Store Store
	Clock Clock
	IDs   IDs
	Cost  int // of bcrypt, 4 to 31; 0 means DefaultCost
	// SignInMs is how long an agent's sign-in lasts, however active the agent is. It may change from call to call. nil
	// means DefaultSignInMs.
	SignInMs func() int64
}

// DefaultSignInMs is a week.
const DefaultSignInMs = 7 * 24 * 3600_000

// DefaultCost of bcrypt: some 60 ms of one core for each sign-in.
const DefaultCost = 10

// passwordsAtOnce bounds how many passwords are checked at a time, so that guesses never take the whole machine.
const passwordsAtOnce = 4

// Service is safe for use by many goroutines. Errors that a client may see hold a *wire.Problem (errors.As).
type Service struct {
	store Store
	clock Clock
	ids   IDs
	cost  int

	signInMs func() int64

	nobody    []byte        // a hash that no password fits, for constant work
	passwords chan struct{} // holds one token for each password being checked

	mu       sync.Mutex // guards keys and readMs; held while keys are read, so that one reads for all
	keys     []SigningKey
	readMs   int64
	keysRead bool
}

// NewService puts a service together. It fails where Cost is out of range or the system has no randomness.
func NewService(o Options) (*Service, error) {
	if o.Cost == 0 {
		o.Cost = DefaultCost
	}
	nobody, err := bcrypt.GenerateFromPassword([]byte(secret()), o.Cost)
	if err != nil {
		return nil, fmt.Errorf("prepare password hashes: %w", err)
	}
	if o.SignInMs == nil {
		o.SignInMs = func() int64 { return DefaultSignInMs }
	}
	return &Service{store: o.Store, clock: o.Clock, ids: o.IDs, cost: o.Cost, signInMs: o.SignInMs, nobody: nobody,
		passwords: make(chan struct{}, passwordsAtOnce)}, nil
}

// secret mints 256 random bits in base64url, 43 characters.
func secret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: it crashes the program where there is no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}

// hash is how handles and API keys are kept: their 256 bits need no slow hash.
func hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

// unavailable says that the store failed at what was attempted; the reason stays in the chain, for the log.
func unavailable(attempted string, err error) error {
	return fmt.Errorf("%s: %w: %w", attempted, wire.Problemf(wire.CodeUnavailable, "could not %s just now", attempted), err)
}
