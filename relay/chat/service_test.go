package chat_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock/clocktest"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

// fixture is a service with fakes around it.
type fixture struct {
	*chat.Service
	t      *testing.T
	store  *chattest.Store
	live   *chattest.Live
	clock  *clocktest.Clock
	router *router
}

type router struct {
	mu    sync.Mutex
	wakes int
	ended []string
}

func (r *router) Wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wakes++
}

func (r *router) OfferEnded(agent, offer, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = append(r.ended, agent+" "+offer+" "+reason)
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, store: chattest.NewStore(), live: &chattest.Live{}, clock: clocktest.New(startMs), router: &router{}}
	f.Service = chat.NewService(chat.Options{Store: f.store, Live: f.live, Clock: f.clock, IDs: &chattest.IDs{}, Router: f.router})
	return f
}

var agent = chat.Participant{ID: "agent-1", Nickname: "Anna"}

func (f *fixture) mustStart() chat.Started {
	f.t.Helper()
	s, err := f.Start(f.t.Context(), chat.StartRequest{Deployment: "demo", StartID: "start-1", FirstName: "Vera", LastName: "Visitor", Device: "d", Visit: "v"})
	if err != nil {
		f.t.Fatalf("start: %v", err)
	}
	return s
}

// mustBeActive starts a session that the agent has.
func (f *fixture) mustBeActive() (session, visitor string) {
	f.t.Helper()
	s := f.mustStart()
	f.mustOffer(s.Session.ID, "offer-1")
	if _, err := f.Accept(f.t.Context(), s.Session.ID, "offer-1", agent); err != nil {
		f.t.Fatalf("accept: %v", err)
	}
	f.live.Take()
	return s.Session.ID, s.Visitor.ID
}

func (f *fixture) mustOffer(session, offer string) {
	f.t.Helper()
	if _, err := f.Offer(f.t.Context(), session, agent.ID, offer, f.clock.NowMs()+30_000); err != nil {
		f.t.Fatalf("offer: %v", err)
	}
}

func (f *fixture) mustSend(session, who, clientID, text string) chat.Entry {
	f.t.Helper()
	e, err := f.Send(f.t.Context(), chat.SendRequest{Session: session, Participant: who, ClientID: clientID, Text: text})
	if err != nil {
		f.t.Fatalf("send %q: %v", text, err)
	}
	return e
}

// log reads the whole log as "<kind>" or "<kind> <what>".
func (f *fixture) log(session, who string) []string {
	f.t.Helper()
	entries, _, err := f.History(f.t.Context(), chat.HistoryRequest{Session: session, Participant: who})
	if err != nil {
		f.t.Fatalf("history: %v", err)
	}
	var lines []string
	for _, e := range entries {
		line := e.Kind + " " + e.From.Kind
		for _, k := range []string{chat.DataState, chat.DataReason} {
			if v, ok := e.Data[k].(string); ok {
				line += " " + v
			}
		}
		if e.Text != "" {
			line += " " + e.Text
		}
		lines = append(lines, line)
	}
	return lines
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("error is %v, want code %s", err, code)
	}
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestStartQueuesASessionAndWakesTheRouter(t *testing.T) {
	f := newFixture(t)
	s := f.mustStart()
	if s.Session.State != chat.Queued || s.Session.Queue != chat.DefaultQueue || s.Session.QueuedMs != startMs {
		t.Errorf("row is %+v", s.Session)
	}
	if s.Visitor.Nickname != "Vera Visitor" || s.Visitor.ID != s.Session.VisitorID || s.Existing {
		t.Errorf("started is %+v", s)
	}
	if len(s.Entries) != 1 || s.Entries[0].Seq != 1 || s.Entries[0].Kind != wire.KindJoined {
		t.Errorf("entries are %+v", s.Entries)
	}
	if f.router.wakes != 1 {
		t.Errorf("router was woken %d times", f.router.wakes)
	}
}

