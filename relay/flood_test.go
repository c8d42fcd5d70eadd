//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"foyer/relay/wire"
)

const (
	floodAddress = "10.66.0.1" // from which all of a flood comes
	floodVisitID = "F000000000000000000000000000000F"
	neighbours   = 8                // other visitors, each with an address of their own
	neighbourGap = time.Second / 20 // between one visit and the next
	floodClients = 40               // more of them would cost the machine that they share with the relay more than the relay
)

// flood is what one address does to the relay.
type flood struct {
	name   string
	config string               // limits of relay.yaml, where the defaults would take a day to be reached
	ready  func(f *flooder)     // before; nil for nothing
	do     func(f *flooder) int // once, by each of floodClients; gives how many things were sent
	before string               // what 8 s of it cost before there were limits, on two processors
	most   cost                 // what may be seen of it
}

// cost is what a flood has cost.
type cost struct {
	p99    time.Duration // of the other visitors' hello
	memory int           // MB, more than before the flood
	disk   int           // MB
}

// flooder is the one address.
type flooder struct {
	t       *testing.T
	target  *target
	ctx     context.Context
	n       atomic.Int64
	handles []string
	mu      sync.Mutex
	codes   map[string]int // of errors that were told
}

func floods() []flood {
	return []flood{
		{name: "sockets of one visit, and its events", do: floodVisit,
			before: "p99 5.0 s (×380), everybody's hello cut off after 45 s; 29 MB", most: cost{p99: time.Second, memory: 200, disk: 400}},
		{name: "long polls that ask for history", ready: readyHistory, do: floodHistory,
			before: "1,095 MB, p99 173 ms (×30)", most: cost{p99: time.Second, memory: 200, disk: 400}},
		{name: "long lists in hellos and events", do: floodLists,
			before: "1,432 MB, p99 1.7 s (×245)", most: cost{p99: time.Second, memory: 200, disk: 50}},
		{name: "writing as fast as it goes", config: "limits: {bytes_per_day_network: 20MB, bytes_per_day_device: 8MB, bytes_per_day_visit: 4MB}", do: floodWriting,
			before: "203 MB on disk in 8 s, without an end", most: cost{p99: time.Second, memory: 200, disk: 150}},
	}
}

// TestTortureFloods lets one address do what it can, and other visitors come meanwhile.
func TestTortureFloods(t *testing.T) {
	needTorture(t)
	table := []string{"| One address | 8 s before there were limits | sent | refused | memory | disk | processor | others' p99 alone | in the flood | ratio |", "|---|---|---|---|---|---|---|---|---|---|"}
	for _, f := range floods() {
		t.Run(f.name, func(t *testing.T) { table = append(table, runFlood(t, f)) })
	}
	t.Log("\n" + strings.Join(table, "\n"))
}

