package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"foyer/relay/store/pgtest"
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
	file := filepath.Join(t.TempDir(), "relay.yaml")
	if err := os.WriteFile(file, []byte("deployments: [{name: shop}, {name: other}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := relayRun(t, "", "key", "add", "--name", "crm", "--deployment", "shop", "--data", dir, "--config", file)
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

func TestKeysToMoreThanWasMeantAreNotMade(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "relay.yaml")
	add := func(args ...string) (string, error) {
		return relayRun(t, "", append([]string{"key", "add", "--data", dir}, args...)...)
	}
	if _, err := add("--name", "a", "--deployment", "shop"); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Errorf("where nothing says which deployments there are: %v", err)
	}
	if err := os.WriteFile(file, []byte("deployments: [{name: shop}, {name: other}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startRelay(t, "", "--config", file, "--data", dir)
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "--name"},
		{[]string{"--name", "a"}, "--all-deployments"},
		{[]string{"--name", "a", "--deployment", ""}, "--all-deployments"},
		{[]string{"--name", "a", "--deployment", "shoop"}, "other, shop"},
		{[]string{"--name", "a", "--deployment", "Shop"}, "other, shop"},
		{[]string{"--name", "a", "--deployment", "shop", "--all-deployments"}, "one of"},
		{[]string{"--name", "a", "--metrics", "--all-deployments"}, "one of"},
		{[]string{"--name", "a", "--deployment", "shop", "--metrics"}, "one of"},
		{[]string{"--name", "a", "--deployment", "shop", "--config", file + "x"}, "relay.yamlx"},
	} {
		if out, err := add(c.args...); err == nil || out != "" || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %q, %v", c.args, out, err)
		}
	}
	keys := map[string]string{}
	for name, args := range map[string][]string{"of-shop": {"--deployment", "shop"}, "of-all": {"--all-deployments"}, "of-metrics": {"--metrics"}} {
		key, err := add(append(args, "--name", name)...)
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = strings.TrimSpace(key)
	}
	for _, c := range []struct {
		path, key string
		status    int
	}{
		{"/metrics", "of-metrics", 200}, {"/metrics", "of-shop", 403}, {"/metrics", "of-all", 403}, {"/metrics", "", 403},
		{"/server/data/visits", "of-shop", 200}, {"/server/data/visits", "of-all", 200}, {"/server/data/visits", "of-metrics", 403},
	} {
		if status, text := p.call("GET", c.path, "", "x-api-key", keys[c.key]); status != c.status {
			t.Errorf("%s with the key %s: %d %s", c.path, c.key, status, text)
		}
	}
	out, err := relayRun(t, "", "key", "list", "--data", dir)
	if err != nil || !strings.Contains(out, "(all)") || !strings.Contains(out, "(metrics)") || !strings.Contains(out, "shop") {
		t.Errorf("the list is %q, %v", out, err)
	}
}

// hearsTheEnd waits until the relay has ended an agent's connection because the sign-in is over.
func (a *agentLine) hearsTheEnd(t *testing.T, after string) {
	t.Helper()
	f, err := a.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Error); return ok })
	if err != nil {
		t.Fatalf("after %s: %v", after, err)
	}
	if e := f.(*wire.Error); e.Code != wire.CodeToken || !e.Fatal {
		t.Errorf("after %s: %+v", after, e)
	}
}

func TestWhatEndsSignIns(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "relay.yaml")
	hash, err := relayRun(t, "s3cret\n", "agent", "hash")
	if err != nil {
		t.Fatal(err)
	}
	agents := func(names ...string) {
		text := "agents:\n"
		for _, name := range names {
			text += "  - {username: " + name + ", password_hash: " + strings.TrimSpace(hash) + "}\n"
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	agents("cara", "dora")
	p := startRelay(t, "", "--config", file, "--data", dir)
	run := func(stdin string, args ...string) error {
		_, err := relayRun(t, stdin, append([]string{"agent"}, append(args, "--data", dir)...)...)
		return err
	}
	signedIn := func(name, password string) *agentLine {
		a := dialAgent(t, p, name, password)
		if a.problem != nil {
			t.Fatalf("%s signs in: %+v", name, a.problem)
		}
		return a
	}
	if err := run("s3cret\n", "add", "--username", "ann"); err != nil {
		t.Fatal(err)
	}
	bystander := signedIn("dora", "s3cret")

	ann := signedIn("ann", "s3cret")
	for _, c := range []struct {
		stdin, verb, password string
	}{{"", "sign-out", "s3cret"}, {"other\n", "password", "other"}, {"", "disable", ""}, {"", "remove", ""}} {
		if err := run(c.stdin, c.verb, "--username", "ann"); err != nil {
			t.Fatal(err)
		}
		ann.hearsTheEnd(t, c.verb)
		if c.verb == "disable" {
			if err := run("", "enable", "--username", "ann"); err != nil {
				t.Fatal(err)
			}
			c.password = "other"
		}
		if c.password != "" {
			ann = signedIn("ann", c.password)
		}
	}
	if w := dialAgent(t, p, "ann", "other"); w.problem == nil || w.problem.Code != wire.CodeSignIn {
		t.Errorf("an agent who was removed: %+v", w)
	}

	for _, verb := range []string{"password", "remove"} {
		if err := run("other\n", verb, "--username", "cara"); err == nil || !strings.Contains(err.Error(), "relay.yaml") {
			t.Errorf("%s of an agent of relay.yaml: %v", verb, err)
		}
		if err := run("other\n", verb, "--username", "nobody"); err == nil {
			t.Errorf("%s of nobody was done", verb)
		}
	}
	cara := signedIn("cara", "s3cret")
	agents("dora")
	p.signal(syscall.SIGHUP)
	cara.hearsTheEnd(t, "an agent was taken out of relay.yaml")
	if w := dialAgent(t, p, "cara", "s3cret"); w.problem == nil || w.problem.Code != wire.CodeSignIn {
		t.Errorf("an agent who was taken out of relay.yaml: %+v", w)
	}
	_ = bystander.say(&wire.Ready{Ref: 7, Ready: true})
	if f, err := bystander.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Ack); return ok }); err != nil {
		t.Errorf("whom nobody touched: %v, %v", f, err)
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

func TestTwoRelaysDoNotShareADatabase(t *testing.T) {
	url := pgtest.URL(t)
	first := startRelay(t, "", "--data", t.TempDir(), "--database", url)
	second := []string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--database", url}
	if _, err := relayRun(t, "", second...); err == nil || !strings.Contains(err.Error(), "another relay uses this database") {
		t.Fatalf("a second relay: %v", err)
	}
	if _, err := relayRun(t, "s3cret\n", "agent", "add", "--username", "ann", "--database", url); err != nil {
		t.Errorf("a command beside it: %v", err)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.wait()
	startRelay(t, "", second[1:]...) // the killed one has given it back
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
