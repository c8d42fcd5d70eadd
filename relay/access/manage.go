package access

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// What the command line does to agents. A running relay sees it within a second, and ends the sign-ins that it ends.

// ErrInFile is what SetPassword and RemoveAgent answer of an agent whom relay.yaml would bring back.
var ErrInFile = errors.New("is kept by relay.yaml, and has to be changed there")

// DisableAgent keeps an agent from signing in and ends what their tokens are good for; ErrNotFound where there is none.
func (s *Service) DisableAgent(ctx context.Context, username string) error {
	return s.setAgentDisabled(ctx, username, true)
}

// EnableAgent lets an agent sign in again who was disabled; ErrNotFound where there is none. Tokens from before stay what
// they are: over.
func (s *Service) EnableAgent(ctx context.Context, username string) error {
	return s.setAgentDisabled(ctx, username, false)
}

func (s *Service) setAgentDisabled(ctx context.Context, username string, disabled bool) error {
	return s.changeAgent(ctx, username, func(a *Agent) error {
		if disabled && !a.Disabled {
			a.Generation++
		}
		a.Disabled = disabled
		return nil
	})
}

// SetPassword gives an agent another password and ends all sign-ins with the old one. Errors: ErrNotFound, ErrInFile, or
// what is wrong with the password.
func (s *Service) SetPassword(ctx context.Context, username, password string) error {
	if password == "" || len(password) > MaxPasswordBytes {
		return fmt.Errorf("a password has 1 to %d bytes", MaxPasswordBytes)
	}
	return s.changeAgent(ctx, username, func(a *Agent) error {
		if a.Source == SourceFile {
			return ErrInFile
		}
		hashed, err := bcrypt.GenerateFromPassword([]byte(password), s.cost)
		if err != nil {
			return fmt.Errorf("hash the password: %w", err)
		}
		a.PasswordHash = string(hashed)
		a.Generation++
		return nil
	})
}

// SignOutAgent ends all sign-ins of an agent, who may sign in again; ErrNotFound where there is none.
func (s *Service) SignOutAgent(ctx context.Context, username string) error {
	return s.changeAgent(ctx, username, func(a *Agent) error {
		a.Generation++
		return nil
	})
}

func (s *Service) changeAgent(ctx context.Context, username string, change func(*Agent) error) error {
	a, err := s.store.AgentByUsername(ctx, fold(username))
	if err == nil {
		err = change(&a)
	}
	if err == nil {
		err = s.store.PutAgent(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("agent %q: %w", username, err)
	}
	return nil
}

// RemoveAgent takes an agent out for good, and ends their sign-ins. Errors: ErrNotFound, ErrInFile.
func (s *Service) RemoveAgent(ctx context.Context, username string) error {
	a, err := s.store.AgentByUsername(ctx, fold(username))
	if err == nil && a.Source == SourceFile {
		err = ErrInFile
	}
	if err == nil {
		err = s.store.DeleteAgent(ctx, a.Username)
	}
	if err != nil {
		return fmt.Errorf("remove agent %q: %w", username, err)
	}
	return nil
}

// KeepOnly takes out the agents of relay.yaml whom it no longer names, and gives their names. Those of the command line
// stay.
func (s *Service) KeepOnly(ctx context.Context, usernames []string) (removed []string, err error) {
	all, err := s.Agents(ctx)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, name := range usernames {
		named[fold(name)] = true
	}
	for _, a := range all {
		if a.Source != SourceFile || named[a.Username] {
			continue
		}
		if err := s.store.DeleteAgent(ctx, a.Username); err != nil {
			return removed, fmt.Errorf("remove agent %q: %w", a.Username, err)
		}
		removed = append(removed, a.Username)
	}
	return removed, nil
}

// AgentsMark is another text after everything that ends sign-ins of agents. Codes: CodeUnavailable.
func (s *Service) AgentsMark(ctx context.Context) (string, error) {
	mark, err := s.store.AgentsMark(ctx)
	if err != nil {
		return "", unavailable("look at the agents", err)
	}
	return mark, nil
}
