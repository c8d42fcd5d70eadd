package access

import (
	"context"
	"errors"

	"foyer/relay/wire"
)

// FrameCookieMs is how long the cookie of the relay's frame leads to its chat at most, in milliseconds from the last page
// that was there.
const FrameCookieMs = 7 * 24 * 3600_000

// FrameCookie is what the relay's frame keeps in the browser, so that another site of the deployment finds the chat. Its
// value leads to the session, and a handle has to be asked for with it: as a handle or a token it is good for nothing.
type FrameCookie struct {
	Hash        string // hex SHA-256 of the cookie's value
	Deployment  string
	Session     string
	Participant string
	Origin      string // of the page in whose frame it was set
	CreatedMs   int64
	ExpiresMs   int64
	RevokedMs   int64
}

// FrameCookieName is the name of the cookie of one deployment's frames. With secure the relay is reached over https: then
// it begins with __Host-, so that no neighbour under the same domain can put in one that leads to a chat of its own.
func FrameCookieName(deployment string, secure bool) string {
	if secure {
		return "__Host-foyer." + deployment
	}
	return "foyer." + deployment
}

// FrameCookieStore keeps them. It is a part of Store.
type FrameCookieStore interface {
	// PutFrameCookie adds one or replaces the one with the same hash, and forgets those that expired before nowMs.
	PutFrameCookie(ctx context.Context, c FrameCookie, nowMs int64) error
	FrameCookieByHash(ctx context.Context, hash string) (FrameCookie, error)
	// RevokeFrameCookies ends all of a session.
	RevokeFrameCookies(ctx context.Context, session string, ms int64) error
}

// IssueFrameCookie mints the value of a cookie that is good for forMs. Of c it takes Deployment, Session, Participant and
// Origin. The store keeps its hash.
func (s *Service) IssueFrameCookie(ctx context.Context, c FrameCookie, forMs int64) (value string, err error) {
	value = secret()
	c.Hash, c.CreatedMs, c.RevokedMs = hash(value), s.clock.NowMs(), 0
	return value, s.putFrameCookie(ctx, c, forMs)
}

// ExtendFrameCookie lets one that is still good be so for forMs from now.
func (s *Service) ExtendFrameCookie(ctx context.Context, c FrameCookie, forMs int64) error {
	return s.putFrameCookie(ctx, c, forMs)
}

func (s *Service) putFrameCookie(ctx context.Context, c FrameCookie, forMs int64) error {
	now := s.clock.NowMs()
	c.ExpiresMs = now + min(forMs, FrameCookieMs)
	if err := s.store.PutFrameCookie(ctx, c, now); err != nil {
		return unavailable("keep the frame's cookie", err)
	}
	return nil
}

// FindFrameCookie reads a cookie's value. CodeNoSession where it is unknown, of another deployment, expired or revoked.
// Whether the session is over is for the caller to see.
func (s *Service) FindFrameCookie(ctx context.Context, deployment, value string) (FrameCookie, error) {
	c, err := s.store.FrameCookieByHash(ctx, hash(value))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return FrameCookie{}, unavailable("look up the frame's cookie", err)
	}
	if err != nil || c.Deployment != deployment || c.RevokedMs != 0 || c.ExpiresMs <= s.clock.NowMs() {
		return FrameCookie{}, wire.Problemf(wire.CodeNoSession, "the cookie leads to no session")
	}
	return c, nil
}

// RevokeFrameCookies ends all cookies of a session at once, in whichever browser they are.
func (s *Service) RevokeFrameCookies(ctx context.Context, session string) error {
	if err := s.store.RevokeFrameCookies(ctx, session, s.clock.NowMs()); err != nil {
		return unavailable("revoke the frame's cookies", err)
	}
	return nil
}