func runFlood(t *testing.T, f flood) (row string) {
	dir := t.TempDir()
	args := []string{"--dev", "--data", dir}
	if f.config != "" {
		path := filepath.Join(t.TempDir(), "relay.yaml")
		if err := os.WriteFile(path, []byte(f.config), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	g := startTarget(t, args...)
	fl := &flooder{t: t, target: g, ctx: context.Background(), codes: map[string]int{}}
	if f.ready != nil {
		f.ready(fl)
	}
	alone := p99(visitFor(t, g, *tortureFor/2))
	before, diskBefore, workBefore := residentMB(g), diskMB(dir), processorTime(g)

	ctx, stop := context.WithCancel(context.Background())
	fl.ctx = ctx
	var running sync.WaitGroup
	for range floodClients {
		running.Go(func() {
			for ctx.Err() == nil {
				fl.n.Add(int64(f.do(fl)))
				pause(ctx, 20*time.Millisecond)
			}
		})
	}
	most := atomic.Int64{}
	running.Go(func() {
		for ctx.Err() == nil {
			most.Store(max(most.Load(), int64(residentMB(g))))
			pause(ctx, 50*time.Millisecond)
		}
	})
	began := time.Now()
	during := p99(visitFor(t, g, *tortureFor))
	stop()
	running.Wait()

	got := cost{p99: during, memory: int(most.Load()) - before, disk: diskMB(dir) - diskBefore}
	work := (processorTime(g) - workBefore).Seconds() / time.Since(began).Seconds()
	if got.p99 > f.most.p99 || got.memory > f.most.memory || got.disk > f.most.disk {
		t.Errorf("it costs %+v, at most expected was %+v", got, f.most)
	}
	t.Logf("codes told: %v", fl.codes)
	return fmt.Sprintf("| %s | %s | %d | %s | %d MB | %d MB | %.2f | %v | %v | %.1f |", f.name, f.before, fl.n.Load(), fl.told(),
		got.memory, got.disk, work, alone.Round(time.Millisecond), during.Round(time.Millisecond), float64(during)/float64(max(alone, time.Microsecond)))
}

// visitFor has the neighbours come again and again, and gives how long each hello took.
func visitFor(t *testing.T, g *target, long time.Duration) []time.Duration {
	var mu sync.Mutex
	var took []time.Duration
	var running sync.WaitGroup
	for i := range neighbours {
		running.Go(func() {
			for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(neighbourGap) {
				w := &writer{n: i, target: g, codes: map[string]int{}}
				began := time.Now()
				ws, err := w.greet()
				if err != nil {
					t.Errorf("a neighbour is not let in: %v %v", err, w.codes)
					return
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				_ = ws.CloseNow()
			}
		})
	}
	running.Wait()
	return took
}

func p99(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// socket opens a connection of the flood; nil where it is refused.
func (f *flooder) socket() *websocket.Conn {
	header := http.Header{"Origin": {pageOrigin}, "X-Forwarded-For": {floodAddress}}
	ws, answer, err := websocket.Dial(f.ctx, "http://"+f.target.addr()+"/native/v1/socket", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if answer != nil {
			f.count(answer.Status[:3])
		}
		return nil
	}
	ws.SetReadLimit(wire.MaxFrame)
	return ws
}

// listen reads until the connection ends, and counts what is refused.
func (f *flooder) listen(ws *websocket.Conn) (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			_, b, err := ws.Read(f.ctx)
			if err != nil {
				return
			}
			if frame, err := wire.Decode(b); err == nil {
				if e, is := frame.(*wire.Error); is {
					f.count(string(e.Code))
				}
			}
		}
	}()
	return done
}

func (f *flooder) count(code string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.codes[code]++
}

func (f *flooder) told() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, count := range f.codes {
		n += count
	}
	return fmt.Sprint(n)
}

// send writes frames until one cannot be, or the flood is over.
func (f *flooder) send(ws *websocket.Conn, frames ...[]byte) (sent int) {
	for _, b := range frames {
		if ws.Write(f.ctx, websocket.MessageBinary, b) != nil {
			return sent
		}
		sent++
	}
	return sent
}

func (f *flooder) encode(frame wire.Frame) []byte {
	b, err := wire.Encode(frame)
	if err != nil {
		f.t.Error(err)
	}
	return b
}

func floodHello(visit, page string) *wire.Hello {
	return &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "demo", Origin: pageOrigin,
		Device: strings.Repeat("F", 32), Visit: visit, Page: page}
}

// floodID is one that nobody else has.
func floodID() string { return fmt.Sprintf("F%031X", floodSeq.Add(1)) }

var floodSeq atomic.Int64

func floodEvents(n, bytes int) *wire.Events {
	events := make([]wire.Event, n)
	for i := range events {
		events[i] = wire.Event{ID: fmt.Sprintf("%032X", floodSeq.Add(1)), Type: "BUSINESS", Name: "Flood", Page: fmt.Sprintf("%032X", 1),
			Visit: floodVisitID, Device: strings.Repeat("F", 32), Ms: time.Now().UnixMilli(), URL: pageOrigin + "/" + strings.Repeat("x", bytes)}
	}
	return &wire.Events{Ref: 1, Events: events}
}

// floodVisit opens sockets with as many pages of one visit as may be, and sends events; the operator's servers notify.
func floodVisit(f *flooder) (sent int) {
	pages := make([]string, 200)
	for i := range pages {
		pages[i] = floodID()
	}
	var open []*websocket.Conn
	for range 10 {
		ws := f.socket()
		if ws == nil {
			break
		}
		defer func() { _ = ws.CloseNow() }()
		f.listen(ws)
		sent += f.send(ws, f.encode(floodHello(floodVisitID, floodID())), f.encode(&wire.Pages{Visit: floodVisitID, Pages: pages}))
		open = append(open, ws)
	}
	for i := range 40 * len(open) {
		sent += f.send(open[i%len(open)], f.encode(floodEvents(1, 10)))
		if i%10 == 0 {
			f.notify()
		}
		pause(f.ctx, 20*time.Millisecond)
	}
	return sent
}

func (f *flooder) notify() {
	q, err := http.NewRequestWithContext(f.ctx, http.MethodPost, "http://"+f.target.addr()+"/server/data/notification/notify/"+floodVisitID,
		strings.NewReader(`[{"channel":"x","data":{"a":1}}]`))
	if err != nil {
		return
	}
	q.Header.Set("X-API-Key", demoKey)
	q.Header.Set("X-Forwarded-For", "10.67.0.1")
	if a, err := http.DefaultClient.Do(q); err == nil {
		_ = a.Body.Close()
	}
}

