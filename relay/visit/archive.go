package visit

import (
	"context"
	"slices"
	"strings"
)

// Limits of listings.
const (
	MaxPageSize     = 1000
	DefaultPageSize = 100
	detailEvents    = 20_000 // system events read at most to describe one listing's pages, visits or identities
	identityEvents  = 1000   // told at most with one identity
	visitsAtOnce    = 500    // asked about in one query
)

// States of a visitor (spec/gwe-monitoring.md 1.6).
const (
	Anonymous     = "Anonymous"
	Recognized    = "Recognized"    // named by UserInfo, or signed out again
	Authenticated = "Authenticated" // signed in
)

// Archive answers questions about past and present visits, for servers. What it tells of pages, visits, sessions and
// identities it puts together from their events, so that it is right for as long as those are kept. Its errors hold a
// *wire.Problem.
type Archive struct {
	store HistoryStore
}

// NewArchive makes an Archive.
func NewArchive(s HistoryStore) *Archive { return &Archive{store: s} }

// Listing is one part of a list. Next is where the following part begins; its ID is "" where this is the last one.
type Listing[T any] struct {
	Items []T
	Next  Cursor
}

// PageOf is a page with the visit that it belongs to.
type PageOf struct {
	Page
	Visit  string
	Device string
}

// Visit is one visit as its events tell it.
type Visit struct {
	ID       string
	Device   string
	StartMs  int64          // the browser's clock
	EndMs    int64          // of the last event so far
	Identity string         // the last one named; "" for an anonymous visitor
	State    string         // Anonymous, Recognized, Authenticated
	Data     map[string]any // of its VisitStarted
}

// Session is the part of a visit from its first SignIn on. A visit has one at most, which has its id.
type Session struct {
	ID       string
	Device   string
	Identity string
	StartMs  int64
	EndMs    int64
}

// Identity is a person as visits named them. The lists are filled by Archive.Identity only.
type Identity struct {
	ID     string
	Name   string
	Scope  string         // Authenticated while it is signed in, in any visit; else Recognized
	Data   map[string]any // of the last event that named it
	Events []Event        // of all visits in which it was named; the last ones, where there are many
	Pages  []PageOf       // of these events
	Visits []Visit
}

// Events lists events in the order in which they came.
func (a *Archive) Events(ctx context.Context, q Query) (Listing[Event], error) {
	q.Limit = pageSize(q.Limit)
	limit := q.Limit
	q.Limit++
	events, err := a.store.Events(ctx, q)
	if err != nil {
		return Listing[Event]{}, unavailable("read the events", err)
	}
	l := Listing[Event]{Items: events}
	if len(events) > limit {
		l.Items = events[:limit]
		last := events[limit-1]
		l.Next = Cursor{ServerMs: last.ServerMs, Ms: last.Ms, ID: last.ID}
	}
	return l, nil
}

// Pages lists pages that have events such as the query selects.
func (a *Archive) Pages(ctx context.Context, q Query) (Listing[PageOf], error) {
	groups, next, err := a.groups(ctx, ByPage, q)
	if err != nil || len(groups) == 0 {
		return Listing[PageOf]{}, err
	}
	ids := idsOf(groups)
	events, err := a.details(ctx, Query{Deployment: q.Deployment, Pages: ids, Names: []string{PageEntered, PageExited}})
	if err != nil {
		return Listing[PageOf]{}, err
	}
	known := map[string]Page{}
	for _, p := range pagesOf(events) {
		known[p.ID] = p
	}
	l := Listing[PageOf]{Next: next}
	for _, g := range groups {
		p := known[g.ID]
		p.ID = g.ID
		l.Items = append(l.Items, PageOf{Page: p, Visit: g.Visit, Device: g.Device})
	}
	return l, nil
}

// Visits lists visits that have events such as the query selects.
func (a *Archive) Visits(ctx context.Context, q Query) (Listing[Visit], error) {
	groups, next, err := a.groups(ctx, ByVisit, q)
	if err != nil || len(groups) == 0 {
		return Listing[Visit]{}, err
	}
	told, err := a.visits(ctx, q.Deployment, groups)
	if err != nil {
		return Listing[Visit]{}, err
	}
	l := Listing[Visit]{Next: next}
	for _, t := range told {
		l.Items = append(l.Items, t.visit)
	}
	return l, nil
}

