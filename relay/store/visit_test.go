package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"testing"

	"foyer/relay/chat"
	"foyer/relay/visit"
)

func event(id string, ms int64) visit.Event {
	return visit.Event{
		ID: id, Deployment: "demo", Type: "SYSTEM", Name: visit.PageEntered, Page: "page-1", Visit: "visit-1", Device: "device-1",
		Ms: ms, ServerMs: 7000, URL: "https://shop.example/a?b=c", Category: "x;y", Language: "de",
		Data: map[string]any{"title": "Shoes", "n": int64(1)},
	}
}

func idsOfEvents(events []visit.Event) []string {
	var ids []string
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestEventsAreKeptOnceAndReadInTheBrowsersOrder(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		given := []visit.Event{event("E2", 200), event("E9", 100), event("E1", 100), event("E2", 300)}
		added, err := s.Visits().AddEvents(ctx, given)
		if err != nil || !reflect.DeepEqual(added, given[:3]) {
			t.Fatalf("added %+v, %v", added, err)
		}
		added, err = s.Visits().AddEvents(ctx, []visit.Event{event("E1", 900), event("E0", 150), event("E2", 900)})
		if ids := idsOfEvents(added); err != nil || !slices.Equal(ids, []string{"E0"}) {
			t.Errorf("then added %v, %v", ids, err)
		}
		other := event("X1", 1)
		other.Visit = "visit-2"
		foreign := event("X2", 1)
		foreign.Deployment = "other"
		if _, err := s.Visits().AddEvents(ctx, []visit.Event{other, foreign}); err != nil {
			t.Fatal(err)
		}
		read, err := s.Visits().EventsOfVisit(ctx, "demo", "visit-1", 100)
		want := []visit.Event{given[1], given[2], event("E0", 150), given[0]} // of one millisecond: as they came
		if err != nil || !reflect.DeepEqual(read, want) {
			t.Errorf("read\n %+v, %v, want\n %+v", read, err, want)
		}
		read, err = s.Visits().EventsOfVisit(ctx, "demo", "visit-1", 2)
		if ids := idsOfEvents(read); err != nil || !slices.Equal(ids, []string{"E9", "E1"}) {
			t.Errorf("the first two: %v, %v", ids, err)
		}
		if read, err := s.Visits().EventsOfVisit(ctx, "demo", "vi\x00sit", 2); err != nil || len(read) != 0 {
			t.Errorf("a visit that cannot be: %v, %v", read, err)
		}
	})
}

func TestAnEventThatManyBringIsNewForOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		stores := []*Store{mustOpen(t, o), mustOpen(t, o)}
		var mu sync.Mutex
		isNew := map[string]int{}
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				var events []visit.Event
				for i := range 20 {
					events = append(events, event("E"+strconv.Itoa((i+n)%20), int64(i)))
				}
				added, err := stores[n%2].Visits().AddEvents(context.Background(), events)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				for _, e := range added {
					isNew[e.ID]++
				}
			})
		}
		all.Wait()
		for id, n := range isNew {
			if n != 1 {
				t.Errorf("%s was new %d times", id, n)
			}
		}
		if len(isNew) != 20 {
			t.Errorf("%d events were new", len(isNew))
		}
	})
}

func TestARequestWithABadEventIsRefusedWhole(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		bad := event("E2", 2)
		bad.URL = "\x00"
		if _, err := s.Visits().AddEvents(ctx, []visit.Event{event("E1", 1), bad}); !errors.Is(err, chat.ErrUnstorable) {
			t.Error(err)
		}
		if read, err := s.Visits().EventsOfVisit(ctx, "demo", "visit-1", 10); err != nil || len(read) != 0 {
			t.Errorf("kept %v, %v", read, err)
		}
		if added, err := s.Visits().AddEvents(ctx, nil); err != nil || len(added) != 0 {
			t.Errorf("no events: %v, %v", added, err)
		}
	})
}
