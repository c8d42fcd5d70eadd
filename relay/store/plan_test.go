package store

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"foyer/relay/chat"
)

// knownSession is what the database has in the tests of the planner: a session with two entries, the second of which
// has the client message id "c1".
func knownSession() (known, chat.Session) {
	s := chat.Session{
		ID: "s", Deployment: "demo", StartID: "start", State: chat.Offered, Agent: "a", Offer: "o", Seq: 2, LastMs: 500,
		UserData:     map[string]any{"keep": "1", "drop": "2"},
		Participants: []chat.Participant{{ID: "v", Kind: chat.Visitor, JoinedMs: 100}, {ID: "x", Kind: chat.Agent, JoinedMs: 100, LeftMs: 200}},
	}
	k := newKnown()
	k.sessions["s"] = s
	k.starts[startKey{"demo", "start"}] = s
	k.entries[clientKey{"s", "c1"}] = chat.Entry{Seq: 2, Ms: 500, Text: "first", ClientID: "c1"}
	return k, s
}

func TestPlanChecksThePrecondition(t *testing.T) {
	for name, test := range map[string]struct {
		given chat.If
		want  bool
	}{
		"nothing asked":                   {chat.If{}, true},
		"one of the states":               {chat.If{States: []chat.State{chat.Queued, chat.Offered}}, true},
		"another state":                   {chat.If{States: []chat.State{chat.Queued}}, false},
		"the open offer":                  {chat.If{Offer: "o"}, true},
		"another offer":                   {chat.If{Offer: "p"}, false},
		"the agent":                       {chat.If{Agent: "a"}, true},
		"another agent":                   {chat.If{Agent: "b"}, false},
		"a participant":                   {chat.If{Participant: "v"}, true},
		"a participant who has left":      {chat.If{Participant: "x"}, false},
		"somebody else":                   {chat.If{Participant: "y"}, false},
		"room in the log":                 {chat.If{Below: 3}, true},
		"no room in the log":              {chat.If{Below: 2}, false},
		"all of it":                       {chat.If{States: []chat.State{chat.Offered}, Offer: "o", Agent: "a", Participant: "v"}, true},
		"all but the last":                {chat.If{States: []chat.State{chat.Offered}, Offer: "o", Agent: "a", Participant: "y"}, false},
		"state holds, offer is not known": {chat.If{States: []chat.State{chat.Offered}, Offer: "p"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			k, s := knownSession()
			p := newPlan(k)
			_, err := p.apply(chat.Change{Session: "s", If: test.given, Entries: []chat.Entry{{Text: "new"}}})
			if got := err == nil; got != test.want {
				t.Fatalf("applied: %v (%v), want %v", got, err, test.want)
			}
			if test.want {
				return
			}
			var failed *chat.PreconditionError
			if !errors.As(err, &failed) || !reflect.DeepEqual(failed.Session, s) {
				t.Errorf("error %v does not tell the row as it is", err)
			}
			if !p.empty() {
				t.Error("a change that failed left something to write")
			}
		})
	}
}

func TestPlanGivesPlacesInTheLog(t *testing.T) {
	for name, test := range map[string]struct {
		nowMs  int64
		wantMs int64
	}{
		"the clock went on":      {900, 900},
		"the clock stood still":  {500, 500},
		"the clock went back":    {400, 500},
		"the clock is not given": {0, 500},
	} {
		t.Run(name, func(t *testing.T) {
			k, _ := knownSession()
			p := newPlan(k)
			applied, err := p.apply(chat.Change{Session: "s", NowMs: test.nowMs, Entries: []chat.Entry{{Text: "a"}, {Text: "b"}}})
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range applied.Entries {
				if e.Seq != int64(3+i) || e.Ms != test.wantMs {
					t.Errorf("entry %d has place %v, want %d-%d", i, e.Cursor(), test.wantMs, 3+i)
				}
			}
			if applied.Session.Seq != 4 || applied.Session.LastMs != test.wantMs {
				t.Errorf("row ends at %d-%d", applied.Session.LastMs, applied.Session.Seq)
			}
		})
	}
}

func TestPlanAnswersAResendBeforeThePrecondition(t *testing.T) {
	k, _ := knownSession()
	p := newPlan(k)
	applied, err := p.apply(chat.Change{
		Session: "s", If: chat.If{States: []chat.State{chat.Completed}}, Set: chat.Set{Agent: new(string)},
		Entries: []chat.Entry{{Text: "changed", ClientID: "c1"}},
	})
	if err != nil || !applied.Existing || applied.Session.Agent != "a" {
		t.Fatalf("%+v, %v", applied, err)
	}
	if len(applied.Entries) != 1 || applied.Entries[0].Seq != 2 || applied.Entries[0].Text != "first" {
		t.Errorf("entries %+v are not what was kept the first time", applied.Entries)
	}
	if !p.empty() {
		t.Error("a resend left something to write")
	}
}

