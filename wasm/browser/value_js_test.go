//go:build js && wasm

package browser

import (
	"reflect"
	"testing"
)

func TestPlainValuesComeBackFromJavaScript(t *testing.T) {
	w := newStage(t)
	cases := []struct{ in, want any }{
		{nil, nil},
		{true, true},
		{"grüße \u2028 😀", "grüße \u2028 😀"},
		{7, 7.0},
		{int64(1) << 40, float64(1 << 40)},
		{1.5, 1.5},
		{[]byte{1, 2, 255}, []byte{1, 2, 255}},
		{[]any{"a", nil, 3}, []any{"a", nil, 3.0}},
		{[]string{"a"}, []any{"a"}},
		{map[string]string{"a": "b"}, map[string]any{"a": "b"}},
		{map[string]any{"a": map[string]any{"b": []any{}}, "c": nil}, map[string]any{"a": map[string]any{"b": []any{}}, "c": nil}},
	}
	clone := js(t, "structuredClone")
	for _, c := range cases {
		v, err := w.toJS(c.in)
		if err != nil {
			t.Errorf("%v: %v", c.in, err)
			continue
		}
		cloned, err := clone.Invoke(v)
		if err != nil {
			t.Errorf("%v cannot be posted: %v", c.in, err)
			continue
		}
		if got := w.fromJS(cloned); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%#v came back as %#v", c.in, got)
		}
	}
}

func TestWhatIsNotPlainIsRefused(t *testing.T) {
	w := newStage(t)
	for _, v := range []any{struct{}{}, map[string]any{"a": []any{make(chan int)}}} {
		if _, err := w.toJS(v); err == nil {
			t.Errorf("%#v went through", v)
		}
	}
}

func TestWhatPagesSend(t *testing.T) {
	w := newStage(t)
	cases := []struct {
		js   string
		want any
	}{
		{"undefined", nil},
		{"NaN", nil},
		{"() => 1", nil},
		{"Symbol('x')", nil},
		{"new Date(5000)", 5000.0},
		{"new Uint16Array([1, 258])", []byte{1, 0, 2, 1}},
		{"new Uint8Array([1, 2, 3, 4]).subarray(1, 3)", []byte{2, 3}},
		{"new Uint8Array([9]).buffer", []byte{9}},
		{"({a: 1, f() {}, u: undefined})", map[string]any{"a": 1.0, "f": nil, "u": nil}},
		{"Object.assign(Object.create({inherited: 1}), {own: 2})", map[string]any{"own": 2.0}},
		{"[,1]", []any{nil, 1.0}},
	}
	for _, c := range cases {
		if got := w.fromJS(js(t, c.js)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s became %#v, want %#v", c.js, got, c.want)
		}
	}
}

func TestCirclesEnd(t *testing.T) {
	w := newStage(t)
	v := w.fromJS(js(t, "(() => { const o = {}; o.o = o; return o })()"))
	depth := 0
	for ; v != nil; depth++ {
		v = v.(map[string]any)["o"]
	}
	if depth != deepest {
		t.Fatalf("followed %d times", depth)
	}
}
