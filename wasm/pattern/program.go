package pattern

// maxProgram bounds the instructions of a program: what it takes to run one is their number times that of the characters.
const maxProgram = 3000

// program is an expression as a machine runs it that follows all ways of reading a text at the same time, so that none has
// to be tried again: whatever the expression, it looks at each character once.
type program []instruction

// instruction leads to the next one, unless it says otherwise.
type instruction struct {
	op   op
	set  *set // of eat
	to   int  // of jump, and the second way of split
	what kind // of assert
}

type op byte

const (
	eat op = iota // a character of the set
	jump
	split // both to the next one and to another
	assert
	accept
)

// compile makes a program of an expression, nil where it cannot be read, or is too large.
func compile(source string) program {
	n := parse(source)
	if n == nil {
		return nil
	}
	w := &writer{}
	w.node(n)
	w.write(instruction{op: accept})
	if w.full() {
		return nil
	}
	return w.program
}

// writer writes the program of an expression.
type writer struct {
	program program
	nodes   int // that were written, also those without an instruction
}

func (w *writer) full() bool { return len(w.program) > maxProgram || w.nodes > maxProgram }

// write gives the place of the instruction.
func (w *writer) write(i instruction) int {
	w.program = append(w.program, i)
	return len(w.program) - 1
}

// land makes the jump or split at a place lead to the instruction that is written next.
func (w *writer) land(place int) { w.program[place].to = len(w.program) }

func (w *writer) node(n *node) {
	w.nodes++
	switch {
	case w.full():
	case n.kind == one:
		w.write(instruction{op: eat, set: n.set})
	case n.kind == sequence:
		for _, sub := range n.subs {
			w.node(sub)
		}
	case n.kind == choice:
		w.choice(n.subs)
	case n.kind == repeat:
		w.repeat(n)
	default:
		w.write(instruction{op: assert, what: n.kind})
	}
}

func (w *writer) choice(subs []*node) {
	var ends []int
	for _, sub := range subs[:len(subs)-1] {
		other := w.write(instruction{op: split})
		w.node(sub)
		ends = append(ends, w.write(instruction{op: jump}))
		w.land(other)
	}
	w.node(subs[len(subs)-1])
	for _, end := range ends {
		w.land(end)
	}
}

func (w *writer) repeat(n *node) {
	for i := 0; i < n.min && !w.full(); i++ {
		w.node(n.subs[0])
	}
	if n.max < 0 {
		over := w.write(instruction{op: split})
		w.node(n.subs[0])
		w.write(instruction{op: jump, to: over})
		w.land(over)
		return
	}
	var overs []int
	for i := n.min; i < n.max && !w.full(); i++ {
		overs = append(overs, w.write(instruction{op: split}))
		w.node(n.subs[0])
	}
	for _, over := range overs {
		w.land(over)
	}
}

// in tells whether the expression is found in a text.
func (p program) in(text string) bool {
	r := &run{program: p, seen: make([]int, len(p)), before: none}
	for _, c := range text {
		r.after = c
		if r.enter() {
			return true
		}
		r.eat(c)
	}
	r.after = none
	return r.enter()
}

// none stands for the character before the first one, and for that behind the last.
const none = -1

// run is one reading of a text.
type run struct {
	program       program
	places        []int // of the instructions that wait for the next character
	eaten         []int // places behind those that have had theirs
	seen          []int // by place: the step at which it was followed
	step          int
	before, after rune
}

// enter follows all ways as far as they go without a character: those of before, and one that begins here. It is true where
// one of them is through.
func (r *run) enter() bool {
	r.step++
	r.places = r.places[:0]
	for _, place := range r.eaten {
		if r.follow(place) {
			return true
		}
	}
	return r.follow(0)
}

func (r *run) follow(place int) bool {
	for r.seen[place] != r.step {
		r.seen[place] = r.step
		switch i := r.program[place]; i.op {
		case accept:
			return true
		case eat:
			r.places = append(r.places, place)
			return false
		case jump:
			place = i.to
		case split:
			if r.follow(place + 1) {
				return true
			}
			place = i.to
		case assert:
			if !r.holds(i.what) {
				return false
			}
			place++
		}
	}
	return false
}

// eat goes on with a character.
func (r *run) eat(c rune) {
	r.eaten = r.eaten[:0]
	for _, place := range r.places {
		if r.program[place].set.has(c) {
			r.eaten = append(r.eaten, place+1)
		}
	}
	r.before = c
}

func (r *run) holds(what kind) bool {
	switch what {
	case atStart:
		return r.before == none
	case atEnd:
		return r.after == none
	}
	return (isWordCharacter(r.before) != isWordCharacter(r.after)) == (what == atWord)
}
