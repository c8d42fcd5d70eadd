package wire

import (
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
)

// The compact codec writes and reads the fields of frames in msgpack, as far as frames need it. It is what the browser
// uses (fields_js.go): the library that the relay uses weighs 190 kB there after compression, this file 10. The tests
// hold the two against each other.

var (
	errCutShort = errors.New("cut short")
	errKind     = errors.New("a value of another kind")
)

// field is one field of a frame's struct.
type field struct {
	index     int
	name      string
	omitEmpty bool
}

// fieldTables remembers the fields of each struct type; the types of frames are few and fixed.
var fieldTables sync.Map // reflect.Type to []field

func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldTables.Load(t); ok {
		return known.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("msgpack"), ",")
		fields = append(fields, field{index: i, name: name, omitEmpty: options == "omitempty"})
	}
	fieldTables.Store(t, fields)
	return fields
}

// appendCompact writes a value that may stand in a frame. What cannot is written as nil.
func appendCompact(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Struct:
		return appendStruct(b, v)
	case reflect.String:
		return appendText(b, v.String())
	case reflect.Bool:
		if v.Bool() {
			return append(b, 0xc3)
		}
		return append(b, 0xc2)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt(b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return appendUint(b, v.Uint())
	case reflect.Float32, reflect.Float64:
		return binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(v.Float()))
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return appendCompact(b, v.Elem())
		}
	case reflect.Slice:
		if !v.IsNil() {
			return appendSlice(b, v)
		}
	case reflect.Map:
		if !v.IsNil() && v.Type().Key().Kind() == reflect.String {
			return appendMap(b, v)
		}
	}
	return append(b, 0xc0)
}

func appendStruct(b []byte, v reflect.Value) []byte {
	fields := fieldsOf(v.Type())
	n := 0
	for _, f := range fields {
		if !f.omitEmpty || !v.Field(f.index).IsZero() {
			n++
		}
	}
	b = appendLen(b, n, 0x80, 0xde)
	for _, f := range fields {
		value := v.Field(f.index)
		if f.omitEmpty && value.IsZero() {
			continue
		}
		b = appendCompact(appendText(b, f.name), value)
	}
	return b
}

func appendSlice(b []byte, v reflect.Value) []byte {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		raw := v.Bytes()
		return append(binary.BigEndian.AppendUint32(append(b, 0xc6), uint32(len(raw))), raw...)
	}
	b = appendLen(b, v.Len(), 0x90, 0xdc)
	for i := range v.Len() {
		b = appendCompact(b, v.Index(i))
	}
	return b
}

func appendMap(b []byte, v reflect.Value) []byte {
	b = appendLen(b, v.Len(), 0x80, 0xde)
	for entries := v.MapRange(); entries.Next(); {
		b = appendCompact(appendText(b, entries.Key().String()), entries.Value())
	}
	return b
}

// appendLen writes the head of a list or map: small numbers in one byte, others behind a code for two bytes (the next
// code is the one for four).
func appendLen(b []byte, n int, small, code byte) []byte {
	switch {
	case n < 16:
		return append(b, small|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, code), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, code+1), uint32(n))
}

func appendText(b []byte, s string) []byte {
	if len(s) < 32 {
		b = append(b, 0xa0|byte(len(s)))
	} else {
		b = binary.BigEndian.AppendUint32(append(b, 0xdb), uint32(len(s)))
	}
	return append(b, s...)
}