func TestStartAgainAnswersWithTheFirstSession(t *testing.T) {
	f := newFixture(t)
	first := f.mustStart()
	f.mustSend(first.Session.ID, first.Visitor.ID, "c1", "hello")
	second := f.mustStart()
	if !second.Existing || second.Session.ID != first.Session.ID || second.Visitor.ID != first.Visitor.ID {
		t.Errorf("second start is %+v, want session %s", second, first.Session.ID)
	}
	if len(second.Entries) != 1 || second.Entries[0].ID != first.Entries[0].ID {
		t.Errorf("entries are %+v", second.Entries)
	}
	if f.router.wakes != 1 {
		t.Errorf("router was woken %d times, want once", f.router.wakes)
	}
}

func TestStartIDOfAnotherBrowserShowsNothing(t *testing.T) {
	f := newFixture(t)
	f.mustStart()
	for _, r := range []chat.StartRequest{
		{Deployment: "demo", StartID: "start-1", Device: "other", Visit: "v"},
		{Deployment: "demo", StartID: "start-1", Device: "d", Visit: "other"},
		{Deployment: "demo", StartID: "start-1", Device: "d", Visit: "v", Origin: "https://elsewhere.example"},
	} {
		s, err := f.Start(t.Context(), r)
		wantCode(t, err, wire.CodeConflict)
		if s.Session.ID != "" {
			t.Errorf("session %s was shown", s.Session.ID)
		}
	}
}

func TestStartsWithoutStartIDAreDifferentSessions(t *testing.T) {
	f := newFixture(t)
	a, errA := f.Start(t.Context(), chat.StartRequest{Deployment: "demo"})
	b, errB := f.Start(t.Context(), chat.StartRequest{Deployment: "demo"})
	if errA != nil || errB != nil || a.Session.ID == b.Session.ID {
		t.Errorf("sessions %q and %q, errors %v, %v", a.Session.ID, b.Session.ID, errA, errB)
	}
}

func TestNamesThatTurnTextAroundDoNotReachAgents(t *testing.T) {
	f := newFixture(t)
	const turn = "\u202e"
	s, err := f.Start(t.Context(), chat.StartRequest{Deployment: "demo", FirstName: "A" + turn + "nn", LastName: turn + "Lee",
		Email: "ann@example.org" + turn, Subject: "\u2067shoes\u2069", Nickname: turn + " Ann " + turn})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Session; r.FirstName != "Ann" || r.LastName != "Lee" || r.Email != "ann@example.org" || r.Subject != "shoes" || r.Nickname != "Ann" {
		t.Errorf("kept %+v", r)
	}
	if s.Visitor.Nickname != "Ann" {
		t.Errorf("the visitor is %q", s.Visitor.Nickname)
	}
}

func TestStartRefusesWhatIsTooLongOrMalformed(t *testing.T) {
	long := strings.Repeat("ü", chat.MaxNameRunes)
	deep := map[string]any{"a": map[string]any{"b": map[string]any{"c": map[string]any{}}}}
	many := map[string]any{}
	for i := range 101 {
		many[strings.Repeat("k", i+1)] = i
	}
	tests := map[string]struct {
		request chat.StartRequest
		ok      bool
		field   string // that is said to be wrong
	}{
		"names of the full length":    {chat.StartRequest{FirstName: long, LastName: long, Subject: long, Nickname: long}, true, ""},
		"first name":                  {chat.StartRequest{FirstName: long + "x"}, false, "firstname"},
		"last name":                   {chat.StartRequest{LastName: long + "x"}, false, "lastname"},
		"subject":                     {chat.StartRequest{Subject: long + "x"}, false, "subject"},
		"nickname":                    {chat.StartRequest{Nickname: long + "x"}, false, "nickname"},
		"NUL":                         {chat.StartRequest{Subject: "a\x00b"}, false, "subject"},
		"not UTF-8":                   {chat.StartRequest{Subject: "a\xffb"}, false, "subject"},
		"address":                     {chat.StartRequest{Email: " vera+shop@example.co.uk "}, true, ""},
		"address in another script":   {chat.StartRequest{Email: "вера@пример.рф"}, true, ""},
		"address without at":          {chat.StartRequest{Email: "vera.example.org"}, false, "email"},
		"address with a space":        {chat.StartRequest{Email: "vera v@example.org"}, false, "email"},
		"address that is too long":    {chat.StartRequest{Email: strings.Repeat("v", 250) + "@example.org"}, false, "email"},
		"data four levels deep":       {chat.StartRequest{UserData: deep}, true, ""},
		"data five levels deep":       {chat.StartRequest{UserData: map[string]any{"z": deep}}, false, ""},
		"data with 101 keys":          {chat.StartRequest{UserData: many}, false, ""},
		"data of more than 16 kB":     {chat.StartRequest{UserData: map[string]any{"a": strings.Repeat("x", 16<<10)}}, false, ""},
		"data that is not a number":   {chat.StartRequest{UserData: map[string]any{"a": math.NaN()}}, false, ""},
		"data of a type without JSON": {chat.StartRequest{UserData: map[string]any{"a": []byte("x")}}, false, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			tt.request.Deployment = "demo"
			_, err := f.Start(t.Context(), tt.request)
			if tt.ok {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantCode(t, err, wire.CodeBadRequest)
			if p := err.(*wire.Problem); p.Field != tt.field {
				t.Errorf("in the field %q, want %q", p.Field, tt.field)
			}
			if rows, _ := f.store.InState(t.Context(), []chat.State{chat.Queued}, 10); len(rows) != 0 {
				t.Error("a refused start was kept")
			}
		})
	}
}

