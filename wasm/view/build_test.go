package view

import (
	"reflect"
	"testing"
)

func TestBuildersMakeTheSameTreeAsLiterals(t *testing.T) {
	got := Box("div", "a", nil, Say("p", "b", "text").With("id", "x", "dir", "auto"), If(false, Box("i", ""))).
		Handle("click", "go").Keyed("k").Add(nil, Box("hr", "c"))
	want := &Node{
		Tag: "div", Key: "k", Attrs: map[string]string{"class": "a"}, On: []Handler{{Event: "click", Action: "go"}},
		Children: []*Node{
			{Tag: "p", Text: "text", Attrs: map[string]string{"class": "b", "id": "x", "dir": "auto"}},
			{Tag: "hr", Attrs: map[string]string{"class": "c"}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
