package access_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/access"
	"foyer/relay/wire"
)

const hourMs = 3600_000

func (f *fixture) mustVisitorToken() access.Token {
	f.t.Helper()
	token, err := f.VisitorToken(f.t.Context(), "demo", "session-1", "visitor-1")
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

func TestVisitorTokens(t *testing.T) {
	f := newFixture(t)
	token := f.mustVisitorToken()
	if token.ForMs != access.VisitorTokenMs {
		t.Errorf("good for %d ms", token.ForMs)
	}
	c, err := f.VerifyVisitor(t.Context(), "demo", token.Value)
	if err != nil || c.Session != "session-1" || c.Participant != "visitor-1" || c.ExpiresMs != startMs+access.VisitorTokenMs {
		t.Errorf("claims are %+v, %v", c, err)
	}
	_, err = f.VerifyVisitor(t.Context(), "other", token.Value)
	wantCode(t, err, wire.CodeToken)
	f.clock.Advance(access.VisitorTokenMs)
	_, err = f.VerifyVisitor(t.Context(), "demo", token.Value)
	wantCode(t, err, wire.CodeTokenExpired)
}

func TestTokensOfOneKindAreNoneOfAnother(t *testing.T) {
	f := newFixture(t)
	a := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	visitor := f.mustVisitorToken()
	agent, err := f.AgentToken(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	pass, err := f.Pass(t.Context(), "demo", "https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{access.KindVisitor: visitor.Value, access.KindAgent: agent.Value, access.KindPass: pass.Value}
	verify := map[string]func(string) error{
		access.KindVisitor: func(v string) error { _, err := f.VerifyVisitor(t.Context(), "demo", v); return err },
		access.KindAgent:   func(v string) error { _, _, err := f.VerifyAgent(t.Context(), v); return err },
		access.KindPass:    func(v string) error { return f.VerifyPass(t.Context(), "demo", "https://shop.example", v) },
	}
	for kind, value := range tokens {
		for wanted, check := range verify {
			err := check(value)
			if kind == wanted {
				if err != nil {
					t.Errorf("%s as %s: %v", kind, wanted, err)
				}
				continue
			}
			wantCode(t, err, wire.CodeToken)
		}
	}
}

func TestATokenOfEitherSideIsVerified(t *testing.T) {
	f := newFixture(t)
	a := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	agent, err := f.AgentToken(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	visitor := f.mustVisitorToken()
	if c, err := f.Verify(t.Context(), visitor.Value); err != nil || c.Kind != access.KindVisitor || c.Session != "session-1" {
		t.Errorf("visitor: %+v, %v", c, err)
	}
	if c, err := f.Verify(t.Context(), agent.Value); err != nil || c.Kind != access.KindAgent || c.Participant != a.ID {
		t.Errorf("agent: %+v, %v", c, err)
	}
	pass, err := f.Pass(t.Context(), "demo", "https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []string{"", "x.y.z", pass.Value} {
		_, err := f.Verify(t.Context(), value)
		wantCode(t, err, wire.CodeToken)
	}
	f.clock.Advance(access.VisitorTokenMs)
	_, err = f.Verify(t.Context(), visitor.Value)
	wantCode(t, err, wire.CodeTokenExpired)
	if err := f.DisableAgent(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	_, err = f.Verify(t.Context(), agent.Value)
	wantCode(t, err, wire.CodeToken)
}

func TestPassesAreForOneOriginOfOneDeployment(t *testing.T) {
	f := newFixture(t)
	pass, err := f.Pass(t.Context(), "demo", "https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, where := range [][2]string{{"demo", "https://shop.example:444"}, {"demo", ""}, {"other", "https://shop.example"}} {
		wantCode(t, f.VerifyPass(t.Context(), where[0], where[1], pass.Value), wire.CodeToken)
	}
	f.clock.Advance(access.PassMs - 1000)
	if err := f.VerifyPass(t.Context(), "demo", "https://shop.example", pass.Value); err != nil {
		t.Errorf("before its end: %v", err)
	}
	f.clock.Advance(1000)
	wantCode(t, f.VerifyPass(t.Context(), "demo", "https://shop.example", pass.Value), wire.CodeTokenExpired)
}

func TestDisabledAgentsLoseTheirTokens(t *testing.T) {
	f := newFixture(t)
	a := f.mustEnsure(access.Spec{Username: "demo", Password: "demo"})
	token, err := f.AgentToken(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	claims, got, err := f.VerifyAgent(t.Context(), token.Value)
	if err != nil || got.ID != a.ID {
		t.Fatalf("agent is %+v, %v", got, err)
	}
	if err := f.DisableAgent(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	_, _, err = f.VerifyAgent(t.Context(), token.Value)
	wantCode(t, err, wire.CodeToken)
	_, err = f.Renew(t.Context(), claims)
	wantCode(t, err, wire.CodeToken)
}

func TestRevokingEndsTheTokenAndAllThatWereRenewedFromIt(t *testing.T) {
	f := newFixture(t)
	first := f.mustVisitorToken()
	f.clock.Advance(access.VisitorTokenMs / 2)
	claims, err := f.VerifyVisitor(t.Context(), "demo", first.Value)
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.Renew(t.Context(), claims)
	if err != nil || second.Value == first.Value {
		t.Fatalf("renewed %+v, %v", second, err)
	}
	f.clock.Advance(access.VisitorTokenMs / 2)
	claims, err = f.VerifyVisitor(t.Context(), "demo", second.Value)
	if err != nil {
		t.Fatalf("the renewed token outlives the first: %v", err)
	}
	if err := f.Revoke(t.Context(), claims); err != nil {
		t.Fatal(err)
	}
	_, err = f.VerifyVisitor(t.Context(), "demo", second.Value)
	wantCode(t, err, wire.CodeToken)
	_, err = f.Renew(t.Context(), claims)
	wantCode(t, err, wire.CodeToken)
	if _, err := f.VerifyVisitor(t.Context(), "demo", f.mustVisitorToken().Value); err != nil {
		t.Errorf("another token of the session: %v", err)
	}
}

func TestKeysRotateDailyAndOldTokensStayGood(t *testing.T) {
	f := newFixture(t)
	pass := func() access.Token {
		p, err := f.Pass(t.Context(), "demo", "https://shop.example")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	keyID := func(p access.Token) any {
		parsed, _, err := jwt.NewParser().ParseUnverified(p.Value, jwt.MapClaims{})
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Header["kid"]
	}
	first := pass()
	f.clock.Advance(24*hourMs - 1000)
	last := pass()
	f.clock.Advance(1000)
	next := pass()
	if keyID(first) != keyID(last) || keyID(last) == keyID(next) {
		t.Errorf("keys are %v, %v, then %v", keyID(first), keyID(last), keyID(next))
	}
	f.clock.Advance(24*hourMs - 2000)
	for name, s := range map[string]*access.Service{"same relay": f.Service, "another": f.another()} {
		if err := s.VerifyPass(t.Context(), "demo", "https://shop.example", last.Value); err != nil {
			t.Errorf("%s, a moment before its end: %v", name, err)
		}
	}
}

func TestRelaysUnderstandEachOthersTokens(t *testing.T) {
	f := newFixture(t)
	other := f.another()
	f.mustVisitorToken() // both know the first key now
	if _, err := other.VisitorToken(t.Context(), "demo", "s", "p"); err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(24 * hourMs)
	token, err := other.VisitorToken(t.Context(), "demo", "s", "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.VerifyVisitor(t.Context(), "demo", token.Value); err != nil {
		t.Errorf("a token of a key that is new here: %v", err)
	}
	if keys, err := f.store.SigningKeys(t.Context(), f.clock.NowMs()); err != nil || len(keys) != 2 {
		t.Errorf("there are %d keys, %v; want the first and one new one", len(keys), err)
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	f := newFixture(t)
	good := f.mustVisitorToken().Value
	parts := strings.Split(good, ".")
	keys, err := f.store.SigningKeys(t.Context(), startMs)
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"typ": "visitor", "deployment": "demo", "session": "s", "participant": "p", "jti": "j",
			"iss": "foyer", "exp": time.UnixMilli(startMs + hourMs).Unix()}
		change(c)
		return c
	}
	nothing := func(jwt.MapClaims) {}
	sign := func(method jwt.SigningMethod, kid any, key any, c jwt.MapClaims) string {
		token := jwt.NewWithClaims(method, c)
		token.Header["kid"] = kid
		value, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	secret, kid := keys[0].Secret, keys[0].ID
	if _, err := f.VerifyVisitor(t.Context(), "demo", sign(jwt.SigningMethodHS256, kid, secret, claims(nothing))); err != nil {
		t.Fatalf("what the others differ from is refused itself: %v", err)
	}
	tampered := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"visitor","deployment":"demo","session":"other","participant":"p","jti":"j","iss":"foyer","exp":99999999999}`))
	for name, value := range map[string]string{
		"empty":               "",
		"not a token":         "abc",
		"too long":            strings.Repeat("a", 10_000),
		"no signature":        parts[0] + "." + parts[1] + ".",
		"other body":          parts[0] + "." + tampered + "." + parts[2],
		"algorithm none":      sign(jwt.SigningMethodNone, kid, jwt.UnsafeAllowNoneSignatureType, claims(nothing)),
		"other algorithm":     sign(jwt.SigningMethodHS384, kid, secret, claims(nothing)),
		"other key":           sign(jwt.SigningMethodHS256, kid, []byte("guess"), claims(nothing)),
		"unknown key id":      sign(jwt.SigningMethodHS256, "x", secret, claims(nothing)),
		"key id of no text":   sign(jwt.SigningMethodHS256, 1, secret, claims(nothing)),
		"no expiry":           sign(jwt.SigningMethodHS256, kid, secret, claims(func(c jwt.MapClaims) { delete(c, "exp") })),
		"other issuer":        sign(jwt.SigningMethodHS256, kid, secret, claims(func(c jwt.MapClaims) { c["iss"] = "x" })),
		"no id to be revoked": sign(jwt.SigningMethodHS256, kid, secret, claims(func(c jwt.MapClaims) { delete(c, "jti") })),
		"no session":          sign(jwt.SigningMethodHS256, kid, secret, claims(func(c jwt.MapClaims) { delete(c, "session") })),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := f.VerifyVisitor(t.Context(), "demo", value)
			wantCode(t, err, wire.CodeToken)
			if c != (access.Claims{}) {
				t.Errorf("claims %+v", c)
			}
		})
	}
}

func FuzzVerifyNeverAcceptsWhatWasNotSigned(f *testing.F) {
	fix := newFixture(f)
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJIUzI1NiIsImtpZCI6ImlkLTAwMDEifQ.eyJ0eXAiOiJ2aXNpdG9yIn0.AAAA")
	f.Fuzz(func(t *testing.T, value string) {
		if _, err := fix.VerifyVisitor(t.Context(), "demo", value); err == nil {
			t.Errorf("accepted %q", value)
		}
	})
}

func TestWhatEndsAnAgentsTokens(t *testing.T) {
	spec := access.Spec{Username: "ann", Password: "s3cret"}
	for what, end := range map[string]func(f *fixture) error{
		"another password":               func(f *fixture) error { return f.SetPassword(f.t.Context(), "ann", "other") },
		"another password in relay.yaml": func(f *fixture) error { f.mustEnsure(access.Spec{Username: "ann", Password: "other"}); return nil },
		"a sign-out":                     func(f *fixture) error { return f.SignOutAgent(f.t.Context(), "ann") },
		"a removal":                      func(f *fixture) error { return f.RemoveAgent(f.t.Context(), "ANN") },
		"a removal and a new start": func(f *fixture) error {
			err := f.RemoveAgent(f.t.Context(), "ann")
			f.mustEnsure(spec)
			return err
		},
		"disabling": func(f *fixture) error { return f.DisableAgent(f.t.Context(), "ann") },
		"disabling and enabling": func(f *fixture) error {
			if err := f.DisableAgent(f.t.Context(), "ann"); err != nil {
				return err
			}
			return f.EnableAgent(f.t.Context(), "ann")
		},
	} {
		t.Run(what, func(t *testing.T) {
			f := newFixture(t)
			token, err := f.AgentToken(t.Context(), f.mustEnsure(spec))
			if err != nil {
				t.Fatal(err)
			}
			before, err := f.AgentsMark(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			f.clock.Advance(1)
			if err := end(f); err != nil {
				t.Fatal(err)
			}
			_, _, err = f.VerifyAgent(t.Context(), token.Value)
			wantCode(t, err, wire.CodeToken)
			_, err = f.Renew(t.Context(), token.Claims)
			wantCode(t, err, wire.CodeToken)
			if after, err := f.AgentsMark(t.Context()); err != nil || after == before {
				t.Errorf("the mark is still %q, %v", after, err)
			}
		})
	}
}

func TestAnAgentsTokensHaveAnEndThatRenewingDoesNotMove(t *testing.T) {
	f := newFixture(t)
	token, err := f.AgentToken(t.Context(), f.mustEnsure(access.Spec{Username: "ann", Password: "s3cret"}))
	if err != nil {
		t.Fatal(err)
	}
	const step = access.AgentTokenMs / 2
	for lived := int64(0); lived+step < access.DefaultSignInMs; lived += step {
		f.clock.Advance(step)
		claims, _, err := f.VerifyAgent(t.Context(), token.Value)
		if err != nil {
			t.Fatalf("after %d h: %v", lived/hourMs, err)
		}
		if token, err = f.Renew(t.Context(), claims); err != nil {
			t.Fatalf("after %d h: %v", lived/hourMs, err)
		}
	}
	if token.ForMs != step || token.Claims.ExpiresMs != startMs+access.DefaultSignInMs {
		t.Errorf("the last one is good for %d ms", token.ForMs)
	}
	f.clock.Advance(step)
	_, _, err = f.VerifyAgent(t.Context(), token.Value)
	wantCode(t, err, wire.CodeTokenExpired)
	_, err = f.Renew(t.Context(), token.Claims)
	wantCode(t, err, wire.CodeTokenExpired)
}
