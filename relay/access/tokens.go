package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/wire"
)

// Kinds of tokens. One is never good in the place of another.
const (
	KindVisitor = "visitor"
	KindAgent   = "agent"
	KindPass    = "pass" // written into the frame for exactly one origin of one deployment
)

// How long tokens are good for, in milliseconds.
const (
	VisitorTokenMs = 15 * 60_000
	AgentTokenMs   = 12 * 3600_000
	PassMs         = 24 * 3600_000
)

// Claims is what a token says. Which fields are set depends on Kind.
type Claims struct {
	Kind        string
	ID          string // of the sign-in or start; the same in renewed tokens, so that Revoke ends all of them
	Deployment  string // visitor, pass
	Session     string // visitor
	Participant string // visitor, and the agent's id
	Origin      string // pass
	Identity    string // visitor: the subject of the identity that was brought, "" for none
	IdentityMs  int64  // and until when that one is good
	Generation  int64  // agent: of the sign-ins that count
	EndMs       int64  // agent: when renewing ends, 0 for never
	ExpiresMs   int64  // set by Verify
}

// Token is a signed token on its way to its holder.
type Token struct {
	Value  string
	ForMs  int64 // how long it is good for from now
	Claims Claims
}

// VisitorToken lets its holder be a session's visitor.
func (s *Service) VisitorToken(ctx context.Context, deployment, session, participant string) (Token, error) {
	return s.VouchedToken(ctx, deployment, session, participant, nil)
}

// VouchedToken is VisitorToken for a visitor who has brought an identity; nil for none.
func (s *Service) VouchedToken(ctx context.Context, deployment, session, participant string, by *Identity) (Token, error) {
	c := Claims{Kind: KindVisitor, ID: s.ids.New(), Deployment: deployment, Session: session, Participant: participant}
	return s.sign(ctx, c.Vouched(by))
}

// Vouched is the claims with another identity, or with none.
func (c Claims) Vouched(by *Identity) Claims {
	c.Identity, c.IdentityMs = "", 0
	if by != nil {
		c.Identity, c.IdentityMs = by.Subject, by.ExpiresMs
	}
	return c
}

// CheckIdentity says whether the token's holder may write where nobody may without an identity.
// Codes: CodeIdentityRequired, CodeIdentityExpired.
func (c Claims) CheckIdentity(nowMs int64) error {
	return (&Identity{Subject: c.Identity, ExpiresMs: c.IdentityMs}).Check(nowMs)
}

// AgentToken lets its holder be an agent. Made after SignIn. However often it is renewed, it ends when the span of a
// sign-in (Options.SignInMs) is over.
func (s *Service) AgentToken(ctx context.Context, a Agent) (Token, error) {
	return s.sign(ctx, Claims{Kind: KindAgent, ID: s.ids.New(), Participant: a.ID, Generation: a.Generation,
		EndMs: s.clock.NowMs() + s.signInMs()})
}

// Pass says that the relay has seen a frame of the deployment inside a page of the origin.
func (s *Service) Pass(ctx context.Context, deployment, origin string) (Token, error) {
	return s.sign(ctx, Claims{Kind: KindPass, ID: s.ids.New(), Deployment: deployment, Origin: origin})
}

// VerifyVisitor reads a visitor's token of a deployment. Codes: CodeToken, CodeTokenExpired.
func (s *Service) VerifyVisitor(ctx context.Context, deployment, value string) (Claims, error) {
	c, err := s.verify(ctx, KindVisitor, value)
	if err == nil && (c.Deployment != deployment || c.Session == "" || c.Participant == "") {
		return Claims{}, invalid("it is for another deployment")
	}
	return c, err
}

// VerifyAgent reads an agent's token and finds the agent. Codes: CodeToken (also where the sign-in was ended: the agent
// is disabled, gone, or has another password), CodeTokenExpired.
func (s *Service) VerifyAgent(ctx context.Context, value string) (Claims, Agent, error) {
	c, err := s.verify(ctx, KindAgent, value)
	if err != nil {
		return Claims{}, Agent{}, err
	}
	a, err := s.agentOfToken(ctx, c)
	return c, a, err
}

// Verify reads a token of a visitor or an agent, for requests that do not say which they bring. What of a visitor's
// claims the request must agree with is for the caller to see. Codes: CodeToken, CodeTokenExpired.
func (s *Service) Verify(ctx context.Context, value string) (Claims, error) {
	c, err := s.verify(ctx, KindVisitor, value)
	if !errors.Is(err, &wire.Problem{Code: wire.CodeToken}) {
		return c, err
	}
	c, _, err = s.VerifyAgent(ctx, value)
	return c, err
}

// VerifyPass checks that a pass is for this deployment and origin. Codes: CodeToken, CodeTokenExpired.
func (s *Service) VerifyPass(ctx context.Context, deployment, origin, value string) error {
	c, err := s.verify(ctx, KindPass, value)
	if err == nil && (c.Deployment != deployment || c.Origin != origin || origin == "") {
		return invalid("it is for another deployment or origin")
	}
	return err
}

