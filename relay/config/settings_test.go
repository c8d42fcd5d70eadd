package config

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

func TestOptionsComeFromFlagsThenEnvironmentThenDefaults(t *testing.T) {
	env := map[string]string{"FOYER_LISTEN": ":9000", "FOYER_DATA": "/env", "FOYER_DEV": "true"}
	o, err := ParseOptions([]string{"--data", "/flag"}, func(k string) string { return env[k] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Options{Listen: ":9000", Data: "/flag", Dev: true}); o != want {
		t.Errorf("got %+v, want %+v", o, want)
	}
	o, err = ParseOptions(nil, func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Options{Listen: "127.0.0.1:8080", Data: "./data"}); o != want {
		t.Errorf("with nothing set: %+v", o)
	}
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	cases := []struct {
		name string
		args []string
		env  map[string]string
	}{
		{"unknown flag", []string{"--colour", "red"}, nil},
		{"an argument", []string{"now"}, nil},
		{"not a truth value", nil, map[string]string{"FOYER_DEV": "perhaps"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := ParseOptions(c.args, func(k string) string { return c.env[k] }, io.Discard); err == nil {
				t.Error("was accepted")
			}
		})
	}
	if _, err := ParseOptions([]string{"-h"}, func(string) string { return "" }, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h gave %v", err)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	for _, s := range Settings() {
		if s.Doc == "" || s.Env != "FOYER_"+strings.ToUpper(s.Flag) {
			t.Errorf("--%s: %+v", s.Flag, s)
		}
	}
	for line := range strings.Lines(Markdown()) {
		if strings.HasSuffix(strings.TrimSpace(line), "|  |") {
			t.Errorf("says nothing: %s", line)
		}
	}
	for _, key := range []string{"--listen", "FOYER_NATS", "`deployments[].features.typing_preview`", "`agents[].password_hash`"} {
		if !strings.Contains(Markdown(), key) {
			t.Errorf("the table lacks %s", key)
		}
	}
}