// readyHistory fills chats whose logs are to be asked for.
func readyHistory(f *flooder) {
	for n := range 4 {
		w := &writer{n: 1000 + n, target: f.target, codes: map[string]int{}}
		ws, err := w.connect(f.ctx)
		if err != nil {
			f.t.Fatal(err)
		}
		for i := range 25 {
			if _, err := w.exchange(f.ctx, ws, &wire.Send{Ref: 2, Session: w.session, ClientID: fmt.Sprint(i), Kind: wire.KindMessage, Text: strings.Repeat("x", wire.MaxMessageRunes)},
				func(f wire.Frame) bool { a, ok := f.(*wire.Ack); return ok && a.Ref == 2 }); err != nil {
				f.t.Fatal(err)
			}
		}
		f.handles = append(f.handles, w.session+" "+w.handle)
		_ = ws.CloseNow()
	}
}

// floodHistory opens long polls that ask and never fetch the answers.
func floodHistory(f *flooder) (sent int) {
	session, handle, _ := strings.Cut(f.handles[int(floodSeq.Add(1))%len(f.handles)], " ")
	h := floodHello(floodID(), floodID())
	h.Handle = handle
	for range 10 { // all clients together have as many as were measured before
		secret, ok := f.post("/native/v1/poll", "", f.encode(h))
		if !ok {
			return sent
		}
		var ask bytes.Buffer
		for i := range 40 {
			ask.Write(f.encode(&wire.History{Ref: uint32(i + 1), Session: session}))
		}
		if _, ok := f.post("/native/v1/send", secret, ask.Bytes()); ok {
			sent += 40
		}
	}
	pause(f.ctx, 10*time.Second)
	return sent
}

func (f *flooder) post(path, secret string, body []byte) (opened string, ok bool) {
	q, err := http.NewRequestWithContext(f.ctx, http.MethodPost, "http://"+f.target.addr()+path, bytes.NewReader(body))
	if err != nil {
		return "", false
	}
	q.Header.Set("Origin", pageOrigin)
	q.Header.Set("X-Forwarded-For", floodAddress)
	if secret != "" {
		q.Header.Set("Foyer-Connection", secret)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return "", false
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body) // the flood may be over
	if a.StatusCode >= 400 {
		f.count(fmt.Sprint(a.StatusCode))
	}
	return a.Header.Get("Foyer-Connection"), a.StatusCode < 300
}

// rawList is a frame of a type whose one field is a list of 60,000.
func rawList(t wire.Type, field string) []byte {
	const n = 60_000
	b := append([]byte{0x92, byte(t), 0x81, 0xa0 | byte(len(field))}, field...)
	b = append(b, 0xdd, 0, 0, n>>8, n&0xff)
	return append(b, bytes.Repeat([]byte{0x80}, n)...)
}

var longResume, longEvents = rawList(wire.TypeHello, "resume"), rawList(wire.TypeEvents, "events")

// floodLists sends hellos with a long list, and frames of events with another.
func floodLists(f *flooder) (sent int) {
	ws := f.socket()
	if ws == nil {
		return 0
	}
	defer func() { _ = ws.CloseNow() }()
	ended := f.listen(ws)
	if floodSeq.Add(1)%2 == 0 {
		sent = f.send(ws, longResume)
	} else {
		sent = f.send(ws, f.encode(floodHello(floodID(), floodID())))
		for range 20 {
			n := f.send(ws, longEvents)
			if sent += n; n == 0 {
				break
			}
		}
	}
	select {
	case <-ended:
	case <-time.After(time.Second):
	}
	return sent
}

// floodWriting has events kept as fast as it goes.
func floodWriting(f *flooder) (sent int) {
	ws := f.socket()
	if ws == nil {
		return 0
	}
	defer func() { _ = ws.CloseNow() }()
	f.listen(ws)
	sent = f.send(ws, f.encode(floodHello(floodVisitID, floodID())))
	for f.ctx.Err() == nil {
		n := f.send(ws, f.encode(floodEvents(15, 3500)))
		if n == 0 {
			return sent
		}
		sent += n
		pause(f.ctx, 100*time.Millisecond)
	}
	return sent
}

// diskMB is what a folder takes.
func diskMB(dir string) int {
	bytes := int64(0)
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error { // what has gone meanwhile takes nothing
		if err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return int(bytes >> 20)
}

// processorTime is what the relay has used, as Linux tells it in hundredths of a second; 0 elsewhere.
func processorTime(g *target) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", g.p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var user, system int
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
