package config

import (
	"os"
	"strings"
	"testing"
)

func TestReadmeHoldsTheTableOfSettings(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "<!-- settings -->\n")
	table, _, closed := strings.Cut(rest, "<!-- /settings -->")
	if !found || !closed {
		t.Fatal("README.md has no table between <!-- settings --> and <!-- /settings -->")
	}
	if strings.TrimSpace(table) != strings.TrimSpace(Markdown()) {
		t.Error("README.md differs from what `relay settings` prints; put its output between the markers")
	}
}
