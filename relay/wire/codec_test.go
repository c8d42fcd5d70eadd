package wire

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// everyFrame gives one frame of each type with every field set, so that a field without a name of its own, or a frame
// that blank does not know, shows up.
func everyFrame() []Frame {
	var all []Frame
	for t := 0; t <= math.MaxUint8; t++ {
		f := blank(Type(t))
		if f == nil {
			continue
		}
		fill(reflect.ValueOf(f).Elem())
		all = append(all, f)
	}
	return all
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("é<b>\u2028" + v.Type().Name())
	case reflect.Int, reflect.Int64:
		v.SetInt(1<<31 + 7)
	case reflect.Uint32:
		v.SetUint(math.MaxUint32)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{
			"text": "ü", "whole": int64(-5), "float": 1.5, "yes": true, "nothing": nil,
			"list": []any{"a", int64(2)}, "map": map[string]any{"k": "v"},
		}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a frame has a field of kind " + v.Kind().String() + ", which this test cannot fill")
	}
}

func TestEveryFrameComesBackAsItWas(t *testing.T) {
	frames := everyFrame()
	if len(frames) < 30 {
		t.Fatalf("only %d types of frames are known to the decoder", len(frames))
	}
	for _, f := range frames {
		b, err := Encode(f)
		if err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("type %d came back as\n%+v, went as\n%+v", f.FrameType(), got, f)
		}
	}
}

func TestEmptyFramesComeBackToo(t *testing.T) {
	for _, filled := range everyFrame() {
		f := blank(filled.FrameType())
		b, err := Encode(f)
		if err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatalf("type %d: %v", f.FrameType(), err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("type %d came back as %+v", f.FrameType(), got)
		}
	}
}

func TestBodyOfManyFramesKeepsTheirOrder(t *testing.T) {
	frames := everyFrame()
	b, err := EncodeAll(frames)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeAll(b, len(frames))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, frames) {
		t.Error("the frames came back differently")
	}
	if _, err := DecodeAll(b, len(frames)-1); !errors.Is(err, &Problem{Code: CodeBadFrame}) {
		t.Errorf("one frame more than allowed: %v", err)
	}
	if got, err := DecodeAll(nil, 5); err != nil || len(got) != 0 {
		t.Errorf("an empty body holds no frame, not %v, %v", got, err)
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	b := pack(t, uint64(TypePing), map[string]any{"n": int64(3), "later": map[string]any{"x": []any{1}}})
	got, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := got.(*Ping); !ok || p.N != 3 {
		t.Errorf("got %#v", got)
	}
}

func TestBadInputIsRefusedWithItsCode(t *testing.T) {
	ping, err := Encode(&Ping{N: 1})
	if err != nil {
		t.Fatal(err)
	}
	deep := bytes.Repeat([]byte{0x91}, 10_000)
	cases := []struct {
		name string
		in   []byte
		code Code
	}{
		{"nothing", nil, CodeBadFrame},
		{"text", []byte("hello"), CodeBadFrame},
		{"JSON", []byte(`[1,{"v":1}]`), CodeBadFrame},
		{"a number", []byte{0x07}, CodeBadFrame},
		{"array of one", []byte{0x91, 0x0a}, CodeBadFrame},
		{"array of three", []byte{0x93, 0x0a, 0x80, 0x80}, CodeBadFrame},
		{"type is text", pack(t, "ping", map[string]any{}), CodeBadFrame},
		{"unknown type", pack(t, uint64(200), map[string]any{}), CodeUnknownFrame},
		{"type zero", pack(t, uint64(0), map[string]any{}), CodeUnknownFrame},
		{"type beyond a byte", pack(t, uint64(1<<40), map[string]any{}), CodeUnknownFrame},
		{"field of the wrong kind", pack(t, uint64(TypePing), map[string]any{"n": "one"}), CodeBadFrame},
		{"fields are a list of lists", pack(t, uint64(TypePing), []any{[]any{}}), CodeBadFrame},
		{"cut short", ping[:len(ping)-1], CodeBadFrame},
		{"bytes behind the frame", append(bytes.Clone(ping), 0xc0), CodeBadFrame},
		{"two frames", append(bytes.Clone(ping), ping...), CodeBadFrame},
		{"nested deeply", deep, CodeBadFrame},
		{"announces more than is there", []byte{0x92, 0x0a, 0xdf, 0xff, 0xff, 0xff, 0xff}, CodeBadFrame},
		{"text longer than the frame", []byte{0x92, 0x0a, 0x81, 0xdb, 0xff, 0xff, 0xff, 0xf0, 'a'}, CodeBadFrame},
		{"extension type", []byte{0x92, 0x0a, 0x81, 0xa1, 'n', 0xd4, 0x01, 0x00}, CodeBadFrame},
		{"too large", pack(t, uint64(TypeSend), map[string]any{"text": strings.Repeat("a", MaxFrame)}), CodeTooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := Decode(c.in)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("got %#v, %v, want a Problem", f, err)
			}
			if p.Code != c.code {
				t.Errorf("got %s (%s), want %s", p.Code, p.Text, c.code)
			}
			if p.Text == "" {
				t.Error("the problem explains nothing")
			}
		})
	}
}

func TestLargestFramePasses(t *testing.T) {
	frame := &Send{Ref: 1, Session: "s", ClientID: "c", Kind: KindMessage}
	empty, err := Encode(frame)
	if err != nil {
		t.Fatal(err)
	}
	// The text's length takes two bytes more than an empty text's does.
	frame.Text = strings.Repeat("a", MaxFrame-len(empty)-2)
	b, err := Encode(frame)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != MaxFrame {
		t.Fatalf("made a frame of %d bytes", len(b))
	}
	if _, err := Decode(b); err != nil {
		t.Errorf("a frame of exactly %d bytes: %v", MaxFrame, err)
	}
}

func TestAnswersAreRecognisedByRef(t *testing.T) {
	for _, f := range everyFrame() {
		q, ok := f.(Request)
		if !ok {
			continue
		}
		q.SetRef(77)
		if q.GetRef() != 77 {
			t.Errorf("type %d does not keep its reference", f.FrameType())
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, frame := range everyFrame() {
		b, err := Encode(frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x92, 0x0a, 0xdf, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, err := DecodeAll(b, 64)
		if err != nil {
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		// What was understood can be said again, and then means the same.
		again, err := EncodeAll(frames)
		if err != nil {
			t.Fatalf("decoded, but cannot be encoded: %v", err)
		}
		second, err := DecodeAll(again, 64)
		if len(again) > MaxFrame {
			return // re-encoding may widen numbers beyond the limit
		}
		if err != nil {
			t.Fatalf("encoded, but cannot be decoded: %v", err)
		}
		third, err := EncodeAll(second)
		if err != nil {
			t.Fatal(err)
		}
		if len(third) != len(again) {
			t.Fatalf("%d bytes became %d", len(again), len(third))
		}
	})
}

func pack(t *testing.T, typ, fields any) []byte {
	t.Helper()
	b, err := msgpack.Marshal([]any{typ, fields})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
