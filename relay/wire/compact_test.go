package wire

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

func compactFields(f Frame) []byte { return appendCompact(nil, reflect.ValueOf(f).Elem()) }

func TestTheBrowsersCodecReadsWhatTheRelayWrites(t *testing.T) {
	for _, f := range append(everyFrame(), everyEmptyFrame()...) {
		b, err := appendFields(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		got := blank(f.FrameType())
		if err := readCompact(b, got); err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		want := blank(f.FrameType())
		if err := readFields(b, want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("type %d\ngot  %+v\nwant %+v", f.FrameType(), got, want)
		}
	}
}

func TestTheRelayReadsWhatTheBrowsersCodecWrites(t *testing.T) {
	for _, f := range append(everyFrame(), everyEmptyFrame()...) {
		got := blank(f.FrameType())
		if err := readFields(compactFields(f), got); err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("type %d\ngot  %+v\nwant %+v", f.FrameType(), got, f)
		}
	}
}

func everyEmptyFrame() []Frame {
	var all []Frame
	for t := 0; t <= math.MaxUint8; t++ {
		if f := blank(Type(t)); f != nil {
			all = append(all, f)
		}
	}
	return all
}

func TestNumbersAndLengthsOfEverySizeCrossBothWays(t *testing.T) {
	values := []any{
		nil, true, false, "", strings.Repeat("é", 15), strings.Repeat("x", 31), strings.Repeat("x", 32), strings.Repeat("x", 300),
		strings.Repeat("x", 70_000), int64(0), int64(127), int64(128), int64(255), int64(256), int64(65_535), int64(65_536),
		int64(math.MaxUint32), int64(math.MaxUint32) + 1, int64(math.MaxInt64), int64(-1), int64(-32), int64(-33), int64(-128),
		int64(-129), int64(-32_769), int64(math.MinInt64), 0.5, math.MaxFloat64, list(15), list(16), list(70_000), dict(15), dict(16),
		map[string]any{"deep": map[string]any{"list": []any{map[string]any{"end": nil}}}},
	}
	for _, want := range values {
		fromLibrary, err := msgpack.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		for writer, b := range map[string][]byte{"library": fromLibrary, "compact": appendCompact(nil, reflect.ValueOf(&want).Elem())} {
			r := compactReader{b}
			got, err := r.value()
			if err != nil || len(r.b) != 0 || !reflect.DeepEqual(got, want) {
				t.Errorf("compact read what %s wrote of %.60v (%T) as %.60v (%T), %d bytes left, %v", writer, want, want, got, got, len(r.b), err)
			}
			d := msgpack.NewDecoder(bytes.NewReader(b))
			d.UseLooseInterfaceDecoding(true)
			got, err = d.DecodeInterfaceLoose()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("the library read what %s wrote of %.60v (%T) as %.60v (%T), %v", writer, want, want, got, got, err)
			}
		}
	}
}

func list(n int) []any {
	l := make([]any, n)
	for i := range l {
		l[i] = "x"
	}
	return l
}

func dict(n int) map[string]any {
	d := map[string]any{}
	for i := range n {
		d[strings.Repeat("k", i)] = int64(i)
	}
	return d
}

func TestFieldsOfAnotherKindAreRefusedByTheBrowsersCodecToo(t *testing.T) {
	cases := []struct {
		name   string
		fields any
	}{
		{"a list for the fields", []any{1}},
		{"a number for a text", map[string]any{"code": 5}},
		{"a text for a number", map[string]any{"retryMs": "soon"}},
		{"a negative reference", map[string]any{"ref": -1}},
		{"a reference that is too large", map[string]any{"ref": int64(math.MaxUint32) + 1}},
		{"a list for a boolean", map[string]any{"fatal": []any{}}},
		{"a key that is no text", map[int]any{1: "x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := msgpack.Marshal(c.fields)
			if err != nil {
				t.Fatal(err)
			}
			if err := readCompact(b, new(Error)); err == nil {
				t.Error("was taken")
			}
		})
	}
}

// FuzzCompact feeds both codecs the same bytes: the browser's never panics, never reads what the relay's would read
// otherwise, and writes what it has read so that it comes back.
func FuzzCompact(f *testing.F) {
	for _, frame := range everyFrame() {
		f.Add(uint8(frame.FrameType()), compactFields(frame))
	}
	f.Add(uint8(TypePush), []byte{0xc0})
	f.Fuzz(func(t *testing.T, typ uint8, b []byte) {
		compact := blank(Type(typ))
		if rest, err := skip(b, maxDepth); compact == nil || err != nil || len(rest) > 0 {
			return
		}
		if readCompact(b, compact) != nil {
			return
		}
		again := blank(Type(typ))
		if err := readCompact(compactFields(compact), again); err != nil {
			t.Fatalf("what was read of % x cannot be read again: %v", b, err)
		}
		if first, second := compactFields(compact), compactFields(again); len(first) != len(second) {
			t.Fatalf("% x and % x", first, second)
		}
	})
}