// Renew signs verified claims again, for a new span, but not beyond EndMs. Refused with CodeToken when the token was revoked
// meanwhile, or the agent's sign-in ended; with CodeTokenExpired at the end.
func (s *Service) Renew(ctx context.Context, c Claims) (Token, error) {
	if err := s.notRevoked(ctx, c.ID); err != nil {
		return Token{}, err
	}
	if c.Kind == KindAgent {
		if _, err := s.agentOfToken(ctx, c); err != nil {
			return Token{}, err
		}
		if c.EndMs == 0 { // of a relay that set no end
			c.EndMs = s.clock.NowMs() + s.signInMs()
		}
	}
	return s.sign(ctx, c)
}

// Revoke ends a token and all that were renewed from the same sign-in.
func (s *Service) Revoke(ctx context.Context, c Claims) error {
	if err := s.store.RevokeToken(ctx, c.ID, s.clock.NowMs()+lifeMs(c.Kind)); err != nil {
		return unavailable("revoke the token", err)
	}
	return nil
}

func (s *Service) agentOfToken(ctx context.Context, c Claims) (Agent, error) {
	a, err := s.store.AgentByID(ctx, c.Participant)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Agent{}, unavailable("look up the agent", err)
	}
	if err != nil || a.Disabled {
		return Agent{}, invalid("its agent may not sign in")
	}
	if c.Generation != a.Generation {
		return Agent{}, invalid("its sign-in was ended")
	}
	return a, nil
}

func (s *Service) notRevoked(ctx context.Context, id string) error {
	revoked, err := s.store.TokenRevoked(ctx, id)
	if err != nil {
		return unavailable("check the token", err)
	}
	if revoked {
		return invalid("it was revoked")
	}
	return nil
}

// claims is the token's body (RFC 7519, 4.1) with ours beside the registered ones.
type claims struct {
	Kind        string `json:"typ"`
	Deployment  string `json:"deployment,omitempty"`
	Session     string `json:"session,omitempty"`
	Participant string `json:"participant,omitempty"`
	Origin      string `json:"origin,omitempty"`
	Identity    string `json:"identity,omitempty"`
	IdentityMs  int64  `json:"identityMs,omitempty"`
	Generation  int64  `json:"generation,omitempty"`
	EndMs       int64  `json:"endMs,omitempty"`
	jwt.RegisteredClaims
}

const issuer = "foyer"

// maxToken bounds what is parsed, in bytes.
const maxToken = 4096

func lifeMs(kind string) int64 {
	switch kind {
	case KindAgent:
		return AgentTokenMs
	case KindPass:
		return PassMs
	}
	return VisitorTokenMs
}

func (s *Service) sign(ctx context.Context, c Claims) (Token, error) {
	key, err := s.signingKey(ctx)
	if err != nil {
		return Token{}, err
	}
	now := s.clock.NowMs()
	c.ExpiresMs = now + lifeMs(c.Kind)
	if c.EndMs > 0 {
		c.ExpiresMs = min(c.ExpiresMs, c.EndMs)
	}
	if c.ExpiresMs <= now {
		return Token{}, wire.Problemf(wire.CodeTokenExpired, "the sign-in has lasted as long as it may")
	}
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Kind: c.Kind, Deployment: c.Deployment, Session: c.Session, Participant: c.Participant, Origin: c.Origin,
		Identity: c.Identity, IdentityMs: c.IdentityMs, Generation: c.Generation, EndMs: c.EndMs,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, ID: c.ID,
			IssuedAt:  jwt.NewNumericDate(time.UnixMilli(now)),
			ExpiresAt: jwt.NewNumericDate(time.UnixMilli(c.ExpiresMs)),
		},
	})
	t.Header["kid"] = key.ID
	value, err := t.SignedString(key.Secret)
	if err != nil {
		return Token{}, fmt.Errorf("sign a token: %w", err)
	}
	return Token{Value: value, ForMs: c.ExpiresMs - now, Claims: c}, nil
}

// verify reads a token of a kind: signed by one of our keys with our algorithm, not expired, not revoked.
func (s *Service) verify(ctx context.Context, kind, value string) (Claims, error) {
	if len(value) > maxToken {
		return Claims{}, invalid("it is too long")
	}
	var unavailable error // the store's, which is not the token's fault
	var body claims
	_, err := jwt.ParseWithClaims(value, &body, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		key, known, err := s.verifyingKey(ctx, id)
		if err != nil {
			unavailable = err
			return nil, err
		}
		if !known {
			return nil, jwt.ErrTokenUnverifiable
		}
		return key.Secret, nil
	},
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return time.UnixMilli(s.clock.NowMs()) }),
	)
	switch {
	case unavailable != nil:
		return Claims{}, unavailable
	case errors.Is(err, jwt.ErrTokenExpired) && body.Kind == kind:
		return Claims{}, wire.Problemf(wire.CodeTokenExpired, "the token has expired")
	case err != nil:
		return Claims{}, invalid("it cannot be verified")
	case body.Kind != kind || body.ID == "":
		return Claims{}, invalid("it is of another kind")
	}
	if err := s.notRevoked(ctx, body.ID); err != nil {
		return Claims{}, err
	}
	return Claims{Kind: body.Kind, ID: body.ID, Deployment: body.Deployment, Session: body.Session,
		Participant: body.Participant, Origin: body.Origin,
		Identity: body.Identity, IdentityMs: body.IdentityMs, Generation: body.Generation, EndMs: body.EndMs, ExpiresMs: body.ExpiresAt.UnixMilli()}, nil
}

func invalid(why string) error {
	return wire.Problemf(wire.CodeToken, "the token is not valid: %s", why)
}
