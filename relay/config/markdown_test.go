package config

import (
	"os"
	"strings"
	"testing"
)

func TestTheGuideToSettingsIsUpToDate(t *testing.T) {
	b, err := os.ReadFile("../../www/docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != Markdown() {
		t.Error("www/docs/settings.md is old: go run ./relay settings > www/docs/settings.md")
	}
}

func TestReadmeNamesSettingsThatThereAre(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(b), "\n## Settings\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !found || !strings.Contains(section, "(www/docs/settings.md)") {
		t.Fatal("README.md does not lead to www/docs/settings.md")
	}
	rows := 0
	for line := range strings.Lines(section) {
		name, _, row := strings.Cut(strings.TrimPrefix(line, "| `"), "` |")
		if !row || !strings.HasPrefix(line, "| `") {
			continue
		}
		rows++
		if all := Markdown(); !strings.Contains(all, "| `"+name+"` |") && !strings.Contains(all, "| `"+name+"[]` |") {
			t.Errorf("there is no setting %q", name)
		}
	}
	if rows == 0 {
		t.Error("README.md names no settings")
	}
}
