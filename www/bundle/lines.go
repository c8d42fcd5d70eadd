package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sort"
)

// dropLines gives a Go program for browsers without the tables that say on which line of which file an instruction is.
// They are 6 % of it after compression, and the linker has no switch to leave them out. What a panic prints still names
// every function; only its lines are missing. The tables are overwritten with zeros, which the compression then removes:
// nothing moves, and the runtime takes offset 0 for "not known".
//
// It knows the form that runtime/symtab.go describes, the same since Go 1.20. It is an error if the program has another.
func dropLines(wasm []byte) ([]byte, error) {
	p, err := readProgram(wasm)
	if err != nil {
		return nil, err
	}
	t, err := p.functions()
	if err != nil {
		return nil, err
	}
	kept := map[uint32]bool{0: true}
	for _, f := range t.list {
		for _, table := range f.others {
			kept[table] = true
		}
	}
	// Tables with the same content are one.
	for _, f := range t.list {
		for _, table := range [...]uint32{f.file, f.line} {
			if kept[table] {
				continue
			}
			kept[table] = true
			size, err := p.tableSize(t.tables + int(table))
			if err != nil {
				return nil, err
			}
			p.zero(t.tables+int(table), size)
		}
		p.zero(f.at+fileField, 8) // both offsets
		p.zero(f.at+firstLineField, 4)
	}
	return p.wasm, nil
}

var errOtherForm = errors.New("its tables of functions are of a form that is not known here")

// Form of the tables: a header of eight bytes, and eight fields of eight; a record for each function.
const (
	headerSize     = 8 + 8*8
	recordSize     = 44 // without the lists at its end
	stackField     = 16
	fileField      = 20 // line follows
	listField      = 28 // how many tables the list behind the record has
	firstLineField = 36
)

var tablesBegin = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// functions is what the program's memory holds about its functions.
type functions struct {
	tables int // address
	list   []function
}

type function struct {
	at         int      // address of its record
	file, line uint32   // tables, as offsets; 0 for none
	others     []uint32 // tables that the runtime needs
}

// program is a WebAssembly module with the memory that it starts with.
type program struct {
	wasm     []byte
	segments []segment
	memory   []byte
}

// segment is a part of the memory, and where it is in the module. Between segments there are zeros.
type segment struct{ addr, at, size int }

// mostMemory is more than any program starts with, bytes.
const mostMemory = 64 << 20

func readProgram(wasm []byte) (*program, error) {
	const sectionData = 11
	p := &program{wasm: bytes.Clone(wasm)}
	c := &cursor{bytes: p.wasm, at: 8} // behind magic and version
	for c.at < len(wasm) && !c.failed {
		id, size := c.byte(), c.int()
		end := c.at + size
		if id == sectionData {
			p.readSegments(c)
		}
		c.at = end
	}
	if c.failed || len(p.segments) == 0 {
		return nil, errors.New("it is no WebAssembly module with data")
	}
	sort.Slice(p.segments, func(i, j int) bool { return p.segments[i].addr < p.segments[j].addr })
	last := p.segments[len(p.segments)-1]
	p.memory = make([]byte, last.addr+last.size)
	for _, s := range p.segments {
		copy(p.memory[s.addr:], wasm[s.at:s.at+s.size])
	}
	return p, nil
}

func (p *program) readSegments(c *cursor) {
	const constant, end = 0x41, 0x0b
	for n := c.int(); n > 0 && !c.failed; n-- {
		if c.int() != 0 || c.byte() != constant {
			c.failed = true
			return
		}
		s := segment{addr: c.int()}
		if c.byte() != end {
			c.failed = true
			return
		}
		s.size = c.int()
		s.at = c.at
		c.at += s.size
		if c.at > len(c.bytes) || s.addr+s.size > mostMemory {
			c.failed = true
			return
		}
		p.segments = append(p.segments, s)
	}
}

// functions finds the tables in the memory.
func (p *program) functions() (*functions, error) {
	at := bytes.Index(p.memory, tablesBegin)
	if at < 0 || at+headerSize > len(p.memory) {
		return nil, errOtherForm
	}
	field := func(i int) int { return int(binary.LittleEndian.Uint64(p.memory[at+8+8*i:])) }
	count, tables, records := field(0), field(6), field(7)
	if count <= 0 || tables <= 0 || records <= tables || count > len(p.memory)/8 || records > len(p.memory)-at-8*count {
		return nil, errOtherForm
	}
	t := &functions{tables: at + tables}
	for i := range count {
		f, ok := p.function(at + records + int(p.uint32(at+records+8*i+4)))
		if !ok {
			return nil, errOtherForm
		}
		t.list = append(t.list, f)
	}
	return t, nil
}

func (p *program) function(at int) (function, bool) {
	if at+recordSize > len(p.memory) {
		return function{}, false
	}
	f := function{at: at, file: p.uint32(at + fileField), line: p.uint32(at + fileField + 4)}
	f.others = append(f.others, p.uint32(at+stackField))
	listed := int(p.uint32(at + listField))
	if listed > (len(p.memory)-at-recordSize)/4 {
		return function{}, false
	}
	for i := range listed {
		f.others = append(f.others, p.uint32(at+recordSize+4*i))
	}
	return f, true
}

func (p *program) uint32(at int) uint32 { return binary.LittleEndian.Uint32(p.memory[at:]) }

// tableSize is the length of a table: pairs of a difference of values and one of addresses, until the first of a pair, but
// not of the first pair, is 0.
func (p *program) tableSize(at int) (int, error) {
	if at > len(p.memory) {
		return 0, errOtherForm
	}
	c := &cursor{bytes: p.memory, at: at}
	for first := true; ; first = false {
		if c.int() == 0 && !first {
			break
		}
		c.int()
		if c.failed {
			return 0, errOtherForm
		}
	}
	return c.at - at, nil
}

// zero overwrites memory. What is between segments is zero already.
func (p *program) zero(addr, size int) {
	for a := addr; a < addr+size; a++ {
		i := sort.Search(len(p.segments), func(i int) bool { return p.segments[i].addr > a }) - 1
		if i < 0 {
			continue
		}
		if s := p.segments[i]; a < s.addr+s.size {
			p.wasm[s.at+a-s.addr] = 0
		}
	}
}

// cursor reads bytes and numbers in LEB128. Behind the end it has failed.
type cursor struct {
	bytes  []byte
	at     int
	failed bool
}

func (c *cursor) byte() byte {
	if c.failed || c.at >= len(c.bytes) {
		c.failed = true
		return 0
	}
	c.at++
	return c.bytes[c.at-1]
}

// int reads a number that is not negative, whether or not it has a sign.
func (c *cursor) int() int {
	n := 0
	for shift := 0; ; shift += 7 {
		b := c.byte()
		if shift > 28 {
			c.failed = true
		}
		if c.failed {
			return 0
		}
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}
