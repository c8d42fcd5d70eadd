// Package pgtest gives tests a real PostgreSQL: one server for the whole test binary, from the programs that Debian's
// package installs, in a folder of its own, and one empty database for each test that asks.
//
// A package that uses it calls Main from its TestMain, which ends the server. If the test binary is killed, the server
// ends as well. Only tests may import it.
package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// SkipVariable, set to 1, skips the tests that need PostgreSQL. Nothing else does.
const SkipVariable = "FOYER_TEST_NO_POSTGRES"

// startTimeout is for a server on a busy machine.
const startTimeout = time.Minute

// shared is the test binary's server. A test binary is one program run, so there is one for it.
var shared struct {
	once   sync.Once
	server *server
	err    error
	number atomic.Int64
}

// Main runs the tests of a package and ends the server, if one was started. It gives the exit code.
func Main(m *testing.M) int {
	defer func() {
		if shared.server != nil {
			shared.server.stop()
		}
	}()
	return m.Run()
}

// URL makes an empty database and gives its postgres:// URL. The test fails if there is no PostgreSQL, and is skipped
// only if SkipVariable is 1.
func URL(tb testing.TB) string {
	tb.Helper()
	if os.Getenv(SkipVariable) == "1" {
		tb.Skip(SkipVariable + "=1")
	}
	shared.once.Do(func() { shared.server, shared.err = start() })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	name := fmt.Sprintf("test%d", shared.number.Add(1))
	if err := shared.server.createDatabase(name); err != nil {
		tb.Fatal(err)
	}
	return shared.server.url(name)
}

// server is a running PostgreSQL. It listens on a Unix socket in its folder, so that no port can be taken already.
type server struct {
	bin    string
	dir    string
	leash  io.Closer // its end ends the server
	exited chan struct{}
	output *bytes.Buffer // to be read after exited
}

func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Short, because the name of a socket may have about 100 characters.
	dir, err := os.MkdirTemp("", "foyer-pg")
	if err != nil {
		return nil, fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	s := &server{bin: bin, dir: dir, exited: make(chan struct{}), output: &bytes.Buffer{}}
	if err := s.init(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.waitUntilReady(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// programs finds the folder of the newest installed server.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", fmt.Errorf("look for PostgreSQL: %w", err)
	}
	if path, err := exec.LookPath("postgres"); err == nil && len(found) == 0 {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL is not installed: apt-get install postgresql (or set %s=1 to skip its tests)", SkipVariable)
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// version reads the 15 of /usr/lib/postgresql/15/bin/postgres; 0 if there is none.
func version(program string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(program))))
	if err != nil {
		return 0
	}
	return n
}

// command runs a program as the user postgres if we are root, since PostgreSQL refuses root.
func command(name string, args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		return exec.Command(name, args...)
	}
	return exec.Command("runuser", append([]string{"-u", "postgres", "--", name}, args...)...)
}

func (s *server) init() error {
	if err := s.giveToPostgres(); err != nil {
		return err
	}
	initdb := command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *server) giveToPostgres() error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("find the user that PostgreSQL runs as: %w", err)
	}
	uid, errUID := strconv.Atoi(u.Uid)
	gid, errGID := strconv.Atoi(u.Gid)
	if err := errors.Join(errUID, errGID); err != nil {
		return fmt.Errorf("read the ids of the user postgres: %w", err)
	}
	return os.Chown(s.dir, uid, gid)
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// leashed runs the server until its standard input ends, also when the test binary is killed, and removes its folder. The
// server need not end tidily (SIGQUIT): nobody reads its data again.
const leashed = `exec 3<&0
dir=$1; shift
"$@" </dev/null & server=$!
{ cat >/dev/null; kill -QUIT $server; } <&3 & leash=$!
wait $server
kill $leash 2>/dev/null
rm -rf "$dir"`

func (s *server) run() error {
	cmd := command("sh", "-c", leashed, "sh", s.dir, filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir,
		"-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = s.output, s.output
	leash, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.leash = leash
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	go func() {
		defer close(s.exited)
		_ = cmd.Wait() // what it said is in output
	}()
	return nil
}

func (s *server) waitUntilReady() error {
	deadline := time.After(startTimeout)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if exec.Command(filepath.Join(s.bin, "pg_isready"), "-q", "-h", s.dir).Run() == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("PostgreSQL ended:\n%s", s.output)
		case <-deadline:
			return fmt.Errorf("PostgreSQL was not ready after %v", startTimeout)
		case <-tick.C:
		}
	}
}

func (s *server) createDatabase(name string) error {
	out, err := exec.Command(filepath.Join(s.bin, "createdb"), "-h", s.dir, "-U", "postgres", name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make database %s: %w\n%s", name, err, out)
	}
	return nil
}

func (s *server) url(database string) string {
	return "postgres://postgres@/" + database + "?host=" + s.dir
}

func (s *server) stop() {
	_ = s.leash.Close()
	<-s.exited
	_ = os.RemoveAll(s.dir)
}