func TestDisplayNameIsNicknameElseNameElseEmpty(t *testing.T) {
	tests := []struct {
		request chat.StartRequest
		want    string
	}{
		{chat.StartRequest{Nickname: "vv", FirstName: "Vera", LastName: "Visitor"}, "vv"},
		{chat.StartRequest{FirstName: "Vera", LastName: "Visitor"}, "Vera Visitor"},
		{chat.StartRequest{LastName: " Visitor "}, "Visitor"},
		{chat.StartRequest{Email: "vera@example.org"}, ""},
	}
	for _, tt := range tests {
		s, err := newFixture(t).Start(t.Context(), tt.request)
		if err != nil || s.Visitor.Nickname != tt.want {
			t.Errorf("%+v is shown as %q (%v), want %q", tt.request, s.Visitor.Nickname, err, tt.want)
		}
	}
}

func TestSendKeepsAndTellsInOrder(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	f.mustSend(session, visitor, "c1", "hello")
	f.mustSend(session, agent.ID, "c1-agent", "good morning")
	wantLines(t, f.log(session, visitor), "joined visitor", "joined agent", "message visitor hello", "message agent good morning")
	wantLines(t, f.live.Take(), "committed Active 3:message", "committed Active 4:message")
}

func TestResendIsAnsweredWithTheFirstEntryAlsoWhenAllIsOver(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	first := f.mustSend(session, visitor, "c1", "hello")
	f.clock.Advance(5000)
	if again := f.mustSend(session, visitor, "c1", "hello"); again.Cursor() != first.Cursor() {
		t.Errorf("resend got %v, want %v", again.Cursor(), first.Cursor())
	}
	if err := f.End(t.Context(), session, visitor); err != nil {
		t.Fatal(err)
	}
	if again := f.mustSend(session, visitor, "c1", "hello"); again.Cursor() != first.Cursor() {
		t.Errorf("resend after the end got %v, want %v", again.Cursor(), first.Cursor())
	}
	_, err := f.Send(t.Context(), chat.SendRequest{Session: session, Participant: visitor, ClientID: "c2", Text: "late"})
	wantCode(t, err, wire.CodeSessionEnded)
	wantLines(t, f.log(session, visitor), "joined visitor", "joined agent", "message visitor hello", "left visitor ended")
}

func TestClientIDOfAnotherParticipantIsRefused(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	f.mustSend(session, visitor, "c1", "hello")
	_, err := f.Send(t.Context(), chat.SendRequest{Session: session, Participant: agent.ID, ClientID: "c1", Text: "mine"})
	wantCode(t, err, wire.CodeConflict)
}

