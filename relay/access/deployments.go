package access

import (
	"context"
	"fmt"
)

// KeepDeployments notes which deployments there are, for commands that run beside the relay.
func (s *Service) KeepDeployments(ctx context.Context, names []string) error {
	if err := s.store.KeepDeployments(ctx, names); err != nil {
		return fmt.Errorf("note the deployments: %w", err)
	}
	return nil
}

// Deployments are those that the relay has had when it last read its configuration, in the order of their names.
func (s *Service) Deployments(ctx context.Context) ([]string, error) {
	names, err := s.store.Deployments(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask which deployments there are: %w", err)
	}
	return names, nil
}
