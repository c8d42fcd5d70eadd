package gwe_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"foyer/relay/visit"
)

// recordTwoVisits keeps visit 1 (pages 11, 12, Ann signs in on 12) and visit 2 (page 21, says it is Ann), and one of
// another deployment.
func (r *relay) recordTwoVisits() {
	started := event(1, 1, 11, visit.VisitStarted, map[string]any{"userAgent": "Browser/1", "screenResolution": "800x600"})
	entered := event(2, 1, 11, visit.PageEntered, map[string]any{"title": "Home"})
	add := event(3, 1, 11, "AddToCart", map[string]any{"price": 9.5})
	add.Category = "shoes;sale"
	r.record("shop", started, entered, add, event(4, 1, 11, visit.PageExited, nil))
	r.record("shop", event(5, 1, 12, visit.PageEntered, nil), event(6, 1, 12, visit.SignIn, map[string]any{"userID": "ann@x/y", "name": "Ann"}))
	r.record("other", event(90, 3, 31, visit.SignIn, map[string]any{"userID": "zoe"}))
	r.record("shop", event(7, 2, 21, visit.PageEntered, nil), event(8, 2, 21, visit.UserInfo, map[string]any{"userId": "ann@x/y"}))
}

func TestHistory(t *testing.T) {
	ann := url.PathEscape("ann@x/y")
	// Each case names the ids that the answer lists, by the field that holds them.
	tests := map[string]struct{ path, field, want string }{
		"all events":                   {"/events", "eventID", "1 2 3 4 5 6 7 8"},
		"of a name":                    {"/events?eventName=AddToCart", "eventID", "3"},
		"of a type":                    {"/events?eventType=BUSINESS", "eventID", "3"},
		"of a category":                {"/events?category=sale", "eventID", "3"},
		"of all categories":            {"/events?category=all+categories", "eventID", "1 2 3 4 5 6 7 8"},
		"of an address":                {"/events?url=https://shop.example/p12", "eventID", "5 6"},
		"of a device":                  {"/events?globalVisitID=" + id(902), "eventID", "7 8"},
		"young ones":                   {"/events?age=3s", "eventID", "5 6 7 8"},
		"a visit's events":             {"/visits/" + id(1) + "/events?eventType=SYSTEM", "eventID", "1 2 4 5 6"},
		"a visit's pages":              {"/visits/" + id(1) + "/pages", "pageId", "11 12"},
		"a visit's session":            {"/visits/" + id(1) + "/sessions", "sessionId", "1"},
		"a visit without one":          {"/visits/" + id(2) + "/sessions", "sessionId", ""},
		"a page's events":              {"/pages/" + id(12) + "/events", "eventID", "5 6"},
		"a page's visit":               {"/pages/" + id(12) + "/visits", "visitId", "1"},
		"an event's page":              {"/events/" + id(3) + "/pages", "pageId", "11"},
		"an event's visit":             {"/events/" + id(3) + "/visits", "visitId", "1"},
		"a session's events":           {"/sessions/" + id(1) + "/events", "eventID", "6"},
		"an identity's events":         {"/identities/" + ann + "/events?eventName=PageEntered", "eventID", "2 5 7"},
		"an identity's visits":         {"/identities/" + ann + "/visits", "visitId", "1 2"},
		"an identity's pages":          {"/identities/" + ann + "/pages", "pageId", "11 12 21"},
		"an identity's sessions":       {"/identities/" + ann + "/sessions", "sessionId", "1"},
		"all pages":                    {"/pages", "pageId", "11 12 21"},
		"all visits":                   {"/visits", "visitId", "1 2"},
		"visits with an event":         {"/visits?eventName=AddToCart", "visitId", "1"},
		"all sessions":                 {"/sessions", "sessionId", "1"},
		"another deployment's by name": {"/events?eventName=SignIn", "eventID", "6"},
	}
	onEach(t, func(t *testing.T, r *relay) {
		r.recordTwoVisits()
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				for _, prefix := range []string{"/server/data", "/frontend/data", "/backend/data"} {
					if got := listed(t, r.get(prefix+tt.path), tt.field); got != tt.want {
						t.Errorf("%s: got %q, want %q", prefix+tt.path, got, tt.want)
					}
				}
			})
		}
	})
}

// listed gives the numbers at the end of a listing's ids.
func listed(t *testing.T, a answer, field string) string {
	t.Helper()
	wantStatus(t, "list", a, 200)
	var list []map[string]any
	a.decode(t, &list)
	var numbers []string
	for _, item := range list {
		s, _ := item[field].(string)
		n, err := strconv.ParseInt(s, 16, 64)
		if err != nil {
			t.Fatalf("%v has no %s", item, field)
		}
		numbers = append(numbers, strconv.FormatInt(n, 10))
	}
	return strings.Join(numbers, " ")
}

