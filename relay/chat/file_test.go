package chat_test

import (
	"slices"
	"strings"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/wire"
)

func TestAFileIsInTheLogOnlyOnceItIsWhole(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	r := chat.FileRequest{Session: session, Participant: visitor, ClientID: "c-1", File: "f-1", Name: "a.pdf", Type: "application/pdf", Size: 7}
	for _, state := range []chat.FileState{"", chat.FileUploading, chat.FileAbandoned} {
		f.store.PutFile(session, "f-1", state)
		_, err := f.SendFile(t.Context(), r)
		wantCode(t, err, wire.CodeConflict)
	}
	if told := f.live.Take(); len(told) > 0 {
		t.Errorf("others were told %v", told)
	}
	f.store.PutFile(session, "f-1", chat.FileWhole)
	e, err := f.SendFile(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind != wire.KindFile || e.Data["fileId"] != "f-1" || e.Data["name"] != "a.pdf" || e.Data["type"] != "application/pdf" || e.Data["size"] != int64(7) {
		t.Errorf("the entry is %+v", e)
	}
	if f.store.File(session, "f-1") != chat.FileKept {
		t.Error("the file is not kept")
	}
	if told := f.live.Take(); !slices.Equal(told, []string{"committed Active 3:file"}) {
		t.Errorf("others were told %v", told)
	}
}

func TestAFileThatIsSentAgainIsKeptOnce(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	f.store.PutFile(session, "f-1", chat.FileWhole)
	f.store.PutFile(session, "f-2", chat.FileWhole)
	r := chat.FileRequest{Session: session, Participant: visitor, ClientID: "c-1", File: "f-1", Name: "a.pdf"}
	first, err := f.SendFile(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	r.File = "f-2"
	again, err := f.SendFile(t.Context(), r)
	if err != nil || again.Seq != first.Seq || again.Data["fileId"] != "f-1" {
		t.Errorf("%+v, %v", again, err)
	}
	if f.store.File(session, "f-2") != chat.FileWhole {
		t.Error("the second upload became a file as well")
	}
	r.Participant = agent.ID
	_, err = f.SendFile(t.Context(), r)
	wantCode(t, err, wire.CodeConflict)
}

func TestWhoMaySendAFile(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	f.store.PutFile(session, "f-1", chat.FileWhole)
	send := func(participant, clientID string) error {
		_, err := f.SendFile(t.Context(), chat.FileRequest{Session: session, Participant: participant, ClientID: clientID, File: "f-1"})
		return err
	}
	wantCode(t, send("stranger", "c"), wire.CodeNoSession)
	wantCode(t, send(visitor, "\x00"), wire.CodeBadRequest)
	wantCode(t, send(visitor, strings.Repeat("c", 1000)), wire.CodeBadRequest)
	if err := f.End(t.Context(), session, visitor); err != nil {
		t.Fatal(err)
	}
	wantCode(t, send(visitor, "c"), wire.CodeSessionEnded)
	if _, err := f.Writer(t.Context(), session, agent.ID); err == nil {
		t.Error("an agent may write to what the visitor has ended")
	}
}

func TestADeletedFileIsGoneForBoth(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	f.store.PutFile(session, "f-1", chat.FileKept)
	if err := f.DeleteFile(t.Context(), session, visitor, "f-1", "a.pdf"); err != nil {
		t.Fatal(err)
	}
	if told := f.live.Take(); !slices.Equal(told, []string{"committed Active 3:fileDeleted"}) {
		t.Errorf("others were told %v", told)
	}
	wantCode(t, f.DeleteFile(t.Context(), session, visitor, "f-1", "a.pdf"), wire.CodeNoFile)
	wantCode(t, f.DeleteFile(t.Context(), session, "stranger", "f-1", "a.pdf"), wire.CodeNoSession)
}