func TestSendRefusesBadInput(t *testing.T) {
	tests := map[string]chat.SendRequest{
		"empty":          {Text: ""},
		"too long":       {Text: strings.Repeat("x", wire.MaxMessageRunes+1)},
		"NUL":            {Text: "a\x00"},
		"not UTF-8":      {Text: "\xc3"},
		"other kind":     {Text: "x", Kind: wire.KindJoined},
		"long client id": {Text: "x", ClientID: strings.Repeat("c", 201)},
		"data too deep":  {Text: "x", Data: map[string]any{"a": []any{[]any{[]any{[]any{}}}}}},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			s := f.mustStart()
			r.Session, r.Participant = s.Session.ID, s.Visitor.ID
			_, err := f.Send(t.Context(), r)
			wantCode(t, err, wire.CodeBadRequest)
			wantLines(t, f.log(r.Session, r.Participant), "joined visitor")
		})
	}
}

func TestNoticesMayBeEmptyAndMessagesFull(t *testing.T) {
	f := newFixture(t)
	s := f.mustStart()
	for _, r := range []chat.SendRequest{
		{Kind: wire.KindNotice, Data: map[string]any{"a": int64(1)}},
		{Kind: wire.KindMessage, Text: strings.Repeat("ü", wire.MaxMessageRunes)},
	} {
		r.Session, r.Participant = s.Session.ID, s.Visitor.ID
		if _, err := f.Send(t.Context(), r); err != nil {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	f := newFixture(t)
	session, _ := f.mustBeActive()
	calls := map[string]func(ctx context.Context, session, who string) error{
		"session":   func(ctx context.Context, id, who string) error { _, err := f.Session(ctx, id, who); return err },
		"end":       f.End,
		"done":      func(ctx context.Context, id, who string) error { _, err := f.Done(ctx, id, who); return err },
		"typing":    func(ctx context.Context, id, who string) error { return f.Typing(ctx, id, who, true, "") },
		"delivered": func(ctx context.Context, id, who string) error { return f.Delivered(ctx, id, who, 1) },
		"draft":     func(ctx context.Context, id, who string) error { return f.Draft(ctx, id, who, "c", "text") },
		"send": func(ctx context.Context, id, who string) error {
			_, err := f.Send(ctx, chat.SendRequest{Session: id, Participant: who, Text: "x", ClientID: "c"})
			return err
		},
		"data": func(ctx context.Context, id, who string) error {
			_, err := f.UpdateData(ctx, id, who, map[string]any{"a": "b"})
			return err
		},
		"history": func(ctx context.Context, id, who string) error {
			_, _, err := f.History(ctx, chat.HistoryRequest{Session: id, Participant: who})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			for _, who := range []string{"stranger", ""} {
				known, unknown := call(t.Context(), session, who), call(t.Context(), "no-such", who)
				wantCode(t, known, wire.CodeNoSession)
				if known == nil || unknown == nil || known.Error() != unknown.Error() {
					t.Errorf("a known session answers %v, an unknown one %v", known, unknown)
				}
			}
		})
	}
	if lines := f.live.Take(); len(lines) != 0 {
		t.Errorf("others were told %v", lines)
	}
}

func TestEndByTheVisitor(t *testing.T) {
	tests := map[string]struct {
		arrange   func(f *fixture) (session, visitor string)
		agent     string // who has the session afterwards
		withdrawn []string
	}{
		"while queued": {
			arrange: func(f *fixture) (string, string) { s := f.mustStart(); return s.Session.ID, s.Visitor.ID },
		},
		"while offered": {
			arrange: func(f *fixture) (string, string) {
				s := f.mustStart()
				f.mustOffer(s.Session.ID, "offer-1")
				return s.Session.ID, s.Visitor.ID
			},
			withdrawn: []string{"agent-1 offer-1 ended"},
		},
		"while active": {
			arrange: func(f *fixture) (string, string) { return f.mustBeActive() },
			agent:   agent.ID,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			session, visitor := tt.arrange(f)
			f.clock.Advance(1000)
			if err := f.End(t.Context(), session, visitor); err != nil {
				t.Fatal(err)
			}
			row, err := f.Session(t.Context(), session, visitor)
			if err != nil || row.State != chat.Ended || row.Agent != tt.agent || row.Offer != "" || row.EndedMs != startMs+1000 {
				t.Errorf("row is %+v, %v", row, err)
			}
			if !slices.Equal(f.router.ended, tt.withdrawn) {
				t.Errorf("withdrawn offers %v, want %v", f.router.ended, tt.withdrawn)
			}
			log := f.log(session, visitor)
			if log[len(log)-1] != "left visitor ended" {
				t.Errorf("log is %v", log)
			}
			if err := f.End(t.Context(), session, visitor); err != nil {
				t.Errorf("ending again: %v", err)
			}
			if again := f.log(session, visitor); len(again) != len(log) {
				t.Errorf("ending again changed the log to %v", again)
			}
		})
	}
}

