package native

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"foyer/relay/deployment"
	"foyer/relay/wire"
)

const exitEvent = `{"eventType":"SYSTEM","eventName":"PageExited","eventID":"%s","pageID":"11111111111111111111111111111111",
	"visitID":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","globalVisitID":"DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD","timestamp":1700000000000,
	"url":"https://shop.example/","languageCode":"en-US","category":"","data":{"n":1}}`

func (r *testRelay) beacon(dep, kind, body string) (status int, err error) {
	r.tb.Helper()
	d, err := r.Deployments.Resolve(deployment.Hints{Name: dep})
	must(r.tb, err)
	q := httptest.NewRequest(http.MethodPost, "/native/v1/events?deployment="+dep, strings.NewReader(body))
	q.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	err = r.Events(w, q, d)
	return w.Code, err
}

func TestBeaconIsKeptOnce(t *testing.T) {
	r := newRelay(t)
	body := "[" + fmt.Sprintf(exitEvent, id("E")) + "," + fmt.Sprintf(exitEvent, id("F")) + "]"
	for range 2 {
		if status, err := r.beacon("shop", "text/plain;charset=UTF-8", body); err != nil || status != http.StatusNoContent {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	events, err := r.store.Visits().EventsOfVisit(t.Context(), "shop", id("A"), 10)
	must(t, err)
	if len(events) != 2 || events[0].Name != "PageExited" || fmt.Sprint(events[0].Data["n"]) != "1" || events[0].Language != "en-US" {
		t.Errorf("kept %+v", events)
	}
}

func TestBeaconsThatAreRefused(t *testing.T) {
	r := newRelay(t)
	good := "[" + fmt.Sprintf(exitEvent, id("E")) + "]"
	cases := []struct {
		name, deployment, kind, body string
		code                         wire.Code
	}{
		{"no monitoring", "other", "text/plain", good, wire.CodeForbidden},
		{"a form", "shop", "application/x-www-form-urlencoded", good, wire.CodeBadRequest},
		{"not JSON", "shop", "text/plain", "PageExited", wire.CodeBadRequest},
		{"not an array", "shop", "text/plain", fmt.Sprintf(exitEvent, id("E")), wire.CodeBadRequest},
		{"one bad event among good ones", "shop", "text/plain", "[" + fmt.Sprintf(exitEvent, id("E")) + "," + fmt.Sprintf(exitEvent, "x") + "]", wire.CodeBadRequest},
		{"too large", "shop", "text/plain", good + strings.Repeat(" ", BeaconBytes), wire.CodeTooLarge},
		{"too many", "shop", "text/plain", "[" + strings.Repeat("{},", wire.MaxEvents) + "{}]", wire.CodeBadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := r.beacon(c.deployment, c.kind, c.body)
			if !errors.Is(err, &wire.Problem{Code: c.code}) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
	events, err := r.store.Visits().EventsOfVisit(t.Context(), "shop", id("A"), 10)
	must(t, err)
	if len(events) != 0 {
		t.Errorf("kept %+v", events)
	}
}

func FuzzParseEvents(f *testing.F) {
	f.Add([]byte("[" + fmt.Sprintf(exitEvent, id("E")) + "]"))
	f.Add([]byte(`[{"data":{"a":[1,{"b":null}]}}]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := parseEvents(b)
		var p *wire.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatalf("an error without a code: %v", err)
		}
	})
}