// Sessions lists the sessions of visits that have events such as the query selects, and a SignIn.
func (a *Archive) Sessions(ctx context.Context, q Query) (Listing[Session], error) {
	q.With = SignIn
	groups, next, err := a.groups(ctx, ByVisit, q)
	if err != nil || len(groups) == 0 {
		return Listing[Session]{}, err
	}
	told, err := a.visits(ctx, q.Deployment, groups)
	if err != nil {
		return Listing[Session]{}, err
	}
	l := Listing[Session]{Next: next}
	for _, t := range told {
		l.Items = append(l.Items, Session{ID: t.visit.ID, Device: t.visit.Device, Identity: t.signedInAs, StartMs: t.signedInMs, EndMs: t.visit.EndMs})
	}
	return l, nil
}

// Identities lists whom the selected events name.
func (a *Archive) Identities(ctx context.Context, q Query) (Listing[Identity], error) {
	groups, next, err := a.groups(ctx, ByIdentity, q)
	if err != nil || len(groups) == 0 {
		return Listing[Identity]{}, err
	}
	events, err := a.details(ctx, Query{Deployment: q.Deployment, Naming: idsOf(groups)})
	if err != nil {
		return Listing[Identity]{}, err
	}
	signedIn, err := a.signedIn(ctx, q.Deployment, events)
	if err != nil {
		return Listing[Identity]{}, err
	}
	l := Listing[Identity]{Next: next}
	for _, g := range groups {
		i := identityOf(g.ID, events)
		if slices.Contains(signedIn, g.ID) {
			i.Scope = Authenticated
		}
		l.Items = append(l.Items, i)
	}
	return l, nil
}

// signedIn names who is signed in, in any visit of these events. Who signs out need not say who they were, so that the
// visits are looked at, and not only what names somebody.
func (a *Archive) signedIn(ctx context.Context, deployment string, events []Event) (names []string, err error) {
	var visits []string
	seen := map[string]bool{}
	for _, e := range events {
		if e.Name == SignIn && !seen[e.Visit] {
			seen[e.Visit] = true
			visits = append(visits, e.Visit)
		}
	}
	for some := range slices.Chunk(visits, visitsAtOnce) {
		changes, err := a.details(ctx, Query{Deployment: deployment, Visits: some, Names: []string{SignIn, SignOut}})
		if err != nil {
			return nil, err
		}
		now := map[string]string{}
		for _, e := range changes {
			now[e.Visit] = ""
			if e.Name == SignIn {
				now[e.Visit] = e.Identity()
			}
		}
		for _, name := range now {
			names = addOnce(names, name)
		}
	}
	return names, nil
}

// Identity is one of them, with its last events, their pages and visits; not ok where nobody named it.
func (a *Archive) Identity(ctx context.Context, deployment, id string) (i Identity, ok bool, err error) {
	one, err := a.Identities(ctx, Query{Deployment: deployment, Naming: []string{id}, Limit: 1})
	if err != nil || len(one.Items) == 0 {
		return i, false, err
	}
	i = one.Items[0]
	if i.Events, err = a.store.Events(ctx, Query{Deployment: deployment, Identity: id, Last: true, Limit: identityEvents}); err != nil {
		return i, false, unavailable("read the identity's events", err)
	}
	var pages, visits []string
	for _, e := range i.Events {
		pages, visits = addOnce(pages, e.Page), addOnce(visits, e.Visit)
	}
	if len(i.Events) == 0 {
		return i, true, nil // they were deleted in between
	}
	p, err := a.Pages(ctx, Query{Deployment: deployment, Visits: visits, Pages: pages, Limit: identityEvents})
	if err != nil {
		return i, false, err
	}
	v, err := a.Visits(ctx, Query{Deployment: deployment, Visits: visits, Limit: identityEvents})
	i.Pages, i.Visits = p.Items, v.Items
	return i, err == nil, err
}