func TestEndMeetsAnAcceptInBetween(t *testing.T) {
	f := newFixture(t)
	s := f.mustStart()
	f.mustOffer(s.Session.ID, "offer-1")
	raced := false
	f.store.BeforeApply(func(c chat.Change) {
		if raced || c.Set.State == nil || *c.Set.State != chat.Ended {
			return
		}
		raced = true
		// Straight into the store, as another relay would.
		_, err := f.store.Apply(t.Context(), chat.Change{Session: c.Session, If: chat.If{Offer: "offer-1"},
			Set:  chat.Set{State: new(chat.Active), Offer: new("")},
			Join: []chat.Participant{{ID: agent.ID, Kind: chat.Agent}}, NowMs: startMs})
		if err != nil {
			t.Error(err)
		}
	})
	if err := f.End(t.Context(), s.Session.ID, s.Visitor.ID); err != nil {
		t.Fatal(err)
	}
	row, err := f.Session(t.Context(), s.Session.ID, agent.ID)
	if err != nil || row.State != chat.Ended || row.Agent != agent.ID {
		t.Errorf("row is %s of agent %q (%v), want Ended and still the agent's", row.State, row.Agent, err)
	}
	if len(f.router.ended) != 0 {
		t.Errorf("an accepted offer was withdrawn: %v", f.router.ended)
	}
}

func TestAgentsDoNotEndSessions(t *testing.T) {
	f := newFixture(t)
	session, _ := f.mustBeActive()
	wantCode(t, f.End(t.Context(), session, agent.ID), wire.CodeForbidden)
}

func TestDoneWritesFinalizingLeftCompletedAtOnce(t *testing.T) {
	for _, endedFirst := range []bool{false, true} {
		f := newFixture(t)
		session, visitor := f.mustBeActive()
		if endedFirst {
			if err := f.End(t.Context(), session, visitor); err != nil {
				t.Fatal(err)
			}
			f.live.Take()
		}
		f.clock.Advance(1000)
		row, err := f.Done(t.Context(), session, agent.ID)
		if err != nil || row.State != chat.Completed || row.Agent != agent.ID {
			t.Fatalf("done gives %+v, %v", row, err)
		}
		wantEnd := int64(startMs + 1000)
		if endedFirst {
			wantEnd = startMs
		}
		if row.EndedMs != wantEnd {
			t.Errorf("ended at %d, want %d", row.EndedMs, wantEnd)
		}
		if told := f.live.Take(); len(told) != 1 || !strings.HasSuffix(told[0], ":state") || strings.Count(told[0], ":") != 3 {
			t.Errorf("others were told %q, want three entries at once", told)
		}
		log := f.log(session, agent.ID)
		wantLines(t, log[len(log)-3:], "state system Finalizing", "left agent done", "state system Completed")
		if _, err := f.Done(t.Context(), session, agent.ID); err != nil {
			t.Errorf("done again: %v", err)
		}
		if again := f.log(session, agent.ID); len(again) != len(log) {
			t.Errorf("done again changed the log to %v", again)
		}
		if rows, _ := f.OfAgent(t.Context(), agent.ID); len(rows) != 0 {
			t.Errorf("the agent still has %v", rows)
		}
	}
}

