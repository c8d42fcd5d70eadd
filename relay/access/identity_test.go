package access_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"foyer/relay/access"
	"foyer/relay/wire"
)

const (
	identityNowMs = 1_700_000_000_000
	newSecret     = "the new secret of the shop, long enough"
	oldSecret     = "the old secret of the shop, long enough"
)

func identityOf(t testing.TB, method jwt.SigningMethod, key any, change map[string]any) string {
	t.Helper()
	claims := jwt.MapClaims{"sub": "account-7", "aud": "shop", "exp": identityNowMs/1000 + 300,
		"given_name": "Ada", "family_name": "Byron", "email": "ada@example.com"}
	for k, v := range change {
		claims[k] = v
		if v == nil {
			delete(claims, k)
		}
	}
	value, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func publicPEM(t testing.TB, key any) string {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b}))
}

func TestIdentitiesAreVerified(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edPublic, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaPEM := publicPEM(t, &rsaKey.PublicKey)
	keys, err := access.NewIdentityKeys("shop", []string{newSecret, oldSecret},
		[]string{publicPEM(t, &ecKey.PublicKey), rsaPEM, publicPEM(t, edPublic)})
	if err != nil {
		t.Fatal(err)
	}
	hs := func(change map[string]any) string {
		return identityOf(t, jwt.SigningMethodHS256, []byte(newSecret), change)
	}
	const nowS = identityNowMs / 1000
	tests := map[string]struct {
		value string
		code  wire.Code // "" where it is good
	}{
		"the newest secret":            {hs(nil), ""},
		"the secret before":            {identityOf(t, jwt.SigningMethodHS256, []byte(oldSecret), nil), ""},
		"RS256":                        {identityOf(t, jwt.SigningMethodRS256, rsaKey, nil), ""},
		"ES256":                        {identityOf(t, jwt.SigningMethodES256, ecKey, nil), ""},
		"EdDSA":                        {identityOf(t, jwt.SigningMethodEdDSA, edKey, nil), ""},
		"one of several audiences":     {hs(map[string]any{"aud": []string{"bank", "shop"}}), ""},
		"a clock that is a little off": {hs(map[string]any{"exp": nowS - 9, "nbf": nowS + 9, "iat": nowS + 9}), ""},

		"another secret":                 {identityOf(t, jwt.SigningMethodHS256, []byte("of an attacker, and long enough too"), nil), wire.CodeIdentity},
		"another algorithm":              {identityOf(t, jwt.SigningMethodHS512, []byte(newSecret), nil), wire.CodeIdentity},
		"no algorithm":                   {identityOf(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), wire.CodeIdentity},
		"a public key as shared secret":  {identityOf(t, jwt.SigningMethodHS256, []byte(rsaPEM), nil), wire.CodeIdentity},
		"expired":                        {hs(map[string]any{"exp": nowS - 11}), wire.CodeIdentityExpired},
		"expired and badly signed":       {identityOf(t, jwt.SigningMethodHS256, []byte("x"), map[string]any{"exp": 1}), wire.CodeIdentity},
		"never expires":                  {hs(map[string]any{"exp": nil}), wire.CodeIdentity},
		"not yet":                        {hs(map[string]any{"nbf": nowS + 60}), wire.CodeIdentity},
		"issued in the future":           {hs(map[string]any{"iat": nowS + 60}), wire.CodeIdentity},
		"another audience":               {hs(map[string]any{"aud": "bank"}), wire.CodeIdentity},
		"another audience and expired":   {hs(map[string]any{"aud": "bank", "exp": 1}), wire.CodeIdentity},
		"no audience":                    {hs(map[string]any{"aud": nil}), wire.CodeIdentity},
		"nobody":                         {hs(map[string]any{"sub": nil}), wire.CodeIdentity},
		"a name too long for a subject":  {hs(map[string]any{"sub": strings.Repeat("s", 201)}), wire.CodeIdentity},
		"a NUL, which databases refuse":  {hs(map[string]any{"given_name": "A\x00"}), wire.CodeIdentity},
		"cut":                            {hs(nil)[:60], wire.CodeIdentity},
		"nothing":                        {"", wire.CodeIdentity},
		"too long to be looked at":       {strings.Repeat("a", 5000), wire.CodeIdentity},
		"one of our own kind of handles": {"eyJhbGciOiJIUzI1NiJ9.e30.AAAA", wire.CodeIdentity},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := keys.Verify(tt.value, identityNowMs)
			if tt.code != "" {
				wantCode(t, err, tt.code)
				if got != (access.Identity{}) {
					t.Errorf("it says %+v nevertheless", got)
				}
				return
			}
			if err != nil || got.Subject != "account-7" || got.FirstName != "Ada" || got.LastName != "Byron" ||
				got.Email != "ada@example.com" || got.ExpiresMs < identityNowMs {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestWhatIdentitiesSayIsBounded(t *testing.T) {
	keys, err := access.NewIdentityKeys("shop", []string{newSecret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.Verify(identityOf(t, jwt.SigningMethodHS256, []byte(newSecret), map[string]any{
		"given_name": nil, "family_name": nil, "name": " " + strings.Repeat("é", 300), "email": "nobody",
	}), identityNowMs)
	if err != nil || got.FirstName != strings.Repeat("é", 200) || got.LastName != "" || got.Email != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestIdentityKeysThatAreNoneAreRefused(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ secret, public string }{
		"short secret":      {secret: "short"},
		"empty secret":      {secret: " "},
		"no PEM":            {public: "key"},
		"two keys in one":   {public: publicPEM(t, &wide.PublicKey) + publicPEM(t, &wide.PublicKey)},
		"small RSA key":     {public: publicPEM(t, &small.PublicKey)},
		"another curve":     {public: publicPEM(t, &wide.PublicKey)},
		"not a public key":  {public: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"},
		"PEM around rubble": {public: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var secrets, public []string
			if tt.secret != "" {
				secrets = []string{tt.secret}
			}
			if tt.public != "" {
				public = []string{tt.public}
			}
			if k, err := access.NewIdentityKeys("shop", secrets, public); err == nil || k.Set() {
				t.Error("accepted")
			}
		})
	}
}

func TestADeploymentWithoutKeysVerifiesNothing(t *testing.T) {
	_, err := access.IdentityKeys{}.Verify(identityOf(t, jwt.SigningMethodHS256, []byte(""), nil), identityNowMs)
	wantCode(t, err, wire.CodeIdentity)
}

func FuzzIdentity(f *testing.F) {
	keys, err := access.NewIdentityKeys("shop", []string{newSecret}, nil)
	if err != nil {
		f.Fatal(err)
	}
	good := identityOf(f, jwt.SigningMethodHS256, []byte(newSecret), nil)
	f.Add(good)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, value string) {
		i, err := keys.Verify(value, identityNowMs)
		if err == nil && i.Subject == "" {
			t.Fatalf("%q is nobody's", value)
		}
	})
}

// The claims of a handle and those of an identity have nothing in common that one could be taken for the other.
func TestAHandleIsNoIdentity(t *testing.T) {
	f := newFixture(t)
	keys, err := access.NewIdentityKeys("demo", []string{newSecret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = keys.Verify(f.mustIssue(), f.clock.NowMs())
	wantCode(t, err, wire.CodeIdentity)
	forged := identityOf(t, jwt.SigningMethodHS256, []byte(newSecret), map[string]any{
		"typ": "visitor", "aud": "demo", "session": "session-1", "participant": "visitor-1", "iss": "foyer"})
	_, err = f.VerifyVisitor(t.Context(), "demo", forged)
	wantCode(t, err, wire.CodeToken)
}

// FuzzPublicKeys: what an operator pastes is a key or an error.
func FuzzPublicKeys(f *testing.F) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		f.Fatal(err)
	}
	good := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	for _, text := range []string{good, good + good, strings.Replace(good, "PUBLIC", "PRIVATE", 2), "-----BEGIN PUBLIC KEY-----", "", "\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := access.NewIdentityKeys("shop", nil, []string{text})
		if (err == nil) != keys.Set() {
			t.Errorf("%q: %v, set %v", text, err, keys.Set())
		}
	})
}
