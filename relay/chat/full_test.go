package chat_test

import (
	"slices"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/wire"
)

// watchedLogs notes what it is told.
type watchedLogs []string

func (w *watchedLogs) Nearly(limit, session string)  { *w = append(*w, "nearly "+limit+" "+session) }
func (w *watchedLogs) Reached(limit, session string) { *w = append(*w, "reached "+limit+" "+session) }

func TestAChatHasSoManyEntriesAndLosesNone(t *testing.T) {
	const most = 10
	var told watchedLogs
	f := &fixture{t: t, store: chattest.NewStore(), live: &chattest.Live{}, clock: clocktest.New(startMs), router: &router{}}
	f.Service = chat.NewService(chat.Options{Store: f.store, Live: f.live, Clock: f.clock, IDs: &chattest.IDs{}, Router: f.router,
		Entries: func() int64 { return most }, Watch: &told})
	session, visitor := f.mustBeActive()
	send := func(participant, id string) (chat.Entry, error) {
		return f.Send(t.Context(), chat.SendRequest{Session: session, Participant: participant, ClientID: id, Text: id})
	}
	var last chat.Entry
	written := []string{}
	for n := 'a'; last.Seq < most; n++ {
		e, err := send(visitor, string(n))
		if err != nil {
			t.Fatalf("entry %d: %v", last.Seq+1, err)
		}
		last, written = e, append(written, string(n))
	}
	if want := []string{"nearly entries_per_chat " + session}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	_, err := send(visitor, "one more")
	wantCode(t, err, wire.CodeChatFull)
	_, err = send(agent.ID, "from the agent")
	wantCode(t, err, wire.CodeChatFull)
	_, err = f.UpdateData(t.Context(), session, visitor, map[string]any{"a": 1})
	wantCode(t, err, wire.CodeChatFull)
	_, err = f.Writer(t.Context(), session, visitor)
	wantCode(t, err, wire.CodeChatFull)
	_, err = f.SendFile(t.Context(), chat.FileRequest{Session: session, Participant: visitor, File: "f", Name: "n"})
	wantCode(t, err, wire.CodeChatFull)
	if want := "reached entries_per_chat " + session; len(told) != 6 || told[5] != want {
		t.Errorf("told %q", told)
	}
	if e, err := send(visitor, written[0]); err != nil || e.Text != written[0] {
		t.Errorf("a resend: %+v, %v", e, err)
	}
	if err := f.End(t.Context(), session, visitor); err != nil {
		t.Errorf("a full chat cannot be ended: %v", err)
	}
	_, err = send(visitor, "after the end")
	wantCode(t, err, wire.CodeSessionEnded)
	kept, err := f.store.EntriesAfter(t.Context(), session, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, e := range kept {
		if e.Kind == wire.KindMessage {
			texts = append(texts, e.Text)
		}
	}
	if !slices.Equal(texts, written) {
		t.Errorf("the log has %q, written was %q", texts, written)
	}
}
