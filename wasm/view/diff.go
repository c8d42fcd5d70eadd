package view

import (
	"maps"
	"slices"
)

// Root is what one page shows under one root: the last tree that was sent to it, and the numbers of its elements. A page
// that is new needs a new Root.
type Root struct {
	top    *placed // the container; its children are the tree
	lastID int
	byID   map[int]*placed
}

// placed is a node that the page has.
type placed struct {
	id       int
	node     *Node
	parent   *placed
	children []*placed
}

// NewRoot is an empty root.
func NewRoot() *Root {
	return &Root{top: &placed{node: &Node{}}, byID: map[int]*placed{}}
}

// Update makes next the tree of the root (nil: nothing is shown) and returns what the page must change, in order; nil
// when it shows this already. The Root keeps next until the following call: it must not be changed any more.
func (r *Root) Update(next *Node) []Op {
	d := &diff{root: r}
	container := &Node{}
	if next != nil {
		container.Children = []*Node{next}
	}
	d.children(r.top, container)
	r.top.node = container
	return append(d.ops, d.focus...)
}

// diff is one Update at work.
type diff struct {
	root  *Root
	ops   []Op
	focus []Op // last, when everything is where it belongs
}

func (d *diff) op(args ...any) { d.ops = append(d.ops, Op(args)) }

// match says which old sibling a new one continues: the one with its key, or else the nth of its tag without a key. A
// key that is used twice is told apart by position.
type match struct {
	key, tag, html string
	nth            int
}

// matcher counts siblings.
type matcher map[match]int

func (m matcher) of(n *Node) match {
	k := match{key: n.Key, tag: n.Tag, html: n.HTML}
	nth := m[k]
	m[k]++
	k.nth = nth
	return k
}

// children makes the children of p those of next.
func (d *diff) children(p *placed, next *Node) {
	old := make(map[match]int, len(p.children))
	seen := matcher{}
	for i, c := range p.children {
		old[seen.of(c.node)] = i
	}

	from := make([]int, len(next.Children)) // the old position of each new child, -1 for a new element
	kept := make([]bool, len(p.children))
	seen = matcher{}
	for i, n := range next.Children {
		from[i] = -1
		if at, ok := old[seen.of(n)]; ok {
			from[i] = at
			kept[at] = true
		}
	}

	for i, c := range p.children {
		if !kept[i] {
			d.op("del", c.id)
			d.root.forget(c)
		}
	}

	before := p.children
	stays := longestRise(from)
	after := make([]*placed, len(next.Children))
	for i, n := range next.Children {
		if from[i] < 0 {
			after[i] = d.create(n, p, d.anchor(before, from, stays, i))
			continue
		}
		c := before[from[i]]
		if !stays[i] {
			d.op("move", c.id, p.id, d.anchor(before, from, stays, i))
		}
		d.update(c, n)
		after[i] = c
	}
	p.children = after
}

// anchor is the number of the next sibling that stays where it is: what goes in front of it, in order, ends in order.
func (d *diff) anchor(before []*placed, from []int, stays []bool, i int) int {
	for j := i + 1; j < len(from); j++ {
		if stays[j] {
			return before[from[j]].id
		}
	}
	return 0
}

// create makes an element with everything in it.
func (d *diff) create(n *Node, parent *placed, before int) *placed {
	d.root.lastID++
	c := &placed{id: d.root.lastID, node: n, parent: parent}
	d.root.byID[c.id] = c
	var text any
	if t := textOf(n); t != "" {
		text = t
	}
	d.op("new", c.id, n.Tag, parent.id, before, attrsForPage(attrsOf(n)), text)
	if len(n.On) > 0 {
		d.op("on", c.id, handlersForPage(n.On))
	}
	if n.Stick {
		d.op("stick", c.id, true)
	}
	for _, child := range n.Children {
		c.children = append(c.children, d.create(child, c, 0))
	}
	if n.HTML != "" {
		d.html(c)
	}
	for name, value := range n.Props { // after the children: a select's value needs its options
		d.op("set", c.id, name, value)
	}
	if n.Focus != "" {
		d.focus = append(d.focus, Op{"focus", c.id})
	}
	return c
}