// Known tells whether there is any event of a visit, and in which deployment; "" asks all deployments.
func (a *Archive) Known(ctx context.Context, deployment, visit string) (in string, ok bool, err error) {
	events, err := a.store.Events(ctx, Query{Deployment: deployment, Visits: []string{visit}, Limit: 1})
	if err != nil {
		return "", false, unavailable("look the visit up", err)
	}
	if len(events) == 0 {
		return "", false, nil
	}
	return events[0].Deployment, true, nil
}

// groups reads one part of a list of groups.
func (a *Archive) groups(ctx context.Context, by By, q Query) (groups []Group, next Cursor, err error) {
	limit := pageSize(q.Limit)
	q.Limit = limit + 1
	groups, err = a.store.Groups(ctx, by, q)
	if err != nil {
		return nil, next, unavailable("read what the events belong to", err)
	}
	if len(groups) > limit {
		groups = groups[:limit]
		last := groups[limit-1]
		next = Cursor{ServerMs: last.FirstServerMs, ID: last.ID}
	}
	return groups, next, nil
}

func (a *Archive) details(ctx context.Context, q Query) ([]Event, error) {
	q.Limit = detailEvents
	events, err := a.store.Events(ctx, q)
	if err != nil {
		return nil, unavailable("read the events behind a list", err)
	}
	return events, nil
}

// toldVisit is a visit with what its session needs.
type toldVisit struct {
	visit      Visit
	signedInMs int64 // the first SignIn; 0 for none
	signedInAs string
}

// visits describes visits in the order of groups. Those may count only some of a visit's events; its beginning and end
// are those of all.
func (a *Archive) visits(ctx context.Context, deployment string, groups []Group) ([]*toldVisit, error) {
	ids := idsOf(groups)
	all, err := a.store.Groups(ctx, ByVisit, Query{Deployment: deployment, Visits: ids, Limit: len(ids)})
	if err != nil {
		return nil, unavailable("read the visits", err)
	}
	events, err := a.details(ctx, Query{Deployment: deployment, Visits: ids, Names: []string{VisitStarted, SignIn, SignOut, UserInfo}})
	if err != nil {
		return nil, err
	}
	by := map[string]*toldVisit{}
	for _, g := range all {
		by[g.ID] = &toldVisit{visit: Visit{ID: g.ID, Device: g.Device, StartMs: g.FirstMs, EndMs: g.LastMs, State: Anonymous}}
	}
	for _, e := range events {
		if t := by[e.Visit]; t != nil {
			t.add(e)
		}
	}
	told := make([]*toldVisit, 0, len(ids))
	for _, id := range ids {
		if t := by[id]; t != nil { // else its events were deleted in between
			told = append(told, t)
		}
	}
	return told, nil
}

func (t *toldVisit) add(e Event) {
	if e.Name == VisitStarted {
		t.visit.StartMs, t.visit.Data = e.Ms, e.Data
		return
	}
	t.visit.State = StateAfter(t.visit.State, e)
	if id := e.Identity(); id != "" {
		t.visit.Identity = id
	}
	if e.Name == SignIn && t.signedInMs == 0 {
		t.signedInMs, t.signedInAs = e.Ms, e.Identity()
	}
}

// StateAfter is a visitor's state once an event has happened.
func StateAfter(state string, e Event) string {
	switch e.Name {
	case SignIn:
		return Authenticated
	case SignOut:
		return Recognized
	case UserInfo:
		if state == Anonymous {
			return Recognized
		}
	}
	return state
}

func identityOf(id string, events []Event) Identity {
	i := Identity{ID: id, Scope: Recognized}
	for _, e := range events {
		if e.Identity() != id {
			continue
		}
		if name, ok := e.Data["name"].(string); ok && strings.TrimSpace(name) != "" {
			i.Name = name
		}
		i.Data = e.Data
	}
	return i
}

func idsOf(groups []Group) []string {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	return ids
}

func addOnce(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func pageSize(asked int) int {
	if asked <= 0 {
		return DefaultPageSize
	}
	return min(asked, MaxPageSize)
}
