package access

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"foyer/relay/wire"
)

// Limits of agents.
const (
	MaxPasswordBytes = 72 // what bcrypt takes
	MaxUsernameRunes = 100
	MaxCapacity      = 100
	MaxQueues        = 100 // of one agent
	MaxQueueRunes    = 200 // of a queue's name
	DefaultCapacity  = 3
)

// Spec describes an agent as configuration and command line do. Password is in clear; PasswordHash (bcrypt) may be given
// in its place.
type Spec struct {
	Username     string // folded to lower case
	Name         string // Username where empty
	Password     string
	PasswordHash string
	Capacity     int      // DefaultCapacity where 0
	Queues       []string // all where empty
	Source       string   // as in Agent
}

// SignIn finds the agent of a name and password. CodeSignIn says no more than that it failed: an unknown name, a wrong
// password and a disabled agent take the same time and look the same.
func (s *Service) SignIn(ctx context.Context, username, password string) (Agent, error) {
	a, err := s.store.AgentByUsername(ctx, fold(username))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Agent{}, unavailable("look up the agent", err)
	}
	stored := []byte(a.PasswordHash)
	if err != nil || a.Disabled || len(stored) == 0 {
		stored = s.nobody
	}
	select {
	case s.passwords <- struct{}{}:
		defer func() { <-s.passwords }()
	case <-ctx.Done():
		return Agent{}, fmt.Errorf("wait for other sign-ins: %w", ctx.Err())
	}
	tooLong := len(password) > MaxPasswordBytes
	if tooLong { // bcrypt would compare its beginning only
		password = password[:MaxPasswordBytes]
		stored = s.nobody
	}
	if bcrypt.CompareHashAndPassword(stored, []byte(password)) != nil {
		return Agent{}, wire.Problemf(wire.CodeSignIn, "name or password is wrong")
	}
	return a, nil
}

// EnsureAgent adds an agent or brings an existing one up to date, as main does with relay.yaml at the start. The id
// stays, and so does Disabled: whom the command line has disabled, a restart does not enable.
func (s *Service) EnsureAgent(ctx context.Context, spec Spec) (Agent, error) {
	if err := spec.check(); err != nil {
		return Agent{}, err
	}
	old, err := s.store.AgentByUsername(ctx, fold(spec.Username))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Agent{}, fmt.Errorf("look up agent %q: %w", spec.Username, err)
	}
	a, err := s.agentOf(spec, old)
	if err != nil || reflect.DeepEqual(a, old) {
		return a, err
	}
	if err := s.store.PutAgent(ctx, a); err != nil {
		return Agent{}, fmt.Errorf("keep agent %q: %w", spec.Username, err)
	}
	return a, nil
}

// ErrExists is what AddAgent and AddKey answer where the name is taken.
var ErrExists = errors.New("exists already")

// AddAgent adds an agent; ErrExists where the username is taken. For the command line.
func (s *Service) AddAgent(ctx context.Context, spec Spec) (Agent, error) {
	_, err := s.store.AgentByUsername(ctx, fold(spec.Username))
	if err == nil {
		return Agent{}, fmt.Errorf("agent %q: %w", spec.Username, ErrExists)
	}
	if !errors.Is(err, ErrNotFound) {
		return Agent{}, fmt.Errorf("look up agent %q: %w", spec.Username, err)
	}
	return s.EnsureAgent(ctx, spec)
}

// Agents lists all agents, disabled ones too. For the command line; never show PasswordHash.
func (s *Service) Agents(ctx context.Context) ([]Agent, error) {
	all, err := s.store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	return all, nil
}

// agentOf makes what is to be kept from what is wanted and what is there already. The old hash stays where it fits the
// password, so that a restart changes nothing.
func (s *Service) agentOf(spec Spec, old Agent) (Agent, error) {
	a := old
	a.Username = fold(spec.Username)
	a.Name = spec.Name
	if a.Name == "" {
		a.Name = spec.Username
	}
	a.Capacity = spec.Capacity
	if a.Capacity == 0 {
		a.Capacity = DefaultCapacity
	}
	a.Source = spec.Source
	a.Queues = nil
	for _, queue := range spec.Queues {
		a.Queues = append(a.Queues, strings.TrimSpace(queue))
	}
	if a.ID == "" {
		a.ID, a.CreatedMs = s.ids.New(), s.clock.NowMs()
	}
	switch {
	case spec.PasswordHash != "":
		a.PasswordHash = spec.PasswordHash
	case bcrypt.CompareHashAndPassword([]byte(old.PasswordHash), []byte(spec.Password)) != nil:
		hashed, err := bcrypt.GenerateFromPassword([]byte(spec.Password), s.cost)
		if err != nil {
			return Agent{}, fmt.Errorf("hash the password of agent %q: %w", spec.Username, err)
		}
		a.PasswordHash = string(hashed)
	}
	if old.PasswordHash != "" && a.PasswordHash != old.PasswordHash {
		a.Generation++
	}
	return a, nil
}

func (spec Spec) check() error {
	name := fold(spec.Username)
	switch {
	case name == "" || utf8.RuneCountInString(name) > MaxUsernameRunes:
		return fmt.Errorf("an agent needs a username of 1 to %d characters", MaxUsernameRunes)
	case spec.Capacity < 0 || spec.Capacity > MaxCapacity:
		return fmt.Errorf("agent %q: capacity must be between 1 and %d", name, MaxCapacity)
	case spec.Password == "" && spec.PasswordHash == "":
		return fmt.Errorf("agent %q needs a password", name)
	case len(spec.Password) > MaxPasswordBytes:
		return fmt.Errorf("agent %q: a password may have %d bytes", name, MaxPasswordBytes)
	}
	if err := checkQueues(spec.Queues); err != nil {
		return fmt.Errorf("agent %q: %w", name, err)
	}
	if spec.PasswordHash == "" {
		return nil
	}
	if _, err := bcrypt.Cost([]byte(spec.PasswordHash)); err != nil {
		return fmt.Errorf("agent %q: the password hash is not one of bcrypt: %w", name, err)
	}
	return nil
}

// checkQueues looks at the names alone: whether there are such queues, relay.yaml knows.
func checkQueues(queues []string) error {
	if len(queues) > MaxQueues {
		return fmt.Errorf("at most %d queues", MaxQueues)
	}
	for _, queue := range queues {
		queue = strings.TrimSpace(queue)
		if queue == "" || utf8.RuneCountInString(queue) > MaxQueueRunes || strings.ContainsFunc(queue, unicode.IsControl) {
			return fmt.Errorf("%q is no name of a queue: 1 to %d characters, without control characters", queue, MaxQueueRunes)
		}
	}
	return nil
}

func fold(username string) string { return strings.ToLower(strings.TrimSpace(username)) }

// Fold is the name that SignIn looks up: all ways to write it count as one. A longer one than any agent has is cut, so
// that nobody who remembers names remembers more than that.
func Fold(username string) string {
	folded := fold(username)
	for i := range folded {
		if i >= MaxUsernameRunes*utf8.UTFMax {
			return folded[:i]
		}
	}
	return folded
}
