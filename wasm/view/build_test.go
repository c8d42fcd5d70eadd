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

func TestHTMLOfThePageHasPlacesForChildren(t *testing.T) {
	r := NewRoot()
	label, input := Say("label", "l", "Name").Keyed("label:name"), Box("input", "i").Keyed("input:name")
	form := Box("div", "f", label, input)
	form.HTML = "<table><tr><th>{label:name}</th><td>{input:name}</td></tr></table>"
	ops := r.Update(form)
	want := Op{"html", 1, form.HTML, map[string]any{"label:name": 2, "input:name": 3}}
	if got := ops[len(ops)-1]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	same := Box("div", "f", Say("label", "l", "Name").Keyed("label:name"), Box("input", "i").Keyed("input:name"))
	same.HTML = form.HTML
	if ops := r.Update(same); len(ops) != 0 {
		t.Errorf("drawn again: %v", ops)
	}
	other := Box("div", "f")
	other.HTML = "<b>other</b>"
	if ops := r.Update(other); len(ops) != 3 || ops[0][0] != "del" || ops[1][0] != "new" || ops[2][0] != "html" {
		t.Errorf("another HTML is another element: %v", ops)
	}
}
