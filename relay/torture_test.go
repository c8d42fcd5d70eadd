//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"nhooyr.io/websocket"

	"foyer/relay/store/pgtest"
	"foyer/relay/wire"
)

// The long runs of `make torture`: load, and everything that may happen to a relay meanwhile. Unlike the tests they take
// as long as they are told to, and print what came of it.
var (
	tortureFor     = flag.Duration("torture", 0, "how long each torture runs; 0 skips them")
	tortureSockets = flag.Int("torture-sockets", 2000, "clients of the reconnect storm")
)

func needTorture(t *testing.T) {
	t.Helper()
	if *tortureFor == 0 {
		t.Skip("a long run: make torture")
	}
}

const tortureWriters = 20 // fewer than chats may be started at once from one address

// target is a relay that is killed and started again, on the same port and data.
type target struct {
	t    *testing.T
	args []string

	mu sync.Mutex
	p  *process
}

func startTarget(t *testing.T, args ...string) *target {
	t.Helper()
	return &target{t: t, args: args, p: startRelay(t, "", args...)}
}

func (g *target) addr() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.p.addr
}

// restart ends the relay by a signal and starts it again.
func (g *target) restart(s os.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.p.signal(s)
	g.p.wait()
	g.p = startRelay(g.t, g.p.addr, g.args...)
}

// writer is a visitor who writes one message after the other, comes back whenever the connection is lost, and sends again
// what was not acknowledged, as the client does.
type writer struct {
	n       int
	target  *target
	session string
	handle  string
	sent    int            // messages that are acknowledged
	seqs    []int64        // of their acknowledgements, by number
	lost    int            // connections
	codes   map[string]int // of errors that were told
}

func (w *writer) id(n int) string { return fmt.Sprintf("w%d-%d", w.n, n) }

var errRefused = errors.New("the relay refuses for now")

// connect opens a connection and takes the chat up, or begins it.
func (w *writer) connect(ctx context.Context) (*websocket.Conn, error) {
	header := http.Header{"Origin": {pageOrigin}, "X-Forwarded-For": {fmt.Sprintf("10.0.%d.%d", w.n/250, w.n%250+1)}}
	ws, _, err := websocket.Dial(ctx, "http://"+w.target.addr()+"/native/v1/socket", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(wire.MaxFrame)
	hello := &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "demo", Origin: pageOrigin,
		Device: fmt.Sprintf("%032d", w.n), Visit: fmt.Sprintf("%032d", w.n), Page: fmt.Sprintf("%032d", w.n), Handle: w.handle}
	f, err := w.exchange(ctx, ws, hello, func(f wire.Frame) bool { _, ok := f.(*wire.Welcome); return ok })
	if err != nil {
		return nil, errors.Join(err, ws.CloseNow())
	}
	welcome := f.(*wire.Welcome)
	if w.handle != "" {
		if welcome.HandleGone || len(welcome.Sessions) != 1 || welcome.Sessions[0].Session != w.session {
			return nil, errors.Join(fmt.Errorf("writer %d: the chat %s is not taken up: %+v", w.n, w.session, welcome), ws.CloseNow())
		}
		return ws, nil
	}
	f, err = w.exchange(ctx, ws, &wire.Start{Ref: 1, ClientID: w.id(-1), FirstName: "Ada"}, func(f wire.Frame) bool { _, ok := f.(*wire.Started); return ok })
	if err != nil {
		return nil, errors.Join(err, ws.CloseNow())
	}
	w.session, w.handle = f.(*wire.Started).Snapshot.Session, f.(*wire.Started).Snapshot.Handle
	return ws, nil
}

// exchange says something and waits for the answer.
func (w *writer) exchange(ctx context.Context, ws *websocket.Conn, say wire.Frame, match func(wire.Frame) bool) (wire.Frame, error) {
	b, err := wire.Encode(say)
	if err != nil {
		return nil, err
	}
	if err := ws.Write(ctx, websocket.MessageBinary, b); err != nil {
		return nil, err
	}
	for {
		_, b, err := ws.Read(ctx)
		if err != nil {
			return nil, err
		}
		f, err := wire.Decode(b)
		if err != nil {
			return nil, err
		}
		if e, ok := f.(*wire.Error); ok {
			w.codes[string(e.Code)]++
			return nil, fmt.Errorf("%w: %s: %s", errRefused, e.Code, e.Text)
		}
		if match(f) {
			return f, nil
		}
	}
}

