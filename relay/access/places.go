package access

import "context"

const (
	// PlaceMs is how long a network from which an agent has signed in stays known for that, in milliseconds.
	PlaceMs = 180 * 24 * 3600_000
	// placesOfAgent bounds them; the one that was longest not used goes.
	placesOfAgent = 100
)

// RememberPlace notes that an agent has signed in from a network (throttle.Network). Codes: CodeUnavailable.
func (s *Service) RememberPlace(ctx context.Context, a Agent, network string) error {
	now := s.clock.NowMs()
	if err := s.store.PutPlace(ctx, a.Username, network, now, placesOfAgent, now-PlaceMs); err != nil {
		return unavailable("remember where an agent signs in", err)
	}
	return nil
}

// KnowsPlace tells whether an agent of this name, as Fold gives it, has signed in from a network. Codes: CodeUnavailable.
func (s *Service) KnowsPlace(ctx context.Context, username, network string) (bool, error) {
	knows, err := s.store.KnowsPlace(ctx, username, network, s.clock.NowMs()-PlaceMs)
	if err != nil {
		return false, unavailable("look where an agent has signed in", err)
	}
	return knows, nil
}