func TestAnOfferIsClaimedOnce(t *testing.T) {
	f := newFixture(t)
	id := f.mustStart().Session.ID
	f.mustOffer(id, "offer-1")
	_, err := f.Offer(t.Context(), id, "agent-2", "offer-2", startMs+30_000)
	wantCode(t, err, wire.CodeConflict)
	other := chat.Participant{ID: "agent-2"}
	_, err = f.Accept(t.Context(), id, "offer-1", other)
	wantCode(t, err, wire.CodeOfferGone)
	if _, err := f.Accept(t.Context(), id, "offer-1", agent); err != nil {
		t.Fatal(err)
	}
	_, err = f.Accept(t.Context(), id, "offer-1", agent)
	wantCode(t, err, wire.CodeOfferGone)
	_, err = f.Return(t.Context(), id, "offer-1")
	wantCode(t, err, wire.CodeOfferGone)
}

func TestAReturnedSessionKeepsItsPlace(t *testing.T) {
	f := newFixture(t)
	id := f.mustStart().Session.ID
	f.mustOffer(id, "offer-1")
	f.clock.Advance(9000)
	row, err := f.Return(t.Context(), id, "offer-1")
	if err != nil || row.State != chat.Queued || row.Agent != "" || row.Offer != "" || row.QueuedMs != startMs {
		t.Errorf("row is %+v, %v", row, err)
	}
}

func TestAnAgentWhoIsAskedReadsAndDoesNotWrite(t *testing.T) {
	f := newFixture(t)
	id := f.mustStart().Session.ID
	f.mustOffer(id, "offer-1")
	if _, err := f.Session(t.Context(), id, agent.ID); err != nil {
		t.Errorf("reading: %v", err)
	}
	_, err := f.Send(t.Context(), chat.SendRequest{Session: id, Participant: agent.ID, Text: "hello"})
	wantCode(t, err, wire.CodeNoSession)
	if _, err := f.Return(t.Context(), id, "offer-1"); err != nil {
		t.Fatal(err)
	}
	_, err = f.Session(t.Context(), id, agent.ID)
	wantCode(t, err, wire.CodeNoSession)
}

