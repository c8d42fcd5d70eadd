package wire

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// eachList calls f for every list and map that a frame can hold, with the path to it.
func eachList(t reflect.Type, path []reflect.StructField, f func(path []reflect.StructField)) {
	for i := range t.NumField() {
		field := t.Field(i)
		at := append(append([]reflect.StructField{}, path...), field)
		of := field.Type
		if of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			f(at)
		}
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct {
			eachList(of, at, f)
		}
	}
}

func TestEveryListOfEveryFrameIsRefusedByItsLength(t *testing.T) {
	lists := 0
	for n := 0; n <= math.MaxUint8; n++ {
		f := blank(Type(n))
		if f == nil {
			continue
		}
		eachList(reflect.TypeOf(f).Elem(), nil, func(path []reflect.StructField) {
			lists++
			name := fmt.Sprintf("%T", f)
			for _, field := range path {
				name += "." + field.Name
			}
			last := path[len(path)-1]
			var most int
			if _, err := fmt.Sscan(last.Tag.Get("max"), &most); err != nil || most < 1 || most > 5000 {
				t.Errorf("%s has no bound: max:%q", name, last.Tag.Get("max"))
				return
			}
			for _, count := range []int{most, most + 1} {
				b := pack(t, uint64(n), nested(path, count))
				got, err := Decode(b)
				if count == most && err != nil {
					t.Errorf("%s of %d: %v", name, count, err)
				}
				if count > most && !errors.Is(err, &Problem{Code: CodeBadRequest}) {
					t.Errorf("%s of %d: %v", name, count, err)
				}
				if _, is := got.(Request); is && count > most && got.(Request).GetRef() != 7 {
					t.Errorf("%s of %d: the refusal does not say of which request", name, count)
				}
			}
		})
	}
	if lists < 20 {
		t.Errorf("only %d lists were found", lists)
	}
}

// nested gives fields with a list or map of so many at the end of a path.
func nested(path []reflect.StructField, count int) map[string]any {
	var inner any
	last := path[len(path)-1]
	if last.Type.Kind() == reflect.Map {
		data := map[string]any{}
		for i := range count {
			data[fmt.Sprint(i)] = true
		}
		inner = data
	} else {
		inner = make([]any, count)
	}
	for i := len(path) - 1; i >= 0; i-- {
		if i < len(path)-1 && path[i].Type.Kind() == reflect.Slice {
			inner = []any{inner}
		}
		inner = map[string]any{fieldName(path[i]): inner}
	}
	fields := inner.(map[string]any)
	fields["ref"] = 7
	return fields
}

func fieldName(f reflect.StructField) string {
	return fieldsOf(reflect.StructOf([]reflect.StructField{f}))[0].name
}

func TestWhatWouldBeDecodedAsAListIsRefusedToo(t *testing.T) {
	long := make([]any, 60_000)
	wide := map[string]any{}
	for i := range 5_000 {
		wide[fmt.Sprint(i)] = nil
	}
	cases := []struct {
		name   string
		typ    Type
		fields any
		code   Code
	}{
		{"fields by their place", TypeHello, []any{1, "visitor"}, CodeBadFrame},
		{"an event by the place of its fields", TypeEvents, map[string]any{"events": []any{long}}, CodeBadFrame},
		{"a list for a text", TypeSend, map[string]any{"text": long}, CodeBadFrame},
		{"a list for data", TypeSend, map[string]any{"data": long}, CodeBadFrame},
		{"a map for a list", TypePages, map[string]any{"pages": map[string]any{"a": 1}}, CodeBadFrame},
		{"a list within data", TypeSend, map[string]any{"data": map[string]any{"a": long}}, CodeBadRequest},
		{"a map within data", TypeSend, map[string]any{"data": map[string]any{"a": map[string]any{"b": long}}}, CodeBadRequest},
		{"unknown fields", TypePing, wide, CodeBadRequest},
		{"a list that the relay sends", TypePush, map[string]any{"entries": long}, CodeBadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := appendFrameOf(c.typ, c.fields)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Decode(b); !errors.Is(err, &Problem{Code: c.code}) {
				t.Errorf("got %v, want %s", err, c.code)
			}
		})
	}
}

// A list that nobody takes costs no memory.
func TestLongListsAreNotDecoded(t *testing.T) {
	for name, fields := range map[string]any{
		"resume": map[string]any{"resume": make([]any, 60_000)}, "events": map[string]any{"events": make([]any, 60_000)},
	} {
		b, err := appendFrameOf(map[string]Type{"resume": TypeHello, "events": TypeEvents}[name], fields)
		if err != nil {
			t.Fatal(err)
		}
		const times = 20
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			if _, err := Decode(b); err == nil {
				t.Fatalf("%s: decoded", name)
			}
		}
		runtime.ReadMemStats(&after)
		if per := (after.TotalAlloc - before.TotalAlloc) / times; per > 8<<10 {
			t.Errorf("%s: refusing costs %d bytes", name, per)
		}
	}
}

func TestABodyIsCutIntoItsFrames(t *testing.T) {
	one, two := pack(t, uint64(TypePing), map[string]any{"n": 1}), pack(t, uint64(TypePong), map[string]any{"n": 2})
	got, err := Split(append(append([]byte{}, one...), two...), 2)
	if err != nil || len(got) != 2 || string(got[0]) != string(one) || string(got[1]) != string(two) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Split(append(one, two...), 1); !errors.Is(err, &Problem{Code: CodeBadFrame}) {
		t.Errorf("one more than allowed: %v", err)
	}
}

func TestALargeFrameCostsMore(t *testing.T) {
	for size, want := range map[int]int{1: 1, costBytes - 1: 1, costBytes: 2, MaxFrame: 5} {
		if got := Cost(size); got != want {
			t.Errorf("%d bytes cost %d, want %d", size, got, want)
		}
	}
}

// appendFrameOf is a frame with fields of any kind.
func appendFrameOf(t Type, fields any) ([]byte, error) {
	return msgpack.Marshal([]any{uint64(t), fields})
}
