package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// element is the little of a DOM that the ops need. Applying is strict: an op that a page could not carry out fails the
// test.
type element struct {
	id       int
	tag      string
	text     string
	attrs    map[string]string
	props    map[string]any
	on       string
	stick    bool
	parent   *element
	children []*element
}

type dom struct {
	tb    testing.TB
	byID  map[int]*element
	focus int
	moves int
	made  int
}

func newDOM(tb testing.TB) *dom {
	return &dom{tb: tb, byID: map[int]*element{0: {}}}
}

func (d *dom) el(v any) *element {
	e := d.byID[v.(int)]
	if e == nil {
		d.tb.Fatalf("there is no element %v", v)
	}
	return e
}

func (d *dom) apply(ops []Op) {
	d.tb.Helper()
	for _, op := range ops {
		d.one(op)
	}
}

func (d *dom) one(op Op) {
	d.tb.Helper()
	switch op[0] {
	case "new":
		d.make(op)
	case "attr":
		e := d.el(op[1])
		if op[3] == nil {
			delete(e.attrs, op[2].(string))
		} else {
			e.attrs[op[2].(string)] = op[3].(string)
		}
	case "set":
		e := d.el(op[1])
		if op[3] == nil {
			delete(e.props, op[2].(string))
		} else {
			e.props[op[2].(string)] = op[3]
		}
	case "text":
		e := d.el(op[1])
		if len(e.children) > 0 {
			d.tb.Fatalf("setting the text of %d would remove its children", e.id)
		}
		e.text = op[2].(string)
	case "move":
		d.moves++
		e := d.el(op[1])
		d.unlink(e)
		d.link(e, d.el(op[2]), op[3].(int))
	case "del":
		e := d.el(op[1])
		d.unlink(e)
		d.forget(e)
	case "on":
		d.el(op[1]).on = fmt.Sprint(op[2])
	case "focus":
		d.focus = d.el(op[1]).id
	case "stick":
		d.el(op[1]).stick = op[2].(bool)
	default:
		d.tb.Fatalf("unknown op %v", op)
	}
}

func (d *dom) make(op Op) {
	d.tb.Helper()
	d.made++
	e := &element{id: op[1].(int), tag: op[2].(string), attrs: map[string]string{}, props: map[string]any{}, on: "[]"}
	if d.byID[e.id] != nil {
		d.tb.Fatalf("element %d is made twice", e.id)
	}
	for k, v := range op[5].(map[string]any) {
		e.attrs[k] = v.(string)
	}
	if op[6] != nil {
		e.text = op[6].(string)
	}
	d.byID[e.id] = e
	d.link(e, d.el(op[3]), op[4].(int))
}

func (d *dom) link(e, parent *element, before int) {
	d.tb.Helper()
	if parent.text != "" {
		d.tb.Fatalf("%d gets a child beside its text", parent.id)
	}
	at := len(parent.children)
	if before != 0 {
		at = slices.Index(parent.children, d.el(before))
		if at < 0 {
			d.tb.Fatalf("%d is not a child of %d", before, parent.id)
		}
	}
	e.parent = parent
	parent.children = slices.Insert(parent.children, at, e)
}

func (d *dom) unlink(e *element) {
	at := slices.Index(e.parent.children, e)
	e.parent.children = slices.Delete(e.parent.children, at, at+1)
}

func (d *dom) forget(e *element) {
	delete(d.byID, e.id)
	for _, c := range e.children {
		d.forget(c)
	}
}

// String shows the container's content, everything of it that a visitor could notice.
func (d *dom) String() string {
	var b strings.Builder
	for _, c := range d.byID[0].children {
		c.write(&b, 0)
	}
	return b.String()
}

func (e *element) write(b *strings.Builder, depth int) {
	fmt.Fprintf(b, "%*s%s %v %v %q on=%s stick=%v\n", depth*2, "", e.tag, sorted(e.attrs), sorted(e.props), e.text, e.on, e.stick)
	for _, c := range e.children {
		c.write(b, depth+1)
	}
}

// describe shows a tree in the same form.
func describe(n *Node) string {
	var b strings.Builder
	if n != nil {
		describeInto(&b, n, 0)
	}
	return b.String()
}

func describeInto(b *strings.Builder, n *Node, depth int) {
	text := n.Text
	if len(n.Children) > 0 {
		text = ""
	}
	on := fmt.Sprint(handlersForPage(n.On))
	fmt.Fprintf(b, "%*s%s %v %v %q on=%s stick=%v\n", depth*2, "", n.Tag, sorted(attrsOf(n)), sorted(n.Props), text, on, n.Stick)
	for _, c := range n.Children {
		describeInto(b, c, depth+1)
	}
}

func sorted[V any](m map[string]V) []string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, fmt.Sprintf("%s=%v", k, m[k]))
	}
	return all
}
