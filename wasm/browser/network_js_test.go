//go:build js && wasm

package browser

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hack-pad/safejs"

	"foyer/wasm/loop"
	"foyer/wasm/transport"
)

// nil0 makes a callback of a function that wants no arguments.
func nil0(f func()) func([]safejs.Value) { return func([]safejs.Value) { f() } }

type socketEvents struct {
	open   chan struct{}
	heard  chan []byte
	closed chan int
}

func dial(d transport.Dialer) (transport.Socket, socketEvents) {
	e := socketEvents{make(chan struct{}, 1), make(chan []byte, 9), make(chan int, 1)}
	s := d.Dial(transport.Listener{
		Open:    func() { e.open <- struct{}{} },
		Message: func(b []byte) { e.heard <- b },
		Closed:  func(code int) { e.closed <- code },
	})
	return s, e
}

func TestASocketCarriesBytes(t *testing.T) {
	s, e := dial(newStage(t).Dialer())
	next(t, e.open)
	for _, msg := range [][]byte{{0, 1, 254, 255}, {}, []byte(strings.Repeat("x", 1<<16))} {
		s.Send(msg)
		if got := next(t, e.heard); string(got) != string(msg) {
			t.Fatalf("%d bytes came back as %d", len(msg), len(got))
		}
	}
	s.Send([]byte("drop"))
	if code := next(t, e.closed); code != abnormalClosure {
		t.Fatalf("closed with %d", code)
	}
	s.Send([]byte("too late"))
	s.Close()
	s.Close()
}

func TestASocketSaysWithWhichCodeItWasClosed(t *testing.T) {
	w := newStage(t)
	_, e := dial(dialer{worker: w, url: "ws" + w.Base()[len("http"):] + "/closing"})
	if code := next(t, e.closed); code != 4405 {
		t.Fatalf("closed with %d", code)
	}
}

func TestASocketThatCannotOpenSaysSo(t *testing.T) {
	w := newStage(t)
	for _, url := range []string{"ws" + w.Base()[len("http"):] + "/nowhere", "no address"} {
		_, e := dial(dialer{worker: w, url: url})
		if code := next(t, e.closed); code != abnormalClosure {
			t.Errorf("%s: closed with %d", url, code)
		}
	}
}

type pollEnd struct {
	answer transport.PollAnswer
	err    error
}

func TestThePollersRequests(t *testing.T) {
	w := newStage(t)
	cases := []struct {
		request transport.PollRequest
		batch   string
	}{
		{transport.PollRequest{Method: "POST", Body: []byte{0, 200, 7}, Header: map[string]string{"Foyer-Ack": "3"}}, "POST 3 application/msgpack"},
		{transport.PollRequest{Method: "DELETE"}, "DELETE  "},
	}
	for _, c := range cases {
		ends := make(chan pollEnd, 1)
		c.request.Path = "/native/v1/echo"
		w.Poller().Do(c.request, func(a transport.PollAnswer, err error) { ends <- pollEnd{a, err} })
		end := next(t, ends)
		if end.err != nil || end.answer.Status != 418 || string(end.answer.Body) != string(c.request.Body) {
			t.Errorf("%s: %+v", c.request.Method, end)
			continue
		}
		if got := end.answer.Header("Foyer-Batch"); strings.TrimSpace(got) != strings.TrimSpace(c.batch) {
			t.Errorf("the relay saw %q", got)
		}
		if got := end.answer.Header("Foyer-Connection"); got != "" {
			t.Errorf("a header that is missing is %q", got)
		}
	}
}

func TestAPollThatIsCanceledEndsWithAnError(t *testing.T) {
	w := newStage(t)
	ends := make(chan pollEnd, 1)
	cancel := w.Poller().Do(transport.PollRequest{Method: "POST", Path: "/native/v1/never"},
		func(a transport.PollAnswer, err error) { ends <- pollEnd{a, err} })
	cancel()
	if end := next(t, ends); end.err == nil || !strings.Contains(end.err.Error(), "AbortError") {
		t.Fatalf("ended with %+v", end)
	}
	cancel()
}

func TestFetchJSON(t *testing.T) {
	w := newStage(t)
	type end struct {
		v   any
		err error
	}
	fetch := func(path string) end {
		ends := make(chan end, 1)
		w.FetchJSON(path, func(v any, err error) { ends <- end{v, err} })
		return next(t, ends)
	}
	want := map[string]any{"a": []any{1.0, "zwei", nil}, "b": map[string]any{"c": true}}
	if got := fetch("/texts/some.json"); got.err != nil || !reflect.DeepEqual(got.v, want) {
		t.Errorf("got %+v", got)
	}
	if got := fetch("/nowhere.json"); got.err == nil {
		t.Error("a file that is not there is no error")
	}
	if got := fetch("/worker.js"); got.err == nil {
		t.Error("what is not JSON is no error")
	}
}

func TestFetchText(t *testing.T) {
	w := newStage(t)
	type end struct {
		text string
		err  error
	}
	fetch := func(path string) end {
		ends := make(chan end, 1)
		w.FetchText(path, func(text string, err error) { ends <- end{text, err} })
		return next(t, ends)
	}
	if got := fetch("/texts/some.json"); got.err != nil || got.text != `{"a":[1,"zwei",null],"b":{"c":true}}` {
		t.Errorf("got %+v", got)
	}
	if got := fetch("/nowhere.xml"); got.err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestIdsAreRandomAndWellFormed(t *testing.T) {
	w := newStage(t)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	hex := regexp.MustCompile(`^[0-9A-F]{32}$`)
	seen := map[string]bool{}
	for range 100 {
		u, h := w.UUID(), w.Hex32()
		if !uuid.MatchString(u) || !hex.MatchString(h) || seen[u] || seen[h] {
			t.Fatalf("%s and %s", u, h)
		}
		seen[u], seen[h] = true, true
	}
}

func TestAPanicInACallbackCrashesTheLoopAndNotGo(t *testing.T) {
	l := loop.New()
	w := NewWorker(l)
	f := w.function(nil0(func() { panic("boom") }))
	defer f.Release()
	if _, err := f.Value().Invoke(); err != nil {
		t.Fatal(err)
	}
	err := l.Run(t.Context())
	crash, ok := err.(*loop.Crash)
	if !ok || !strings.Contains(crash.Error(), "boom") {
		t.Fatalf("the loop ended with %v", err)
	}
}
