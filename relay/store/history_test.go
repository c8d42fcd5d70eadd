package store

import (
	"context"
	"slices"
	"strings"
	"testing"

	"foyer/relay/visit"
)

// told is an event of the history tests: id, visit/page, name, category, then what names an identity.
func told(id, place, name, category, identity string, serverMs int64) visit.Event {
	in, page, _ := strings.Cut(place, "/")
	e := visit.Event{ID: id, Deployment: "demo", Type: "BUSINESS", Name: name, Page: page, Visit: in, Device: "d-" + in[:1],
		Ms: 10 * serverMs, ServerMs: serverMs, URL: "https://shop.example/" + page, Category: category}
	if name == strings.ToUpper(name[:1])+name[1:] {
		e.Type = "SYSTEM"
	}
	if identity != "" {
		e.Data = map[string]any{"userID": identity}
	}
	return e
}

func history() []visit.Event {
	foreign := told("x1", "a1/p9", "SignIn", "", "ann", 5)
	foreign.Deployment = "other"
	return []visit.Event{
		told("e1", "a1/p1", "PageEntered", "", "", 1),
		told("e2", "a1/p1", "add", "shoes;Red%", "", 2),
		told("e3", "a1/p2", "SignIn", "", "ann", 3),
		told("e4", "b1/p3", "PageEntered", "red", "", 3),
		told("e5", "b1/p3", "UserInfo", "", "ben", 4),
		told("e6", "a2/p4", "add", "shoes", "", 5),
		told("e7", "b1/p3", "UserInfo", "", "ann", 6),
		foreign,
	}
}

func TestEventsAreSelected(t *testing.T) {
	tests := map[string]struct {
		q    visit.Query
		want string
	}{
		"a deployment":             {visit.Query{Deployment: "demo"}, "e1 e2 e3 e4 e5 e6 e7"},
		"another":                  {visit.Query{Deployment: "other"}, "x1"},
		"all deployments":          {visit.Query{Names: []string{"SignIn"}}, "e3 x1"},
		"the last ones":            {visit.Query{Deployment: "demo", Last: true, Limit: 3}, "e5 e6 e7"},
		"visits":                   {visit.Query{Deployment: "demo", Visits: []string{"a2", "b1"}}, "e4 e5 e6 e7"},
		"a page":                   {visit.Query{Deployment: "demo", Pages: []string{"p1"}}, "e1 e2"},
		"a device":                 {visit.Query{Deployment: "demo", Device: "d-a"}, "e1 e2 e3 e6"},
		"an identity's visits":     {visit.Query{Deployment: "demo", Identity: "ann"}, "e1 e2 e3 e4 e5 e7"},
		"where it was named":       {visit.Query{Deployment: "demo", Naming: []string{"ann"}}, "e3 e7"},
		"another deployment's":     {visit.Query{Deployment: "other", Identity: "ben"}, ""},
		"visits with an event":     {visit.Query{Deployment: "demo", With: "SignIn"}, "e1 e2 e3"},
		"a type":                   {visit.Query{Deployment: "demo", Type: "BUSINESS"}, "e2 e6"},
		"a category":               {visit.Query{Deployment: "demo", Category: "shoes"}, "e2 e6"},
		"of exactly that name":     {visit.Query{Deployment: "demo", Category: "red"}, "e4"},
		"with a sign in its name":  {visit.Query{Deployment: "demo", Category: "Red%"}, "e2"},
		"part of a category":       {visit.Query{Deployment: "demo", Category: "shoe"}, ""},
		"an address":               {visit.Query{Deployment: "demo", URL: "https://shop.example/p3"}, "e4 e5 e7"},
		"addresses, upper case":    {visit.Query{Deployment: "demo", URL: "https://Shop"}, ""},
		"what came since":          {visit.Query{Deployment: "demo", SinceMs: 5}, "e6 e7"},
		"what happened since":      {visit.Query{Deployment: "demo", FromMs: 60}, "e7"},
		"behind a cursor":          {visit.Query{Deployment: "demo", After: visit.Cursor{ServerMs: 3, Ms: 30, ID: "e3"}}, "e4 e5 e6 e7"},
		"what cannot be":           {visit.Query{Visits: []string{"a\x00"}}, ""},
		"quotes are no SQL":        {visit.Query{Category: "' or 1=1 --"}, ""},
		"all together":             {visit.Query{Deployment: "demo", Identity: "ann", Type: "BUSINESS", Category: "shoes", SinceMs: 2}, "e2"},
		"at most so many of those": {visit.Query{Deployment: "demo", Limit: 2}, "e1 e2"},
	}
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o)
		if _, err := s.Visits().AddEvents(context.Background(), history()); err != nil {
			t.Fatal(err)
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				if tt.q.Limit == 0 {
					tt.q.Limit = 100
				}
				events, err := s.History().Events(context.Background(), tt.q)
				if got := strings.Join(idsOfEvents(events), " "); err != nil || got != tt.want {
					t.Errorf("got %q, %v, want %q", got, err, tt.want)
				}
			})
		}
	})
}

