package attached_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"foyer/relay/chat/attached"
)

func TestCheck(t *testing.T) {
	keys := func(n int) map[string]any {
		m := map[string]any{}
		for i := range n {
			m[strings.Repeat("k", i+1)] = nil
		}
		return m
	}
	tests := map[string]struct {
		data map[string]any
		ok   bool
	}{
		"nothing":           {nil, true},
		"plain values":      {map[string]any{"s": "x", "n": int64(1), "f": 1.5, "b": true, "z": nil, "u": uint64(1)}, true},
		"100 keys":          {keys(100), true},
		"101 keys":          {keys(101), false},
		"four levels":       {map[string]any{"a": []any{[]any{[]any{"x"}}}}, true},
		"five levels":       {map[string]any{"a": []any{[]any{[]any{[]any{}}}}}, false},
		"long key":          {map[string]any{strings.Repeat("k", 201): "x"}, false},
		"NUL in a key":      {map[string]any{"a\x00": "x"}, false},
		"NUL below":         {map[string]any{"a": []any{"\x00"}}, false},
		"invalid UTF-8":     {map[string]any{"a": "\xff"}, false},
		"bytes":             {map[string]any{"a": []byte("x")}, false},
		"16 kB":             {map[string]any{"a": strings.Repeat("x", attached.MaxBytes-16)}, true},
		"more than 16 kB":   {map[string]any{"a": strings.Repeat("x", attached.MaxBytes)}, false},
		"many small values": {map[string]any{"a": make([]any, 2000)}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if err := attached.Check("data", tt.data); (err == nil) != tt.ok {
				t.Errorf("got %v, want ok %t", err, tt.ok)
			}
		})
	}
}

// What Check lets through must survive storing (JSON) and sending (msgpack), within the size that it was measured at.
func FuzzCheckedDataCanBeStoredAndSent(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":["x",null,true,{"c":1e300}]}`))
	f.Add([]byte(`{"a":"\u0000"}`))
	f.Add([]byte(`{"a":[[[[[]]]]]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var data map[string]any
		if json.Unmarshal(b, &data) != nil || attached.Check("data", data) != nil {
			return
		}
		if _, err := json.Marshal(data); err != nil {
			t.Errorf("cannot be stored: %v", err)
		}
		sent, err := msgpack.Marshal(data)
		if err != nil {
			t.Errorf("cannot be sent: %v", err)
		}
		if n := attached.Size(data); n > attached.MaxBytes || len(sent) > n {
			t.Errorf("measured %d bytes, sent %d", n, len(sent))
		}
	})
}