func TestPlanAddsOnlyWhatIsNewInAHalfResend(t *testing.T) {
	k, _ := knownSession()
	p := newPlan(k)
	applied, err := p.apply(chat.Change{Session: "s", Entries: []chat.Entry{
		{ClientID: "c1"}, {ClientID: "c2"}, {ClientID: "c2"}, {Text: "of the relay"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var places []int64
	for _, e := range applied.Entries {
		places = append(places, e.Seq)
	}
	if !slices.Equal(places, []int64{2, 3, 3, 4}) || applied.Existing || len(p.entries) != 2 {
		t.Errorf("places %v, existing %v, %d to write", places, applied.Existing, len(p.entries))
	}
}

func TestPlanRunsChangesInOrderEachSeeingTheLast(t *testing.T) {
	k, _ := knownSession()
	p := newPlan(k)
	accept := chat.Change{
		Session: "s", If: chat.If{States: []chat.State{chat.Offered}, Offer: "o"},
		Set: chat.Set{State: state(chat.Active), Offer: new(string)},
	}
	if _, err := p.apply(accept); err != nil {
		t.Fatal(err)
	}
	if _, err := p.apply(accept); !errors.Is(err, chat.ErrPrecondition) {
		t.Errorf("the second claim got %v", err)
	}
	first, err := p.apply(chat.Change{Session: "s", Entries: []chat.Entry{{ClientID: "c9", Text: "once"}}})
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.apply(chat.Change{Session: "s", Entries: []chat.Entry{{ClientID: "c9", Text: "twice"}}})
	if err != nil || !again.Existing || !reflect.DeepEqual(again.Entries, first.Entries) {
		t.Errorf("resend within the batch: %+v, %v", again, err)
	}
}

func state(s chat.State) *chat.State { return &s }

func TestPlanSetsColumnsAndMergesData(t *testing.T) {
	k, before := knownSession()
	p := newPlan(k)
	n, text := int64(7), "new"
	applied, err := p.apply(chat.Change{Session: "s", Set: chat.Set{
		State: state(chat.Ended), Agent: &text, Offer: &text, OfferEndsMs: &n, QueuedMs: &n, EndedMs: &n,
		MergeData: map[string]any{"drop": nil, "more": "3", "unknown": nil},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := before
	want.State, want.Agent, want.Offer, want.OfferEndsMs, want.QueuedMs, want.EndedMs = chat.Ended, text, text, 7, 7, 7
	want.UserData = map[string]any{"keep": "1", "more": "3"}
	if !reflect.DeepEqual(applied.Session, want) {
		t.Errorf("row\n %+v, want\n %+v", applied.Session, want)
	}
	if len(before.UserData) != 2 || before.UserData["drop"] != "2" {
		t.Error("what was answered before has changed")
	}
	if !p.changed["s"] {
		t.Error("the row is not to be written")
	}
}

func TestPlanLetsParticipantsJoinAndLeave(t *testing.T) {
	k, _ := knownSession()
	p := newPlan(k)
	applied, err := p.apply(chat.Change{
		Session: "s", NowMs: 900,
		Join: []chat.Participant{
			{ID: "n", Kind: chat.Agent, JoinedMs: 850},
			{ID: "x", Kind: chat.Agent, Nickname: "back"},
			{ID: "v", Kind: chat.Visitor, Nickname: "renamed", JoinedMs: 899},
		},
		Leave: []string{"n", "nobody"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []chat.Participant{
		{ID: "v", Kind: chat.Visitor, Nickname: "renamed", JoinedMs: 100},
		{ID: "x", Kind: chat.Agent, Nickname: "back", JoinedMs: 900},
		{ID: "n", Kind: chat.Agent, JoinedMs: 850, LeftMs: 900},
	}
	if !reflect.DeepEqual(applied.Session.Participants, want) {
		t.Errorf("participants\n %+v, want\n %+v", applied.Session.Participants, want)
	}
}

func TestPlanBeginsASessionOnce(t *testing.T) {
	begin := func(id, start string) chat.Change {
		return chat.Change{
			Session: id, Create: &chat.Session{Deployment: "demo", StartID: start, Seq: 9, LastMs: 9}, NowMs: 100,
			Entries: []chat.Entry{{Kind: "joined"}},
		}
	}
	t.Run("new", func(t *testing.T) {
		p := newPlan(newKnown())
		applied, err := p.apply(begin("n", "new"))
		if err != nil || applied.Existing || applied.Session.ID != "n" || applied.Session.Seq != 1 || applied.Session.LastMs != 100 {
			t.Fatalf("%+v, %v", applied, err)
		}
		if !slices.Equal(p.created, []string{"n"}) || len(p.changed)+len(p.advanced) != 0 {
			t.Errorf("to write: %+v", p)
		}
	})
	t.Run("twice in one batch", func(t *testing.T) {
		p := newPlan(newKnown())
		if _, err := p.apply(begin("n", "new")); err != nil {
			t.Fatal(err)
		}
		if _, err := p.apply(chat.Change{Session: "n", Entries: []chat.Entry{{Text: "hello"}}}); err != nil {
			t.Fatal(err)
		}
		applied, err := p.apply(begin("n2", "new"))
		if err != nil || !applied.Existing || applied.Session.ID != "n" || applied.Session.Seq != 2 {
			t.Fatalf("%+v, %v", applied, err)
		}
	})
	t.Run("known start", func(t *testing.T) {
		k, _ := knownSession()
		p := newPlan(k)
		applied, err := p.apply(begin("n", "start"))
		if err != nil || !applied.Existing || applied.Session.ID != "s" || !p.empty() {
			t.Fatalf("%+v, %v", applied, err)
		}
	})
	t.Run("no start id is never known", func(t *testing.T) {
		p := newPlan(newKnown())
		for _, id := range []string{"n1", "n2"} {
			if applied, err := p.apply(begin(id, "")); err != nil || applied.Existing {
				t.Fatalf("%+v, %v", applied, err)
			}
		}
	})
	t.Run("an id of another session", func(t *testing.T) {
		k, _ := knownSession()
		p := newPlan(k)
		if _, err := p.apply(begin("s", "another")); !errors.Is(err, chat.ErrPrecondition) || !p.empty() {
			t.Fatal(err)
		}
	})
}

func TestPlanKnowsNoSession(t *testing.T) {
	if _, err := newPlan(newKnown()).apply(chat.Change{Session: "none"}); !errors.Is(err, chat.ErrNoSession) {
		t.Error(err)
	}
}

func TestPlanAnswersEveryCallerWithACopy(t *testing.T) {
	k, _ := knownSession()
	p := newPlan(k)
	first, _ := p.apply(chat.Change{Session: "s", Entries: []chat.Entry{{Text: "a"}}})
	first.Session.UserData["keep"] = "spoilt"
	first.Session.Participants[0].Nickname = "spoilt"
	second, _ := p.apply(chat.Change{Session: "s", Entries: []chat.Entry{{Text: "b"}}})
	if second.Session.UserData["keep"] != "1" || second.Session.Participants[0].Nickname != "" {
		t.Errorf("%+v", second.Session)
	}
}

func TestWantsAsksForEachThingOnceInTheOrderOfIDs(t *testing.T) {
	w := wants([]chat.Change{message("b", "c1", "", 0), message("a", "c1", "", 0), message("b", "c1", "", 0), newSession("c"), newSession("c")})
	if !slices.Equal(w.sessions, []string{"a", "b", "c"}) || len(w.clients) != 2 || len(w.starts) != 1 {
		t.Errorf("%+v", w)
	}
}

func TestPlanMovesFilesWithTheirEntry(t *testing.T) {
	for name, test := range map[string]struct {
		file fileStand
		want error
	}{
		"whole":               {fileStand{"s", chat.FileWhole}, nil},
		"not whole":           {fileStand{"s", chat.FileUploading}, chat.ErrNoFile},
		"kept already":        {fileStand{"s", chat.FileKept}, chat.ErrNoFile},
		"of another session":  {fileStand{"other", chat.FileWhole}, chat.ErrNoFile},
		"one that is nowhere": {fileStand{}, chat.ErrNoFile},
	} {
		t.Run(name, func(t *testing.T) {
			k, _ := knownSession()
			if test.file.session != "" {
				k.files["f"] = test.file
			}
			p := newPlan(k)
			c := chat.Change{Session: "s", NowMs: 900, Entries: []chat.Entry{{Text: "new"}},
				Files: []chat.FileMove{{ID: "f", From: chat.FileWhole, To: chat.FileKept}}}
			if _, err := p.apply(c); !errors.Is(err, test.want) {
				t.Fatal(err)
			}
			if test.want != nil {
				if !p.empty() {
					t.Error("a change that failed left a trace")
				}
				return
			}
			if want := (movedFile{chat.FileKept, 3, 900}); p.files["f"] != want {
				t.Errorf("%+v", p.files)
			}
			if _, err := p.apply(c); !errors.Is(err, chat.ErrNoFile) {
				t.Errorf("the same once more in one batch: %v", err)
			}
		})
	}
}
