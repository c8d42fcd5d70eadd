package view

import (
	"fmt"
	"slices"
	"testing"
)

// list is a list of items with these keys.
func list(keys ...string) *Node {
	ul := El("ul", nil)
	for _, k := range keys {
		ul.Children = append(ul.Children, &Node{Tag: "li", Key: k, Text: k})
	}
	return ul
}

func TestThePageShowsTheTreeAfterEachUpdate(t *testing.T) {
	button := func(h ...Handler) *Node { return &Node{Tag: "button", Text: "Send", On: h} }
	steps := []struct {
		name string
		tree *Node
	}{
		{"first", El("div", map[string]string{"class": "a"}, Txt("p", nil, "hello"))},
		{"attributes change, come and go", El("div", map[string]string{"id": "x", "title": ""}, Txt("p", nil, "hello"))},
		{"another text", El("div", nil, Txt("p", nil, "bye"))},
		{"a text becomes children", El("div", nil, El("p", nil, Txt("b", nil, "bye")))},
		{"children become a text", El("div", nil, Txt("p", nil, "bye"))},
		{"children win over a text", &Node{Tag: "div", Text: "hidden", Children: []*Node{Txt("p", nil, "seen")}}},
		{"the hidden text shows", &Node{Tag: "div", Text: "hidden"}},
		{"another tag", El("section", nil, Txt("p", nil, "bye"))},
		{"handlers come", button(Handler{Event: "click", Action: "send"})},
		{"handlers change", button(Handler{Event: "click", Action: "send", Prevent: true})},
		{"keys of handlers", button(Handler{Event: "keydown", Action: "send", Keys: []string{"Enter"}})},
		{"what a page empties", button(Handler{Event: "submit", Action: "send", Clear: true})},
		{"and up to which length", button(Handler{Event: "submit", Action: "send", Clear: true, Limit: 20})},
		{"another length", button(Handler{Event: "submit", Action: "send", Clear: true, Limit: 40})},
		{"as a file", button(Handler{Event: "click", Action: "send", AsFile: "message"})},
		{"another field as a file", button(Handler{Event: "click", Action: "send", AsFile: "note"})},
		{"handlers go", button()},
		{"properties come", &Node{Tag: "input", Props: map[string]any{"value": "x", "disabled": true}}},
		{"properties change and go", &Node{Tag: "input", Props: map[string]any{"value": "y"}}},
		{"stick", &Node{Tag: "div", Stick: true, Announce: "polite"}},
		{"no stick", &Node{Tag: "div", Announce: "assertive"}},
		{"a list", list("a", "b", "c")},
		{"reversed", list("c", "b", "a")},
		{"others", list("d", "b", "e")},
		{"a key twice", list("b", "b", "b")},
		{"nothing", nil},
		{"back again", list("b")},
	}
	r, d := NewRoot(), newDOM(t)
	for _, s := range steps {
		d.apply(r.Update(s.tree))
		if got, want := d.String(), describe(s.tree); got != want {
			t.Fatalf("%s: the page shows\n%s\nthe tree is\n%s", s.name, got, want)
		}
	}
}

func TestTheSameTreeAgainChangesNothing(t *testing.T) {
	tree := func() *Node {
		n := list("a", "b")
		n.On = []Handler{{Event: "keydown", Action: "x", Keys: []string{"Enter", "Tab"}, WaitMs: 300}}
		n.Props = map[string]any{"value": "x"}
		n.Focus = "once"
		n.Announce = "polite"
		return n
	}
	r := NewRoot()
	r.Update(tree())
	if ops := r.Update(tree()); len(ops) != 0 {
		t.Fatalf("the same tree gave %v", ops)
	}
}

func TestAsFewElementsMoveAsCan(t *testing.T) {
	cases := []struct {
		name     string
		from, to []string
		moves    int
		made     int
	}{
		{"appending", []string{"a", "b"}, []string{"a", "b", "c"}, 0, 1},
		{"in front", []string{"b", "c"}, []string{"a", "b", "c"}, 0, 1},
		{"removing", []string{"a", "b", "c"}, []string{"a", "c"}, 0, 0},
		{"last to first", []string{"a", "b", "c", "d"}, []string{"d", "a", "b", "c"}, 1, 0},
		{"first to last", []string{"a", "b", "c", "d"}, []string{"b", "c", "d", "a"}, 1, 0},
		{"two change places", []string{"a", "b", "c", "d"}, []string{"a", "c", "b", "d"}, 1, 0},
		{"reversed", []string{"a", "b", "c", "d"}, []string{"d", "c", "b", "a"}, 3, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, d := NewRoot(), newDOM(t)
			d.apply(r.Update(list(c.from...)))
			d.moves, d.made = 0, 0
			d.apply(r.Update(list(c.to...)))
			if d.moves != c.moves || d.made != c.made {
				t.Fatalf("%d moved and %d new, want %d and %d", d.moves, d.made, c.moves, c.made)
			}
		})
	}
}

