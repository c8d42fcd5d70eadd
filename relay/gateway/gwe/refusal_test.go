package gwe_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"foyer/relay/desk"
	"foyer/relay/visit"
)

// endpoint is one that must refuse what is wrong. V in its path, query and body stands for a visit that is known and open.
type endpoint struct {
	method, path string
	body         string // of a good request
	forPages     bool
}

func endpoints() []endpoint {
	return []endpoint{
		{"POST", "/notification/notify/V", `[{"channel":"x"}]`, false},
		{"POST", "/gateway/engage", `{"visitID":"V"}`, false},
		{"POST", "/gateway/noengage", `{"visitID":"V","engagementID":"e"}`, false},
		{"GET", "/pacing/reactiveState?channel=chat", "", true},
		{"GET", "/pacing/channelCapacity?channel=chat", "", true},
		{"GET", "/notification/disposition?visitID=V&code=accept", "", true},
		{"GET", "/events", "", false},
		{"GET", "/events/E", "", false},
		{"GET", "/visits/V", "", false},
		{"GET", "/visits/V/events", "", false},
		{"GET", "/pages/P/visits", "", false},
		{"GET", "/sessions/V/pages", "", false},
		{"GET", "/identities/ann/visits", "", false},
	}
}

// caller is who asks: a program with a key, or a page.
func (e endpoint) caller(key, origin string) []string {
	if e.forPages {
		return []string{"Origin", origin}
	}
	if key == "" {
		return nil
	}
	return []string{"x-api-key", key}
}

// refusing is a relay with a visit, one of whose pages is open, and a way to see that nothing came of a request.
func refusing(t *testing.T) (r *relay, do func(e endpoint, body string, header ...string) answer, wantUntouched func()) {
	r = newRelay(t, sqlite(t))
	r.room = desk.Room{Ready: 1, WithRoom: 1, Free: 1}
	r.record("shop", event(1, 1, 11, visit.SignIn, map[string]any{"userID": "ann"}))
	p := &page{}
	t.Cleanup(r.show("shop", id(1), []string{id(11)}, p).Hide)
	with := strings.NewReplacer("V", id(1), "E", id(1), "P", id(11))
	do = func(e endpoint, body string, header ...string) answer {
		t.Helper()
		path, query, _ := strings.Cut(e.path, "?")
		for name, letter := range map[string]string{"/V": id(1), "/E": id(1), "/P": id(11)} {
			path = strings.ReplaceAll(path+"/", name+"/", "/"+letter+"/")
			path = strings.TrimSuffix(path, "/")
		}
		return r.do(e.method, "/server/data"+path+"?"+strings.ReplaceAll(query, "V", id(1)), with.Replace(body), header...)
	}
	return r, do, func() {
		t.Helper()
		all, err := r.events(visit.Query{Limit: 10})
		must(t, err)
		if len(all) != 1 || len(p.got) != 0 {
			t.Errorf("%d events are kept, the page was told %q", len(all), p.got)
		}
	}
}

func wantCode(t *testing.T, what string, a answer, statuses ...int) {
	t.Helper()
	var problem struct{ Code, Text, Message string }
	if !slices.Contains(statuses, a.status) {
		t.Errorf("%s: %d %s, want one of %d", what, a.status, a.body, statuses)
	} else if err := json.Unmarshal([]byte(a.body), &problem); err != nil || problem.Code == "" || problem.Text+problem.Message == "" {
		t.Errorf("%s: %d with %q, no code", what, a.status, a.body)
	}
}

