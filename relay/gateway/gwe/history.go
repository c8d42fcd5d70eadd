package gwe

import (
	"context"
	"net/http"
	"strings"

	"foyer/relay/visit"
	"foyer/relay/web"
	"foyer/relay/wire"
)

// resource is one of the History API's lists.
type resource string

const (
	events     resource = "events"
	pages      resource = "pages"
	visits     resource = "visits"
	sessions   resource = "sessions"
	identities resource = "identities"
)

func resources() []resource { return []resource{events, pages, visits, sessions, identities} }

// pagingHeader holds the token of the following part of a list; it is missing from the last part.
const pagingHeader = "Paging-Next"

// history answers GET …/{parent}, …/{parent}/{id} and …/{parent}/{id}/{children}.
func (g *Gateway) history(parent resource) func(http.ResponseWriter, *http.Request, web.Caller) error {
	return func(w http.ResponseWriter, r *http.Request, caller web.Caller) error {
		v, err := queryOf(r)
		if err != nil {
			return err
		}
		id, children := r.PathValue("id"), resource(r.PathValue("children"))
		list := strings.Join([]string{caller.Deployment, string(parent), id, string(children)}, "\x00")
		q, err := parseQuery(v, r.Header.Get(pagingHeader), list, g.Clock.NowMs())
		if err != nil {
			return err
		}
		q.Deployment = caller.Deployment
		scope := scopeOf(list, v)
		switch {
		case id == "":
			return g.list(w, r, parent, q, scope)
		case children == "":
			return g.one(w, r, parent, id, caller.Deployment)
		}
		if q, err = g.below(r.Context(), parent, id, children, q); err != nil {
			return err
		}
		return g.list(w, r, children, q, scope)
	}
}

func noSuch(r resource) error {
	return wire.Problemf(wire.CodeNoVisit, "there is nothing of that id among the %s", r)
}

// below narrows a query to what belongs to one parent. Codes: CodeNoVisit.
func (g *Gateway) below(ctx context.Context, parent resource, id string, children resource, q visit.Query) (visit.Query, error) {
	of := visit.Query{Deployment: q.Deployment, Limit: 1}
	switch parent {
	case events:
		of.IDs = []string{id}
	case pages:
		of.Pages = []string{id}
	case visits:
		of.Visits = []string{id}
	case sessions:
		return g.belowSession(ctx, id, q)
	case identities:
		of.Naming = []string{id}
	}
	found, err := g.Archive.Events(ctx, of)
	if err != nil {
		return q, err
	}
	if len(found.Items) == 0 {
		return q, noSuch(parent)
	}
	first := found.Items[0]
	switch {
	case parent == identities && children == identities:
		q.Naming = []string{id}
	case parent == identities:
		q.Identity = id
	case parent == events && children == events:
		q.IDs = []string{id}
	case parent == events && children == pages, parent == pages && (children == events || children == pages):
		q.Pages = []string{first.Page}
	default:
		q.Visits = []string{first.Visit}
	}
	return q, nil
}

func (g *Gateway) belowSession(ctx context.Context, id string, q visit.Query) (visit.Query, error) {
	found, err := g.Archive.Sessions(ctx, visit.Query{Deployment: q.Deployment, Visits: []string{id}, Limit: 1})
	if err != nil {
		return q, err
	}
	if len(found.Items) == 0 {
		return q, noSuch(sessions)
	}
	q.Visits, q.FromMs = []string{id}, found.Items[0].StartMs
	return q, nil
}

// list answers with an array, and the header for the following part.
func (g *Gateway) list(w http.ResponseWriter, r *http.Request, of resource, q visit.Query, scope string) error {
	send := sender{w, q.SinceMs, scope}
	switch of {
	case events:
		l, err := g.Archive.Events(r.Context(), q)
		return sendList(send, l, eventJSON, err)
	case pages:
		l, err := g.Archive.Pages(r.Context(), q)
		return sendList(send, l, pageJSON, err)
	case visits:
		l, err := g.Archive.Visits(r.Context(), q)
		return sendList(send, l, visitJSON, err)
	case sessions:
		l, err := g.Archive.Sessions(r.Context(), q)
		return sendList(send, l, sessionJSON, err)
	case identities:
		l, err := g.Archive.Identities(r.Context(), q)
		return sendList(send, l, identityJSON, err)
	}
	return wire.Problemf(wire.CodeNoVisit, "there is no list of %.40q", of)
}

// one answers with one object.
func (g *Gateway) one(w http.ResponseWriter, r *http.Request, of resource, id, deployment string) error {
	q := visit.Query{Deployment: deployment, Limit: 1}
	switch of {
	case events:
		q.IDs = []string{id}
		l, err := g.Archive.Events(r.Context(), q)
		return sendOne(w, of, l, eventJSON, err)
	case pages:
		q.Pages = []string{id}
		l, err := g.Archive.Pages(r.Context(), q)
		return sendOne(w, of, l, pageJSON, err)
	case visits:
		q.Visits = []string{id}
		l, err := g.Archive.Visits(r.Context(), q)
		return sendOne(w, of, l, visitJSON, err)
	case sessions:
		q.Visits = []string{id}
		l, err := g.Archive.Sessions(r.Context(), q)
		return sendOne(w, of, l, sessionJSON, err)
	}
	i, ok, err := g.Archive.Identity(r.Context(), deployment, id)
	l := visit.Listing[visit.Identity]{}
	if ok {
		l.Items = []visit.Identity{i}
	}
	return sendOne(w, of, l, wholeIdentityJSON, err)
}

// sender is where a list goes, and what the header for its following part has to say.
type sender struct {
	w       http.ResponseWriter
	sinceMs int64
	scope   string
}

func sendList[T, J any](to sender, l visit.Listing[T], encode func(T) J, err error) error {
	if err != nil {
		return err
	}
	if l.Next.ID != "" {
		to.w.Header().Set(pagingHeader, formatPaging(paging{l.Next, to.sinceMs}, to.scope))
	}
	answer(to.w, http.StatusOK, each(l.Items, encode))
	return nil
}

func sendOne[T, J any](w http.ResponseWriter, of resource, l visit.Listing[T], encode func(T) J, err error) error {
	if err == nil && len(l.Items) == 0 {
		err = noSuch(of)
	}
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, encode(l.Items[0]))
	return nil
}
