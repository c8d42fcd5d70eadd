package attachment

import (
	"reflect"
	"testing"

	"foyer/relay/wire"
)

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
		if u := r.last(t, 2*n+1); u.Method != "GET" || u.Path != "f/1" || !u.Blob {
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
}

func TestLimitsAreToldBeforeAFileIsChosen(t *testing.T) {
	r, q := newQueue()
	r.limits = refusal(404, wire.CodeNoSession, 0)
	q.Ask()
	r.loop.Run()
	if q.Limits() != nil {
		t.Errorf("there are limits: %+v", q.Limits())
	}
	r.limits = limitsOf("usedFiles", 2.0)
	q.Ask()
	r.loop.Run()
	if l := q.Limits(); l.UsedFiles != 2 || !reflect.DeepEqual(l.Accept(), []string{".txt", ".pdf"}) {
		t.Errorf("they are %+v", l)
	}
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
