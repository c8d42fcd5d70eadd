package access

import (
	"context"
	"errors"

	"foyer/relay/wire"
)

// HandoffMs is how long a handoff token is good for, in milliseconds: for a page to load, not for a link to be passed on.
const HandoffMs = 60_000

// maxHandoff bounds what is looked up, in bytes; tokens have 43.
const maxHandoff = 64

// Handoff is a one-time token that takes a visitor's chat from one site to another with a navigation, and what it is bound
// to. Who redeems it gets a handle of the chat.
type Handoff struct {
	Hash        string // hex SHA-256 of the token
	Session     string
	Participant string
	Deployment  string
	Origin      string // the only one whose pages may redeem it
	Browser     string // the class of browsers that may, as the gateway tells them apart
	ExpiresMs   int64
	UsedMs      int64 // 0 until it was redeemed
}

// HandoffStore keeps them. It is a part of Store.
type HandoffStore interface {
	// PutHandoffs adds new ones, and forgets those that expired before nowMs.
	PutHandoffs(ctx context.Context, all []Handoff, nowMs int64) error
	HandoffByHash(ctx context.Context, hash string) (Handoff, error)
	// UseHandoff notes that one was redeemed. It is true for exactly one of those who call it for the same one.
	UseHandoff(ctx context.Context, hash string, ms int64) (bool, error)
}

// MintHandoffs makes a token for each origin, all bound to what is set of h beside that. The values are for the visitor's
// page only; the store keeps their hashes. That the origins are the deployment's is for the caller to see.
func (s *Service) MintHandoffs(ctx context.Context, h Handoff, origins []string) (values []string, err error) {
	now := s.clock.NowMs()
	all := make([]Handoff, len(origins))
	for i, origin := range origins {
		value := secret()
		values = append(values, value)
		all[i] = h
		all[i].Hash, all[i].Origin, all[i].ExpiresMs, all[i].UsedMs = hash(value), origin, now+HandoffMs, 0
	}
	if err := s.store.PutHandoffs(ctx, all, now); err != nil {
		return nil, unavailable("keep the handoff tokens", err)
	}
	return values, nil
}

// RedeemHandoff gives what a token stands for, once. A token that is unknown, expired, redeemed already, of another
// deployment, for another origin or another class of browser is refused with CodeHandoff, whichever it is, and stays what
// it was for its rightful bearer.
func (s *Service) RedeemHandoff(ctx context.Context, deployment, origin, browser, value string) (Handoff, error) {
	if len(value) > maxHandoff {
		return Handoff{}, refusedHandoff()
	}
	h, err := s.store.HandoffByHash(ctx, hash(value))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Handoff{}, unavailable("look up the handoff token", err)
	}
	now := s.clock.NowMs()
	if err != nil || h.UsedMs != 0 || h.ExpiresMs <= now ||
		h.Deployment != deployment || h.Origin != origin || h.Browser != browser {
		return Handoff{}, refusedHandoff()
	}
	first, err := s.store.UseHandoff(ctx, h.Hash, now)
	if err != nil {
		return Handoff{}, unavailable("redeem the handoff token", err)
	}
	if !first {
		return Handoff{}, refusedHandoff()
	}
	h.UsedMs = now
	return h, nil
}

// refusedHandoff says the same whatever is wrong: nobody learns what somebody else's token is good for.
func refusedHandoff() *wire.Problem {
	return wire.Problemf(wire.CodeHandoff, "the token leads to no chat here, or does so no longer")
}
