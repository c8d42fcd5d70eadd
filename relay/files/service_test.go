package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"foyer/relay/chat"
	"foyer/relay/files"
	"foyer/relay/wire"
)

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	if !errors.Is(err, &wire.Problem{Code: code}) {
		t.Errorf("got %v, not %s", err, code)
	}
}

func text(n int) string { return strings.Repeat("abcdefg ", n/8+1)[:n] }

func (f *fixture) upload(clientID, content string) (files.File, bool, error) {
	return f.Upload(f.t.Context(), files.Upload{Session: "s", Participant: "v", ClientID: clientID, Name: "a.txt",
		Size: int64(len(content)), Content: iotest.HalfReader(strings.NewReader(content))})
}

func (f *fixture) mustUpload(clientID, content string) files.File {
	f.t.Helper()
	got, _, err := f.upload(clientID, content)
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func TestWhatWasSentIsRead(t *testing.T) {
	f := newFixture(t)
	for _, n := range []int{1, files.ChunkBytes - 1, files.ChunkBytes, files.ChunkBytes + 1, 4 * files.ChunkBytes} {
		content := text(n)
		kept := f.mustUpload("", content)
		_, c, err := f.Open(t.Context(), "a", kept.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(c, []byte(content)); err != nil {
			t.Errorf("%d bytes: %.300v", n, err)
		}
	}
}

func TestAMissingPieceIsAnErrorAndNotAnEnd(t *testing.T) {
	f := newFixture(t)
	kept := f.mustUpload("c", text(2*files.ChunkBytes))
	f.m.chunks[kept.ID] = f.m.chunks[kept.ID][:1]
	_, c, err := f.Open(t.Context(), "v", kept.ID)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, c); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestAFailedUploadLeavesNothing(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, test := range map[string]struct {
		prepare func(*fixture)
		content io.Reader
		code    wire.Code
	}{
		"the client goes away": {nil, io.MultiReader(strings.NewReader(text(files.ChunkBytes)), iotest.ErrReader(broken)), wire.CodeBadRequest},
		"it ends early":        {nil, strings.NewReader(text(2*files.ChunkBytes - 1)), wire.CodeBadRequest},
		"it goes on":           {nil, strings.NewReader(text(2*files.ChunkBytes + 1)), wire.CodeFileSize},
		"it is something else": {nil, strings.NewReader("<html>" + text(2*files.ChunkBytes-6)), wire.CodeFileType},
		"a piece is not kept":  {func(f *fixture) { f.m.fail["AddChunk"] = broken }, nil, wire.CodeUnavailable},
		"it is not finished":   {func(f *fixture) { f.m.fail["Finish"] = broken }, nil, wire.CodeUnavailable},
		"the log refuses": {func(f *fixture) { f.m.fail["SendFile"] = wire.Problemf(wire.CodeSessionEnded, "over") }, nil,
			wire.CodeSessionEnded},
		"the scanner refuses": {func(f *fixture) { f.rules.Scanner = verdict{false, nil} }, nil, wire.CodeFileRefused},
		"the scanner fails":   {func(f *fixture) { f.rules.Scanner = verdict{true, broken} }, nil, wire.CodeFileScan},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			if test.prepare != nil {
				test.prepare(f)
			}
			if test.content == nil {
				test.content = strings.NewReader(text(2 * files.ChunkBytes))
			}
			_, _, err := f.Upload(t.Context(), files.Upload{Session: "s", Participant: "v", ClientID: "c", Name: "a.txt",
				Size: 2 * files.ChunkBytes, Content: test.content})
			wantCode(t, err, test.code)
			if left := f.m.states(); len(left) > 0 || len(f.m.chunks) > 0 {
				t.Errorf("left: %v", left)
			}
			if len(f.m.sent) > 0 {
				t.Errorf("the log has %v", f.m.sent)
			}
		})
	}
}

func TestAnArchiveThatIsCalledADocumentLeavesNothing(t *testing.T) {
	f := newFixture(t)
	f.rules.Types = []string{"docx"}
	content := "PK\x03\x04" + text(2*files.ChunkBytes) // what is inside is seen when all of it is there
	_, _, err := f.Upload(t.Context(), files.Upload{Session: "s", Participant: "v", ClientID: "c", Name: "a.docx",
		Size: int64(len(content)), Content: strings.NewReader(content)})
	wantCode(t, err, wire.CodeFileType)
	if left := f.m.states(); len(left) > 0 || len(f.m.chunks) > 0 || len(f.m.sent) > 0 {
		t.Errorf("left: %v, the log has %v", left, f.m.sent)
	}
}

