package visit_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"foyer/relay/clock/clocktest"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

const startMs = 1_700_000_000_000

// events keeps what it is given in memory, with the promises of visit.Store.
type events struct {
	kept []visit.Event
	fail error
}

func (s *events) AddEvents(_ context.Context, added []visit.Event) (fresh []visit.Event, err error) {
	if s.fail != nil {
		return nil, s.fail
	}
	for _, e := range added {
		if !slices.ContainsFunc(s.kept, func(k visit.Event) bool { return k.ID == e.ID }) {
			s.kept = append(s.kept, e)
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

func (s *events) EventsOfVisit(_ context.Context, deployment, id string, limit int) (found []visit.Event, err error) {
	for _, e := range s.kept {
		if e.Deployment == deployment && e.Visit == id {
			found = append(found, e)
		}
	}
	slices.SortStableFunc(found, func(a, b visit.Event) int { return cmp.Compare(a.Ms, b.Ms) })
	return found[:min(limit, len(found))], s.fail
}

// followers writes down whom it would tell.
type followers struct{ told []string }

func (f *followers) VisitChanged(deployment, id string) {
	f.told = append(f.told, deployment+" "+id[len(id)-1:])
}

// id makes 32 hex digits that end in n.
func id(n int) string { return fmt.Sprintf("%032X", n) }

type fixture struct {
	*visit.Service
	store *events
	live  *followers
	clock *clocktest.Clock
}

func newFixture() *fixture {
	f := &fixture{store: &events{}, live: &followers{}, clock: clocktest.New(startMs)}
	f.Service = visit.NewService(visit.Options{Store: f.store, Live: f.live, Clock: f.clock})
	return f
}

func event(n int, change func(*visit.Event)) visit.Event {
	e := visit.Event{ID: id(n), Type: visit.System, Name: visit.PageEntered, Page: id(100), Visit: id(1), Device: id(2),
		Ms: startMs + int64(n), URL: "https://shop.example/"}
	if change != nil {
		change(&e)
	}
	return e
}

func TestRecordKeepsOnceAndTellsEachVisitOnce(t *testing.T) {
	f := newFixture()
	other := event(3, func(e *visit.Event) { e.Visit = id(9) })
	batch := []visit.Event{event(1, nil), event(2, nil), other}
	if err := f.Record(t.Context(), "demo", batch); err != nil {
		t.Fatal(err)
	}
	if err := f.Record(t.Context(), "demo", append(batch[:2:2], event(4, nil))); err != nil {
		t.Fatal(err)
	}
	if err := f.Record(t.Context(), "demo", batch); err != nil {
		t.Fatal(err)
	}
	if len(f.store.kept) != 4 {
		t.Errorf("%d events are kept, want 4", len(f.store.kept))
	}
	if want := []string{"demo 1", "demo 9", "demo 1"}; !slices.Equal(f.live.told, want) {
		t.Errorf("told %v, want %v", f.live.told, want)
	}
}

func TestTheRelaySetsDeploymentAndItsOwnClock(t *testing.T) {
	f := newFixture()
	e := event(1, func(e *visit.Event) { e.Deployment, e.ServerMs, e.Ms = "forged", 1, startMs-5 })
	if err := f.Record(t.Context(), "demo", []visit.Event{e}); err != nil {
		t.Fatal(err)
	}
	if kept := f.store.kept[0]; kept.Deployment != "demo" || kept.ServerMs != startMs || kept.Ms != startMs-5 {
		t.Errorf("kept %+v", kept)
	}
}

func TestABrowsersClockIsADayWrongAtMost(t *testing.T) {
	const day, year = visit.MaxSkewMs, 365 * visit.MaxSkewMs
	for what, c := range map[string]struct{ sent, want []int64 }{
		"right":                            {[]int64{startMs - 9, startMs}, []int64{startMs - 9, startMs}},
		"a day behind":                     {[]int64{startMs - day}, []int64{startMs - day}},
		"a day ahead":                      {[]int64{startMs + day}, []int64{startMs + day}},
		"more than a day behind":           {[]int64{startMs - day - 10, startMs - day - 1}, []int64{startMs - 9, startMs}},
		"a year ahead":                     {[]int64{startMs + year - 9, startMs + year}, []int64{startMs - 9, startMs}},
		"a year behind":                    {[]int64{startMs - year - 9, startMs - year}, []int64{startMs - 9, startMs}},
		"never set":                        {[]int64{0}, []int64{startMs}},
		"as late as a number can be":       {[]int64{1<<63 - 1, 0}, []int64{startMs, startMs - day}},
		"right, with one of long ago":      {[]int64{startMs - year, startMs}, []int64{startMs - day, startMs}},
		"wrong, and older than a visit is": {[]int64{startMs + year, startMs}, []int64{startMs, startMs - day}},
	} {
		f := newFixture()
		var batch []visit.Event
		for i, ms := range c.sent {
			batch = append(batch, event(i, func(e *visit.Event) { e.Ms = ms }))
		}
		if err := f.Record(t.Context(), "demo", batch); err != nil {
			t.Fatal(err)
		}
		for i, e := range f.store.kept {
			if e.Ms != c.want[i] {
				t.Errorf("%s: event %d is %d ms from now, not %d", what, i, e.Ms-startMs, c.want[i]-startMs)
			}
		}
	}
}

func TestRecordRefusesBadEventsAsAWhole(t *testing.T) {
	tests := map[string]struct {
		change func(*visit.Event)
		ok     bool
	}{
		"lower-case ids":    {func(e *visit.Event) { e.Visit = strings.ToLower(id(0xabc)) }, true},
		"long name":         {func(e *visit.Event) { e.Name = strings.Repeat("ü", visit.MaxNameRunes) }, true},
		"business event":    {func(e *visit.Event) { e.Type, e.Name = visit.Business, "AddToCart" }, true},
		"clock at 1970":     {func(e *visit.Event) { e.Ms = 0 }, true},
		"clock before 1970": {func(e *visit.Event) { e.Ms = -1 }, false},
		"id too short":      {func(e *visit.Event) { e.ID = e.ID[1:] }, false},
		"id too long":       {func(e *visit.Event) { e.Page += "0" }, false},
		"id with dashes":    {func(e *visit.Event) { e.Visit = "01234567-89ab-cdef-0123-456789abc" }, false},
		"no device":         {func(e *visit.Event) { e.Device = "" }, false},
		"other type":        {func(e *visit.Event) { e.Type = "system" }, false},
		"the relay's type":  {func(e *visit.Event) { e.Type = visit.Engagement }, false},
		"no name":           {func(e *visit.Event) { e.Name = "" }, false},
		"name too long":     {func(e *visit.Event) { e.Name = strings.Repeat("ü", visit.MaxNameRunes+1) }, false},
		"name with NUL":     {func(e *visit.Event) { e.Name = "a\x00" }, false},
		"address too long":  {func(e *visit.Event) { e.URL = strings.Repeat("u", visit.MaxURLBytes+1) }, false},
		"address not UTF-8": {func(e *visit.Event) { e.URL = "\xff" }, false},
		"category too long": {func(e *visit.Event) { e.Category = strings.Repeat("c", visit.MaxCategoryRunes+1) }, false},
		"language too long": {func(e *visit.Event) { e.Language = strings.Repeat("l", visit.MaxLanguageRunes+1) }, false},
		"too much data":     {func(e *visit.Event) { e.Data = map[string]any{"a": strings.Repeat("x", 16<<10)} }, false},
		"data with NUL":     {func(e *visit.Event) { e.Data = map[string]any{"a": "\x00"} }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture()
			err := f.Record(t.Context(), "demo", []visit.Event{event(1, nil), event(2, tt.change)})
			if tt.ok {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantCode(t, err, wire.CodeBadRequest)
			if len(f.store.kept) != 0 || len(f.live.told) != 0 {
				t.Errorf("kept %v, told %v", f.store.kept, f.live.told)
			}
		})
	}
}

// watcher writes down what it observes.
type watcher struct{ seen []string }

func (w *watcher) Recorded(deployment string, fresh []visit.Event) {
	for _, e := range fresh {
		w.seen = append(w.seen, deployment+" "+e.Type+" "+e.Name)
	}
}

func TestTheObserverSeesWhatIsNew(t *testing.T) {
	f, w := newFixture(), &watcher{}
	f.ObserveWith(w)
	for range 2 {
		if err := f.Record(t.Context(), "demo", []visit.Event{event(1, nil)}); err != nil {
			t.Fatal(err)
		}
	}
	note := event(2, func(e *visit.Event) { e.Deployment, e.Type, e.Name, e.Ms = "demo", "", visit.RuleFired, 5 })
	if err := f.Note(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if want := []string{"demo SYSTEM PageEntered", "demo ENGAGEMENT RuleFired"}; !slices.Equal(w.seen, want) {
		t.Errorf("seen %v, want %v", w.seen, want)
	}
	if kept := f.store.kept[1]; kept.Type != visit.Engagement || kept.Ms != startMs || kept.ServerMs != startMs {
		t.Errorf("kept %+v", kept)
	}
}

func TestRecordTakesSoManyAtOnce(t *testing.T) {
	f := newFixture()
	var many []visit.Event
	for i := range visit.MaxEvents {
		many = append(many, event(i, nil))
	}
	if err := f.Record(t.Context(), "demo", many); err != nil {
		t.Errorf("refused: %v", err)
	}
	wantCode(t, f.Record(t.Context(), "demo", append(many, event(1000, nil))), wire.CodeBadRequest)
	if err := f.Record(t.Context(), "demo", nil); err != nil {
		t.Errorf("none at all: %v", err)
	}
}

func TestAFailingStoreIsUnavailable(t *testing.T) {
	f := newFixture()
	f.store.fail = errors.New("disk is full")
	err := f.Record(t.Context(), "demo", []visit.Event{event(1, nil)})
	wantCode(t, err, wire.CodeUnavailable)
	_, err = f.Pages(t.Context(), "demo", id(1))
	wantCode(t, err, wire.CodeUnavailable)
	if len(f.live.told) != 0 {
		t.Errorf("told %v of what is not kept", f.live.told)
	}
}

func wantCode(t *testing.T, err error, code wire.Code) {
	t.Helper()
	var p *wire.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("error is %v, want code %s", err, code)
	}
}