// html fills an element with the page's HTML, and its children's places in that.
func (d *diff) html(c *placed) {
	slots := map[string]any{}
	for _, child := range c.children {
		if child.node.Key != "" {
			slots[child.node.Key] = child.id
		}
	}
	d.op("html", c.id, c.node.HTML, slots)
}

// update changes an element that stays.
func (d *diff) update(c *placed, next *Node) {
	last := c.node
	c.node = next
	d.attrs(c.id, attrsOf(last), attrsOf(next))
	if !slices.EqualFunc(last.On, next.On, sameHandler) {
		d.op("on", c.id, handlersForPage(next.On))
	}
	if last.Stick != next.Stick {
		d.op("stick", c.id, next.Stick)
	}
	was, is := textOf(last), textOf(next)
	if was != "" && is == "" {
		d.op("text", c.id, "")
	}
	d.children(c, next)
	if is != "" && is != was {
		d.op("text", c.id, is)
	}
	d.props(c.id, last.Props, next.Props)
	if next.Focus != "" && next.Focus != last.Focus {
		d.focus = append(d.focus, Op{"focus", c.id})
	}
}

func (d *diff) attrs(id int, last, next map[string]string) {
	for name := range last {
		if _, stays := next[name]; !stays {
			d.op("attr", id, name, nil)
		}
	}
	for name, is := range next {
		if was, there := last[name]; !there || was != is {
			d.op("attr", id, name, is)
		}
	}
}

func (d *diff) props(id int, last, next map[string]any) {
	for name := range last {
		if _, stays := next[name]; !stays {
			d.op("set", id, name, nil)
		}
	}
	for name, is := range next {
		if was, there := last[name]; !there || was != is {
			d.op("set", id, name, is)
		}
	}
}

func (r *Root) forget(p *placed) {
	delete(r.byID, p.id)
	for _, c := range p.children {
		r.forget(c)
	}
}

// attrsOf adds what Announce means, where the node does not say otherwise. A log is read addition by addition; a status
// would be read as a whole each time.
func attrsOf(n *Node) map[string]string {
	if n.Announce == "" {
		return n.Attrs
	}
	role := "log"
	if n.Announce == "assertive" {
		role = "alert"
	}
	all := map[string]string{"role": role, "aria-live": n.Announce}
	maps.Copy(all, n.Attrs)
	return all
}

// textOf is the text that is shown: children win over a text beside them.
func textOf(n *Node) string {
	if len(n.Children) > 0 {
		return ""
	}
	return n.Text
}

func attrsForPage(attrs map[string]string) map[string]any {
	all := make(map[string]any, len(attrs))
	for k, v := range attrs {
		all[k] = v
	}
	return all
}

func sameHandler(a, b Handler) bool {
	return a.Event == b.Event && a.Action == b.Action && slices.Equal(a.Keys, b.Keys) && (a.Keys == nil) == (b.Keys == nil) &&
		a.Prevent == b.Prevent && a.Stop == b.Stop && a.Fields == b.Fields && a.Clear == b.Clear && a.WaitMs == b.WaitMs &&
		a.Insert == b.Insert && a.Limit == b.Limit && a.AsFile == b.AsFile
}

func handlersForPage(on []Handler) []any {
	all := make([]any, len(on))
	for i, h := range on {
		var keys any
		if h.Keys != nil {
			list := make([]any, len(h.Keys))
			for j, k := range h.Keys {
				list[j] = k
			}
			keys = list
		}
		all[i] = []any{h.Event, h.Action, keys, h.Prevent, h.Stop, h.Fields, h.Clear, h.WaitMs, h.Insert, h.Limit, h.AsFile}
	}
	return all
}

// longestRise marks the most elements that can stay where they are: the longest rising run, not necessarily adjacent,
// among old positions (-1 is a new element and never stays).
func longestRise(from []int) []bool {
	var ends []int // ends[k] is the index of the smallest last element of a run of k+1
	prev := make([]int, len(from))
	for i, at := range from {
		if at < 0 {
			continue
		}
		k, _ := slices.BinarySearchFunc(ends, at, func(e, at int) int { return from[e] - at })
		prev[i] = -1
		if k > 0 {
			prev[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	stays := make([]bool, len(from))
	if len(ends) == 0 {
		return stays
	}
	for i := ends[len(ends)-1]; i >= 0; i = prev[i] {
		stays[i] = true
	}
	return stays
}
