package store

import (
	"context"
	"fmt"

	"foyer/relay/visit"
)

// visitStore is visit.Store.
type visitStore struct {
	engine   engine
	requests *committer[[]visit.Event, []visit.Event]
	ofVisit  string
}

func newVisitStore(e engine, o Options) *visitStore {
	s := &visitStore{
		engine: e,
		ofVisit: "select " + eventColumns().names("") + ` from events where deployment = ? and visit = ?
			order by ms, server_ms, place, id limit ?`,
	}
	s.requests = &committer[[]visit.Event, []visit.Event]{
		kind: "events", max: eventBatch, commit: s.commit, refused: e.refused, observe: o.Observe,
	}
	s.requests.start()
	return s
}

// AddEvents keeps all new events or none. A text that cannot be kept is chat.ErrUnstorable, here as well.
func (s *visitStore) AddEvents(ctx context.Context, events []visit.Event) ([]visit.Event, error) {
	if len(events) == 0 {
		return nil, nil
	}
	normal := make([]visit.Event, 0, len(events))
	for i, e := range events {
		n, err := normalEvent(e)
		if err != nil {
			return nil, fmt.Errorf("keep events: number %d: %w", i+1, err)
		}
		normal = append(normal, n)
	}
	added, err := s.requests.do(ctx, normal)
	if err != nil {
		return nil, fmt.Errorf("keep events: %w", err)
	}
	return added, nil
}

// commit is the committer's: one batch of requests, one transaction. An event that two requests bring is the first one's.
func (s *visitStore) commit(ctx context.Context, batch [][]visit.Event) ([]answer[[]visit.Event], error) {
	met := map[string]bool{}
	var once []visit.Event
	firsts := make([][]visit.Event, len(batch))
	for i, events := range batch {
		for _, e := range events {
			if met[e.ID] {
				continue
			}
			met[e.ID] = true
			once = append(once, e)
			firsts[i] = append(firsts[i], e)
		}
	}
	isNew, err := s.engine.addEvents(ctx, once)
	if err != nil {
		return nil, err
	}
	answers := make([]answer[[]visit.Event], len(batch))
	for i, events := range firsts {
		for _, e := range events {
			if isNew[e.ID] {
				answers[i].out = append(answers[i].out, e)
			}
		}
	}
	return answers, nil
}

func (s *visitStore) EventsOfVisit(ctx context.Context, deployment, id string, limit int) ([]visit.Event, error) {
	if limit <= 0 || !storable(deployment, id) {
		return nil, nil
	}
	events, err := all(ctx, s.engine.eventReads(), scanEvent, s.ofVisit, deployment, id, limit)
	if err != nil {
		return nil, fmt.Errorf("read events of visit %s: %w", id, err)
	}
	return events, nil
}