func TestSiblingsWithoutKeysKeepTheirElementWhenOneOfAnotherTagGoes(t *testing.T) {
	r, d := NewRoot(), newDOM(t)
	d.apply(r.Update(El("form", nil, Txt("p", nil, "warning"), El("input", nil))))
	input := d.byID[0].children[0].children[1]
	d.apply(r.Update(El("form", nil, El("input", nil))))
	if got := d.byID[0].children[0].children[0]; got != input {
		t.Fatal("the field was made anew: what somebody is writing in it would be lost")
	}
}

func TestFocusMovesWhenItsReasonChanges(t *testing.T) {
	field := func(why string) *Node { return &Node{Tag: "input", Focus: why} }
	steps := []struct {
		why   string
		moves bool
	}{{"", false}, {"opened", true}, {"opened", false}, {"", false}, {"opened", true}, {"reopened", true}}
	r := NewRoot()
	for i, s := range steps {
		ops := r.Update(field(s.why))
		moved := len(ops) > 0 && ops[len(ops)-1][0] == "focus"
		if moved != s.moves {
			t.Fatalf("step %d (%q): focus moved is %v", i, s.why, moved)
		}
	}
}

func TestFocusComesWhenEverythingIsInItsPlace(t *testing.T) {
	r := NewRoot()
	ops := r.Update(El("div", nil, &Node{Tag: "input", Focus: "opened"}, Txt("p", nil, "later")))
	if last := ops[len(ops)-1]; last[0] != "focus" {
		t.Fatalf("the last op is %v", last)
	}
}

func TestASelectGetsItsValueAfterItsOptions(t *testing.T) {
	r := NewRoot()
	ops := r.Update(&Node{Tag: "select", Props: map[string]any{"value": "b"}, Children: []*Node{Txt("option", nil, "b")}})
	set := slices.IndexFunc(ops, func(o Op) bool { return o[0] == "set" })
	option := slices.IndexFunc(ops, func(o Op) bool { return o[0] == "new" && o[2] == "option" })
	if set < option {
		t.Fatalf("the value comes before its option: %v", ops)
	}
}

func TestLiveRegions(t *testing.T) {
	cases := []struct {
		node       *Node
		role, live string
	}{
		{&Node{Tag: "div", Announce: "polite"}, "log", "polite"},
		{&Node{Tag: "div", Announce: "assertive"}, "alert", "assertive"},
		{&Node{Tag: "div", Announce: "polite", Attrs: map[string]string{"role": "status"}}, "status", "polite"},
		{&Node{Tag: "div"}, "", ""},
	}
	for _, c := range cases {
		d := newDOM(t)
		d.apply(NewRoot().Update(c.node))
		e := d.byID[1]
		if e.attrs["role"] != c.role || e.attrs["aria-live"] != c.live {
			t.Errorf("%q has the attributes %v", c.node.Announce, e.attrs)
		}
	}
}

// FuzzDiff makes two trees of the bytes and goes from one to the other and back.
func FuzzDiff(f *testing.F) {
	f.Add([]byte("some tree"), []byte("another tree"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 250, 7}, []byte{7, 6, 200, 4, 3, 2, 1})
	f.Add([]byte{}, []byte{255, 3, 17, 80, 41, 97, 3, 3, 3, 120, 45, 66})
	for seed := range 300 {
		f.Add(noise(seed, 200), noise(seed+1000, 200))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		r, d := NewRoot(), newDOM(t)
		for i, bytes := range [][]byte{a, b, a} {
			s := &seeds{bytes: bytes}
			tree := s.node(0)
			d.apply(r.Update(tree))
			if got, want := d.String(), describe(tree); got != want {
				t.Fatalf("step %d: the page shows\n%s\nthe tree is\n%s", i, got, want)
			}
		}
		if len(d.byID) != len(r.byID)+1 {
			t.Fatalf("the page has %d elements, Go knows %d", len(d.byID)-1, len(r.byID))
		}
	})
}

// noise is n bytes that look random and are the same each time.
func noise(seed, n int) []byte {
	b := make([]byte, n)
	x := uint32(seed)*2654435761 + 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

// seeds turns bytes into a tree.
type seeds struct{ bytes []byte }

func (s *seeds) next(n int) int {
	if len(s.bytes) == 0 {
		return 0
	}
	b := s.bytes[0]
	s.bytes = s.bytes[1:]
	return int(b) % n
}

func (s *seeds) node(depth int) *Node {
	n := &Node{Tag: []string{"div", "p", "span"}[s.next(3)]}
	if s.next(3) > 0 {
		n.Key = fmt.Sprint("k", s.next(6))
	}
	if s.next(2) > 0 {
		n.Attrs = map[string]string{"class": fmt.Sprint(s.next(3))}
	}
	if s.next(4) == 1 {
		n.Props = map[string]any{"value": fmt.Sprint(s.next(3))}
	}
	if s.next(4) == 1 {
		n.On = []Handler{{Event: "click", Action: fmt.Sprint(s.next(3))}}
	}
	n.Stick = s.next(5) == 1
	n.Focus = []string{"", "", "x", "y"}[s.next(4)]
	if s.next(3) == 1 {
		n.Text = fmt.Sprint("text ", s.next(4))
	}
	if depth < 4 {
		for range s.next(7) {
			n.Children = append(n.Children, s.node(depth+1))
		}
	}
	return n
}
