package chat_test

import (
	"context"
	"log/slog"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/wire"
)

// present is who is connected, by session.
type present map[string]bool

func (p present) Online(session, _ string) bool { return p[session] }

// looking is a Vanished over a store, with a limit of one minute but for the deployment "patient".
type looking struct {
	*chat.Vanished
	t      *testing.T
	clock  *clocktest.Clock
	store  *chattest.Store
	chats  *chat.Service
	online present
}

func newLooking(t *testing.T) *looking {
	l := &looking{t: t, clock: clocktest.New(1_700_000_000_000), store: chattest.NewStore(), online: present{}}
	l.chats = chat.NewService(chat.Options{Store: l.store, Live: &chattest.Live{}, Clock: l.clock, IDs: &chattest.IDs{}})
	l.Vanished = &chat.Vanished{Chats: l.chats, Presence: l.online, Clock: l.clock, Log: slog.New(slog.DiscardHandler),
		AfterMs: func(deployment string) int64 {
			if deployment == "patient" {
				return 0
			}
			return 60_000
		}}
	return l
}

func (l *looking) mustStart(deployment string) string {
	l.t.Helper()
	s, err := l.chats.Start(l.t.Context(), chat.StartRequest{Deployment: deployment})
	if err != nil {
		l.t.Fatal(err)
	}
	return s.Session.ID
}

func (l *looking) after(ms int64) {
	l.clock.Advance(ms)
	l.Look(l.t.Context())
}

func (l *looking) want(what, session string, state chat.State) {
	l.t.Helper()
	row, err := l.store.Session(l.t.Context(), session)
	if err != nil || row.State != state {
		l.t.Errorf("%s: it is %s, %v, want %s", what, row.State, err, state)
	}
}

func TestAChatWhoseVisitorHasVanishedDoesNotWaitForEver(t *testing.T) {
	l := newLooking(t)
	gone, patient := l.mustStart("shop"), l.mustStart("patient")
	l.after(0)
	l.after(59_999)
	l.want("before the time", gone, chat.Queued)
	l.after(1)
	l.want("at the time", gone, chat.Ended)
	entries, err := l.store.EntriesAfter(t.Context(), gone, 1, 10)
	if err != nil || len(entries) != 1 || entries[0].Kind != wire.KindLeft || entries[0].Data[chat.DataReason] != chat.ReasonVanished {
		t.Errorf("the log says %+v, %v", entries, err)
	}
	l.after(1 << 40)
	l.want("where visitors may be away", patient, chat.Queued)
}

func TestAVisitorWhoComesBackWaitsOn(t *testing.T) {
	l := newLooking(t)
	session := l.mustStart("shop")
	l.online[session] = true
	l.after(120_000)
	l.want("while there", session, chat.Queued)
	l.online[session] = false
	l.after(0)
	l.after(59_000)
	l.online[session] = true
	l.after(0)
	l.online[session] = false
	l.after(0)
	l.after(59_999)
	l.want("away for less than the time, twice", session, chat.Queued)
	l.after(1)
	l.want("away for the time", session, chat.Ended)
}

func TestWhatAnAgentHasDoesNotVanish(t *testing.T) {
	l, ctx := newLooking(t), context.Background()
	session := l.mustStart("shop")
	l.after(0)
	if _, err := l.chats.Offer(ctx, session, "anna", "o1", l.clock.NowMs()+30_000); err != nil {
		t.Fatal(err)
	}
	l.store.BeforeApply(func(chat.Change) { // she is a moment faster than the look
		l.store.BeforeApply(nil)
		if _, err := l.chatsOfAnotherRelay().Accept(ctx, session, "o1", chat.Participant{ID: "anna"}); err != nil {
			t.Error(err)
		}
	})
	l.after(60_000)
	l.want("accepted at the last moment", session, chat.Active)
	if err := l.chats.Vanish(ctx, session); err != nil {
		t.Error(err)
	}
	l.want("active", session, chat.Active)
}

func (l *looking) chatsOfAnotherRelay() *chat.Service {
	return chat.NewService(chat.Options{Store: l.store, Live: &chattest.Live{}, Clock: l.clock, IDs: &chattest.IDs{}})
}

func TestRunLooksUntilItsContextEnds(t *testing.T) {
	l := newLooking(t)
	session := l.mustStart("shop")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	for { // Run sets its timers in its own time
		l.clock.Advance(15_000)
		row, err := l.store.Session(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		if row.State == chat.Ended {
			break
		}
	}
	cancel()
	<-done
	if l.clock.Timers() != 0 {
		t.Errorf("%d timers are left behind", l.clock.Timers())
	}
}
