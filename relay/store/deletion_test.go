package store

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/files"
)

// whole makes a chat with everything that a chat can have.
func whole(t *testing.T, s *Store, id, deployment string) {
	t.Helper()
	ctx := context.Background()
	c := newSession(id)
	c.Create.Deployment = deployment
	mustApply(t, s, c)
	var log []chat.Entry
	for n := range deleteEntries + 10 {
		log = append(log, chat.Entry{ID: fmt.Sprint("m-", id, n), Kind: "message", From: visitor, Text: "hi", ClientID: fmt.Sprint("c-", n)})
	}
	mustApply(t, s, chat.Change{Session: id, If: chat.If{Participant: visitor.ID}, Entries: log, NowMs: 1000})
	content := bytes.Repeat([]byte{7}, (purgeChunks+1)*files.ChunkBytes)
	kept, half := newFile("kept-"+id, int64(len(content))), newFile("half-"+id, 5)
	kept.Session, half.Session = id, id
	mustUpload(t, s.Files(), kept, content)
	mustApply(t, s, sending(kept))
	mustReserve(t, s.Files(), half)
	mustFill(t, s.Files(), half.ID, []byte("ab"))
	if err := s.Access().PutHandle(ctx, access.Handle{Hash: "h-" + id, Family: id, Session: id, ExpiresMs: 1 << 50}); err != nil {
		t.Fatal(err)
	}
	if err := s.Access().PutFrameCookie(ctx, access.FrameCookie{Hash: "c-" + id, Session: id, ExpiresMs: 1 << 50}, 1); err != nil {
		t.Fatal(err)
	}
}

func mustEnd(t *testing.T, s *Store, id string, state chat.State, endedMs int64) {
	t.Helper()
	mustApply(t, s, chat.Change{Session: id, NowMs: endedMs, Set: chat.Set{State: new(state), EndedMs: new(endedMs)}})
}

// left counts the rows that a chat has, by table.
func left(t *testing.T, s *Store, id string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for table, where := range map[string]string{
		"sessions": "id = ?", "entries": "session = ?", "files": "session = ?", "handles": "session = ?", "frame_cookies": "session = ?",
		"file_chunks": "file in ('kept-' || ?, 'half-" + id + "')",
	} {
		var n int
		if err := s.engine.reads().row(context.Background(), "select count(*) from "+table+" where "+where, id).Scan(&n); err != nil {
			t.Fatal(table, err)
		}
		counts[table] = n
	}
	return counts
}

func TestChatsThatHaveBeenOverForLongAreDeletedWithAllThatTheyHave(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for _, id := range []string{"first", "second", "recent", "open", "others"} {
			deployment := "demo"
			if id == "others" {
				deployment = "other"
			}
			whole(t, s, id, deployment)
		}
		mustEnd(t, s, "first", chat.Completed, 3000)
		mustEnd(t, s, "second", chat.Ended, 4999) // whose agent never said to be done
		mustEnd(t, s, "recent", chat.Completed, 5000)
		mustEnd(t, s, "others", chat.Completed, 3000)
		stay := map[string]map[string]int{}
		for _, id := range []string{"recent", "open", "others"} {
			stay[id] = left(t, s, id)
			for table, n := range stay[id] {
				if n == 0 {
					t.Fatalf("%s has nothing in %s", id, table)
				}
			}
		}

		const each = (purgeChunks+1)*files.ChunkBytes + 5
		if n, err := s.Files().Stored(ctx); err != nil || n != 5*each {
			t.Errorf("%d bytes of files are stored, %v", n, err)
		}
		for look, want := range []int64{1, 1, 0} {
			if n, err := s.DeleteChats(ctx, "demo", 5000, 1); err != nil || n != want {
				t.Errorf("look %d deleted %d, %v", look, n, err)
			}
			for table, n := range left(t, s, "first") { // the oldest goes first
				if n != 0 {
					t.Errorf("look %d left %d rows of %s", look, n, table)
				}
			}
		}
		for table, n := range left(t, s, "second") {
			if n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if n, err := s.Files().Stored(ctx); err != nil || n != 3*each {
			t.Errorf("%d bytes of files are left, %v", n, err)
		}
		for id, before := range stay {
			if now := left(t, s, id); fmt.Sprint(now) != fmt.Sprint(before) {
				t.Errorf("%s had %v and has %v", id, before, now)
			}
		}
	})
}

func TestADeletionThatWasInterruptedIsFinished(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		whole(t, s, "a", "demo")
		mustEnd(t, s, "a", chat.Completed, 3000)
		for _, done := range []string{"delete from handles", "delete from file_chunks where n < 3", "delete from entries where seq <= 400"} {
			if err := s.engine.exec(ctx, done); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.DeleteChats(ctx, "demo", 5000, 10); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
		for table, n := range left(t, s, "a") {
			if n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
	})
}
