package config

import (
	"slices"
	"strings"
	"testing"
)

func TestIdentitySecretsAreOneOrAList(t *testing.T) {
	for text, want := range map[string][]string{
		"identity_secret: one":        {"one"},
		"identity_secret: [new, old]": {"new", "old"},
		"identity_secret: ''":         nil,
		"queue: shop":                 nil,
	} {
		f, err := Parse([]byte("deployments: [{name: shop, " + text + "}]"))
		if err != nil || !slices.Equal(f.Deployments[0].IdentitySecret, want) {
			t.Errorf("%s: %q, %v", text, f.Deployments[0].IdentitySecret, err)
		}
	}
}

func TestAnIdentityThatNothingVerifiesIsAMistake(t *testing.T) {
	for text, ok := range map[string]bool{
		"identity: required, identity_secret: s":      true,
		"identity: optional, identity_keys: [k]":      true,
		"identity: required":                          false,
		"identity: sometimes, identity_secret: s":     false,
		"identity: required, identity_secret: {a: b}": false,
	} {
		_, err := Parse([]byte("deployments: [{name: shop, " + text + "}]"))
		if (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && !strings.Contains(text, "{a") && !strings.Contains(err.Error(), "shop") {
			t.Errorf("%s: %v does not name the deployment", text, err)
		}
	}
}
