package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"foyer/relay/store/pgtest"
)

// patience is how long a test waits for what must come. Nothing waits so long when all is well.
const patience = 2 * time.Minute

// binary is the relay, built once for all tests of this package.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "relay-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "relay")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the relay: %v\n%s", err, out)
		return 1
	}
	return pgtest.Main(m)
}

// process is a running relay.
type process struct {
	tb   testing.TB
	cmd  *exec.Cmd
	addr string // host:port
	log  *logBuffer
	done chan struct{}
}

// startRelay runs the binary on a free port, or on addr, and waits until it is ready.
func startRelay(tb testing.TB, addr string, args ...string) *process {
	tb.Helper()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	p := &process{tb: tb, log: newLogBuffer(), done: make(chan struct{})}
	p.cmd = exec.Command(binary, append([]string{"serve", "--listen", addr}, args...)...)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		close(p.done)
	}()
	tb.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails where it has ended already
		<-p.done
	})
	p.log.waitFor(tb, "msg=listening addr=")
	_, rest, _ := strings.Cut(p.log.String(), "msg=listening addr=")
	p.addr, _, _ = strings.Cut(rest, " ")
	return p
}

func (p *process) url(path string) string { return "http://" + p.addr + path }

func (p *process) signal(s os.Signal) {
	p.tb.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.tb.Fatal(err)
	}
}

// wait gives the exit code.
func (p *process) wait() int {
	p.tb.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.tb.Fatalf("the relay does not end; its log:\n%s", p.log)
		return -1
	}
}

// logBuffer collects what a process writes.
type logBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func newLogBuffer() *logBuffer { return &logBuffer{changed: make(chan struct{})} }

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// waitFor waits until a line with text is complete.
func (l *logBuffer) waitFor(tb testing.TB, text string) {
	tb.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		all, changed := l.b.String(), l.changed
		l.mu.Unlock()
		if _, rest, found := strings.Cut(all, text); found && strings.Contains(rest, "\n") {
			return
		}
		select {
		case <-changed:
		case <-late:
			tb.Fatalf("the log never said %q:\n%s", text, all)
		}
	}
}

// relayRun runs a command of the binary to its end.
func relayRun(tb testing.TB, stdin string, args ...string) (out string, err error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return stdout.String(), err
}

func get(tb testing.TB, url string) (status int, body string) {
	tb.Helper()
	r, err := http.Get(url)
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestDevSaysWhereToClick(t *testing.T) {
	cmd := exec.Command(binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), "/desktop/"); {
		said.WriteString(lines.Text() + "\n")
	}
	for _, want := range []string{"http://shop-a.localhost:", "http://shop-b.localhost:"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it does not say %s:\n%s", want, said.String())
		}
	}
}

func TestNothingIsOpenWithoutConfiguration(t *testing.T) {
	p := startRelay(t, "", "--data", t.TempDir())
	p.log.waitFor(t, "nothing is open")
	for path, want := range map[string]int{
		"/readyz": 200, "/deployment.js?name=demo": 404, "/bridge.html?deployment=demo&origin=http://localhost": 404, "/chat/?deployment=demo": 404,
	} {
		if status, body := get(t, p.url(path)); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestTerminationDrains(t *testing.T) {
	p := startRelay(t, "", "--dev", "--data", t.TempDir())
	v := dialVisitor(t, p, nil)
	p.signal(syscall.SIGTERM)
	v.waitForGoodbye()
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d; the log:\n%s", code, p.log)
	}
}

func TestHangupReadsTheConfigurationAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	status := func(p *process, name string) int {
		s, _ := get(t, p.url("/deployment.js?name="+name))
		return s
	}
	write("deployments:\n  - {name: first, features: {chat: true}}\n")
	p := startRelay(t, "", "--config", path, "--data", t.TempDir())
	if status(p, "first") != 200 || status(p, "second") != 404 {
		t.Fatal("the first file was not taken up")
	}
	write("deployments:\n  - {name: second, colour: red}\n")
	p.signal(syscall.SIGHUP)
	p.log.waitFor(t, "the old one stays")
	if !strings.Contains(p.log.String(), `unknown key \"colour\"`) {
		t.Errorf("the log does not name the mistake:\n%s", p.log)
	}
	if status(p, "first") != 200 {
		t.Error("a faulty file took the old one away")
	}
	write("deployments:\n  - {name: second}\n")
	p.signal(syscall.SIGHUP)
	p.log.waitFor(t, "was read again")
	if status(p, "first") != 404 || status(p, "second") != 200 {
		t.Error("the new file was not taken up")
	}
}

func TestOnlyOneRelayHasADataFolder(t *testing.T) {
	dir := t.TempDir()
	p := startRelay(t, "", "--data", dir)
	_, err := relayRun(t, "", "serve", "--listen", "127.0.0.1:0", "--data", dir)
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), fmt.Sprint(p.cmd.Process.Pid)) {
		t.Errorf("a second one: %v", err)
	}
	_, err = relayRun(t, "", "serve", "--listen", p.addr, "--data", t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("a second one on the same port: %v", err)
	}
	p.signal(syscall.SIGKILL)
	p.wait()
	startRelay(t, p.addr, "--data", dir)
}

func TestStartsThatAreRefused(t *testing.T) {
	faulty := filepath.Join(t.TempDir(), "relay.yaml")
	if err := os.WriteFile(faulty, []byte("deployments:\n  - {name: a, origins: [nonsense]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, want string
		args       []string
	}{
		{"NATS", "no driver for NATS", []string{"--nats", "nats://localhost:4222"}},
		{"a missing file", "nothing.yaml", []string{"--config", "nothing.yaml"}},
		{"a faulty file", `"nonsense"`, []string{"--config", faulty}},
		{"an unknown flag", "colour", []string{"--colour"}},
		{"a database of another kind", "postgres://", []string{"--database", "mysql://localhost"}},
		{"an address that is none", "listen", []string{"--listen", "nowhere:99999"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := relayRun(t, "", append([]string{"serve", "--data", t.TempDir()}, c.args...)...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it said %v, without %q", err, c.want)
			}
		})
	}
}
