package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"

	"foyer/relay/chat"
)

func TestASessionIsReadAsItWasAnswered(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		applied := mustApply(t, s, newSession("s1"))
		want := *newSession("s1").Create
		want.ID, want.Seq, want.LastMs = "s1", 1, 1000
		want.Participants = []chat.Participant{{ID: visitor.ID, Kind: chat.Visitor, Nickname: "Ann", JoinedMs: 1000}}
		if !reflect.DeepEqual(applied.Session, want) {
			t.Errorf("answered\n %+v, want\n %+v", applied.Session, want)
		}
		if applied.Existing {
			t.Error("a new session is said to exist")
		}
		read, err := s.Chat().Session(ctx, "s1")
		if err != nil || !reflect.DeepEqual(read, want) {
			t.Errorf("read\n %+v, %v, want\n %+v", read, err, want)
		}
		changed := mustApply(t, s, chat.Change{
			Session: "s1", NowMs: 2000,
			Set:     chat.Set{State: state(chat.Ended), EndedMs: new(int64), MergeData: map[string]any{"cart": nil, "vip": true}},
			Leave:   []string{visitor.ID},
			Entries: []chat.Entry{{ID: "e2", Kind: "left", From: visitor, Data: map[string]any{"reason": "ended", "n": 2}}},
		})
		read, err = s.Chat().Session(ctx, "s1")
		if err != nil || !reflect.DeepEqual(read, changed.Session) || read.UserData["vip"] != true || read.Participants[0].LeftMs != 2000 {
			t.Errorf("read\n %+v, %v, want\n %+v", read, err, changed.Session)
		}
		entries, err := s.Chat().EntriesAfter(ctx, "s1", 0, 10)
		if want := slices.Concat(applied.Entries, changed.Entries); err != nil || !reflect.DeepEqual(entries, want) {
			t.Errorf("log\n %+v, %v, want\n %+v", entries, err, want)
		}
	})
}

func TestAnUnknownSession(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for _, id := range []string{"none", "", "no\x00ne", "\xff"} {
			if _, err := s.Chat().Session(ctx, id); !errors.Is(err, chat.ErrNoSession) {
				t.Errorf("read %q: %v", id, err)
			}
			if entries, err := s.Chat().EntriesAfter(ctx, id, 0, 10); err != nil || len(entries) != 0 {
				t.Errorf("log of %q: %v, %v", id, entries, err)
			}
			if sessions, err := s.Chat().OfAgent(ctx, id); err != nil || len(sessions) != 0 {
				t.Errorf("of agent %q: %v, %v", id, sessions, err)
			}
		}
		if _, err := s.Chat().Apply(ctx, message("none", "c", "x", 1)); !errors.Is(err, chat.ErrNoSession) {
			t.Errorf("apply: %v", err)
		}
	})
}

func TestTheLogIsReadInOrderFromEitherEnd(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		mustApply(t, s, newSession("s1"))
		mustApply(t, s, newSession("s2"))
		for n := range 11 { // 2 to 12: that "10" comes after "9" is part of the test
			mustApply(t, s, message("s1", strconv.Itoa(n), "text "+strconv.Itoa(n), 2000))
		}
		for name, test := range map[string]struct {
			read  func(context.Context, string, int64, int) ([]chat.Entry, error)
			from  int64
			limit int
			want  []int64
		}{
			"all":                      {s.Chat().EntriesAfter, 0, 100, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
			"after one":                {s.Chat().EntriesAfter, 9, 100, []int64{10, 11, 12}},
			"after one, not all":       {s.Chat().EntriesAfter, 3, 2, []int64{4, 5}},
			"after the last":           {s.Chat().EntriesAfter, 12, 2, nil},
			"before one":               {s.Chat().EntriesBefore, 4, 100, []int64{1, 2, 3}},
			"the last before one":      {s.Chat().EntriesBefore, 12, 3, []int64{9, 10, 11}},
			"before the first":         {s.Chat().EntriesBefore, 1, 3, nil},
			"none asked for":           {s.Chat().EntriesAfter, 0, 0, nil},
			"less than none asked for": {s.Chat().EntriesBefore, 9, -1, nil},
		} {
			entries, err := test.read(ctx, "s1", test.from, test.limit)
			var places []int64
			for _, e := range entries {
				places = append(places, e.Seq)
			}
			if err != nil || !slices.Equal(places, test.want) {
				t.Errorf("%s: %v, %v, want %v", name, places, err, test.want)
			}
		}
	})
}

