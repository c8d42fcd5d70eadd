package gwe_test

import (
	"net/url"
	"strings"
	"testing"

	"foyer/relay/desk"
	"foyer/relay/visit"
)

func TestEngagementGateway(t *testing.T) {
	tests := map[string]struct {
		path, key, body string
		status          int
		says, told      string
	}{
		"a chat":            {"engage", shopKey, `{"visitID":"V","pageID":"P1","engagementID":"e-1","channelType":"proactiveChat","subject":"Hi","custom":[1]}`, 200, `"engagementID":"e-1"`, "gpe.appendContent"},
		"a callback":        {"engage", shopKey, `{"visitId":"V","channelType":"proactiveCallback"}`, 200, `"status":"OK"`, "gpe.appendContent"},
		"own message":       {"engage", shopKey, `{"visitID":"V","notification_message":[{"channel":"own"}]}`, 200, `"status":"OK"`, "own"},
		"cancelled":         {"noengage", shopKey, `{"visitID":"V","engagementID":"e-1"}`, 200, `"status":"OK"`, ""},
		"no visit":          {"engage", shopKey, `{"pageID":"P1"}`, 400, "FAULT", ""},
		"unknown visit":     {"engage", shopKey, `{"visitID":"nobody"}`, 400, "FAULT", ""},
		"another's visit":   {"engage", otherKey, `{"visitID":"V"}`, 400, "FAULT", ""},
		"no such page":      {"engage", shopKey, `{"visitID":"V","pageID":"P9"}`, 400, "FAULT", "gpe.appendContent"},
		"unknown channel":   {"engage", shopKey, `{"visitID":"V","channelType":"fax"}`, 400, "FAULT", ""},
		"malformed message": {"engage", shopKey, `{"visitID":"V","notification_message":[{}]}`, 400, "element 0", ""},
		"no object":         {"engage", shopKey, `[]`, 400, "FAULT", ""},
		"no key":            {"engage", "", `{"visitID":"V"}`, 401, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, sqlite(t))
			r.record("shop", event(1, 1, 11, visit.PageEntered, nil))
			p := &page{}
			defer r.show("shop", id(1), []string{"P1"}, p).Hide()
			body := strings.ReplaceAll(tt.body, `"V"`, `"`+id(1)+`"`)
			a := r.do("POST", "/server/data/gateway/"+tt.path, body, "x-api-key", tt.key)
			wantStatus(t, name, a, tt.status)
			if !strings.Contains(a.body, tt.says) {
				t.Errorf("the answer is %s", a.body)
			}
			if got := strings.Join(p.got, " "); got != tt.told {
				t.Errorf("told %q, not %q", got, tt.told)
			}
		})
	}
}

func TestInvitationsAndTheirResultsAreInTheHistory(t *testing.T) {
	onEach(t, func(t *testing.T, r *relay) {
		r.record("shop", event(1, 1, 11, visit.PageEntered, nil))
		defer r.show("shop", id(1), []string{id(11)}, &page{}).Hide()
		wantStatus(t, "engage", r.do("POST", "/server/data/gateway/engage", `{"visitID":"`+id(1)+`","engagementID":"e-1"}`, "x-api-key", shopKey), 200)
		for _, code := range []string{"ACCEPT_CHAT", "reject"} { // the first counts
			r.clock.Advance(1)
			wantStatus(t, code, r.dispose(url.Values{"visitID": {id(1)}, "pageID": {id(11)}, "engagementID": {"e-1"}, "code": {code}}), 200)
		}
		var events []struct {
			EventName, PageID, GlobalVisitID string
			Data                             map[string]any
		}
		r.get("/server/data/visits/"+id(1)+"/events?eventType=ENGAGEMENT").decode(t, &events)
		if len(events) != 2 || events[0].EventName != visit.InvitationSent || events[1].EventName != visit.InvitationResult {
			t.Fatalf("noted are %+v", events)
		}
		if events[1].Data["code"] != "accept" || events[1].Data["engagementID"] != "e-1" || events[1].GlobalVisitID != id(901) || events[1].PageID != id(11) {
			t.Errorf("the result is %+v", events[1])
		}
	})
}

func (r *relay) dispose(v url.Values) answer {
	r.tb.Helper()
	return r.do("GET", "/server/data/notification/disposition?"+v.Encode(), "", "Origin", shopOrigin)
}

