package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/wire"
)

// Times of handles, in milliseconds.
const (
	HandleMs       = 30 * 24 * 3600_000 // a handle that nobody replaces
	HandleRotateMs = 3600_000           // age at which a resume hands out a new one
	HandleGraceMs  = 10 * 60_000        // what older ones have left once a newer one was used; other tabs take up the new one meanwhile
)

// Resumed is what a handle leads to.
type Resumed struct {
	Session     string
	Participant string
	Handle      string // a new value to keep in place of the one presented; empty where that one is still young
}

// IssueHandle mints the first handle of a visitor's session. The value, in the form of a JWT, is for the visitor's page
// only; the store keeps its hash. It resumes the session and is good for nothing else.
func (s *Service) IssueHandle(ctx context.Context, deployment, session, participant string) (value string, err error) {
	return s.putHandle(ctx, Handle{Family: s.ids.New(), Generation: 1,
		Session: session, Participant: participant, Deployment: deployment})
}

// Resume finds what a handle leads to, and replaces it when it is old. Two tabs may do so at once: each gets a handle
// of its own, and both are good. CodeNoSession where the handle is unknown, of another deployment, expired or revoked.
// Whether the session is over is for the caller to see.
func (s *Service) Resume(ctx context.Context, deployment, value string) (Resumed, error) {
	h, err := s.store.HandleByHash(ctx, hash(value))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Resumed{}, unavailable("look up the handle", err)
	}
	now := s.clock.NowMs()
	if err != nil || h.Deployment != deployment || h.RevokedMs != 0 || h.ExpiresMs <= now {
		return Resumed{}, wire.Problemf(wire.CodeNoSession, "the handle leads to no session")
	}
	if h.Generation > 1 {
		if err := s.store.ExpireOlderHandles(ctx, h.Family, h.Generation, now+HandleGraceMs); err != nil {
			return Resumed{}, unavailable("retire older handles", err)
		}
	}
	r := Resumed{Session: h.Session, Participant: h.Participant}
	if now-h.CreatedMs < HandleRotateMs {
		return r, nil
	}
	h.Generation++
	r.Handle, err = s.putHandle(ctx, h)
	return r, err
}

// RevokeHandles ends all handles of a session at once.
func (s *Service) RevokeHandles(ctx context.Context, session string) error {
	if err := s.store.RevokeHandles(ctx, session, s.clock.NowMs()); err != nil {
		return unavailable("revoke the handles", err)
	}
	return nil
}

func (s *Service) putHandle(ctx context.Context, h Handle) (value string, err error) {
	if value, err = s.handleValue(ctx, h); err != nil {
		return "", err
	}
	h.Hash, h.CreatedMs, h.RevokedMs = hash(value), s.clock.NowMs(), 0
	h.ExpiresMs = h.CreatedMs + HandleMs
	if err := s.store.PutHandle(ctx, h); err != nil {
		return "", unavailable("keep the handle", err)
	}
	return value, nil
}

// kindHandle keeps a handle from being taken for a token.
const kindHandle = "handle"

// handleClaims is what pages can read of a handle, under the names of the public interfaces that show it. Nothing is
// ever decided by it: what a handle leads to is looked up by its hash.
type handleClaims struct {
	Kind        string `json:"typ"`
	Session     string `json:"sessionId"`
	Participant string `json:"participantId"`
	Deployment  string `json:"transportId"`
	jwt.RegisteredClaims
}

// handleValue mints a handle in the form of a JWT, in which pages expect it. Its 256 random bits make it a secret.
func (s *Service) handleValue(ctx context.Context, h Handle) (string, error) {
	key, err := s.signingKey(ctx)
	if err != nil {
		return "", err
	}
	now := time.UnixMilli(s.clock.NowMs())
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, handleClaims{
		Kind: kindHandle, Session: h.Session, Participant: h.Participant, Deployment: h.Deployment,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, ID: secret(), IssuedAt: jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(HandleMs * time.Millisecond)),
		},
	})
	t.Header["kid"] = key.ID
	value, err := t.SignedString(key.Secret)
	if err != nil {
		return "", fmt.Errorf("sign a handle: %w", err)
	}
	return value, nil
}