// verdict is a scanner that always says the same.
type verdict struct {
	clean bool
	err   error
}

func (v verdict) Scan(context.Context, files.File, io.Reader) (bool, error) { return v.clean, v.err }

func TestWhatCannotBeTidiedUpAtOnceIsTidiedUpLater(t *testing.T) {
	f := newFixture(t)
	f.rules.Scanner = verdict{false, nil}
	f.m.fail["Abandon"], f.m.fail["Purge"] = errors.New("database away"), errors.New("database away")
	_, _, err := f.upload("c", "hi")
	wantCode(t, err, wire.CodeFileRefused)

	f.m.mu.Lock()
	f.m.fail = map[string]error{}
	f.m.files["new"] = files.File{ID: "new", State: chat.FileUploading, CreatedMs: startMs + 1000}
	f.m.files["old"] = files.File{ID: "old", State: chat.FileUploading, CreatedMs: startMs}
	f.m.files["kept"] = files.File{ID: "kept", State: chat.FileKept, CreatedMs: startMs}
	f.m.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		f.Run(ctx)
		close(ended)
	}()
	f.awaitTimer()
	if got := f.m.states(); len(got) != 3 { // at the start only what was given up before goes
		t.Errorf("at first %v are left", got)
	}
	f.clock.Advance(3600_000 + 500)
	f.awaitTimer()
	if got := f.m.states(); len(got) != 2 || got["old"] != "" {
		t.Errorf("after an hour %v are left", got)
	}
	cancel()
	<-ended
}