func TestAResendAnswersWithWhatWasKept(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		one, two := mustOpen(t, o), mustOpen(t, o)
		mustApply(t, one, newSession("s1"))
		first := mustApply(t, one, message("s1", "c1", "hello", 2000))
		mustApply(t, one, chat.Change{Session: "s1", NowMs: 2500, Leave: []string{visitor.ID}, Set: chat.Set{State: state(chat.Ended)}})
		for name, s := range map[string]*Store{"same store": one, "another store": two} {
			again := mustApply(t, s, message("s1", "c1", "hello, changed", 3000)) // the visitor has left: only a resend may pass
			if !again.Existing || !reflect.DeepEqual(again.Entries, first.Entries) {
				t.Errorf("%s: %+v, want %+v", name, again.Entries, first.Entries)
			}
			if again.Session.State != chat.Ended || again.Session.Seq != 2 {
				t.Errorf("%s: row %+v", name, again.Session)
			}
		}
		if _, err := one.Chat().Apply(context.Background(), message("s1", "c2", "late", 3000)); !errors.Is(err, chat.ErrPrecondition) {
			t.Errorf("a new message of one who left: %v", err)
		}
	})
}

func TestASessionBeginsOnceForAStart(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		one, two := mustOpen(t, o), mustOpen(t, o)
		first := mustApply(t, one, newSession("s1"))
		mustApply(t, one, message("s1", "c1", "hello", 2000))
		for name, s := range map[string]*Store{"same store": one, "another store": two} {
			again := newSession("another-id")
			again.Create.StartID = "start-s1"
			applied := mustApply(t, s, again)
			if !applied.Existing || applied.Session.ID != "s1" || applied.Session.Seq != 2 || !reflect.DeepEqual(applied.Entries, first.Entries) {
				t.Errorf("%s: %+v", name, applied)
			}
		}
		elsewhere := newSession("s2")
		elsewhere.Create.Deployment, elsewhere.Create.StartID = "other", "start-s1"
		if applied := mustApply(t, one, elsewhere); applied.Existing {
			t.Error("another deployment's start is taken for a resend")
		}
		if _, err := one.Chat().Session(context.Background(), "another-id"); !errors.Is(err, chat.ErrNoSession) {
			t.Errorf("a second session: %v", err)
		}
	})
}

func TestStartsAtTheSameTimeBeginOneSession(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores := []*Store{mustOpen(t, o), mustOpen(t, o)}
		const starts, tries = 10, 6
		began := make([][]string, starts)
		var mu sync.Mutex
		var all sync.WaitGroup
		for n := range starts {
			for try := range tries {
				all.Go(func() {
					c := newSession(fmt.Sprintf("s-%d-%d", n, try))
					c.Create.StartID = strconv.Itoa(n)
					applied, err := stores[try%2].Chat().Apply(context.Background(), c)
					if err != nil || len(applied.Entries) != 1 {
						t.Errorf("start %d, try %d: %+v, %v", n, try, applied.Entries, err)
					}
					mu.Lock()
					defer mu.Unlock()
					began[n] = append(began[n], applied.Session.ID)
				})
			}
		}
		all.Wait()
		for n, ids := range began {
			if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != 1 {
				t.Errorf("start %d began %v", n, ids)
			}
		}
	})
}

func TestAFailedPreconditionTellsTheRowAndKeepsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		before := mustApply(t, s, newSession("s1")).Session
		c := message("s1", "c1", "x", 2000)
		c.If = chat.If{States: []chat.State{chat.Active}}
		c.Set.Agent = new(string)
		_, err := s.Chat().Apply(ctx, c)
		var failed *chat.PreconditionError
		if !errors.As(err, &failed) || !reflect.DeepEqual(failed.Session, before) {
			t.Errorf("%v", err)
		}
		if after, err := s.Chat().Session(ctx, "s1"); err != nil || !reflect.DeepEqual(after, before) {
			t.Errorf("%+v, %v", after, err)
		}
	})
}