func TestEventsAreGrouped(t *testing.T) {
	tests := map[string]struct {
		by   visit.By
		q    visit.Query
		want string
	}{
		"pages":               {visit.ByPage, visit.Query{Deployment: "demo"}, "p1 p2 p3 p4"},
		"visits":              {visit.ByVisit, visit.Query{Deployment: "demo"}, "a1 b1 a2"},
		"identities":          {visit.ByIdentity, visit.Query{Deployment: "demo"}, "ann ben"},
		"those of a visit":    {visit.ByIdentity, visit.Query{Deployment: "demo", Visits: []string{"b1"}}, "ben ann"},
		"visits of one":       {visit.ByVisit, visit.Query{Deployment: "demo", Identity: "ben"}, "b1"},
		"visits with an item": {visit.ByVisit, visit.Query{Deployment: "demo", Category: "shoes"}, "a1 a2"},
		"behind a cursor":     {visit.ByVisit, visit.Query{Deployment: "demo", After: visit.Cursor{ServerMs: 1, ID: "a1"}}, "b1 a2"},
		"at most so many":     {visit.ByPage, visit.Query{Deployment: "demo", Limit: 1}, "p1"},
		"the next of these":   {visit.ByPage, visit.Query{Deployment: "demo", Limit: 2, After: visit.Cursor{ServerMs: 1, ID: "p1"}}, "p2 p3"},
		"by what is selected": {visit.ByVisit, visit.Query{Deployment: "demo", SinceMs: 4}, "b1 a2"},
		"of all deployments":  {visit.ByVisit, visit.Query{Names: []string{"SignIn"}}, "a1"},
	}
	onEach(t, func(t *testing.T, o Options) {
		s := mustOpen(t, o)
		if _, err := s.Visits().AddEvents(context.Background(), history()); err != nil {
			t.Fatal(err)
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				if tt.q.Limit == 0 {
					tt.q.Limit = 100
				}
				groups, err := s.History().Groups(context.Background(), tt.by, tt.q)
				var ids []string
				for _, g := range groups {
					ids = append(ids, g.ID)
				}
				if got := strings.Join(ids, " "); err != nil || got != tt.want {
					t.Errorf("got %q, %v, want %q", got, err, tt.want)
				}
			})
		}
		groups, err := s.History().Groups(context.Background(), visit.ByPage, visit.Query{Deployment: "demo", Pages: []string{"p3"}, Limit: 1})
		want := []visit.Group{{ID: "p3", FirstServerMs: 3, LastServerMs: 6, FirstMs: 30, LastMs: 60, Events: 3, Visit: "b1", Device: "d-b"}}
		if err != nil || !slices.Equal(groups, want) {
			t.Errorf("got %+v, %v, want %+v", groups, err, want)
		}
	})
}

func TestEventsAreDeletedWhenTheirTimeIsOver(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, ctx := mustOpen(t, o), context.Background()
		if _, err := s.Visits().AddEvents(ctx, history()); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct{ before, limit, want int64 }{{4, 3, 3}, {4, 3, 1}, {4, 3, 0}} {
			if n, err := s.History().DeleteEvents(ctx, "demo", step.before, int(step.limit)); err != nil || n != step.want {
				t.Errorf("deleted %d, %v, want %d", n, err, step.want)
			}
		}
		if whose, err := s.History().Deployments(ctx); err != nil || !slices.Equal(whose, []string{"demo", "other"}) {
			t.Errorf("events are kept of %q, %v", whose, err)
		}
		left, err := s.History().Events(ctx, visit.Query{Limit: 100})
		if got := strings.Join(idsOfEvents(left), " "); err != nil || got != "e5 e6 x1 e7" {
			t.Errorf("left are %q, %v", got, err)
		}
	})
}

func TestHistoryUsesItsIndexes(t *testing.T) {
	s := mustOpen(t, sqliteOptions(t))
	for what, tt := range map[string]struct {
		q     visit.Query
		index string
	}{
		"visits":                {visit.Query{Deployment: "demo", Visits: []string{"v"}}, "events_visit (visit=?"},
		"pages":                 {visit.Query{Deployment: "demo", Pages: []string{"p"}}, "events_page (page=?"},
		"a device's firings":    {visit.Query{Deployment: "demo", Device: "d", Names: []string{"RuleFired"}, SinceMs: 1}, "events_device (device=? AND name=?"},
		"who is named":          {visit.Query{Deployment: "demo", Naming: []string{"ann"}}, "events_identity (identity=?"},
		"an identity's visits":  {visit.Query{Deployment: "demo", Identity: "ann"}, "events_identity (identity=?"},
		"all of an identity":    {visit.Query{Deployment: "demo", Identity: "ann"}, "events_visit (visit=?"},
		"a name":                {visit.Query{Deployment: "demo", Names: []string{"Add"}, SinceMs: 1}, "events_name (deployment=? AND name=? AND server_ms>?"},
		"what came lately":      {visit.Query{Deployment: "demo", SinceMs: 1}, "events_came (deployment=? AND server_ms>?"},
		"visits with a sign-in": {visit.Query{Deployment: "demo", With: "SignIn"}, "events_name (deployment=? AND name=?"},
	} {
		w, _ := conditionOf(tt.q)
		plan := planOf(t, s, "select * from events"+w.sql()+" order by server_ms, ms, id limit 9", w.args)
		if !strings.Contains(plan, tt.index) {
			t.Errorf("%s: %s, want %s", what, plan, tt.index)
		}
	}
	for by, index := range map[visit.By]string{visit.ByVisit: "events_visit (visit=?)", visit.ByPage: "events_page (page=?)"} {
		q := visit.Query{Deployment: "demo", SinceMs: 1, After: visit.Cursor{ServerMs: 7, ID: "x"}, Limit: 9}
		query, args := firstsQuery(groupColumn(by), q)
		plan := planOf(t, s, query, args)
		if !strings.Contains(plan, "events_came (deployment=? AND server_ms>?") || !strings.Contains(plan, index) {
			t.Errorf("groups: %s, want %s", plan, index)
		}
	}
}

// planOf tells how SQLite would go about a query.
func planOf(t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	steps, err := all(context.Background(), s.engine.eventReads(), func(row scanner) (string, error) {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		return detail, err
	}, "explain query plan "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