// appendInt writes a signed number as one, so that it is read as one.
func appendInt(b []byte, n int64) []byte {
	if n >= -32 && n <= 127 {
		return append(b, byte(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xd3), uint64(n))
}

func appendUint(b []byte, n uint64) []byte {
	switch {
	case n < 0x80:
		return append(b, byte(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, 0xce), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 0xcf), n)
}

// compactReader reads values from the front of b, whose shape skip has found to be sound.
type compactReader struct{ b []byte }

func (r *compactReader) take(n int) ([]byte, error) {
	if n < 0 || n > len(r.b) {
		return nil, errCutShort
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken, nil
}

// number reads n bytes as an unsigned number.
func (r *compactReader) number(n int) (uint64, error) {
	raw, err := r.take(n)
	if err != nil {
		return 0, err
	}
	var v uint64
	for _, c := range raw {
		v = v<<8 | uint64(c)
	}
	return v, nil
}

// value reads the next value: nil, bool, int64, uint64 (where an int64 has no room), float64, string, []byte, []any or
// map[string]any.
func (r *compactReader) value() (any, error) {
	head, err := r.take(1)
	if err != nil {
		return nil, err
	}
	c := head[0]
	switch {
	case c <= 0x7f || c >= 0xe0:
		return int64(int8(c)), nil
	case c&0xf0 == 0x80:
		return r.dict(int(c & 0x0f))
	case c&0xf0 == 0x90:
		return r.list(int(c & 0x0f))
	case c&0xe0 == 0xa0:
		return r.text(int(c & 0x1f))
	case c == 0xc0:
		return nil, nil
	case c == 0xc2 || c == 0xc3:
		return c == 0xc3, nil
	}
	return r.wide(c)
}

// wide reads a value whose head is followed by a length or a number.
func (r *compactReader) wide(c byte) (any, error) {
	width, known := widths[c]
	if !known {
		return nil, errKind
	}
	n, err := r.number(width)
	if err != nil {
		return nil, err
	}
	switch c {
	case 0xc4, 0xc5, 0xc6:
		return r.take(int(n))
	case 0xd9, 0xda, 0xdb:
		return r.text(int(n))
	case 0xdc, 0xdd:
		return r.list(int(n))
	case 0xde, 0xdf:
		return r.dict(int(n))
	case 0xca:
		return float64(math.Float32frombits(uint32(n))), nil
	case 0xcb:
		return math.Float64frombits(n), nil
	case 0xd0, 0xd1, 0xd2, 0xd3:
		shift := 64 - 8*width
		return int64(n<<shift) >> shift, nil
	}
	if n > math.MaxInt64 {
		return n, nil
	}
	return int64(n), nil
}

// widths is how many bytes of length or number follow a head.
var widths = map[byte]int{
	0xc4: 1, 0xc5: 2, 0xc6: 4, 0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8,
	0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4,
}

func (r *compactReader) text(n int) (any, error) {
	raw, err := r.take(n)
	return string(raw), err
}

func (r *compactReader) list(n int) (any, error) {
	list := make([]any, 0, min(n, len(r.b)))
	for range n {
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (r *compactReader) dict(n int) (any, error) {
	dict := make(map[string]any, min(n, len(r.b)))
	for range n {
		key, err := r.value()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errKind
		}
		if dict[name], err = r.value(); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

// fit puts a value that was read into a field of a frame. A nil leaves the field as it is.
func fit(v any, into reflect.Value) error {
	if v == nil {
		return nil
	}
	switch into.Kind() {
	case reflect.Struct:
		return fitStruct(v, into)
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return fit(v, into.Elem())
	case reflect.Slice:
		return fitSlice(v, into)
	case reflect.Int, reflect.Int64:
		return fitInt(v, into)
	case reflect.Uint32:
		if n, ok := v.(int64); ok && n >= 0 && n <= math.MaxUint32 {
			into.SetUint(uint64(n))
			return nil
		}
		return errKind
	}
	value := reflect.ValueOf(v)
	if value.Kind() != into.Kind() || !value.CanConvert(into.Type()) {
		return errKind
	}
	into.Set(value.Convert(into.Type())) // string, bool, map[string]any
	return nil
}

func fitInt(v any, into reflect.Value) error {
	n, ok := v.(int64)
	if !ok || into.OverflowInt(n) {
		return errKind
	}
	into.SetInt(n)
	return nil
}

func fitStruct(v any, into reflect.Value) error {
	dict, ok := v.(map[string]any)
	if !ok {
		return errKind
	}
	for _, f := range fieldsOf(into.Type()) {
		if err := fit(dict[f.name], into.Field(f.index)); err != nil {
			return err
		}
	}
	return nil
}

func fitSlice(v any, into reflect.Value) error {
	list, ok := v.([]any)
	if !ok {
		return errKind
	}
	slice := reflect.MakeSlice(into.Type(), len(list), len(list))
	for i, one := range list {
		if err := fit(one, slice.Index(i)); err != nil {
			return err
		}
	}
	into.Set(slice)
	return nil
}

// readCompact reads the fields of a frame.
func readCompact(fields []byte, f Frame) error {
	r := compactReader{fields}
	v, err := r.value()
	if err != nil {
		return err
	}
	return fit(v, reflect.ValueOf(f).Elem())
}
