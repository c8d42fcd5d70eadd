package access_test

import (
	"errors"
	"testing"

	"foyer/relay/access"
	"foyer/relay/wire"
)

func TestAPIKeys(t *testing.T) {
	f := newFixture(t)
	value, err := f.AddKey(t.Context(), "crm", "demo")
	if err != nil || len(value) != 43 || f.store.Holds(value) {
		t.Fatalf("key %q, %v", value, err)
	}
	if _, err := f.AddKey(t.Context(), "crm", "demo"); !errors.Is(err, access.ErrExists) {
		t.Errorf("a second one of the name: %v", err)
	}
	if k, err := f.CheckKey(t.Context(), value); err != nil || k.Name != "crm" || k.Deployment != "demo" {
		t.Errorf("check gives %+v, %v", k, err)
	}
	for _, wrong := range []string{"", value + "x"} {
		_, err := f.CheckKey(t.Context(), wrong)
		wantCode(t, err, wire.CodeForbidden)
	}
	if err := f.DisableKey(t.Context(), "crm"); err != nil {
		t.Fatal(err)
	}
	_, err = f.CheckKey(t.Context(), value)
	wantCode(t, err, wire.CodeForbidden)
	if err := f.DisableKey(t.Context(), "other"); !errors.Is(err, access.ErrNotFound) {
		t.Errorf("disabling an unknown one: %v", err)
	}
}

func TestAConfiguredKeyStaysDisabledAcrossRestarts(t *testing.T) {
	f := newFixture(t)
	if err := f.EnsureKey(t.Context(), "shop", "demo", "chosen-by-operator"); err != nil {
		t.Fatal(err)
	}
	if err := f.DisableKey(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	if err := f.EnsureKey(t.Context(), "shop", "demo", "chosen-by-operator"); err != nil {
		t.Fatal(err)
	}
	_, err := f.CheckKey(t.Context(), "chosen-by-operator")
	wantCode(t, err, wire.CodeForbidden)
	if err := f.EnsureKey(t.Context(), "empty", "demo", ""); err == nil {
		t.Error("a key without a value was taken")
	}
}
