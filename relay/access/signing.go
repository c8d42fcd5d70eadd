package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
)

// Times of signing keys, in milliseconds.
const (
	keySignsMs = 24 * 3600_000            // a key signs for a day
	keyLivesMs = keySignsMs + 25*3600_000 // and verifies until the longest token that it may have signed is over
	reloadMs   = 60_000                   // how old the keys in memory may be; other relays make keys too
	rereadMs   = 1_000                    // the same where a token names a key that is not among them
)

// signingKey gives the newest key, and makes one where that is older than a day.
func (s *Service) signingKey(ctx context.Context) (SigningKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readKeys(ctx, reloadMs); err != nil {
		return SigningKey{}, err
	}
	now := s.clock.NowMs()
	if k, ok := s.newest(); ok && now < k.CreatedMs+keySignsMs {
		return k, nil
	}
	fresh := SigningKey{ID: s.ids.New(), Secret: make([]byte, 32), CreatedMs: now, ExpiresMs: now + keyLivesMs}
	rand.Read(fresh.Secret)
	if err := s.store.PutSigningKey(ctx, fresh, now-keySignsMs); err != nil {
		return SigningKey{}, unavailable("keep a signing key", err)
	}
	if err := s.readKeys(ctx, 0); err != nil {
		return SigningKey{}, err
	}
	if k, ok := s.newest(); ok {
		return k, nil
	}
	return fresh, nil
}

// verifyingKey finds the key of an id. An unknown id lets the keys be read again, but not for every token of a stranger.
func (s *Service) verifyingKey(ctx context.Context, id string) (SigningKey, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, age := range []int64{reloadMs, rereadMs} {
		if err := s.readKeys(ctx, age); err != nil {
			return SigningKey{}, false, err
		}
		now := s.clock.NowMs()
		for _, k := range s.keys {
			if k.ID == id && k.ExpiresMs > now {
				return k, true, nil
			}
		}
	}
	return SigningKey{}, false, nil
}

// readKeys brings the keys in memory up to date where they are as old as maxAgeMs. The caller holds mu.
func (s *Service) readKeys(ctx context.Context, maxAgeMs int64) error {
	now := s.clock.NowMs()
	if s.keysRead && now-s.readMs < maxAgeMs {
		return nil
	}
	keys, err := s.store.SigningKeys(ctx, now)
	if err != nil {
		return unavailable("read the signing keys", err)
	}
	s.keys, s.readMs, s.keysRead = keys, now, true
	return nil
}

func (s *Service) newest() (SigningKey, bool) {
	if len(s.keys) == 0 {
		return SigningKey{}, false
	}
	return slices.MaxFunc(s.keys, func(a, b SigningKey) int {
		return cmp.Or(cmp.Compare(a.CreatedMs, b.CreatedMs), cmp.Compare(a.ID, b.ID))
	}), true
}
