//go:build js && wasm

package browser

import (
	"fmt"
	"math"

	"github.com/hack-pad/safejs"

	"foyer/wasm/attachment"
)

// deepest is how far values from pages are followed: they may hold circles, which structured clone keeps.
const deepest = 32

// toJS makes a JavaScript value of plain Go values: nil, bool, numbers, string, []byte (as Uint8Array), []any, []string,
// map[string]any, map[string]string and files.
func (w *Worker) toJS(v any) (safejs.Value, error) {
	switch v := v.(type) {
	case nil:
		return safejs.Null(), nil
	case safejs.Value:
		return v, nil
	case bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64, string:
		return safejs.ValueOf(v)
	case []byte:
		return w.bytesToJS(v)
	case *attachment.File:
		return w.toJS(v.Content)
	case []any:
		return toArray(w, v)
	case []string:
		return toArray(w, v)
	case map[string]any:
		return toObject(w, v)
	case map[string]string:
		return toObject(w, v)
	}
	return safejs.Undefined(), fmt.Errorf("a %T is no plain value", v)
}

func toArray[E any](w *Worker, list []E) (safejs.Value, error) {
	array, err := get(w.global, "Array").New(len(list))
	if err != nil {
		return array, err
	}
	for i, e := range list {
		v, err := w.toJS(e)
		if err != nil {
			return array, err
		}
		if err := array.SetIndex(i, v); err != nil {
			return array, err
		}
	}
	return array, nil
}

func toObject[E any](w *Worker, m map[string]E) (safejs.Value, error) {
	object, err := get(w.global, "Object").New()
	if err != nil {
		return object, err
	}
	for key, e := range m {
		v, err := w.toJS(e)
		if err != nil {
			return object, fmt.Errorf("field %s: %w", key, err)
		}
		if err := object.Set(key, v); err != nil {
			return object, err
		}
	}
	return object, nil
}

func (w *Worker) bytesToJS(b []byte) (safejs.Value, error) {
	array, err := get(w.global, "Uint8Array").New(len(b))
	if err != nil {
		return array, err
	}
	_, err = safejs.CopyBytesToJS(array, b)
	return array, err
}

// fromJS makes plain Go values of a JavaScript value: nil, bool, float64, string, []byte for buffers and typed arrays,
// []any and map[string]any (own enumerable properties; a Date becomes its milliseconds), *attachment.File for files and
// blobs. Functions, symbols and what is nested too deep become nil.
func (w *Worker) fromJS(v safejs.Value) any { return w.plain(v, deepest) }

func (w *Worker) plain(v safejs.Value, depth int) any {
	switch v.Type() {
	case safejs.TypeBoolean:
		b, _ := v.Bool()
		return b
	case safejs.TypeNumber:
		n, err := v.Float()
		if err != nil || math.IsNaN(n) {
			return nil
		}
		return n
	case safejs.TypeString:
		return stringOf(v)
	case safejs.TypeObject:
		if depth > 0 {
			return w.plainObject(v, depth-1)
		}
	}
	return nil
}

func (w *Worker) plainObject(v safejs.Value, depth int) any {
	if w.is(v, "Array") {
		length, _ := v.Length()
		list := make([]any, length)
		for i := range list {
			e, _ := v.Index(i)
			list[i] = w.plain(e, depth)
		}
		return list
	}
	if b, ok := w.bytesFromJS(v); ok {
		return b
	}
	if w.is(v, "Date") {
		ms, err := v.Call("getTime")
		if err != nil {
			return nil
		}
		return w.plain(ms, depth)
	}
	keys, err := get(w.global, "Object").Call("keys", v)
	if err != nil {
		return nil
	}
	length, _ := keys.Length()
	if length == 0 && w.is(v, "Blob") { // a file is one, and has no properties of its own
		return fileOf(v)
	}
	m := make(map[string]any, length)
	for i := range length {
		k, _ := keys.Index(i)
		key := stringOf(k)
		m[key] = w.plain(get(v, key), depth)
	}
	return m
}

// bytesFromJS copies an ArrayBuffer or a view of one.
func (w *Worker) bytesFromJS(v safejs.Value) ([]byte, bool) {
	buffer := get(w.global, "ArrayBuffer")
	args := []any{v}
	if isView, err := buffer.Call("isView", v); err != nil {
		return nil, false
	} else if view, _ := isView.Bool(); view {
		args = []any{get(v, "buffer"), get(v, "byteOffset"), get(v, "byteLength")}
	} else if !w.is(v, "ArrayBuffer") {
		return nil, false
	}
	array, err := get(w.global, "Uint8Array").New(args...)
	if err != nil {
		return nil, false
	}
	length, _ := array.Length()
	b := make([]byte, length)
	_, err = safejs.CopyBytesToGo(b, array)
	return b, err == nil
}

func (w *Worker) is(v safejs.Value, class string) bool {
	is, err := v.InstanceOf(get(w.global, class))
	return err == nil && is
}
