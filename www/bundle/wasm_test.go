package main

import "testing"

func TestExperimentsAreThoseThatTheCompilerKnows(t *testing.T) {
	for version, want := range map[string]string{
		"go1.26.8": "nogreenteagc",
		"go1.26":   "nogreenteagc",
		"go1.25.1": "",
		"go1.27.0": "",
		"devel":    "",
	} {
		if got := experiments(version); got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
}
