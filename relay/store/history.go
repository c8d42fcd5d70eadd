package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"foyer/relay/visit"
)

// historyStore is visit.HistoryStore: what visitStore has written, read across visits.
type historyStore struct{ engine engine }

// groupColumn is the column that each visit.By means.
func groupColumn(by visit.By) string {
	switch by {
	case visit.ByPage:
		return "page"
	case visit.ByVisit:
		return "visit"
	}
	return "identity"
}

// Events implements visit.HistoryStore.
func (s *historyStore) Events(ctx context.Context, q visit.Query) ([]visit.Event, error) {
	w, ok := conditionOf(q)
	if !ok || q.Limit <= 0 {
		return nil, nil
	}
	if q.After.ID != "" {
		w.and("(server_ms, ms, id) > (?, ?, ?)", q.After.ServerMs, q.After.Ms, q.After.ID)
	}
	order := "server_ms, ms, id"
	if q.Last {
		order = "server_ms desc, ms desc, id desc"
	}
	query := "select " + eventColumns().names("") + " from events" + w.sql() + " order by " + order + " limit ?"
	events, err := all(ctx, s.engine.eventReads(), scanEvent, query, append(w.args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	if q.Last {
		slices.Reverse(events)
	}
	return events, nil
}

// Groups implements visit.HistoryStore.
func (s *historyStore) Groups(ctx context.Context, by visit.By, q visit.Query) ([]visit.Group, error) {
	w, ok := conditionOf(q)
	if !ok || q.Limit <= 0 {
		return nil, nil
	}
	column, having := groupColumn(by), ""
	w.and(column + " <> ''")
	switch {
	case !narrow(q) && q.Deployment != "" && s.engine.walksEvents():
		ids, err := s.firsts(ctx, column, q)
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		if w, ok = conditionAnyway(q); ok {
			w.among(column, ids)
		}
	case q.After.ID != "":
		having = " having (min(server_ms), " + column + ") > (?, ?)"
		w.args = append(w.args, q.After.ServerMs, q.After.ID)
	}
	query := "select " + column + ", min(server_ms), max(server_ms), " + byBrowser("min") + ", " + byBrowser("max") +
		", count(*), min(visit), min(device) from events" + w.sql() +
		" group by " + column + having + " order by min(server_ms), " + column + " limit ?"
	groups, err := all(ctx, s.engine.eventReads(), scanGroup, query, append(w.args, q.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("read what events belong to: %w", err)
	}
	return groups, nil
}

// firsts finds the groups of one part of a list.
func (s *historyStore) firsts(ctx context.Context, column string, q visit.Query) ([]string, error) {
	query, args := firstsQuery(column, q)
	scanID := func(row scanner) (id string, err error) { return id, row.Scan(&id) }
	ids, err := all(ctx, s.engine.eventReads(), scanID, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read what events belong to: %w", err)
	}
	return ids, nil
}

// firstsQuery goes through a deployment's events in the order of time from the cursor on, and stops at the limit: grouping
// everything that is kept would cost the same for each part of a list. A group is met at the first of its selected events.
func firstsQuery(column string, q visit.Query) (query string, args []any) {
	outer, _ := conditionOf(q)
	outer.and(column + " <> ''")
	if q.After.ID != "" {
		outer.and("server_ms >= ?", q.After.ServerMs)
		outer.and("(server_ms, "+column+") > (?, ?)", q.After.ServerMs, q.After.ID)
	}
	inner, _ := conditionAnyway(q)
	inner.and("earlier." + column + " = events." + column)
	inner.and("(earlier.server_ms, earlier.id) < (events.server_ms, events.id)")
	outer.and("not exists (select 1 from events earlier"+inner.sql()+")", inner.args...)
	return "select " + column + " from events" + outer.sql() + " order by server_ms, " + column + " limit ?", append(outer.args, q.Limit)
}

// byBrowser asks for the first or last time on the browser's clock, which the relay's own notes do not go by.
func byBrowser(edge string) string {
	return "coalesce(" + edge + "(case when kind <> '" + visit.Engagement + "' then ms end), " + edge + "(ms))"
}

func scanGroup(row scanner) (visit.Group, error) {
	var g visit.Group
	err := row.Scan(&g.ID, &g.FirstServerMs, &g.LastServerMs, &g.FirstMs, &g.LastMs, &g.Events, &g.Visit, &g.Device)
	return g, err
}

// Deployments implements visit.HistoryStore. It goes from one to the next by the index, past all of their events.
func (s *historyStore) Deployments(ctx context.Context) ([]string, error) {
	var names []string
	for last := ""; ; last = names[len(names)-1] {
		next, err := all(ctx, s.engine.eventReads(), func(row scanner) (name string, err error) { return name, row.Scan(&name) },
			"select deployment from events where deployment > ? order by deployment limit 1", last)
		if err != nil {
			return nil, fmt.Errorf("read whose events are kept: %w", err)
		}
		if len(next) == 0 {
			return names, nil
		}
		names = append(names, next...)
	}
}

// DeleteEvents implements visit.HistoryStore.
func (s *historyStore) DeleteEvents(ctx context.Context, deployment string, beforeMs int64, limit int) (int64, error) {
	n, err := s.engine.execOnEvents(ctx, `delete from events where id in (
		select id from events where deployment = ? and server_ms < ? order by server_ms limit ?)`, deployment, beforeMs, limit)
	if err != nil {
		return 0, fmt.Errorf("delete events: %w", err)
	}
	return n, nil
}

// condition is a where clause as it grows.
type condition struct {
	terms []string
	args  []any
}

func (c *condition) and(term string, args ...any) {
	c.terms = append(c.terms, term)
	c.args = append(c.args, args...)
}

func (c *condition) sql() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " where " + strings.Join(c.terms, " and ")
}

// equals asks for a value, unless none is given.
func (c *condition) equals(column, value string) {
	if value != "" {
		c.and(column+" = ?", value)
	}
}

// among asks for one of the values, unless none is given.
func (c *condition) among(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	c.and(column+" in ("+placeholders(len(values))+")", args...)
}

// conditionOf is a query's where clause, without its cursor; not ok where it asks for what cannot have been kept.
func conditionOf(q visit.Query) (w condition, ok bool) { return conditionFor(q, narrow(q)) }

// conditionAnyway is the same for a query that is narrow by what is added to it.
func conditionAnyway(q visit.Query) (w condition, ok bool) { return conditionFor(q, true) }

func conditionFor(q visit.Query, narrow bool) (w condition, ok bool) {
	texts := []string{q.Deployment, q.Device, q.Identity, q.With, q.Type, q.Category, q.URL, q.After.ID}
	for _, list := range [][]string{q.IDs, q.Visits, q.Pages, q.Names, q.Naming} {
		texts = append(texts, list...)
	}
	if !storable(texts...) {
		return w, false
	}
	if q.Deployment != "" && narrow {
		w.and("deployment || '' = ?", q.Deployment) // else databases walk through the whole deployment, in the order of time
	} else {
		w.equals("deployment", q.Deployment)
	}
	w.among("id", q.IDs)
	w.among("visit", q.Visits)
	w.among("page", q.Pages)
	w.among("name", q.Names)
	if len(q.Naming) > 0 {
		w.and(named)
		w.among("identity", q.Naming)
	}
	w.equals("device", q.Device)
	w.equals("kind", q.Type)
	if q.Identity != "" {
		w.visitsWith("identity", q.Identity, q.Deployment)
	}
	if q.With != "" {
		w.visitsWith("name", q.With, q.Deployment)
	}
	if q.Category != "" {
		// What is left without the category is shorter. Unlike a pattern it needs no escaping and knows upper case.
		w.and("replace(';' || category || ';', ?, '') <> ';' || category || ';'", ";"+q.Category+";")
	}
	if q.URL != "" {
		w.and("substr(url, 1, ?) = ?", utf8.RuneCountInString(q.URL), q.URL)
	}
	if q.SinceMs > 0 {
		w.and("server_ms >= ?", q.SinceMs)
	}
	if q.FromMs > 0 {
		w.and("ms >= ?", q.FromMs)
	}
	return w, true
}

// narrow tells whether a query has a condition that few events meet, and an index for it.
func narrow(q visit.Query) bool {
	return len(q.IDs)+len(q.Visits)+len(q.Pages)+len(q.Naming) > 0 || q.Device != "" || q.Identity != "" || q.With != ""
}

// named is the condition of the index of identities, which databases use only for queries that say it.
const named = "identity <> ''"

// visitsWith asks for events of visits that have an event with a value in a column.
func (c *condition) visitsWith(column, value, deployment string) {
	inner := condition{}
	if column == "identity" {
		inner.and(named)
	}
	inner.equals(column, value)
	inner.equals("deployment", deployment)
	c.and("visit in (select visit from events"+inner.sql()+")", inner.args...)
}
