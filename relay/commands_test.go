package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"foyer/relay/wire"
)

func TestAgentsAreManagedBesideARunningRelay(t *testing.T) {
	dir := t.TempDir()
	p := startRelay(t, "", "--data", dir)
	if out, err := relayRun(t, "s3cret\n", "agent", "add", "--username", "Ann", "--name", "Ann from sales", "--queues", "sales, repairs", "--data", dir); err != nil || out != "added agent ann\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if w := dialAgent(t, p, "ann", "s3cret"); w.problem != nil || w.agent.Name != "Ann from sales" || w.agent.Capacity != 3 {
		t.Errorf("signing in: %+v", w)
	}
	if _, err := relayRun(t, "x\n", "agent", "add", "--username", "ann", "--data", dir); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("adding twice: %v", err)
	}
	if _, err := relayRun(t, "", "agent", "disable", "--username", "ann", "--data", dir); err != nil {
		t.Fatal(err)
	}
	if w := dialAgent(t, p, "ann", "s3cret"); w.problem == nil || w.problem.Code != wire.CodeSignIn {
		t.Errorf("a disabled agent signs in: %+v", w)
	}
	if _, err := relayRun(t, "", "agent", "enable", "--username", "nobody", "--data", dir); err == nil {
		t.Error("an agent that there is not was enabled")
	}
	if out, err := relayRun(t, "", "agent", "enable", "--username", "ann", "--data", dir); err != nil || out != "enabled agent ann\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if w := dialAgent(t, p, "ann", "s3cret"); w.problem != nil {
		t.Errorf("an agent who was enabled again: %+v", w)
	}
	if _, err := relayRun(t, "", "agent", "disable", "--username", "ann", "--data", dir); err != nil {
		t.Fatal(err)
	}
	out, err := relayRun(t, "", "agent", "list", "--data", dir)
	if err != nil || !strings.Contains(out, "ann") || !strings.Contains(out, "sales,repairs") || !strings.Contains(out, "disabled") || strings.Contains(out, "$2") {
		t.Errorf("the list is %q, %v", out, err)
	}
}

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	key, err := relayRun(t, "", "key", "add", "--name", "crm", "--deployment", "shop", "--data", dir)
	if err != nil || len(strings.TrimSpace(key)) < 40 {
		t.Fatalf("%q, %v", key, err)
	}
	if _, err := relayRun(t, "", "key", "disable", "--name", "crm", "--data", dir); err != nil {
		t.Fatal(err)
	}
	out, err := relayRun(t, "", "key", "list", "--data", dir)
	if err != nil || !strings.Contains(out, "crm") || !strings.Contains(out, "disabled") || strings.Contains(out, strings.TrimSpace(key)) {
		t.Errorf("the list is %q, %v", out, err)
	}
	if _, err := relayRun(t, "", "key", "disable", "--name", "nobody", "--data", dir); err == nil {
		t.Error("a key that there is not was disabled")
	}
}

func TestAgentsOfTheConfiguration(t *testing.T) {
	hash, err := relayRun(t, "s3cret\n", "agent", "hash")
	if err != nil || bcrypt.CompareHashAndPassword([]byte(strings.TrimSpace(hash)), []byte("s3cret")) != nil {
		t.Fatalf("%q, %v", hash, err)
	}
	path := filepath.Join(t.TempDir(), "relay.yaml")
	text := "agents:\n  - {username: ann, capacity: 5, password_hash: " + strings.TrimSpace(hash) + "}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startRelay(t, "", "--config", path, "--data", t.TempDir())
	if w := dialAgent(t, p, "ann", "s3cret"); w.problem != nil || w.agent.Capacity != 5 {
		t.Errorf("signing in: %+v", w)
	}
}

func TestDemoAgentIsForDevOnly(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		in   bool
	}{{[]string{"--dev"}, true}, {nil, false}, {[]string{"--dev"}, true}} {
		p := startRelay(t, "", append([]string{"--data", dir}, c.args...)...)
		if w := dialAgent(t, p, "demo", "demo"); (w.problem == nil) != c.in {
			t.Errorf("started with %v: %+v", c.args, w)
		}
		p.signal(os.Interrupt)
		p.wait()
	}
}

func TestADataFolderThatIsMistypedIsNotMade(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "typo")
	for _, args := range [][]string{{"agent", "list"}, {"agent", "disable", "--username", "ann"}, {"key", "list"}, {"rules", "dry-run", "--config", os.DevNull}} {
		if _, err := relayRun(t, "", append(args, "--data", dir)...); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("relay %s: %v", strings.Join(args, " "), err)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

func TestMistakesOnTheCommandLine(t *testing.T) {
	for _, args := range [][]string{{}, {"fly"}, {"agent"}, {"agent", "fly"}, {"key", "fly"}, {"agent", "list", "now"}, {"agent", "add", "--username", "x", "--data", t.TempDir()}} {
		if _, err := relayRun(t, "", args...); err == nil {
			t.Errorf("relay %s was accepted", strings.Join(args, " "))
		}
	}
	for _, args := range [][]string{{"version"}, {"settings"}, {"help"}, {"serve", "-h"}, {"agent", "add", "--help"}} {
		if _, err := relayRun(t, "", args...); err != nil {
			t.Errorf("relay %s: %v", strings.Join(args, " "), err)
		}
	}
}
