package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/files"
)

var plenty = files.Quota{Files: 100, Bytes: 1 << 40}

func newFile(id string, size int64) files.File {
	return files.File{ID: id, Session: "s", Participant: visitor.ID, ClientID: "c-" + id, Name: "ü.pdf", Type: "application/pdf",
		Size: size, CreatedMs: 1000}
}

func mustReserve(tb testing.TB, s files.Store, f files.File) {
	tb.Helper()
	if _, ok, err := s.Reserve(context.Background(), f, plenty); err != nil || !ok {
		tb.Fatalf("reserve %s: %v, %v", f.ID, ok, err)
	}
}

// mustUpload brings a file as far as it comes without the log.
func mustUpload(tb testing.TB, s files.Store, f files.File, content []byte) {
	tb.Helper()
	mustReserve(tb, s, f)
	mustFill(tb, s, f.ID, content)
	if ok, err := s.Finish(context.Background(), f.ID); err != nil || !ok {
		tb.Fatalf("finish %s: %v, %v", f.ID, ok, err)
	}
}

func mustFill(tb testing.TB, s files.Store, id string, content []byte) {
	tb.Helper()
	n := 0
	for piece := range slices.Chunk(content, files.ChunkBytes) {
		if err := s.AddChunk(context.Background(), id, n, piece); err != nil {
			tb.Fatal(err)
		}
		n++
	}
}

// sending is the change that puts an upload into the log.
func sending(f files.File) chat.Change {
	return chat.Change{
		Session: f.Session, If: chat.If{Participant: visitor.ID}, NowMs: 2000,
		Entries: []chat.Entry{{ID: "e-" + f.ID, Kind: "file", From: visitor, ClientID: f.ClientID}},
		Files:   []chat.FileMove{{ID: f.ID, From: chat.FileWhole, To: chat.FileKept}},
	}
}

func stateOf(tb testing.TB, s *Store, id string) chat.FileState {
	tb.Helper()
	f, err := s.Files().File(context.Background(), id)
	if errors.Is(err, files.ErrNotFound) {
		return ""
	}
	if err != nil {
		tb.Fatal(err)
	}
	return f.State
}

func TestAnUploadBecomesAFileWithItsEntry(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s"))
		content := bytes.Repeat([]byte{0, 1, 255}, files.ChunkBytes/2)
		f := newFile("f", int64(len(content)))
		mustUpload(t, s.Files(), f, content)
		if _, err := s.Files().Sent(ctx, "s", visitor.ID, f.ClientID); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("found before it was in the log: %v", err)
		}

		applied := mustApply(t, s, sending(f))
		want := f
		want.State, want.Seq, want.Ms = chat.FileKept, 2, 2000
		if got, err := s.Files().File(ctx, "f"); err != nil || got != want || applied.Entries[0].Seq != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := s.Files().Sent(ctx, "s", visitor.ID, f.ClientID); err != nil || got != want {
			t.Errorf("as a resend: %+v, %v", got, err)
		}
		var read []byte
		for n := 0; len(read) < len(content); n++ {
			piece, err := s.Files().Chunk(ctx, "f", n)
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, piece...)
		}
		if !bytes.Equal(read, content) {
			t.Error("what is read differs from what was sent")
		}
		if _, err := s.Files().Chunk(ctx, "f", 2); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("a piece too many: %v", err)
		}
	})
}

func TestWhatIsNotWholeDoesNotBecomeAFile(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s"))
		mustApply(t, s, newSession("other"))
		for id, content := range map[string]string{"short": "12", "long": "1234", "empty": ""} {
			mustReserve(t, s.Files(), newFile(id, 3))
			mustFill(t, s.Files(), id, []byte(content))
			if ok, err := s.Files().Finish(ctx, id); err != nil || ok {
				t.Errorf("%s is whole: %v, %v", id, ok, err)
			}
			if _, err := s.Chat().Apply(ctx, sending(newFile(id, 3))); !errors.Is(err, chat.ErrNoFile) {
				t.Errorf("%s: %v", id, err)
			}
		}
		if ok, err := s.Files().Finish(ctx, "none"); err != nil || ok {
			t.Errorf("an upload that never was: %v, %v", ok, err)
		}
		foreign := newFile("foreign", 1)
		foreign.Session = "other"
		mustUpload(t, s.Files(), foreign, []byte("1"))
		foreign.Session = "s"
		if _, err := s.Chat().Apply(ctx, sending(foreign)); !errors.Is(err, chat.ErrNoFile) {
			t.Errorf("a file of another session: %v", err)
		}
		if row, err := s.Chat().Session(ctx, "s"); err != nil || row.Seq != 1 {
			t.Errorf("the log has %d entries, %v", row.Seq, err)
		}
	})
}

func TestAFailedChangeLeavesItsUpload(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s"))
		f := newFile("f", 1)
		mustUpload(t, s.Files(), f, []byte("1"))
		c := sending(f)
		c.If.Participant = "somebody else"
		if _, err := s.Chat().Apply(ctx, c); !errors.Is(err, chat.ErrPrecondition) {
			t.Fatal(err)
		}
		if got := stateOf(t, s, "f"); got != chat.FileWhole {
			t.Errorf("it is %q", got)
		}
	})
}

func TestAResentFileIsKeptOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o)
		mustApply(t, s, newSession("s"))
		first, second := newFile("f1", 1), newFile("f2", 1)
		mustUpload(t, s.Files(), first, []byte("1"))
		mustApply(t, s, sending(first))
		second.ClientID = first.ClientID
		mustUpload(t, s.Files(), second, []byte("1"))
		if again := mustApply(t, s, sending(second)); !again.Existing || again.Entries[0].ID != "e-f1" {
			t.Errorf("%+v", again)
		}
		if got := stateOf(t, s, "f2"); got != chat.FileWhole {
			t.Errorf("the second upload is %q", got)
		}
	})
}

func TestALaterUploadWithTheSameClientIDReplacesTheEarlier(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s"))
		first, second := newFile("f1", 1), newFile("f2", 1)
		second.ClientID = first.ClientID
		one := files.Quota{Files: 1, Bytes: 1}
		for _, f := range []files.File{first, second} {
			if _, ok, err := s.Files().Reserve(ctx, f, one); err != nil || !ok {
				t.Fatalf("%s: %v, %v", f.ID, ok, err)
			}
		}
		mustFill(t, s.Files(), "f1", []byte("1"))
		if ok, err := s.Files().Finish(ctx, "f1"); err != nil || ok {
			t.Errorf("the earlier one goes on: %v, %v", ok, err)
		}
		if _, err := s.Files().Chunk(ctx, "f1", 0); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("the earlier one still takes bytes: %v", err)
		}
	})
}

func TestUploadsAtOnceStayWithinTheQuota(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores, ctx := []*Store{mustOpen(t, o), mustOpen(t, o)}, context.Background()
		for name, test := range map[string]struct {
			quota files.Quota
			want  int32
		}{
			"by count": {files.Quota{Files: 4, Bytes: 1000}, 4},
			"by bytes": {files.Quota{Files: 100, Bytes: 35}, 3},
		} {
			var taken atomic.Int32
			var group sync.WaitGroup
			for n := range 10 {
				group.Go(func() {
					f := newFile(fmt.Sprint(name, n), 10)
					f.Session = name
					_, ok, err := stores[n%2].Files().Reserve(ctx, f, test.quota)
					if err != nil {
						t.Error(err)
					}
					if ok {
						taken.Add(1)
					}
				})
			}
			group.Wait()
			if taken.Load() != test.want {
				t.Errorf("%s: %d were taken, not %d", name, taken.Load(), test.want)
			}
			want := files.Usage{Files: int(test.want), Bytes: int64(test.want) * 10}
			if got, err := stores[0].Files().Usage(ctx, name, visitor.ID); err != nil || got != want {
				t.Errorf("%s: used %+v, %v", name, got, err)
			}
			if got, err := stores[0].Files().Usage(ctx, name, "agent"); err != nil || got != (files.Usage{}) {
				t.Errorf("%s: the other participant has used %+v, %v", name, got, err)
			}
		}
	})
}

func TestWhatIsGivenUpOrDeletedLosesItsBytes(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s"))
		content := make([]byte, (purgeChunks+2)*files.ChunkBytes)
		young := newFile("young", 1)
		young.CreatedMs = 5000
		mustReserve(t, s.Files(), young)
		for _, id := range []string{"old", "kept", "deleted", "given up"} {
			f := newFile(id, int64(len(content)))
			mustUpload(t, s.Files(), f, content)
			if id == "kept" || id == "deleted" {
				mustApply(t, s, sending(f))
			}
		}
		mustApply(t, s, chat.Change{Session: "s", NowMs: 3000, Files: []chat.FileMove{{ID: "deleted", From: chat.FileKept, To: chat.FileDeleted}},
			Entries: []chat.Entry{{ID: "d", Kind: "fileDeleted", From: visitor}}})
		for _, id := range []string{"given up", "kept", "none"} { // a file cannot be given up any more
			if err := s.Files().Abandon(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Files().AbandonBefore(ctx, 2000); err != nil {
			t.Fatal(err)
		}
		doomed, err := s.Files().Doomed(ctx, 10)
		if err != nil || !slices.Equal(doomed, []string{"deleted", "given up", "old"}) {
			t.Fatalf("%v, %v", doomed, err)
		}
		for _, id := range append(doomed, "kept", "young", "none") {
			if err := s.Files().Purge(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[string]chat.FileState{"old": "", "given up": "", "kept": chat.FileKept,
			"deleted": chat.FilePurged, "young": chat.FileUploading} {
			if got := stateOf(t, s, id); got != want {
				t.Errorf("%s is %q, not %q", id, got, want)
			}
		}
		var n int
		if err := s.engine.reads().row(ctx, "select count(*) from file_chunks where file <> 'kept'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d pieces are left, %v", n, err)
		}
		if _, err := s.Files().Chunk(ctx, "kept", purgeChunks+1); err != nil {
			t.Errorf("the kept file is damaged: %v", err)
		}
		if used, err := s.Files().Usage(ctx, "s", visitor.ID); err != nil || used.Files != 2 {
			t.Errorf("used %+v, %v", used, err)
		}
	})
}

func TestTextsThatCannotBeKeptAreNoFiles(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o).Files(), context.Background()
		f := newFile("f", 1)
		f.Name = "a\x00b"
		if _, _, err := s.Reserve(ctx, f, plenty); !errors.Is(err, chat.ErrUnstorable) {
			t.Error(err)
		}
		if _, err := s.File(ctx, "\xff"); !errors.Is(err, files.ErrNotFound) {
			t.Error(err)
		}
		if _, err := s.Sent(ctx, "s", visitor.ID, ""); !errors.Is(err, files.ErrNotFound) {
			t.Error(err)
		}
	})
}
