package pattern

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// node is a part of an expression.
type node struct {
	kind     kind
	set      *set    // of one
	subs     []*node // of sequence and choice; what is repeated
	min, max int     // of repeat; max is -1 where there is no end
}

type kind byte

const (
	one      kind = iota // a character of the set
	sequence             // subs, one behind the other; none is the empty text
	choice               // one of subs
	repeat
	atStart   // ^
	atEnd     // $
	atWord    // \b
	notAtWord // \B
)

// parser reads an expression of JavaScript without a flag but i. It fails at what is faulty, and at what it does not know:
// looking ahead and behind, references to groups.
type parser struct {
	rest   string
	failed bool
}

// parse gives nil for what cannot be read.
func parse(source string) *node {
	p := &parser{rest: source}
	n := p.choices()
	if p.failed || p.rest != "" {
		return nil
	}
	return n
}

func (p *parser) fail() *node {
	p.failed, p.rest = true, ""
	return &node{kind: sequence}
}

// take takes a text, where it comes next.
func (p *parser) take(s string) bool {
	after, found := strings.CutPrefix(p.rest, s)
	if found {
		p.rest = after
	}
	return found
}

// next takes a character; there is one.
func (p *parser) next() rune {
	c, n := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[n:]
	return c
}

func (p *parser) choices() *node {
	all := []*node{p.sequence()}
	for p.take("|") {
		all = append(all, p.sequence())
	}
	if len(all) == 1 {
		return all[0]
	}
	return &node{kind: choice, subs: all}
}

func (p *parser) sequence() *node {
	n := &node{kind: sequence}
	for p.rest != "" && p.rest[0] != '|' && p.rest[0] != ')' {
		n.subs = append(n.subs, p.quantified(p.atom()))
	}
	return n
}

func (p *parser) atom() *node {
	switch c := p.next(); c {
	case '^':
		return &node{kind: atStart}
	case '$':
		return &node{kind: atEnd}
	case '.':
		return &node{kind: one, set: &set{not: true, ranges: lineEnds}}
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return p.fail() // nothing to repeat
	case '{':
		if braces("{"+p.rest) != "" {
			return p.fail()
		}
		return single(c)
	default:
		return single(c)
	}
}

func single(c rune) *node { return &node{kind: one, set: &set{ranges: []rune{c, c}}} }

func (p *parser) group() *node {
	if p.take("?<") {
		if p.rest == "" || p.rest[0] == '=' || p.rest[0] == '!' {
			return p.fail()
		}
		_, after, named := strings.Cut(p.rest, ">")
		if !named {
			return p.fail()
		}
		p.rest = after
	} else if !p.take("?:") && p.take("?") {
		return p.fail()
	}
	n := p.choices()
	if !p.take(")") {
		return p.fail()
	}
	return n
}

func (p *parser) escape() *node {
	if p.rest == "" {
		return p.fail()
	}
	switch p.rest[0] {
	case 'b':
		p.rest = p.rest[1:]
		return &node{kind: atWord}
	case 'B':
		p.rest = p.rest[1:]
		return &node{kind: notAtWord}
	case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k':
		return p.fail() // a reference to a group
	}
	s, _ := p.escaped()
	return &node{kind: one, set: s}
}

// escaped reads what stands behind a backslash, also in a class. c is the character, -1 for a set of several.
func (p *parser) escaped() (s *set, c rune) {
	c = p.next()
	switch c {
	case 'd':
		return &set{ranges: digits}, -1
	case 'D':
		return &set{ranges: digits, not: true}, -1
	case 'w':
		return &set{ranges: wordCharacters}, -1
	case 'W':
		return &set{ranges: wordCharacters, not: true}, -1
	case 's':
		return &set{ranges: spaces}, -1
	case 'S':
		return &set{ranges: spaces, not: true}, -1
	case 'n':
		c = '\n'
	case 't':
		c = '\t'
	case 'r':
		c = '\r'
	case 'f':
		c = '\f'
	case 'v':
		c = '\v'
	case 'x':
		c = p.hexadecimal(2, c)
	case 'u':
		c = p.hexadecimal(4, c)
	case '0', 'c': // octal numbers and control characters
		p.fail()
	}
	return &set{ranges: []rune{c, c}}, c
}

// hexadecimal reads a number of so many digits; where there is none, the letter before it stands for itself.
func (p *parser) hexadecimal(count int, letter rune) rune {
	if len(p.rest) < count {
		return letter
	}
	n, err := strconv.ParseUint(p.rest[:count], 16, 32)
	if err != nil {
		return letter
	}
	p.rest = p.rest[count:]
	return rune(n)
}

// class reads a set in brackets.
func (p *parser) class() *node {
	s := &set{not: p.take("^")}
	for !p.take("]") {
		from, low := p.member()
		if p.failed {
			return p.fail()
		}
		if len(p.rest) < 2 || p.rest[0] != '-' || p.rest[1] == ']' {
			s.add(from)
			continue
		}
		p.rest = p.rest[1:]
		to, high := p.member()
		switch {
		case p.failed || low >= 0 && high >= 0 && low > high:
			return p.fail()
		case low < 0 || high < 0: // [\w-x] is no range
			s.add(from)
			s.add(to)
			s.ranges = append(s.ranges, '-', '-')
		default:
			s.ranges = append(s.ranges, low, high)
		}
	}
	return &node{kind: one, set: s}
}

// member reads one character of a class, or a set that is part of it; c is -1 for a set.
func (p *parser) member() (s *set, c rune) {
	switch {
	case p.rest == "":
		p.fail()
		return &set{}, -1
	case p.take(`\b`):
		c = '\b'
	case p.take(`\`):
		if p.rest == "" || p.rest[0] >= '1' && p.rest[0] <= '9' {
			p.fail()
			return &set{}, -1
		}
		return p.escaped()
	default:
		c = p.next()
	}
	return &set{ranges: []rune{c, c}}, c
}

// quantified reads how often n is repeated. Whether as often as can be, or as seldom, makes no difference to what is found.
func (p *parser) quantified(n *node) *node {
	least, most := 1, 1
	inside := ""
	if p.rest != "" {
		inside = braces(p.rest)
	}
	switch {
	case p.take("*"):
		least, most = 0, -1
	case p.take("+"):
		least, most = 1, -1
	case p.take("?"):
		least, most = 0, 1
	case inside != "":
		p.rest = p.rest[len(inside)+2:]
		least, most = bounds(inside)
	default:
		return n
	}
	p.take("?")
	if n.kind >= atStart || most >= 0 && least > most {
		return p.fail()
	}
	return &node{kind: repeat, subs: []*node{n}, min: least, max: most}
}

// bounds reads "2", "2," and "2,5". A number that is too large for an int is as good as one that is too large for a program.
func bounds(s string) (least, most int) {
	low, high, ranged := strings.Cut(s, ",")
	least = number(low)
	switch {
	case !ranged:
		return least, least
	case high == "":
		return least, -1
	}
	return least, number(high)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return maxProgram + 1
	}
	return n
}