func TestABadChangeFailsAlone(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for n := range 20 {
			mustApply(t, s, newSession("s"+strconv.Itoa(n)))
		}
		// What the database itself refuses: a key that is too long for PostgreSQL's index. SQLite takes it.
		long := make([]byte, 20_000)
		for i := range long {
			long[i] = "0123456789abcdef"[rand.IntN(16)]
		}
		bad := map[string]chat.Change{
			"NUL":         message("s1", "bad1", "a\x00b", 2000),
			"not UTF-8":   message("s2", "bad2", "a\xffb", 2000),
			"no session":  message("none", "bad3", "x", 2000),
			"not allowed": {Session: "s3", If: chat.If{Agent: "nobody"}, Entries: []chat.Entry{{Text: "x"}}},
		}
		want := map[string]error{
			"NUL": chat.ErrUnstorable, "not UTF-8": chat.ErrUnstorable, "no session": chat.ErrNoSession, "not allowed": chat.ErrPrecondition,
		}
		var all sync.WaitGroup
		for name, c := range bad {
			all.Go(func() {
				if _, err := s.Chat().Apply(ctx, c); !errors.Is(err, want[name]) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		all.Go(func() {
			_, err := s.Chat().Apply(ctx, message("s4", string(long), "x", 2000))
			if refused := err != nil; refused != (o.Database != "") {
				t.Errorf("long key: %v", err)
			}
		})
		for n := range 20 {
			for m := range 5 {
				all.Go(func() {
					if _, err := s.Chat().Apply(ctx, message("s"+strconv.Itoa(n), strconv.Itoa(m), "fine", 2000)); err != nil {
						t.Errorf("good: %v", err)
					}
				})
			}
		}
		all.Wait()
		for n := range 20 {
			id := "s" + strconv.Itoa(n)
			entries, err := s.Chat().EntriesAfter(ctx, id, 0, 100)
			if err != nil || len(entries) < 6 || id != "s4" && len(entries) != 6 {
				t.Errorf("%s has %d entries, %v", id, len(entries), err)
			}
			checkOrder(t, entries)
		}
	})
}

// checkOrder wants a log without gaps whose clock never goes back.
func checkOrder(t *testing.T, entries []chat.Entry) {
	t.Helper()
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has number %d", i, e.Seq)
		}
		if i > 0 && e.Ms < entries[i-1].Ms {
			t.Errorf("entry %d is %d ms, after %d", i, e.Ms, entries[i-1].Ms)
		}
	}
}

func TestMillisecondsNeverGoBack(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		one, two := mustOpen(t, o), mustOpen(t, o) // two relays, the clock of the second is late
		mustApply(t, one, newSession("s1"))
		mustApply(t, one, message("s1", "c1", "x", 5000))
		late := mustApply(t, two, message("s1", "c2", "y", 3000))
		if got := late.Entries[0].Cursor(); got.Ms != 5000 || got.Seq != 3 {
			t.Errorf("the late relay's entry is at %v", got)
		}
		if after := mustApply(t, one, message("s1", "c3", "z", 6000)); after.Entries[0].Ms != 6000 {
			t.Errorf("then %v", after.Entries[0].Cursor())
		}
	})
}

