package view

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestAnActionSaysWhatHappenedAndInWhichItem(t *testing.T) {
	r := NewRoot()
	item := &Node{Tag: "li", Key: "chat-7", Children: []*Node{
		{Tag: "button", On: []Handler{{Event: "click", Action: "accept"}}},
	}}
	r.Update(El("ul", nil, item))
	const button = 3 // ul, li, button
	got, ok := r.Action(map[string]any{
		"node": float64(button), "action": "accept", "key": "", "value": "v", "press": "Shift+Enter",
		"fields": map[string]any{"message": "hello", "odd": 5.0}, "files": []any{"a file"},
	})
	want := Action{
		Name: "accept", Node: button, Key: "chat-7", Value: "v", Press: "Shift+Enter",
		Fields: map[string]string{"message": "hello"}, Files: []any{"a file"},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, ok)
	}
}

func TestAnActionThatNobodyWantsIsDropped(t *testing.T) {
	r := NewRoot()
	r.Update(&Node{Tag: "button", On: []Handler{{Event: "click", Action: "send"}}})
	cases := map[string]map[string]any{
		"no such element": {"node": 9.0, "action": "send"},
		"the container":   {"node": 0.0, "action": "send"},
		"another action":  {"node": 1.0, "action": "close"},
		"no number":       {"node": "1", "action": "send"},
		"nothing":         {},
	}
	for name, msg := range cases {
		if _, ok := r.Action(msg); ok {
			t.Errorf("%s: taken", name)
		}
	}
	r.Update(nil)
	if _, ok := r.Action(map[string]any{"node": 1.0, "action": "send"}); ok {
		t.Error("an element that is gone: taken")
	}
}

func FuzzAction(f *testing.F) {
	f.Add(`{"node":1,"action":"send","fields":{"a":"b"}}`)
	f.Add(`{"node":1e300,"action":null,"fields":[]}`)
	f.Fuzz(func(t *testing.T, s string) {
		var msg map[string]any
		if json.Unmarshal([]byte(s), &msg) != nil {
			return
		}
		r := NewRoot()
		r.Update(&Node{Tag: "button", On: []Handler{{Event: "click", Action: "send"}}})
		if a, ok := r.Action(msg); ok && (a.Name != "send" || a.Node != 1) {
			t.Fatalf("%s gave %+v", s, a)
		}
	})
}
