package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// pclntabVersion is the version of Go whose tables are known here; its patches leave them alone. For the next one compare
// runtime/symtab.go (pcHeader, funcline1), runtime/runtime2.go (_func) and cmd/link/internal/ld/pcln.go with what follows.
const pclntabVersion = "go1.26"

// Of the table's header: what it begins with (the magic number of Go 1.20 and later, two zeros, WebAssembly's smallest
// step of the program counter, the size of a pointer), and the places of its numbers.
const (
	pclntabMagic = "\xf1\xff\xff\xff\x00\x00\x01\x08"

	headerFuncs = 8  // how many functions there are
	headerNames = 32 // where their names are, and so on, counted from the header
	headerUnits = 40
	headerFiles = 48
	headerSteps = 56
	headerTable = 64
	headerSize  = 72
)

// Places in what the runtime knows of a function, runtime._func.
const (
	funcEntry     = 0
	funcName      = 4
	funcStack     = 16 // pcsp
	funcFile      = 20 // pcfile
	funcLine      = 24 // pcln
	funcTables    = 28 // npcdata
	funcUnit      = 32
	funcStartLine = 36
	funcData      = 43 // nfuncdata
	funcSize      = 44
)

// dropLines gives a program of Go's that knows its functions but not their files and lines, and apart from it these, in the
// form that relay/crash reads. Nothing but stack traces asks for them: files read "?", lines 0, and the relay puts in what
// belongs there. Nothing is moved, so that all other tables stay as they are; what is dropped becomes zeros, which weigh
// next to nothing once they are compressed.
//
// It is an error if the tables are not those of pclntabVersion in every place.
func dropLines(wasm []byte, version string) (stripped, lines []byte, err error) {
	if version != pclntabVersion && !strings.HasPrefix(version, pclntabVersion+".") {
		return nil, nil, fmt.Errorf("the tables of %s are not known to www/bundle/pclntab.go, only those of %s: build with GOTOOLCHAIN=%s.0, or see pclntabVersion there",
			version, pclntabVersion, pclntabVersion)
	}
	found := 0
	stripped, err = editData(wasm, func(segments []segment) error {
		for _, s := range segments {
			for at := bytes.Index(s.data, []byte(pclntabMagic)); at >= 0; at = nextIndex(s.data, at) {
				if (s.at+at)%8 != 0 {
					continue
				}
				t, err := readPclntab(s.data[at:])
				if err != nil {
					return err
				}
				found++
				lines = t.lines()
				t.drop()
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("not the tables of %s: %w", pclntabVersion, err)
	}
	if found != 1 {
		return nil, nil, fmt.Errorf("%d tables of functions are in the program, not one", found)
	}
	return stripped, lines, nil
}

// nextIndex looks for the next table behind one.
func nextIndex(data []byte, after int) int {
	at := bytes.Index(data[after+1:], []byte(pclntabMagic))
	if at < 0 {
		return -1
	}
	return after + 1 + at
}

// pclntab is Go's table of functions: parts of a program's memory, which drop writes to.
type pclntab struct {
	names, units, files, steps, table []byte
	funcs                             [][]byte // of table, each from its runtime._func on
}

// readPclntab reads the table at the beginning of memory and looks at everything that drop and lines rely on.
func readPclntab(memory []byte) (*pclntab, error) {
	if len(memory) < headerSize {
		return nil, errors.New("a header that is cut")
	}
	word := func(at int) int { return int(min(binary.LittleEndian.Uint64(memory[at:]), mostMemory)) }
	n := word(headerFuncs)
	bounds := []int{word(headerNames), word(headerUnits), word(headerFiles), word(headerSteps), word(headerTable), len(memory)}
	if bounds[0] != headerSize || !slices.IsSorted(bounds) || n == 0 {
		return nil, fmt.Errorf("a header that says %v of %d functions", bounds, n)
	}
	t := &pclntab{
		names: memory[bounds[0]:bounds[1]],
		units: memory[bounds[1]:bounds[2]],
		files: memory[bounds[2]:bounds[3]],
		steps: memory[bounds[3]:bounds[4]],
		table: memory[bounds[4]:],
	}
	if len(t.table) < (2*n+1)*4 {
		return nil, errors.New("a list of functions that is cut")
	}
	next := (2*n + 1) * 4
	for i := range n {
		at := int(u32(t.table, (2*i+1)*4))
		if at != (next+7)/8*8 || at+funcSize > len(t.table) {
			return nil, fmt.Errorf("function %d is at %d, where the one before ends at %d", i, at, next)
		}
		f := t.table[at:]
		next = at + funcSize + 4*int(u32(f, funcTables)) + 4*int(f[funcData])
		if u32(f, funcTables) > 16 || next > len(t.table) {
			return nil, fmt.Errorf("function %d has %d tables", i, u32(f, funcTables))
		}
		if err := t.check(f, u32(t.table, 2*i*4)); err != nil {
			return nil, fmt.Errorf("function %d: %w", i, err)
		}
		t.funcs = append(t.funcs, f)
	}
	return t, nil
}

func (t *pclntab) check(f []byte, entry uint32) error {
	if u32(f, funcEntry) != entry {
		return fmt.Errorf("begins at %d, not at %d", u32(f, funcEntry), entry)
	}
	if name := u32(f, funcName); int(name) >= len(t.names) || name > 0 && t.names[name-1] != 0 {
		return fmt.Errorf("a name that begins at %d", name)
	}
	for _, at := range append(t.kept(f), u32(f, funcFile), u32(f, funcLine)) {
		if _, err := t.walk(at); err != nil {
			return err
		}
	}
	files, _ := t.walk(u32(f, funcFile))
	for _, s := range files {
		if _, err := t.file(f, s.value); err != nil {
			return err
		}
	}
	return nil
}

// kept are the places in steps of what a function goes on needing: how deep its stack is, what the collector must know.
func (t *pclntab) kept(f []byte) []uint32 {
	kept := []uint32{u32(f, funcStack)}
	for i := range int(u32(f, funcTables)) {
		kept = append(kept, u32(f, funcSize+4*i))
	}
	return kept
}

// step says that a value holds up to a place in a function, counted from its entry.
type step struct{ until, value int }

// walk reads the values at a place in steps, where 0 is none: pairs of differences of value (zigzag) and place.
func (t *pclntab) walk(at uint32) ([]step, error) {
	if at == 0 {
		return nil, nil
	}
	if int(at) >= len(t.steps) {
		return nil, fmt.Errorf("steps at %d of %d", at, len(t.steps))
	}
	r := &reader{rest: t.steps[at:]}
	var all []step
	until, value := 0, int32(-1)
	for {
		by := r.difference()
		if by == 0 && len(all) > 0 && !r.failed {
			return all, nil
		}
		value += int32(by>>1) ^ -int32(by&1)
		until += int(r.difference())
		if r.failed || until > mostMemory {
			return nil, fmt.Errorf("steps at %d that do not end", at)
		}
		all = append(all, step{until, int(value)})
	}
}

// length of what walk reads, bytes.
func (t *pclntab) length(at uint32) int {
	r := &reader{rest: t.steps[at:]}
	for first := true; ; first = false {
		if by := r.difference(); by == 0 && !first || r.failed {
			return len(t.steps) - int(at) - len(r.rest)
		}
		r.difference()
	}
}

// difference reads a number of 32 bits.
func (r *reader) difference() uint32 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > math.MaxUint32 {
		r.failed = true
		return 0
	}
	r.take(size)
	return uint32(n)
}

func (t *pclntab) name(f []byte) string { return text(t.names, u32(f, funcName)) }

// file is the path of a file by the number that it has in a function.
func (t *pclntab) file(f []byte, number int) (string, error) {
	const none = 1<<32 - 1
	if number < 0 { // before the first step
		return "", nil
	}
	at := 4 * (int(u32(f, funcUnit)) + number)
	if at < 0 || at+4 > len(t.units) {
		return "", fmt.Errorf("file %d of a function is not in the list", number)
	}
	switch begin := u32(t.units, at); {
	case begin == none:
		return "", nil
	case int(begin) >= len(t.files) || begin > 0 && t.files[begin-1] != 0:
		return "", fmt.Errorf("the path of a file begins at %d", begin)
	default:
		return text(t.files, begin), nil
	}
}

// drop makes zeros of files and lines.
func (t *pclntab) drop() {
	needed := make([]bool, len(t.steps))
	for _, f := range t.funcs {
		for _, at := range t.kept(f) {
			if at == 0 {
				continue
			}
			for i := range t.length(at) {
				needed[int(at)+i] = true
			}
		}
		for _, field := range []int{funcFile, funcLine, funcUnit, funcStartLine} {
			binary.LittleEndian.PutUint32(f[field:], 0)
		}
	}
	for i := range t.steps {
		if !needed[i] {
			t.steps[i] = 0
		}
	}
	clear(t.units)
	clear(t.files)
}

// lines lists the functions, one in each line: its name, the file, and "until:line" for each place up to which a line holds,
// divided by tabs. What has none (assembly without a source) is left out. A function is in one file: nothing is inlined.
func (t *pclntab) lines() []byte {
	var out bytes.Buffer
	for _, f := range t.funcs {
		files, _ := t.walk(u32(f, funcFile))
		lines, _ := t.walk(u32(f, funcLine))
		file := ""
		for _, s := range files {
			if path, _ := t.file(f, s.value); path != "" {
				file = path
				break
			}
		}
		if file == "" || len(lines) == 0 {
			continue
		}
		fmt.Fprintf(&out, "%s\t%s", t.name(f), file)
		for _, s := range lines {
			fmt.Fprintf(&out, "\t%d:%d", s.until, s.value)
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }

// text is what stands at a place up to the next zero.
func text(b []byte, at uint32) string {
	s, _, _ := bytes.Cut(b[at:], []byte{0})
	return string(s)
}