func TestEveryEndpointRefusesWhoMayNotCall(t *testing.T) {
	r, do, wantUntouched := refusing(t)
	for _, e := range endpoints() {
		if e.forPages {
			wantCode(t, e.path+" from another origin", do(e, e.body, "Origin", "https://evil.example"), 403, 404)
			wantCode(t, e.path+" from an opaque one", do(e, e.body, "Origin", "null"), 403, 404)
		} else {
			wantCode(t, e.path+" without a key", do(e, e.body), 401)
			wantCode(t, e.path+" with a wrong key", do(e, e.body, "x-api-key", "wrong"), 403)
			wantCode(t, e.path+" with a key in the address", do(endpoint{e.method, e.path + "?x-api-key=" + shopKey, "", false}, e.body), 401)
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			if method == e.method || method == "OPTIONS" && e.forPages {
				continue
			}
			a := do(endpoint{method, e.path, e.body, e.forPages}, e.body, e.caller(shopKey, shopOrigin)...)
			wantCode(t, method+" "+e.path, a, 405)
			if !strings.Contains(a.header.Get("Allow"), e.method) {
				t.Errorf("%s %s allows %q", method, e.path, a.header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"", "/", "/friends", "/notification", "/gateway/cancel", "/visits/V/events/more"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			wantCode(t, method+path, r.do(method, "/server/data"+path, "", "x-api-key", shopKey), 404, 405)
		}
	}
	wantUntouched()
}

func TestAnotherDeploymentsKeySeesAndDoesNothing(t *testing.T) {
	_, do, wantUntouched := refusing(t)
	for _, e := range endpoints() {
		if e.forPages || e.path == "/events" {
			continue
		}
		wantCode(t, e.path, do(e, e.body, "x-api-key", otherKey), 404, 400)
	}
	if a := do(endpoint{"GET", "/events", "", false}, "", "x-api-key", otherKey); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("it sees %s", a.body)
	}
	wantUntouched()
}

func TestEveryBodyIsReadWithCare(t *testing.T) {
	bodies := map[string]struct {
		body   string
		status int // 0: 400
	}{
		"nothing":        {"", 0},
		"null":           {"null", 0},
		"a word":         {`"x"`, 0},
		"a number":       {"7", 0},
		"cut":            {`[{"visitID":"V","channel":"x"`, 0},
		"two values":     {`[{"channel":"x"}] {"visitID":"V"}`, 0},
		"no UTF-8":       {"[{\"channel\":\"\xff\"}]{\"visitID\":\"\xff\"}", 0},
		"another coding": {"\xff\xfe[\x00]\x00", 0},
		"nested deeply":  {strings.Repeat("[", 20_000), 0},
		"deep data":      {`{"visitID":"V","notification_message":[{"channel":"x","data":{"a":{"a":{"a":{"a":{}}}}}}]}`, 0},
		"huge":           {`[{"visitID":"V","channel":"` + strings.Repeat("x", 300<<10) + `"}]`, http.StatusRequestEntityTooLarge},
		"a form":         {"visitID=V&channel=x", 0},
		"XML":            {"<visitID>V</visitID>", 0},
	}
	_, do, wantUntouched := refusing(t)
	for name, tt := range bodies {
		for _, e := range endpoints() {
			if e.method != "POST" || name == "deep data" && e.path != "/gateway/engage" {
				continue
			}
			status := tt.status
			if status == 0 {
				status = http.StatusBadRequest
			}
			wantCode(t, e.path+" with "+name, do(e, tt.body, "x-api-key", shopKey), status)
		}
	}
	for name, body := range map[string]string{
		"a number as the visit": `{"visitID":7}`, "a list as the page": `{"visitID":"V","pageID":[]}`, "NUL as the page": `{"visitID":"V","pageID":"\u0000"}`,
		"NUL as the id": `{"visitID":"V","engagementID":"\u0000"}`, "a long id": `{"visitID":"V","engagementID":"` + strings.Repeat("x", 101) + `"}`,
		"NUL as the visit": `{"visitID":"\u0000"}`, "no text as the subject": `{"visitID":"V","subject":{"a":1}}`, "a number as the subject": `{"visitID":"V","subject":1}`,
		"NUL in the subject": `{"visitID":"V","subject":"\u0000"}`, "no time": `{"visitID":"V","inviteTimeout":true}`, "beyond numbers": `{"visitID":"V","inviteTimeout":1e999}`,
		"one message alone": `{"visitID":"V","notification_message":{"channel":"x"}}`,
	} {
		e := endpoint{"POST", "/gateway/engage", "", false}
		wantCode(t, "engage with "+name, do(e, body, "x-api-key", shopKey), 400)
	}
	wantUntouched()
}

func TestEveryParameterIsReadWithCare(t *testing.T) {
	_, do, wantUntouched := refusing(t)
	for _, q := range []string{"/events?eventName=%zz", "/events?eventType=BUSINESS;age=1s", "/visits?page_size=1.5", "/visits?age=1w",
		"/pacing/reactiveState?channel=%zz", "/pacing/reactiveState?channel=fax", "/pacing/channelCapacity?groups=" + strings.Repeat("x", 201),
		"/notification/disposition?visitID=V&code=%zz", "/notification/disposition?visitID=V&code=%00", "/notification/disposition?visitID=V&code=%ff",
		"/notification/disposition?visitID=V&code=x&pageID=%00", "/notification/disposition?visitID=V&code=x&engagementID=" + strings.Repeat("x", 101),
		"/notification/disposition?visitID=%00&code=x", "/notification/disposition?visitID=%ff&code=x"} {
		e := endpoint{"GET", q, "", strings.Contains(q, "pacing") || strings.Contains(q, "disposition")}
		wantCode(t, q, do(e, "", e.caller(shopKey, shopOrigin)...), 400, 404)
	}
	wantUntouched()
}

func TestOldRequestsAreUnderstood(t *testing.T) {
	const one = `[{"page":"P","channel":"x"}]`
	tests := map[string]struct {
		path, body string
		header     []string
	}{
		"JSON":                     {"/server/data/notification/notify/V", one, []string{"Content-Type", "application/json"}},
		"with a character set":     {"/server/data/notification/notify/V", one, []string{"Content-Type", "application/json; charset=utf-8"}},
		"as text":                  {"/frontend/data/notification/notify/V", one, []string{"Content-Type", "text/plain;charset=UTF-8"}},
		"as a form":                {"/backend/data/notification/notify/V", one, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		"without a type":           {"/server/data/notification/notify/V", one, []string{"Content-Type", ""}},
		"with a byte order mark":   {"/server/data/notification/notify/V", "\ufeff" + one, nil},
		"with a / at the end":      {"/server/data/notification/notify/V/", one, nil},
		"engage":                   {"/backend/data/gateway/engage/", `{"visitID":"V"}`, nil},
		"engage with its name":     {"/server/data/gateway/engage", `{"ixnProfile":{"visitID":"V","subject":null,"notification_message":null}}`, nil},
		"noengage with its name":   {"/server/data/gateway/noengage", `{"cancelData":{"visitID":"V"}}`, nil},
		"a key named twice":        {"/server/data/gateway/noengage", `{"visitID":"X","visitID":"V"}`, nil},
		"a bearer in lower case":   {"/server/data/gateway/noengage", `{"visitID":"V"}`, []string{"x-api-key", "", "Authorization", "bearer " + shopKey}},
		"what nobody understands":  {"/server/data/gateway/noengage", `{"visitID":"V","later":[{}]}`, []string{"Accept", "text/xml"}},
		"a time in words' clothes": {"/server/data/gateway/engage", `{"visitID":"V","inviteTimeout":"20"}`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, sqlite(t))
			r.record("shop", event(1, 1, 11, visit.PageEntered, nil))
			defer r.show("shop", id(1), []string{id(11)}, &page{}).Hide()
			body := strings.NewReplacer(`"V"`, `"`+id(1)+`"`, `"P"`, `"`+id(11)+`"`).Replace(tt.body)
			header := append([]string{"x-api-key", shopKey}, tt.header...)
			wantStatus(t, name, r.do("POST", strings.ReplaceAll(tt.path, "V", id(1)), body, header...), 200)
		})
	}
	r := newRelay(t, sqlite(t))
	r.recordTwoVisits()
	for _, path := range []string{"/events/", "/events/" + id(1) + "/", "/visits/" + id(1) + "/events/", "/identities/" + url.PathEscape("ann@x/y") + "/"} {
		wantStatus(t, path, r.get("/server/data"+path), 200)
	}
	wantStatus(t, "HEAD", r.do("HEAD", "/server/data/events", "", "x-api-key", shopKey), 200)
	wantStatus(t, "pacing", r.do("GET", "/frontend/data/pacing/reactiveState/?channel=chat", "", "Origin", shopOrigin), 200)
}

// events reads what is kept.
func (r *relay) events(q visit.Query) ([]visit.Event, error) {
	l, err := r.archive.Events(context.Background(), q)
	return l.Items, err
}
