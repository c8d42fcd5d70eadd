package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/wire"
)

// Limits of identities.
const (
	MinIdentitySecret   = 32     // bytes of a shared secret: as long as what HS256 makes of it (RFC 7518, 3.2)
	identitySkewMs      = 10_000 // how much the clocks of the customer's servers may be off
	maxIdentityRunes    = 200    // of the subject
	maxIdentityName     = 200    // runes of each name; what is longer is cut
	maxIdentityEmail    = 254    // bytes; a longer one is left out
	minIdentityRSABytes = 2048 / 8
)

// Identity is what a verified identity says: whom the customer's own site vouches for, and until when.
type Identity struct {
	Subject   string // claim sub
	FirstName string // claim given_name, else name
	LastName  string // claim family_name
	Email     string // claim email
	ExpiresMs int64  // from then on it is good for nothing, Unix ms
}

// Check says whether whoever has brought this identity, or nil for none, may write where nobody may without one.
// Codes: CodeIdentityRequired, CodeIdentityExpired.
func (i *Identity) Check(nowMs int64) error {
	switch {
	case i == nil || i.Subject == "":
		return wire.Problemf(wire.CodeIdentityRequired, "the deployment lets nobody write without an identity")
	case nowMs >= i.ExpiresMs:
		return wire.Problemf(wire.CodeIdentityExpired, "the identity has expired")
	}
	return nil
}

// IdentityKeys verify the identities of one deployment. The zero value verifies none.
type IdentityKeys struct {
	audience string
	secrets  [][]byte
	public   []any // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey
}

// NewIdentityKeys takes what relay.yaml names: shared secrets (HS256), and public keys in PEM (RS256, ES256, EdDSA). Any
// of them verifies, so that a new one can be added before the old one is taken out. audience is what claim aud must
// name, the deployment.
func NewIdentityKeys(audience string, secrets, publicPEM []string) (IdentityKeys, error) {
	k := IdentityKeys{audience: audience}
	for i, s := range secrets {
		if len(s) < MinIdentitySecret {
			return IdentityKeys{}, fmt.Errorf("identity_secret %d: a secret has at least %d bytes", i+1, MinIdentitySecret)
		}
		k.secrets = append(k.secrets, []byte(s))
	}
	for i, text := range publicPEM {
		key, err := parsePublicKey(text)
		if err != nil {
			return IdentityKeys{}, fmt.Errorf("identity_keys %d: %w", i+1, err)
		}
		k.public = append(k.public, key)
	}
	return k, nil
}

func parsePublicKey(text string) (any, error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" || strings.TrimSpace(string(rest)) != "" {
		return nil, errors.New("not one public key in PEM (-----BEGIN PUBLIC KEY-----)")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read a public key: %w", err)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.Size() < minIdentityRSABytes {
			return nil, errors.New("an RSA key has at least 2048 bits")
		}
		return key, nil
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize != 256 {
			return nil, errors.New("an ECDSA key is on the curve P-256")
		}
		return key, nil
	case ed25519.PublicKey:
		return key, nil
	}
	return nil, fmt.Errorf("keys of the kind %T are not used", key)
}

// Set tells whether there is anything to verify identities with.
func (k IdentityKeys) Set() bool { return len(k.secrets)+len(k.public) > 0 }

// identityClaims are those of OpenID Connect Core 5.1 that matter here.
type identityClaims struct {
	Name       string `json:"name"`
	GivenName  string `json:"given_name"`
	FamilyName string `json:"family_name"`
	Email      string `json:"email"`
	jwt.RegisteredClaims
}

// Verify reads a JWT that the customer's server has signed. It needs sub, exp and aud; iat and nbf may not be in the
// future. Codes: CodeIdentity, CodeIdentityExpired.
func (k IdentityKeys) Verify(value string, nowMs int64) (Identity, error) {
	if !k.Set() {
		return Identity{}, badIdentity("the deployment verifies none")
	}
	if len(value) > maxToken {
		return Identity{}, badIdentity("it is too long")
	}
	var body identityClaims
	_, err := jwt.ParseWithClaims(value, &body, k.keys,
		jwt.WithValidMethods([]string{"HS256", "RS256", "ES256", "EdDSA"}),
		jwt.WithAudience(k.audience), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(identitySkewMs*time.Millisecond),
		jwt.WithTimeFunc(func() time.Time { return time.UnixMilli(nowMs) }),
	)
	switch {
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return Identity{}, badIdentity("it is for another audience")
	case errors.Is(err, jwt.ErrTokenExpired):
		return Identity{}, wire.Problemf(wire.CodeIdentityExpired, "the identity has expired")
	case err != nil:
		return Identity{}, badIdentity("it cannot be verified")
	}
	return body.identity()
}

// keys gives those of the kind that the token's algorithm uses: a public key must never be taken for a shared secret.
func (k IdentityKeys) keys(t *jwt.Token) (any, error) {
	var set jwt.VerificationKeySet
	if _, shared := t.Method.(*jwt.SigningMethodHMAC); shared {
		for _, secret := range k.secrets {
			set.Keys = append(set.Keys, secret)
		}
	}
	for _, key := range k.public {
		if fits(key, t.Method) {
			set.Keys = append(set.Keys, key)
		}
	}
	if len(set.Keys) == 0 {
		return nil, jwt.ErrTokenUnverifiable
	}
	return set, nil
}

func fits(key any, method jwt.SigningMethod) bool {
	var ok bool
	switch method.(type) {
	case *jwt.SigningMethodRSA:
		_, ok = key.(*rsa.PublicKey)
	case *jwt.SigningMethodECDSA:
		_, ok = key.(*ecdsa.PublicKey)
	case *jwt.SigningMethodEd25519:
		_, ok = key.(ed25519.PublicKey)
	}
	return ok
}

func (c *identityClaims) identity() (Identity, error) {
	texts := []string{c.Subject, c.Name, c.GivenName, c.FamilyName, c.Email}
	if c.Subject == "" || utf8.RuneCountInString(c.Subject) > maxIdentityRunes {
		return Identity{}, badIdentity("sub has 1 to 200 characters")
	}
	if slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsRune(s, 0) }) {
		return Identity{}, badIdentity("it holds a NUL character")
	}
	i := Identity{Subject: c.Subject, FirstName: c.GivenName, LastName: c.FamilyName, Email: c.Email,
		ExpiresMs: c.ExpiresAt.UnixMilli() + identitySkewMs}
	if i.FirstName == "" && i.LastName == "" {
		i.FirstName = c.Name
	}
	i.FirstName, i.LastName = cut(i.FirstName), cut(i.LastName)
	if len(i.Email) > maxIdentityEmail || strings.Count(i.Email, "@") != 1 {
		i.Email = ""
	}
	return i, nil
}

func cut(name string) string {
	runes := []rune(strings.TrimSpace(name))
	return string(runes[:min(len(runes), maxIdentityName)])
}

func badIdentity(why string) error {
	return wire.Problemf(wire.CodeIdentity, "the identity is not valid: %s", why)
}
