package page

import (
	"encoding/json"
	"reflect"
	"testing"

	"foyer/relay/wire"
)

func TestParseEvent(t *testing.T) {
	full := map[string]any{
		"eventID": "E", "eventType": "SYSTEM", "eventName": "PageEntered", "pageID": "P", "visitID": "V", "globalVisitID": "D",
		"timestamp": 1413979605190.0, "url": "http://x/", "category": "a;b", "languageCode": "en-US",
		"data": map[string]any{"title": "T"},
	}
	want := wire.Event{
		ID: "E", Type: "SYSTEM", Name: "PageEntered", Page: "P", Visit: "V", Device: "D", Ms: 1413979605190, URL: "http://x/",
		Category: "a;b", Language: "en-US", Data: map[string]any{"title": "T"},
	}
	if got, ok := ParseEvent(full); !ok || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, ok)
	}
	deep := map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": []any{1.0}, "d": "x"}}}}
	full["data"] = deep
	want.Data = map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": nil, "d": "x"}}}}
	if got, ok := ParseEvent(full); !ok || !reflect.DeepEqual(got, want) {
		t.Fatalf("what is nested too deep came as %+v, %v", got, ok)
	}
	bad := map[string]any{
		"nothing":      nil,
		"a string":     "PageEntered",
		"without id":   map[string]any{"eventName": "PageEntered"},
		"without name": map[string]any{"eventID": "E"},
		"id no string": map[string]any{"eventID": 5.0, "eventName": "PageEntered"},
	}
	for name, v := range bad {
		if e, ok := ParseEvent(v); ok {
			t.Errorf("%s: taken as %+v", name, e)
		}
	}
}

func TestTimesOfEvents(t *testing.T) {
	cases := []struct {
		in   any
		want int64
	}{{5.0, 5}, {"1413979605190", 1413979605190}, {-1.0, 0}, {1e300, 0}, {"soon", 0}, {"-4", 0}, {nil, 0}, {true, 0}}
	for _, c := range cases {
		if got := millis(c.in); got != c.want {
			t.Errorf("%v became %d, want %d", c.in, got, c.want)
		}
	}
}

// FuzzReadHello: whatever a page sends is read without a panic, and an event is one only with id and name.
func FuzzReadHello(f *testing.F) {
	f.Add(`{"page":{"id":"P","url":"u"},"ids":{"device":"D"},"events":[{"eventID":"E","eventName":"N","timestamp":"1"}]}`)
	f.Add(`{"page":[],"ids":null,"events":{"a":1},"stored":"x","deployment":{"texts":[1]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		var m map[string]any
		if json.Unmarshal([]byte(s), &m) != nil {
			return
		}
		for _, e := range readHello(m).events {
			if e.ID == "" || e.Name == "" || e.Ms < 0 {
				t.Fatalf("%+v is no event", e)
			}
		}
	})
}