func TestHistoryOfOne(t *testing.T) {
	onEach(t, func(t *testing.T, r *relay) {
		r.recordTwoVisits()
		wants := map[string]map[string]any{
			"/events/" + id(3): {"eventID": id(3), "eventType": "BUSINESS", "eventName": "AddToCart", "category": "shoes;sale",
				"timestamp": float64(startMs + 3), "serverTimestamp": float64(startMs), "pageID": id(11), "browserPageID": id(11),
				"visitID": id(1), "globalVisitID": id(901), "url": "https://shop.example/p11", "data": map[string]any{"price": 9.5}},
			"/pages/" + id(11): {"pageId": id(11), "visitId": id(1), "globalVisitId": id(901), "url": "https://shop.example/p11",
				"title": "Home", "enteredTimestamp": float64(startMs + 2), "exitedTimestamp": float64(startMs + 4)},
			"/visits/" + id(1): {"visitId": id(1), "globalVisitId": id(901), "identityId": "ann@x/y", "visitScope": "Authenticated",
				"userAgent": "Browser/1", "screenResolution": "800x600", "startTimestamp": float64(startMs + 1),
				"lastTimestamp": float64(startMs + 6)},
			"/sessions/" + id(1):                       {"sessionId": id(1), "identityId": "ann@x/y", "startTimestamp": float64(startMs + 6), "lastTimestamp": float64(startMs + 6)},
			"/identities/" + url.PathEscape("ann@x/y"): {"identityId": "ann@x/y", "name": "Ann", "visitScope": "Authenticated"},
		}
		for path, want := range wants {
			var got map[string]any
			a := r.get("/server/data" + path)
			wantStatus(t, path, a, 200)
			a.decode(t, &got)
			for key, value := range want {
				if fmt.Sprint(got[key]) != fmt.Sprint(value) {
					t.Errorf("%s: %s is %v, not %v", path, key, got[key], value)
				}
			}
		}
		var identity struct {
			EventIDs, PageIDs, VisitIDs []string
			Events                      []struct{ EventID string }
			Pages                       []struct{ PageID string }
			Visits                      []struct{ VisitID, IdentityID string }
		}
		r.get("/server/data/identities/"+url.PathEscape("ann@x/y")).decode(t, &identity)
		if len(identity.EventIDs) != 8 || len(identity.PageIDs) != 3 || len(identity.VisitIDs) != 2 {
			t.Errorf("the identity has %+v", identity)
		}
		if len(identity.Events) != 8 || len(identity.Pages) != 3 || len(identity.Visits) != 2 || identity.Visits[1].IdentityID != "ann@x/y" {
			t.Errorf("the identity has %+v", identity)
		}
	})
}

func TestHistoryComesInParts(t *testing.T) {
	onEach(t, func(t *testing.T, r *relay) {
		r.recordTwoVisits()
		for list, want := range map[string]string{"events": "1 2 3 | 4 5 6 | 7 8", "pages": "11 12 21", "visits": "1 2"} {
			field := map[string]string{"events": "eventID", "pages": "pageId", "visits": "visitId"}[list]
			for _, byHeader := range []bool{true, false} {
				var parts []string
				next := ""
				for {
					path, header := "/server/data/"+list+"?page_size=3", []string{}
					if byHeader && next != "" {
						header = []string{"Paging-Next", next}
					} else if next != "" {
						path += "&paging_next=" + url.QueryEscape(next)
					}
					a := r.get(path, header...)
					parts = append(parts, listed(t, a, field))
					if next = a.header.Get("Paging-Next"); next == "" {
						break
					}
				}
				if got := strings.Join(parts, " | "); got != want {
					t.Errorf("%s: %q, not %q", list, got, want)
				}
			}
		}
	})
}

func TestHistoryRefuses(t *testing.T) {
	tests := map[string]struct {
		path, key string
		status    int
	}{
		"without a key":              {"/events", "", 401},
		"with a wrong key":           {"/events", "wrong", 403},
		"an unknown visit":           {"/visits/" + id(77), shopKey, 404},
		"its events":                 {"/visits/" + id(77) + "/events", shopKey, 404},
		"an unknown event":           {"/events/" + id(77), shopKey, 404},
		"an unknown identity":        {"/identities/nobody", shopKey, 404},
		"another deployment's visit": {"/visits/" + id(3), shopKey, 404},
		"its pages":                  {"/visits/" + id(3) + "/pages", shopKey, 404},
		"another's identity":         {"/identities/zoe", shopKey, 404},
		"an unknown list":            {"/visits/" + id(1) + "/friends", shopKey, 404},
		"no age":                     {"/events?age=old", shopKey, 400},
		"no size":                    {"/events?page_size=0", shopKey, 400},
		"an age beyond time":         {"/events?age=99999999999999999d", shopKey, 400},
		"a negative age":             {"/events?age=-1s", shopKey, 400},
		"a size that is no number":   {"/events?page_size=many", shopKey, 400},
		"too large a size":           {"/events?page_size=100000", shopKey, 400},
		"no cursor":                  {"/events?paging_next=x", shopKey, 400},
		"half a cursor":              {"/events?paging_next=MS4y", shopKey, 400},
		"a NUL in an id":             {"/visits/%00", shopKey, 404},
		"an id that is no text":      {"/visits/%ff%fe", shopKey, 404},
		"a NUL in an identity":       {"/identities/a%00b/events", shopKey, 404},
		"a long id":                  {"/visits/" + strings.Repeat("A", 5000), shopKey, 404},
		"a NUL in a filter":          {"/events?eventName=%00", shopKey, 200},
		"a filter that is no text":   {"/events?category=%ff", shopKey, 200},
		"its own":                    {"/visits/" + id(3), otherKey, 200},
	}
	onEach(t, func(t *testing.T, r *relay) {
		r.recordTwoVisits()
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				wantStatus(t, tt.path, r.do("GET", "/server/data"+tt.path, "", "x-api-key", tt.key), tt.status)
			})
		}
	})
}