// write goes on until over is closed and the last message is acknowledged. pace is the time between messages: a client
// keeps to the limits of the welcome.
func (w *writer) write(t *testing.T, over <-chan struct{}) {
	const pace = time.Second / wire.FramesPerSecond
	late := time.Now().Add(*tortureFor + 2*patience)
	var ws *websocket.Conn
	for ended := false; !ended && time.Now().Before(late); {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		var err error
		if ws == nil {
			ws, err = w.connect(ctx)
		}
		if err == nil {
			err = w.writeOne(ctx, ws)
		}
		cancel()
		if err != nil {
			w.lost++
			if ws != nil {
				_ = ws.CloseNow()
				ws = nil
			}
			time.Sleep(pace + time.Duration(rand.Int64N(int64(200*time.Millisecond))))
			continue
		}
		time.Sleep(pace)
		select {
		case <-over:
			ended = true
		default:
		}
	}
	if ws == nil {
		t.Errorf("writer %d never came back; errors: %v", w.n, w.codes)
		return
	}
	w.account(t, ws)
	_ = ws.CloseNow()
}

func (w *writer) writeOne(ctx context.Context, ws *websocket.Conn) error {
	id := w.id(w.sent)
	f, err := w.exchange(ctx, ws, &wire.Send{Ref: 2, Session: w.session, ClientID: id, Kind: wire.KindMessage, Text: "text of " + id},
		func(f wire.Frame) bool { a, ok := f.(*wire.Ack); return ok && a.ClientID == id })
	if err != nil {
		return err
	}
	w.seqs = append(w.seqs, f.(*wire.Ack).Seq)
	w.sent++
	return nil
}

// account reads the whole log: what was acknowledged is there, once, in order, where the acknowledgement said.
func (w *writer) account(t *testing.T, ws *websocket.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	next, after := 0, int64(0)
	for more := true; more; {
		f, err := w.exchange(ctx, ws, &wire.History{Ref: 3, Session: w.session, After: after}, func(f wire.Frame) bool { _, ok := f.(*wire.Page); return ok })
		if err != nil {
			t.Errorf("writer %d: read the log: %v", w.n, err)
			return
		}
		page := f.(*wire.Page)
		for _, e := range page.Entries {
			after = e.Seq
			if !strings.HasPrefix(e.ClientID, fmt.Sprintf("w%d-", w.n)) || e.Kind != wire.KindMessage {
				continue
			}
			if next >= w.sent || e.ClientID != w.id(next) || e.Text != "text of "+e.ClientID || e.Seq != w.seqs[next] {
				t.Errorf("writer %d: entry %d is %q; expected was %q", w.n, e.Seq, e.ClientID, w.id(next))
				return
			}
			next++
		}
		more = page.More
		time.Sleep(time.Second / wire.FramesPerSecond)
	}
	if next != w.sent {
		t.Errorf("writer %d: %d of %d acknowledged messages are in the log", w.n, next, w.sent)
	}
}

// tortureWriting lets visitors write while harm happens again and again.
func tortureWriting(t *testing.T, g *target, harm func(n int)) {
	writers := make([]*writer, tortureWriters)
	over := make(chan struct{})
	var running sync.WaitGroup
	for i := range writers {
		writers[i] = &writer{n: i, target: g, codes: map[string]int{}}
		running.Go(func() { writers[i].write(t, over) })
	}
	harms := 0
	for end := time.Now().Add(*tortureFor); time.Now().Before(end); harms++ {
		time.Sleep(time.Second + time.Duration(rand.Int64N(int64(2*time.Second))))
		harm(harms)
	}
	close(over)
	running.Wait()
	sent, lost, codes := 0, 0, map[string]int{}
	for _, w := range writers {
		sent, lost = sent+w.sent, lost+w.lost
		for c, n := range w.codes {
			codes[c] += n
		}
	}
	t.Logf("%d times harmed; %d messages acknowledged, all accounted for: %t; %d connections lost; errors told %v",
		harms, sent, !t.Failed(), lost, codes)
}

// It sees a relay that acknowledges too early: with a store that answers first and commits up to 300 ms later, twelve
// seconds end with "entry 50 is w9-50; expected was w9-48". What only a machine without power would lose, it does not see:
// store.TestWritesGoToTheDiskBeforeTheyAreAcknowledged does.
func TestTortureKillsWithSQLite(t *testing.T) {
	needTorture(t)
	g := startTarget(t, "--dev", "--data", t.TempDir())
	tortureWriting(t, g, func(int) { g.restart(syscall.SIGKILL) })
}

func TestTortureKillsWithPostgreSQL(t *testing.T) {
	needTorture(t)
	g := startTarget(t, "--dev", "--data", t.TempDir(), "--database", pgtest.URL(t))
	tortureWriting(t, g, func(n int) {
		if n%3 == 2 {
			g.restart(syscall.SIGTERM)
		} else {
			g.restart(syscall.SIGKILL)
		}
	})
}

