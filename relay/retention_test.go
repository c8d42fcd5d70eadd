package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"foyer/relay/config"
)

func TestWhatEachDeploymentDeletes(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "relay.yaml")
	text := "deployments:\n  - {name: forgets, retention: 30, event_retention: 7}\n  - {name: keeps}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := build(context.Background(), config.Options{Config: file, Data: filepath.Join(dir, "data")}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer r.store.Close()
	want := map[string]map[string]int{
		"chats":     {"forgets": 30},
		"events":    {"forgets": 7, "keeps": config.DefaultEventDays},
		"callbacks": {"forgets": 7, "keeps": config.DefaultEventDays},
	}
	found := map[string]map[string]int{}
	for _, s := range r.sweepers {
		found[s.What] = s.Days()
	}
	if !slices.Equal(slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(want))) {
		t.Errorf("sweepers are %v", found)
	}
	for what, days := range want {
		if !maps.Equal(found[what], days) {
			t.Errorf("%s are kept for %v, want %v", what, found[what], days)
		}
	}
}