func TestPartsOfAListFitTogetherWhileEventsArrive(t *testing.T) {
	onEach(t, func(t *testing.T, r *relay) {
		for v := range 4 { // each visit has an early event and a late one
			r.record("shop", event(10+v, 1+v, 11+v, visit.PageEntered, nil))
		}
		for v := range 4 {
			r.record("shop", event(20+v, 1+v, 11+v, "Add", nil))
		}
		for list, field := range map[string]string{"visits": "visitId", "pages": "pageId"} {
			next, met := "", []string{}
			for part := 0; part == 0 || next != ""; part++ {
				a := r.get("/server/data/"+list+"?age=8s&page_size=1", "Paging-Next", next)
				met = append(met, listed(t, a, field))
				next = a.header.Get("Paging-Next")
				// Time goes on: what was young enough is not any more, and a visit goes on too.
				if part < 2 {
					r.record("shop", event(100*(part+1)+len(list), 1, 11, "Add", nil))
				}
			}
			want := map[string]string{"visits": "1 2 3 4", "pages": "11 12 13 14"}[list]
			if got := strings.Join(met, " "); got != want {
				t.Errorf("%s: met %q, want %q", list, got, want)
			}
			r.clock.Advance(-2000)
		}
	})
}

func TestATokenIsOfItsList(t *testing.T) {
	r := newRelay(t, sqlite(t))
	r.recordTwoVisits()
	next := r.get("/server/data/events?page_size=2&eventType=SYSTEM").header.Get("Paging-Next")
	if next == "" {
		t.Fatal("there is no token")
	}
	wantStatus(t, "the same list", r.get("/frontend/data/events?page_size=3&eventType=SYSTEM&paging_next="+next), 200)
	for name, path := range map[string]string{"other filters": "/events?page_size=2", "another list": "/visits?eventType=SYSTEM",
		"one visit's": "/visits/" + id(1) + "/events?eventType=SYSTEM"} {
		wantStatus(t, name, r.get("/server/data"+path+"&paging_next="+next), 400)
	}
	wantStatus(t, "another deployment", r.do("GET", "/server/data/events?eventType=SYSTEM&paging_next="+next, "", "x-api-key", otherKey), 400)
}

func TestAnIdentityIsAuthenticatedWhileItIsSignedIn(t *testing.T) {
	type step struct {
		visit int
		name  string
		user  string // "" where the event does not say
	}
	tests := []struct {
		name  string
		steps []step
		want  string // of ann
	}{
		{"signed in", []step{{1, visit.SignIn, "ann"}}, visit.Authenticated},
		{"known", []step{{1, visit.UserInfo, "ann"}}, visit.Recognized},
		{"signed out", []step{{1, visit.SignIn, "ann"}, {1, visit.SignOut, "ann"}}, visit.Recognized},
		{"signed out without a word", []step{{1, visit.SignIn, "ann"}, {1, visit.SignOut, ""}}, visit.Recognized},
		{"signed out in one of two visits", []step{{1, visit.SignIn, "ann"}, {2, visit.SignIn, "ann"}, {2, visit.SignOut, ""}}, visit.Authenticated},
		{"signed in again", []step{{1, visit.SignIn, "ann"}, {1, visit.SignOut, ""}, {1, visit.SignIn, "ann"}}, visit.Authenticated},
		{"known after signing out", []step{{1, visit.SignIn, "ann"}, {1, visit.SignOut, ""}, {1, visit.UserInfo, "ann"}}, visit.Recognized},
		{"another one signed in", []step{{1, visit.SignIn, "ann"}, {1, visit.SignIn, "ben"}}, visit.Recognized},
	}
	onEach(t, func(t *testing.T, r *relay) {
		n := 0
		for i, tt := range tests {
			named := func(user string) string { return fmt.Sprint(user, " ", i) }
			for _, s := range tt.steps {
				n++
				data := map[string]any{}
				if s.user != "" {
					data["userID"] = named(s.user)
				}
				r.record("shop", event(n, 10*i+s.visit, 10*i+s.visit, s.name, data))
			}
			var got struct{ VisitScope string }
			r.get("/server/data/identities/"+url.PathEscape(named("ann"))).decode(t, &got)
			if got.VisitScope != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got.VisitScope, tt.want)
			}
		}
	})
}