func TestUpdateDataMergesAndVisitorsSeeOnlyTheirOwn(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	if _, err := f.UpdateData(t.Context(), session, visitor, map[string]any{"a": "1", "b": "2"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.UpdateData(t.Context(), session, agent.ID, map[string]any{"a": nil, "secret": "x"}); err != nil {
		t.Fatal(err)
	}
	row, _ := f.Session(t.Context(), session, visitor)
	if len(row.UserData) != 2 || row.UserData["b"] != "2" || row.UserData["secret"] != "x" {
		t.Errorf("data is %v", row.UserData)
	}
	for who, want := range map[string]int{visitor: 0, agent.ID: 2} {
		entries, _, err := f.History(t.Context(), chat.HistoryRequest{Session: session, Participant: who, After: 3})
		if err != nil || len(entries) != 1 || len(entries[0].Data) != want {
			t.Errorf("%s sees %+v (%v), want %d keys", who, entries, err, want)
		}
	}
}

func TestUpdateDataCountsWhatIsThereAlready(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	half := strings.Repeat("x", 9<<10)
	if _, err := f.UpdateData(t.Context(), session, visitor, map[string]any{"a": half}); err != nil {
		t.Fatal(err)
	}
	_, err := f.UpdateData(t.Context(), session, visitor, map[string]any{"b": half})
	wantCode(t, err, wire.CodeBadRequest)
	if _, err := f.UpdateData(t.Context(), session, visitor, map[string]any{"a": nil, "b": half}); err != nil {
		t.Errorf("exchanging one for the other: %v", err)
	}
}

func TestLiveOnlyThingsPassThroughUnkept(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	before := f.log(session, visitor)
	for _, err := range []error{
		f.Typing(t.Context(), session, visitor, true, "hel"),
		f.Delivered(t.Context(), session, agent.ID, 99),
		f.Draft(t.Context(), session, visitor, "tab-1", "hello"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	wantLines(t, f.live.Take(), "typing visitor true hel", "delivered agent 2", "draft visitor tab-1 hello")
	if after := f.log(session, visitor); len(after) != len(before) {
		t.Errorf("the log is %v", after)
	}
}

func TestNothingPassesThroughAnEndedSession(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	if err := f.End(t.Context(), session, visitor); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.Typing(t.Context(), session, visitor, true, ""), wire.CodeSessionEnded)
	wantCode(t, f.Typing(t.Context(), session, agent.ID, true, ""), wire.CodeSessionEnded)
	wantCode(t, f.Draft(t.Context(), session, visitor, "tab", "x"), wire.CodeSessionEnded)
}

func TestHistoryPages(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive() // entries 1 and 2
	for range 8 {
		f.mustSend(session, visitor, "", "text")
	}
	tests := map[string]struct {
		request  chat.HistoryRequest
		from, to int64
		more     bool
	}{
		"all":             {chat.HistoryRequest{}, 1, 10, false},
		"from the start":  {chat.HistoryRequest{Limit: 3}, 1, 3, true},
		"in the middle":   {chat.HistoryRequest{After: 4, Limit: 3}, 5, 7, true},
		"exactly the end": {chat.HistoryRequest{After: 7, Limit: 3}, 8, 10, false},
		"before":          {chat.HistoryRequest{Before: 8, Limit: 3}, 5, 7, true},
		"the first ones":  {chat.HistoryRequest{Before: 4, Limit: 3}, 1, 3, false},
		"by size":         {chat.HistoryRequest{After: 2, MaxBytes: 1}, 3, 3, true},
		"by size, back":   {chat.HistoryRequest{Before: 11, MaxBytes: 1}, 10, 10, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.request.Session, tt.request.Participant = session, visitor
			entries, more, err := f.History(t.Context(), tt.request)
			if err != nil || len(entries) == 0 {
				t.Fatalf("got %v, %v", entries, err)
			}
			from, to := entries[0].Seq, entries[len(entries)-1].Seq
			if from != tt.from || to != tt.to || more != tt.more {
				t.Errorf("got %d to %d, more %t; want %d to %d, more %t", from, to, more, tt.from, tt.to, tt.more)
			}
		})
	}
	if entries, more, err := f.History(t.Context(), chat.HistoryRequest{Session: session, Participant: visitor, After: 10}); err != nil || len(entries) != 0 || more {
		t.Errorf("after the end there is %v, %t, %v", entries, more, err)
	}
}

func TestAPageOfFullMessagesFitsAFrame(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	for range 12 {
		f.mustSend(session, visitor, "", strings.Repeat("𝄞", wire.MaxMessageRunes))
	}
	entries, more, err := f.History(t.Context(), chat.HistoryRequest{Session: session, Participant: visitor})
	if err != nil || !more {
		t.Fatalf("more is %t, %v", more, err)
	}
	page := &wire.Page{Session: session, More: more}
	for _, e := range entries {
		page.Entries = append(page.Entries, wire.Entry{Seq: e.Seq, Ms: e.Ms, ID: e.ID, Kind: e.Kind, Text: e.Text,
			From: wire.Participant{ID: e.From.ID, Kind: e.From.Kind, Nickname: e.From.Nickname}})
	}
	if b, err := wire.Encode(page); err != nil || len(b) > wire.MaxFrame {
		t.Errorf("%d entries take %d bytes, %v", len(entries), len(b), err)
	}
}

func TestAFailingStoreIsUnavailableAndTellsNobody(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	broken := errors.New("disk is full")
	f.store.Fail(broken)
	_, err := f.Send(t.Context(), chat.SendRequest{Session: session, Participant: visitor, Text: "x"})
	wantCode(t, err, wire.CodeUnavailable)
	if !errors.Is(err, broken) {
		t.Errorf("the reason is lost: %v", err)
	}
	var p *wire.Problem
	if errors.As(err, &p) && strings.Contains(p.Text, "disk") {
		t.Errorf("clients would see %q", p.Text)
	}
	if lines := f.live.Take(); len(lines) != 0 {
		t.Errorf("others were told %v", lines)
	}
}

func TestAChangeThatBeganIsToldEvenWhenTheCallerLeaves(t *testing.T) {
	f := newFixture(t)
	session, visitor := f.mustBeActive()
	ctx, cancel := context.WithCancel(t.Context())
	f.store.BeforeApply(func(chat.Change) { cancel() })
	if _, err := f.Send(ctx, chat.SendRequest{Session: session, Participant: visitor, Text: "x"}); err != nil {
		t.Fatal(err)
	}
	wantLines(t, f.live.Take(), "committed Active 3:message")
}
