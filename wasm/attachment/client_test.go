package attachment

import (
	"net/url"
	"reflect"
	"testing"

	"foyer/relay/wire"
)

func TestEscapedIsWhatTheRelayReads(t *testing.T) {
	for _, s := range []string{"", "a b.pdf", "grüße/../😀?&#%+.txt", "-_.!~*'()", "\x00\xff\n"} {
		if got, err := url.PathUnescape(escape(s)); err != nil || got != s {
			t.Errorf("%q is escaped as %q", s, escape(s))
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("a b%.pdf")
	f.Fuzz(func(t *testing.T, s string) {
		e := escape(s)
		if got, err := url.PathUnescape(e); err != nil || got != s {
			t.Errorf("%q is escaped as %q", s, e)
		}
		for _, c := range []byte(e) {
			if c <= ' ' || c > '~' || c == '&' || c == '#' || c == '+' || c == '/' {
				t.Fatalf("%q holds %q", e, c)
			}
		}
	})
}

func TestEveryFailedRequestSaysWhy(t *testing.T) {
	r, q := newQueue()
	tests := []struct {
		answer Answer
		want   wire.Code
	}{
		{Answer{Status: 404, JSON: map[string]any{"code": "no_file"}}, wire.CodeNoFile},
		{Answer{}, wire.CodeNoConnection},
		{Answer{Status: 500, JSON: map[string]any{"code": 7.0}}, wire.CodeUnavailable},
	}
	for n, tt := range tests {
		var got []*Refusal
		q.client.Download("f/1", func(f *File, why *Refusal) {
			if f != nil {
				t.Error("there is a file")
			}
			got = append(got, why)
		})
		if u := r.last(t, 2*n+1); u.Method != "GET" || u.Path != "/native/v1/files/f%2F1" || !u.Blob {
			t.Errorf("the request is %+v", u.Request)
		}
		q.client.Delete("f/1", func(why *Refusal) { got = append(got, why) })
		r.answer(r.uploads[2*n], tt.answer)
		r.answer(r.last(t, 2*n+2), tt.answer)
		for _, why := range got {
			if why == nil || why.Code != tt.want {
				t.Errorf("%+v: refused for %+v, want %s", tt.answer, why, tt.want)
			}
		}
		if len(got) != 2 {
			t.Errorf("%d answers", len(got))
		}
	}
	r.limits = limitsOf("usedFiles", 2.0)
	q.client.Limits("s", func(l *Limits, why *Refusal) {
		if why != nil || l.UsedFiles != 2 || !reflect.DeepEqual(l.Accept(), []string{".txt", ".pdf"}) {
			t.Errorf("%+v, %+v", l, why)
		}
	})
	r.limits = refusal(404, wire.CodeNoSession, 0)
	q.client.Limits("s", func(l *Limits, why *Refusal) {
		if l != nil || why.Code != wire.CodeNoSession {
			t.Errorf("%+v, %+v", l, why)
		}
	})
	r.loop.Run()
}

func TestAFileInTheLog(t *testing.T) {
	for _, size := range []any{int64(70000), uint64(70000), float64(70000)} {
		got := Of(map[string]any{"fileId": "f", "name": "n", "type": "t", "size": size})
		if got != (Sent{ID: "f", Name: "n", Type: "t", Size: 70000}) {
			t.Errorf("%T: %+v", size, got)
		}
	}
	if got := Of(nil); got != (Sent{}) {
		t.Errorf("nothing is %+v", got)
	}
	gone := Deleted([]wire.Entry{
		{Kind: wire.KindFile, Data: map[string]any{"fileId": "kept"}},
		{Kind: wire.KindFileDeleted, Data: map[string]any{"fileId": "gone"}},
	})
	if !reflect.DeepEqual(gone, map[string]bool{"gone": true}) {
		t.Errorf("gone are %v", gone)
	}
}

func TestSizesInWords(t *testing.T) {
	for size, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 kB", 5000: "5 kB", 10<<20 - 1: "10240 kB", 10 << 20: "10 MB", 100 << 20: "100 MB"} {
		if got := FormatSize(size); got != want {
			t.Errorf("%d is %q, want %q", size, got, want)
		}
	}
}