func TestDispositionRefuses(t *testing.T) {
	r := newRelay(t, sqlite(t))
	r.record("shop", event(1, 1, 11, visit.PageEntered, nil))
	r.record("other", event(2, 2, 21, visit.PageEntered, nil))
	good := url.Values{"visitID": {id(1)}, "code": {"timeout"}}
	wantStatus(t, "without an engagement", r.dispose(good), 200)
	wantStatus(t, "no code", r.dispose(url.Values{"visitID": {id(1)}}), 400)
	wantStatus(t, "no visit", r.dispose(url.Values{"code": {"accept"}}), 400)
	wantStatus(t, "a long code", r.dispose(url.Values{"visitID": {id(1)}, "code": {strings.Repeat("x", 41)}}), 400)
	wantStatus(t, "unknown visit", r.dispose(url.Values{"visitID": {id(9)}, "code": {"accept"}}), 404)
	wantStatus(t, "another deployment's visit", r.dispose(url.Values{"visitID": {id(2)}, "code": {"accept"}}), 404)
	for what, header := range map[string][]string{
		"another origin":             {"Origin", "https://evil.example"},
		"no origin":                  nil,
		"an opaque origin":           {"Origin", "null"},
		"a picture of another site":  {"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"},
		"a picture of a sister site": {"Sec-Fetch-Site", "same-site"},
		"a link in a mail":           {"Sec-Fetch-Site", "none"},
	} {
		wantStatus(t, what, r.do("GET", "/server/data/notification/disposition?deployment=shop&"+good.Encode(), "", header...), 403)
	}
}

func TestPacing(t *testing.T) {
	tests := map[string]struct {
		room            desk.Room
		state, capacity string
	}{
		"nobody":               {desk.Room{}, "0", "0"},
		"plenty":               {desk.Room{Ready: 2, WithRoom: 2, Free: 6}, "1", "2"},
		"one place for two":    {desk.Room{Ready: 2, WithRoom: 1, Free: 1}, "0.5", "1"},
		"all of it waited for": {desk.Room{Ready: 1, WithRoom: 1, Free: 3, Waiting: 5}, "0", "1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t, sqlite(t))
			r.room = tt.room
			for _, prefix := range []string{"/server", "/frontend", "/backend"} {
				a := r.do("GET", prefix+"/data/pacing/reactiveState?channel=chat&groups=A&groups=B", "", "Origin", shopOrigin)
				if strings.TrimSpace(a.body) != `{"reactiveState":`+tt.state+`}` || a.header.Get("Access-Control-Allow-Origin") != shopOrigin {
					t.Errorf("%d %s", a.status, a.body)
				}
				a = r.do("GET", prefix+"/data/pacing/channelCapacity?channel=webcallback", "", "Origin", shopOrigin)
				if strings.TrimSpace(a.body) != `{"capacity":`+tt.capacity+`}` {
					t.Errorf("%d %s", a.status, a.body)
				}
			}
			wantStatus(t, "another channel", r.do("GET", "/server/data/pacing/reactiveState?channel=fax", "", "Origin", shopOrigin), 400)
			wantStatus(t, "another origin", r.do("GET", "/server/data/pacing/reactiveState?deployment=shop&channel=chat", "", "Origin", "https://evil.example"), 403)
		})
	}
}

func TestPacingIsOfAChannelAndGroups(t *testing.T) {
	for query, want := range map[string]string{
		"channel=chat":                             "chat of sales",
		"channel=webcallback":                      "callback of sales",
		"channel=callback&groups=B&groups=A":       "callback of A+B",
		"groups=B,%20A,&groups=A":                  "chat of A+B",
		"channel=proactiveChat&groups=&groups=%20": "chat of sales",
	} {
		r := newRelay(t, sqlite(t))
		wantStatus(t, query, r.do("GET", "/server/data/pacing/reactiveState?"+query, "", "Origin", shopOrigin), 200)
		if r.asked != want {
			t.Errorf("%s asks for %s, want %s", query, r.asked, want)
		}
	}
	r := newRelay(t, sqlite(t))
	for _, query := range []string{"groups=" + strings.Repeat("x", 201), "groups=" + strings.Join(strings.Split("abcdefghijklmnopqrstu", ""), ",")} {
		wantStatus(t, query, r.do("GET", "/server/data/pacing/reactiveState?"+query, "", "Origin", shopOrigin), 400)
	}
}

func TestAnInvitationHoldsItsPlace(t *testing.T) {
	r := newRelay(t, sqlite(t))
	r.room = desk.Room{Ready: 1, WithRoom: 1, Free: 1}
	r.record("shop", event(1, 1, 11, visit.PageEntered, nil))
	defer r.show("shop", id(1), []string{id(11)}, &page{}).Hide()
	wantState := func(what, want string) {
		t.Helper()
		a := r.do("GET", "/server/data/pacing/reactiveState?channel=chat", "", "Origin", shopOrigin)
		if got := strings.TrimSpace(a.body); got != `{"reactiveState":`+want+`}` {
			t.Errorf("%s: %s", what, got)
		}
	}
	invite := func(engagement string) {
		t.Helper()
		wantStatus(t, "engage", r.do("POST", "/server/data/gateway/engage", `{"visitID":"`+id(1)+`","engagementID":"`+engagement+`"}`, "x-api-key", shopKey), 200)
	}
	wantState("before", "1")
	invite("e-1")
	wantState("invited", "0")
	wantStatus(t, "rejected", r.dispose(url.Values{"visitID": {id(1)}, "engagementID": {"e-1"}, "code": {"reject"}}), 200)
	wantState("rejected", "1")
	invite("e-2")
	r.clock.Advance(60_000)
	wantState("never answered", "1")
}
