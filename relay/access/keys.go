package access

import (
	"context"
	"errors"
	"fmt"

	"foyer/relay/wire"
)

// AddKey mints an API key for a deployment. The value is shown once and cannot be had again; ErrExists where the name is
// taken. For the command line.
func (s *Service) AddKey(ctx context.Context, name, deployment string) (value string, err error) {
	return s.addKey(ctx, APIKey{Name: name, Deployment: deployment})
}

// AddMetricsKey is AddKey for a key that reads the metrics.
func (s *Service) AddMetricsKey(ctx context.Context, name string) (value string, err error) {
	return s.addKey(ctx, APIKey{Name: name, Purpose: PurposeMetrics})
}

func (s *Service) addKey(ctx context.Context, k APIKey) (value string, err error) {
	name := k.Name
	if name == "" {
		return "", errors.New("an API key needs a name")
	}
	all, err := s.Keys(ctx)
	if err != nil {
		return "", err
	}
	for _, old := range all {
		if old.Name == name {
			return "", fmt.Errorf("API key %q: %w", name, ErrExists)
		}
	}
	value = secret()
	k.Hash, k.CreatedMs = hash(value), s.clock.NowMs()
	if err := s.store.PutAPIKey(ctx, k); err != nil {
		return "", fmt.Errorf("keep API key %q: %w", name, err)
	}
	return value, nil
}

// EnsureKey lets a value that the operator chose be an API key, as main does with relay.yaml at the start. A key that
// the command line has disabled stays so.
func (s *Service) EnsureKey(ctx context.Context, name, deployment, value string) error {
	if value == "" {
		return fmt.Errorf("API key %q has no value", name)
	}
	k, err := s.store.APIKeyByHash(ctx, hash(value))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("look up API key %q: %w", name, err)
	}
	if errors.Is(err, ErrNotFound) {
		k = APIKey{Hash: hash(value), CreatedMs: s.clock.NowMs()}
	}
	k.Name, k.Deployment = name, deployment
	if err := s.store.PutAPIKey(ctx, k); err != nil {
		return fmt.Errorf("keep API key %q: %w", name, err)
	}
	return nil
}

// DisableKey ends a key's use; ErrNotFound where there is none of that name. For the command line.
func (s *Service) DisableKey(ctx context.Context, name string) error {
	return s.setDisabled(ctx, name, true)
}

// EnableKey takes DisableKey back.
func (s *Service) EnableKey(ctx context.Context, name string) error {
	return s.setDisabled(ctx, name, false)
}

func (s *Service) setDisabled(ctx context.Context, name string, disabled bool) error {
	all, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	found := false
	for _, k := range all {
		if k.Name != name {
			continue
		}
		found, k.Disabled = true, disabled
		if err := s.store.PutAPIKey(ctx, k); err != nil {
			return fmt.Errorf("change API key %q: %w", name, err)
		}
	}
	if !found {
		return fmt.Errorf("API key %q: %w", name, ErrNotFound)
	}
	return nil
}

// Keys lists all API keys, disabled ones too, without their values, which nobody has. For the command line.
func (s *Service) Keys(ctx context.Context) ([]APIKey, error) {
	all, err := s.store.APIKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return all, nil
}

// CheckKey finds the key of a value that a server presented; CodeForbidden where it is unknown, disabled, or for something
// else.
func (s *Service) CheckKey(ctx context.Context, value string) (APIKey, error) {
	return s.checkKey(ctx, value, "")
}

// CheckMetricsKey is CheckKey for who wants to read the metrics.
func (s *Service) CheckMetricsKey(ctx context.Context, value string) error {
	_, err := s.checkKey(ctx, value, PurposeMetrics)
	return err
}

func (s *Service) checkKey(ctx context.Context, value, purpose string) (APIKey, error) {
	k, err := s.store.APIKeyByHash(ctx, hash(value))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return APIKey{}, unavailable("look up the API key", err)
	}
	if err != nil || k.Disabled || value == "" || k.Purpose != purpose {
		return APIKey{}, wire.Problemf(wire.CodeForbidden, "the API key is not valid")
	}
	return k, nil
}
