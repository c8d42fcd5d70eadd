//go:build !js

package wire

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Bounds of what a frame's fields hold, beside those that the tag "max" gives for each list and map. They are looked at
// before anything is decoded, because decoding costs many times the memory and the time of the bytes.
const (
	maxFree    = 8192 // keys and values of all free data in a frame
	maxUnknown = 32   // fields of one value that this version does not know
)

// bound is what a field may hold.
type bound struct {
	typ  reflect.Type
	most int // elements of a list, keys of a map; 0 for what is neither
}

// boundTables remembers the bounds of each struct type; the types of frames are few and fixed.
var boundTables sync.Map // reflect.Type to map[string]bound

func boundsOf(t reflect.Type) map[string]bound {
	if known, ok := boundTables.Load(t); ok {
		return known.(map[string]bound)
	}
	bounds := make(map[string]bound, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("msgpack"), ",")
		most, _ := strconv.Atoi(f.Tag.Get("max")) // the tests see to it that every list has one
		bounds[name] = bound{f.Type, most}
	}
	boundTables.Store(t, bounds)
	return bounds
}

// measure walks fields whose shape skip has found to be sound, and allocates next to nothing.
type measure struct {
	b    []byte
	free int // keys and values of free data so far
}

// checkLists says what in a frame's fields is longer than it may be. Codes: CodeBadRequest for a list or map that is too
// long; CodeBadFrame where something else stands in its place, and a decoder could take it for one.
func checkLists(fields []byte, f Frame) *Problem {
	m := measure{b: fields}
	return m.value("fields", bound{typ: reflect.TypeOf(f).Elem()})
}

// refused is the answer of Decode to a frame that checkLists has refused.
func refused(fields []byte, f Frame, p *Problem) (Frame, error) {
	if p.Code != CodeBadRequest {
		return nil, p
	}
	if q, is := f.(Request); is {
		q.SetRef(refIn(fields))
	}
	return f, p
}

// refIn reads the Ref of a request whose other fields are not to be decoded; 0 where it has none.
func refIn(fields []byte) uint32 {
	m := measure{b: fields}
	kind, n := m.head()
	for range n {
		if kind != aMap {
			return 0
		}
		if m.name() != "ref" {
			m.skip()
			continue
		}
		r := compactReader{m.b}
		if v, err := r.value(); err == nil {
			if ref, ok := v.(int64); ok && ref >= 0 && ref <= 1<<32-1 {
				return uint32(ref)
			}
		}
		return 0
	}
	return 0
}

// kind is what a value is, as far as it matters here.
type kind int

const (
	scalar kind = iota
	aList
	aMap
)

// head looks at the next value: it steps over a scalar, and into a list or map of n.
func (m *measure) head() (k kind, n int) {
	c := m.b[0]
	switch {
	case c&0xf0 == 0x80:
		k, n, m.b = aMap, int(c&0x0f), m.b[1:]
		return k, n
	case c&0xf0 == 0x90:
		k, n, m.b = aList, int(c&0x0f), m.b[1:]
		return k, n
	case c < 0xdc || c > 0xdf:
		m.skip()
		return scalar, 0
	}
	width := 2
	if c&1 == 1 {
		width = 4
	}
	size, rest, _ := size(m.b[1:], width) // the shape is sound
	m.b = rest
	if c >= 0xde {
		return aMap, int(size)
	}
	return aList, int(size)
}

func (m *measure) skip() { m.b, _ = skip(m.b, maxDepth) } // the shape is sound

// name reads the key of a field; "" for one that is no text.
func (m *measure) name() string {
	r := compactReader{m.b}
	before := m.b
	m.skip()
	if v, err := r.value(); err == nil && before[0] != 0xc0 {
		name, _ := v.(string)
		return name
	}
	return ""
}

// value measures what is to be decoded into a field.
func (m *measure) value(what string, of bound) *Problem {
	t := of.typ
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		return m.fields(what, t)
	case reflect.Slice:
		return m.list(what, t.Elem(), of.most)
	case reflect.Map:
		return m.data(what, of.most)
	}
	if k, n := m.head(); k != scalar {
		return Problemf(CodeBadFrame, "%.40s is no list or map of %d", what, n)
	}
	return nil
}

func (m *measure) fields(what string, t reflect.Type) *Problem {
	k, n := m.head()
	bounds := boundsOf(t)
	switch {
	case k == scalar: // nil, or the decoder says what is wrong
		return nil
	case k == aList:
		return Problemf(CodeBadFrame, "%.40s is a map, no list of %d", what, n)
	case n > len(bounds)+maxUnknown:
		return tooLong(what, len(bounds)+maxUnknown, n)
	}
	for range n {
		name := m.name()
		of, known := bounds[name]
		if !known {
			m.skip()
			continue
		}
		if p := m.value(name, of); p != nil {
			return p
		}
	}
	return nil
}

func (m *measure) list(what string, of reflect.Type, most int) *Problem {
	k, n := m.head()
	switch {
	case k == scalar:
		return nil
	case k == aMap:
		return Problemf(CodeBadFrame, "%.40s is a list, no map of %d", what, n)
	case n > most:
		return tooLong(what, most, n)
	}
	for range n {
		if p := m.value(what, bound{typ: of}); p != nil {
			return p
		}
	}
	return nil
}

// data measures free data: a map, on its first level of most keys.
func (m *measure) data(what string, most int) *Problem {
	k, n := m.head()
	switch {
	case k == scalar:
		return nil
	case k == aList:
		return Problemf(CodeBadFrame, "%.40s is a map, no list of %d", what, n)
	case n > most:
		return tooLong(what, most, n)
	}
	return m.many(what, 2*n)
}

// many measures n keys and values of free data.
func (m *measure) many(what string, n int) *Problem {
	if m.free += n; m.free > maxFree {
		return tooLong("the free data of a frame", maxFree, m.free)
	}
	for range n {
		k, inner := m.head()
		if k == aMap {
			inner *= 2
		}
		if p := m.many(what, inner); p != nil {
			return p
		}
	}
	return nil
}

func tooLong(what string, most, n int) *Problem {
	return Problemf(CodeBadRequest, "%.40s may have %d elements, not %d", what, most, n)
}