func TestTwoStoresWriteOneSession(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores := []*Store{mustOpen(t, o), mustOpen(t, o)}
		mustApply(t, stores[0], newSession("s1"))
		var all sync.WaitGroup
		for n := range 40 {
			for _, s := range stores { // both bring every message
				all.Go(func() {
					if _, err := s.Chat().Apply(context.Background(), message("s1", strconv.Itoa(n), "x", int64(2000+n))); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		entries, err := stores[1].Chat().EntriesAfter(context.Background(), "s1", 0, 1000)
		if err != nil || len(entries) != 41 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		checkOrder(t, entries)
		if row, err := stores[0].Chat().Session(context.Background(), "s1"); err != nil || row.Seq != 41 || row.LastMs != entries[40].Ms {
			t.Errorf("row ends at %d-%d, %v", row.LastMs, row.Seq, err)
		}
	})
}

func TestAnOfferIsClaimedByExactlyOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores := []*Store{mustOpen(t, o), mustOpen(t, o)}
		for round := range 10 {
			id := "s" + strconv.Itoa(round)
			mustApply(t, stores[0], newSession(id))
			won := make([]bool, 8)
			var all sync.WaitGroup
			for agent := range won {
				all.Go(func() {
					name := "agent-" + strconv.Itoa(agent)
					offer := "offer-" + name
					applied, err := stores[agent%2].Chat().Apply(context.Background(), chat.Change{
						Session: id, If: chat.If{States: []chat.State{chat.Queued}},
						Set: chat.Set{State: state(chat.Offered), Agent: &name, Offer: &offer},
					})
					won[agent] = err == nil
					if err != nil && !errors.Is(err, chat.ErrPrecondition) {
						t.Error(err)
					}
					if err == nil && applied.Session.Agent != name {
						t.Errorf("%s won, and the row says %s", name, applied.Session.Agent)
					}
				})
			}
			all.Wait()
			winner := slices.Index(won, true)
			if winner < 0 || slices.Contains(won[winner+1:], true) {
				t.Fatalf("round %d was won by %v", round, won)
			}
			row, err := stores[1].Chat().Session(context.Background(), id)
			if err != nil || row.Agent != "agent-"+strconv.Itoa(winner) {
				t.Errorf("kept %s, %v", row.Agent, err)
			}
		}
	})
}

func TestSessionsAreListedByStateLongestWaitingFirst(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for _, row := range []struct {
			id       string
			state    chat.State
			queuedMs int64
		}{{"d", chat.Queued, 10}, {"a", chat.Queued, 30}, {"c", chat.Offered, 20}, {"b", chat.Queued, 30}, {"e", chat.Completed, 5}} {
			c := newSession(row.id)
			c.Create.State, c.Create.QueuedMs = row.state, row.queuedMs
			mustApply(t, s, c)
		}
		for name, test := range map[string]struct {
			states []chat.State
			limit  int
			want   []string
		}{
			"waiting":      {[]chat.State{chat.Queued, chat.Offered}, 10, []string{"d", "c", "a", "b"}},
			"the first":    {[]chat.State{chat.Queued, chat.Offered}, 2, []string{"d", "c"}},
			"one state":    {[]chat.State{chat.Completed}, 10, []string{"e"}},
			"nobody":       {[]chat.State{chat.Active}, 10, nil},
			"no states":    {nil, 10, nil},
			"none allowed": {[]chat.State{chat.Queued}, 0, nil},
		} {
			sessions, err := s.Chat().InState(ctx, test.states, test.limit)
			if ids := idsOf(sessions); err != nil || !slices.Equal(ids, test.want) {
				t.Errorf("%s: %v, %v, want %v", name, ids, err, test.want)
			}
			for _, row := range sessions {
				if len(row.Participants) != 1 {
					t.Errorf("%s: %s has no participants", name, row.ID)
				}
			}
		}
	})
}

func idsOf(sessions []chat.Session) []string {
	var ids []string
	for _, s := range sessions {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestAnAgentsSessionsAreListedUntilTheyAreDone(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		for i, row := range []struct {
			id, agent string
			state     chat.State
		}{
			{"done", "anna", chat.Completed}, {"offered", "anna", chat.Offered}, {"active", "anna", chat.Active},
			{"ended", "anna", chat.Ended}, {"queued", "", chat.Queued}, {"others", "ben", chat.Active}, {"over", "", chat.Ended},
		} {
			c := newSession(row.id)
			c.Create.State, c.Create.Agent, c.Create.StartedMs = row.state, row.agent, int64(100-i)
			mustApply(t, s, c)
		}
		sessions, err := s.Chat().OfAgent(ctx, "anna")
		if ids := idsOf(sessions); err != nil || !slices.Equal(ids, []string{"ended", "active", "offered"}) {
			t.Errorf("%v, %v", ids, err)
		}
	})
}

func TestAChangeWithAnEndedContext(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := s.Chat().Apply(ctx, newSession("s1")); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
