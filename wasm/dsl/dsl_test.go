package dsl

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"foyer/wasm/pattern"
)

// match does what the worker's RegExp does with the flag i.
var match pattern.Matcher = func(source, text string) bool {
	re, err := regexp.Compile("(?i)" + source)
	return err == nil && re.MatchString(text)
}

// tree does what the page's XML parser does.
func tree(t testing.TB, document string) any {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	top := map[string]any{}
	open := []map[string]any{top}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return top["children"].([]any)[0]
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			attrs := map[string]any{}
			for _, a := range x.Attr {
				attrs[a.Name.Local] = a.Value
			}
			n := map[string]any{"name": x.Name.Local, "attrs": attrs, "children": []any(nil)}
			parent := open[len(open)-1]
			children, _ := parent["children"].([]any)
			parent["children"] = append(children, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func document(events string) string {
	return "<properties><events>" + events + "</events></properties>"
}

func parse(t testing.TB, events string) []Event {
	t.Helper()
	all, problems := Parse(tree(t, document(events)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return all
}

// el is an element as the page's XML parser gives it.
func el(name string, attrs map[string]any, children ...any) any {
	return map[string]any{"name": name, "attrs": attrs, "children": children}
}

func TestTheVendorsSampleIsRead(t *testing.T) {
	events, problems := Parse(tree(t, `<properties debug="false">
	 <events>
	  <event id="TimeoutEvent30" name="Timeout-30" condition="" postcondition="document.hasFocus() === true">
	   <trigger name="TimeoutTrigger" element="" action="timer:30000" type="timeout" url="" count="1"/>
	  </event>
	  <!-- a comment -->
	  <event id="SearchEvent" name="Search">
	   <trigger name="SearchTrigger" element="td#gobutton input" action="click" url="http://www.MySite.com" count="1"/>
	   <val name="searchString" value="$('input.searchfield:text').val();"/>
	  </event>
	 </events>
	</properties>`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []any{
		map[string]any{
			"attrs": map[string]any{"id": "TimeoutEvent30", "name": "Timeout-30", "condition": "", "postcondition": "document.hasFocus() === true"},
			"triggers": []any{el("trigger", map[string]any{
				"name": "TimeoutTrigger", "element": "", "action": "timer:30000", "type": "timeout", "url": "", "count": "1"})},
			"values": []any(nil),
		},
		map[string]any{
			"attrs": map[string]any{"id": "SearchEvent", "name": "Search"},
			"triggers": []any{el("trigger", map[string]any{
				"name": "SearchTrigger", "element": "td#gobutton input", "action": "click", "url": "http://www.MySite.com", "count": "1"})},
			"values": []any{el("val", map[string]any{"name": "searchString", "value": "$('input.searchfield:text').val();"})},
		},
	}
	if got := NewWatch(events, "http://www.mysite.com/", match).Orders(); !reflect.DeepEqual(got, want) {
		t.Errorf("ordered %#v\nwant %#v", got, want)
	}
}

func TestTriggers(t *testing.T) {
	tests := []struct{ name, trigger, problem string }{
		{"a click", `action="click" element="#buy" count="3"`, ""},
		{"an event of jQuery", `action="cart.updated"`, ""},
		{"no mouse for a while", `action="timer:5000" type="nomove"`, ""},
		{"a value of its own", `action="click"><val name="x" value="1"/></trigger`, ""},
		{"enabled", `action="click" enable="true"`, ""},
		{"no action", `element="#buy"`, `the action  is no event`},
		{"an action that is code", `action="click(); x"`, `the action click(); x is no event`},
		{"a timer of no time", `action="timer:0"`, `timers take 100 to 86400000 ms`},
		{"a timer that is no number", `action="timer:soon"`, `timers take 100 to 86400000 ms`},
		{"a timer of years", `action="timer:999999999999"`, `timers take 100 to 86400000 ms`},
		{"a count of none", `action="click" count="0"`, `count is 1 to 10000`},
		{"a count that is no number", `action="click" count="many"`, `count is 1 to 10000`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			xml := `<event name="E"><trigger ` + test.trigger + `/></event>`
			xml = strings.ReplaceAll(xml, "</trigger/>", "</trigger>")
			events, problems := Parse(tree(t, document(xml)))
			if test.problem == "" {
				if len(events) != 1 || problems != nil {
					t.Errorf("read %+v, problems %q", events, problems)
				}
				return
			}
			if want := []string{"event 1 (E): " + test.problem}; len(events) != 0 || !reflect.DeepEqual(problems, want) {
				t.Errorf("read %+v, problems %q", events, problems)
			}
		})
	}
}

func TestWhatIsNotEnabledIsNotThere(t *testing.T) {
	if got := parse(t, `<event name="E"><trigger action="click" enable="false"/></event><event name="F"/>`); got != nil {
		t.Errorf("read %+v", got)
	}
}

func TestAHostileDocumentIsBounded(t *testing.T) {
	click := `<trigger action="click"/>`
	tests := []struct {
		name, events string
		most         int
		problem      string
	}{
		{"thousands of events", strings.Repeat(`<event name="E">`+click+`</event>`, 2000), maxEvents, "only the first 300 events"},
		{"thousands of triggers", `<event name="E">` + strings.Repeat(click, 5000) + `</event>`, 0, "more than 600 triggers"},
		{"thousands of timers", strings.Repeat(`<event name="E"><trigger action="timer:1000"/></event>`, 200), maxTimers, "more than 100 timers"},
		{"thousands of values", `<event name="E">` + click + strings.Repeat(`<val name="x" value="1"/>`, 5000) + `</event>`, 0, "more than 50 values"},
		{"a long name", `<event name="` + strings.Repeat("E", 200) + `">` + click + `</event>`, 0, "a name of 1 to 100 bytes"},
		{"no name", `<event>` + click + `</event>`, 0, "a name of 1 to 100 bytes"},
		{"a long condition", `<event name="E" condition="` + strings.Repeat("1", 5000) + `">` + click + `</event>`, 0, "an attribute is longer"},
		{"a long url", `<event name="E"><trigger action="click" url="` + strings.Repeat("1", 5000) + `"/></event>`, 0, "an attribute is longer"},
		{"a long value", `<event name="E">` + click + `<val name="x" value="` + strings.Repeat("1", 5000) + `"/></event>`, 0, "an attribute is longer"},
		{"a long value of a trigger", `<event name="E"><trigger action="click"><val value="` + strings.Repeat("1", 5000) + `"/></trigger></event>`, 0, "an attribute is longer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			events, problems := Parse(tree(t, document(test.events)))
			if len(events) != test.most || len(problems) == 0 || len(problems) > maxProblems || !strings.Contains(problems[0], test.problem) {
				t.Errorf("%d events, %d problems: %.200q", len(events), len(problems), problems)
			}
		})
	}
}

func TestWhatIsNoDocumentIsAProblem(t *testing.T) {
	for _, v := range []any{nil, "x", 5.0, []any{}, map[string]any{"name": "html"}, map[string]any{"name": 5.0}} {
		if events, problems := Parse(v); events != nil || len(problems) != 1 {
			t.Errorf("%v: %v, %q", v, events, problems)
		}
	}
}

func TestUrlFilters(t *testing.T) {
	const at = "https://www.mysite.com/shop/tent?color=green"
	tests := []struct {
		filter string
		want   bool
	}{
		{"", true},
		{"https://www.MySite.com", true},
		{"/shop/", true},
		{"?color=green", true},
		{"http://www.MySite.com", false},
		{`/shop/\w+\?`, true},
		{`^https?://.*\.mysite\.com/`, true},
		{`/shop/$`, false},
		{`(`, false},
		{`(t+)+`, true},
		{`(?=t)(t+)+`, false},
	}
	for _, test := range tests {
		events := []Event{{Name: "E", triggers: []trigger{{url: test.filter}}}}
		if got := NewWatch(events, at, match).Names("E"); got != test.want {
			t.Errorf("%s: %v, want %v", test.filter, got, test.want)
		}
	}
}

// FuzzParse: whatever tree a page hands over, what comes of it is bounded, and can be watched for.
func FuzzParse(f *testing.F) {
	f.Add(`{"name":"properties","children":[{"name":"events","children":[{"name":"event","attrs":{"name":"E"},
		"children":[{"name":"trigger","attrs":{"action":"click","count":"2"}},{"name":"val","attrs":{"name":"v","value":"1"}}]}]}]}`)
	f.Add(`{"name":"properties","children":[{"name":"events","children":[{"name":"event","attrs":[1],"children":{"a":1}}]},null,1]}`)
	f.Fuzz(func(t *testing.T, s string) {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			return
		}
		events, problems := Parse(v)
		if len(events) > maxEvents || len(problems) > maxProblems {
			t.Fatalf("%d events, %d problems", len(events), len(problems))
		}
		if orders := NewWatch(events, "https://shop.example/", match).Orders(); len(orders) > len(events) {
			t.Fatalf("%d orders of %d events", len(orders), len(events))
		}
	})
}