// awaitTimer waits until Run waits for its next turn.
func (f *fixture) awaitTimer() {
	f.t.Helper()
	deadline := time.After(2 * time.Minute)
	for f.clock.Timers() == 0 {
		select {
		case <-deadline:
			f.t.Fatal("nothing waits")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestTheFasterOfTwoEqualUploadsIsKept(t *testing.T) {
	f := newFixture(t)
	var other files.File
	f.rules.Scanner = during(func() {
		f.rules.Scanner = nil
		other = f.mustUpload("c", "hi") // meanwhile, the same once more
	})
	got, resent, err := f.upload("c", "hi")
	if err != nil || !resent || got.ID != other.ID {
		t.Errorf("%+v, %v, %v", got, resent, err)
	}
	if left := f.m.states(); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// during is a scanner while which something happens.
type during func()

func (d during) Scan(context.Context, files.File, io.Reader) (bool, error) {
	d()
	return true, nil
}

func TestAResendIsNotRead(t *testing.T) {
	f := newFixture(t)
	first := f.mustUpload("c", "hi")
	f.m.state = chat.Completed
	f.rules.Enabled = false
	again, resent, err := f.Upload(t.Context(), files.Upload{Session: "s", Participant: "v", ClientID: "c", Content: iotest.ErrReader(errors.New("read"))})
	if err != nil || !resent || again.ID != first.ID || again.Seq != first.Seq {
		t.Errorf("%+v, %v, %v", again, resent, err)
	}
}

func TestFewFilesAreScannedAtOnce(t *testing.T) {
	f := newFixture(t)
	var now, most atomic.Int32
	var once sync.Once
	full, release := make(chan struct{}), make(chan struct{})
	f.rules.Scanner = during(func() {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if n == 4 {
			once.Do(func() { close(full) })
		}
		<-release
		now.Add(-1)
	})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, _, err := f.upload("", "hi"); err != nil {
				t.Error(err)
			}
		})
	}
	<-full
	// One more than there is room for gives up waiting with its caller.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := f.Upload(ctx, files.Upload{Session: "s", Participant: "v", Name: "a.txt", Size: 2, Content: strings.NewReader("hi")})
	wantCode(t, err, wire.CodeUnavailable)
	close(release)
	all.Wait()
	if most.Load() > 4 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestOnlyWhoIsInTheSessionHasItsFiles(t *testing.T) {
	f := newFixture(t)
	kept := f.mustUpload("c", "hi")
	_, _, err := f.Open(t.Context(), "stranger", kept.ID)
	wantCode(t, err, wire.CodeNoFile)
	wantCode(t, f.Delete(t.Context(), "stranger", kept.ID), wire.CodeNoFile)
	wantCode(t, f.Delete(t.Context(), "a", kept.ID), wire.CodeForbidden)
	_, err = f.Limits(t.Context(), "s", "stranger")
	wantCode(t, err, wire.CodeNoSession)
	_, _, err = f.Upload(t.Context(), files.Upload{Session: "s", Participant: "stranger", Name: "a.txt", Size: 1, Content: bytes.NewReader([]byte("x"))})
	wantCode(t, err, wire.CodeNoSession)
	if err := f.Delete(t.Context(), "v", kept.ID); err != nil {
		t.Fatal(err)
	}
	_, _, err = f.Open(t.Context(), "a", kept.ID)
	wantCode(t, err, wire.CodeNoFile)
}

func TestAStoreThatFailsIsNotTakenForAnAnswer(t *testing.T) {
	for _, call := range []string{"Sent", "Reserve"} {
		f := newFixture(t)
		f.m.fail[call] = errors.New("database away")
		_, _, err := f.upload("c", "hi")
		wantCode(t, err, wire.CodeUnavailable)
	}
	f := newFixture(t)
	kept := f.mustUpload("c", "hi")
	f.m.fail["File"], f.m.fail["Usage"] = errors.New("database away"), errors.New("database away")
	_, _, err := f.Open(t.Context(), "v", kept.ID)
	wantCode(t, err, wire.CodeUnavailable)
	_, err = f.Limits(t.Context(), "s", "v")
	wantCode(t, err, wire.CodeUnavailable)
}

// tally is a files.Watch.
type tally struct {
	mu      sync.Mutex
	taken   []int64
	refused []wire.Code
	stored  chan int64
}

func (c *tally) Taken(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taken = append(c.taken, bytes)
}

func (c *tally) Refused(why wire.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = append(c.refused, why)
}

func (c *tally) Stored(bytes int64) { c.stored <- bytes }

func TestUploadsAreCounted(t *testing.T) {
	f := newFixture(t)
	seen := &tally{stored: make(chan int64)}
	f.Watch = seen
	f.mustUpload("one", text(10))
	f.mustUpload("one", text(10)) // a resend is no second file
	f.mustUpload("two", text(20))
	f.rules.MaxFiles = 2
	_, _, err := f.upload("three", text(5))
	wantCode(t, err, wire.CodeFileCount)
	f.rules.Enabled = false
	_, _, err = f.upload("four", text(5))
	wantCode(t, err, wire.CodeFilesOff)
	if !slices.Equal(seen.taken, []int64{10, 20}) || !slices.Equal(seen.refused, []wire.Code{wire.CodeFileCount, wire.CodeFilesOff}) {
		t.Errorf("taken %d, refused %v", seen.taken, seen.refused)
	}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); f.Run(ctx) }()
	if bytes := <-seen.stored; bytes != 30 {
		t.Errorf("%d bytes are stored", bytes)
	}
	stop()
	<-over
}

func TestFilesOfVisitorsAreCharged(t *testing.T) {
	f := newFixture(t)
	full := wire.Problemf(wire.CodeQuota, "enough for today")
	var charged []string
	var answer error
	f.Charge = func(network string, row chat.Session, bytes int64) error {
		charged = append(charged, fmt.Sprintf("%s %s %d", network, row.ID, bytes))
		return answer
	}
	send := func(participant, clientID string) error {
		_, _, err := f.Upload(t.Context(), files.Upload{Session: "s", Participant: participant, ClientID: clientID, Name: "a.txt",
			Size: 5, Content: strings.NewReader("hello"), Network: "192.0.2.1"})
		return err
	}
	if err := send("v", "one"); err != nil {
		t.Fatal(err)
	}
	answer = full
	wantCode(t, send("v", "two"), wire.CodeQuota)
	if err := send("a", "three"); err != nil {
		t.Errorf("an agent's: %v", err)
	}
	if err := send("v", "one"); err != nil {
		t.Errorf("a resend: %v", err)
	}
	if want := []string{"192.0.2.1 s 5", "192.0.2.1 s 5"}; !slices.Equal(charged, want) {
		t.Errorf("charged was %q, want %q", charged, want)
	}
	if len(f.m.files) != 2 {
		t.Errorf("%d files are kept", len(f.m.files))
	}
}