// TestTortureTheDatabaseThrowsEverybodyOut ends all of the relay's connections to PostgreSQL, as a restart of it does.
func TestTortureTheDatabaseThrowsEverybodyOut(t *testing.T) {
	needTorture(t)
	url := pgtest.URL(t)
	g := startTarget(t, "--dev", "--data", t.TempDir(), "--database", url)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tortureWriting(t, g, func(int) {
		if _, err := db.Exec("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"); err != nil {
			t.Error(err)
		}
	})
}

// TestTortureTheDiskIsFull fills the data folder's disk and frees it again. It needs to mount one.
func TestTortureTheDiskIsFull(t *testing.T) {
	needTorture(t)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no disk can be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", "-l", disk).Run(); err != nil {
			t.Error(err)
		}
	})
	g := startTarget(t, "--dev", "--data", filepath.Join(disk, "data"))
	fill := filepath.Join(disk, "fill")
	tortureWriting(t, g, func(n int) {
		if n%2 == 1 {
			if err := os.Remove(fill); err != nil {
				t.Error(err)
			}
			return
		}
		f, err := os.Create(fill)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for block := make([]byte, 64<<10); err == nil; {
			_, err = f.Write(block)
		}
		if n%4 == 2 {
			g.restart(syscall.SIGKILL) // and starts with a disk that is full
		}
	})
	_ = os.Remove(fill) // it may be gone
	g.mu.Lock()
	defer g.mu.Unlock()
	t.Logf("the last relay's log has %d lines", strings.Count(g.p.log.String(), "\n"))
}

// TestTortureReconnectStorm has many clients, all of whom come back at once.
func TestTortureReconnectStorm(t *testing.T) {
	needTorture(t)
	g := startTarget(t, "--dev", "--data", t.TempDir())
	n := *tortureSockets
	for _, s := range []os.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		welcomed, took := storm(t, g, n)
		t.Logf("%d of %d clients welcomed in %v; resident %d MB, %s", welcomed, n, took.Round(time.Millisecond), residentMB(g), descriptors(g))
		if welcomed != n {
			t.Errorf("%d clients were left outside", n-welcomed)
		}
		began := time.Now()
		g.restart(s)
		t.Logf("%v and started again in %v", s, time.Since(began).Round(time.Millisecond))
	}
}

// storm connects n clients as fast as they can, and lets them go when all have come.
func storm(t *testing.T, g *target, n int) (welcomed int, took time.Duration) {
	var in atomic.Int64
	var running sync.WaitGroup
	times := make([]time.Duration, n)
	began := time.Now()
	gate := make(chan struct{}, 200) // that are dialling
	sockets := make([]*websocket.Conn, n)
	for i := range n {
		running.Go(func() {
			w := &writer{n: i, target: g, codes: map[string]int{}}
			for time.Since(began) < 4*patience {
				gate <- struct{}{}
				ws, err := w.greet()
				<-gate
				if err == nil {
					sockets[i], times[i] = ws, time.Since(began)
					in.Add(1)
					return
				}
				time.Sleep(time.Duration(rand.Int64N(int64(time.Second))))
			}
		})
	}
	running.Wait()
	t.Cleanup(func() {
		for _, ws := range sockets {
			if ws != nil {
				_ = ws.CloseNow()
			}
		}
	})
	return int(in.Load()), slices.Max(times)
}

// greet connects and waits for the welcome only.
func (w *writer) greet() (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	header := http.Header{"Origin": {pageOrigin}, "X-Forwarded-For": {fmt.Sprintf("10.0.%d.%d", w.n/250, w.n%250+1)}}
	ws, _, err := websocket.Dial(ctx, "http://"+w.target.addr()+"/native/v1/socket", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return nil, err
	}
	hello := &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "demo", Origin: pageOrigin,
		Device: fmt.Sprintf("%032d", w.n), Visit: fmt.Sprintf("%032d", w.n), Page: fmt.Sprintf("%032d", w.n)}
	if _, err := w.exchange(ctx, ws, hello, func(f wire.Frame) bool { _, ok := f.(*wire.Welcome); return ok }); err != nil {
		return nil, errors.Join(err, ws.CloseNow())
	}
	return ws, nil
}

// residentMB is the relay's memory, as Linux tells it; 0 elsewhere.
func residentMB(g *target) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", g.p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var size, resident int
	if _, err := fmt.Sscan(string(b), &size, &resident); err != nil {
		return 0
	}
	return resident * os.Getpagesize() >> 20
}

func descriptors(g *target) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", g.p.cmd.Process.Pid))
	if err != nil {
		return "an unknown number of files"
	}
	return fmt.Sprintf("%d files open", len(open))
}
