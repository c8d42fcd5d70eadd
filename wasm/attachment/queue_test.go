package attachment

import (
	"strconv"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/loop/looptest"
)

// relay is the other end, in the hands of the test.
type relay struct {
	loop     *looptest.Fake
	token    string
	limits   Answer
	uploads  []*upload
	asked    int
	changes  int
	nextName int
}

type upload struct {
	Request
	progress  func(int64)
	done      func(Answer)
	cancelled bool
}

func (r *relay) Carry(q Request, progress func(int64), done func(Answer)) func() {
	if q.Path == "limits" {
		r.asked++
		answer := r.limits
		r.loop.Post(func() { done(answer) })
		return func() {}
	}
	u := &upload{Request: q, progress: progress, done: done}
	r.uploads = append(r.uploads, u)
	return func() { u.cancelled = true }
}

func limitsOf(pairs ...any) Answer {
	m := map[string]any{"enabled": true, "ready": true, "maxFiles": 3.0, "maxFileSize": 100.0, "maxTotalSize": 150.0,
		"types": []any{"txt", "pdf"}}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return Answer{Status: 200, JSON: m}
}

func refusal(status int, code wire.Code, retryMs float64) Answer {
	return Answer{Status: status, JSON: map[string]any{"code": string(code), "retry": wire.Means(code).Retry, "retryMs": retryMs}}
}

func newQueue() (*relay, *Queue) {
	r := &relay{loop: looptest.New(), token: "secret", limits: limitsOf()}
	c := &Client{Carrier: r, Loop: r.loop, Token: func() string { return r.token }}
	return r, NewQueue(c, "s 1", func() string { r.nextName++; return "id" + strconv.Itoa(r.nextName) }, func() { r.changes++ })
}

func text(name string, size int64) *File { return &File{Name: name, Size: size} }

// last is the newest upload, which must be the nth.
func (r *relay) last(t *testing.T, n int) *upload {
	t.Helper()
	r.loop.Run()
	if len(r.uploads) != n {
		t.Fatalf("%d uploads were begun, want %d", len(r.uploads), n)
	}
	return r.uploads[n-1]
}

func (r *relay) answer(u *upload, a Answer) {
	u.done(a)
	r.loop.Run()
}

func TestFilesGoOneAtATimeAndInOrder(t *testing.T) {
	r, q := newQueue()
	q.Add(text("grüße 1.txt", 10), text("b.txt", 20))
	u := r.last(t, 1)
	want := Request{Method: "POST", Session: "s 1", Token: "secret", ClientID: "id1", Body: q.Items()[0].File}
	if u.Request != want {
		t.Errorf("the request is %+v", u.Request)
	}
	u.progress(12) // with what surrounds the file
	if i := q.Items()[0]; i.State != Sending || i.Sent != 10 {
		t.Errorf("it is %+v", i)
	}
	r.answer(u, Answer{Status: 201})
	if u := r.last(t, 2); u.Body.Name != "b.txt" {
		t.Errorf("then %s is sent", u.Body.Name)
	}
	if len(q.Items()) != 1 {
		t.Errorf("%d are on their way, want one", len(q.Items()))
	}
}

func TestWhatTheRelayWouldRefuseIsNotSent(t *testing.T) {
	tests := []struct {
		name   string
		limits Answer
		file   *File
		want   wire.Code
	}{
		{"a type that is not on the list", limitsOf(), text("a.exe", 1), wire.CodeFileType},
		{"no extension", limitsOf(), text("exe", 1), wire.CodeFileType},
		{"an empty file", limitsOf(), text("a.txt", 0), wire.CodeFileSize},
		{"too large", limitsOf(), text("a.txt", 101), wire.CodeFileSize},
		{"one too many", limitsOf("usedFiles", 3.0), text("a.txt", 1), wire.CodeFileCount},
		{"too much in all", limitsOf("usedSize", 100.0), text("a.txt", 51), wire.CodeFileTotal},
		{"switched off", limitsOf("enabled", false), text("a.txt", 1), wire.CodeFilesOff},
		{"nobody there to take it", limitsOf("ready", false), text("a.txt", 1), wire.CodeFileAgent},
		{"the session is over", refusal(410, wire.CodeSessionEnded, 0), text("a.txt", 1), wire.CodeSessionEnded},
		{"capital letters are the same type", limitsOf(), text("A.TXT", 100), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, q := newQueue()
			r.limits = tt.limits
			q.Add(tt.file)
			r.loop.Run()
			i := q.Items()[0]
			if tt.want == "" {
				if i.State != Sending {
					t.Fatalf("it is %+v", i)
				}
				return
			}
			if i.State != Refused || i.Reason.Code != tt.want || i.Reason.Key != wire.Means(tt.want).Key || len(r.uploads) != 0 {
				t.Fatalf("it is %+v, refused for %+v", i, i.Reason)
			}
		})
	}
}

func TestFilesOfOneGoCountTogether(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 100), text("b.txt", 51), text("c.txt", 50))
	r.loop.Run()
	var states []State
	for _, i := range q.Items() {
		states = append(states, i.State)
	}
	if states[0] != Sending || states[1] != Refused || states[2] != Waiting {
		t.Fatalf("states are %v", states)
	}
}

func TestABrokenConnectionIsTriedAgainWithTheSameClientID(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer Answer
		wait   time.Duration
		reason wire.Code
		away   bool
	}{
		{"no answer", Answer{}, time.Second, wire.CodeNoConnection, true},
		{"a proxy's own page", Answer{Status: 502}, time.Second, wire.CodeUnavailable, false},
		{"a relay that is busy", refusal(503, wire.CodeUnavailable, 0), time.Second, wire.CodeUnavailable, false},
		{"too often", refusal(429, wire.CodeRate, 7000), 7 * time.Second, wire.CodeRate, false},
		{"a token that ran out", refusal(401, wire.CodeTokenExpired, 0), time.Second, wire.CodeTokenExpired, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, q := newQueue()
			q.Add(text("a.txt", 10))
			first := r.last(t, 1)
			r.answer(first, tt.answer)
			i := q.Items()[0]
			if i.State != Paused || i.Reason.Code != tt.reason || i.Reason.Away() != tt.away {
				t.Fatalf("it is %+v, for %+v", i, i.Reason)
			}
			r.token = "newer"
			r.loop.Advance(tt.wait - time.Millisecond)
			r.last(t, 1)
			r.loop.Advance(time.Millisecond)
			second := r.last(t, 2)
			if second.ClientID != first.ClientID || second.Token != "newer" {
				t.Fatalf("sent again with %+v", second.Request)
			}
			if i.State != Sending || i.Reason != nil {
				t.Fatalf("on its way again it is %+v", i)
			}
		})
	}
}

func TestAConnectionThatIsBackEndsThePause(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 10))
	r.answer(r.last(t, 1), Answer{})
	q.Online()
	r.last(t, 2)
	r.loop.Advance(time.Minute)
	r.last(t, 2)
}

func TestWithoutAConnectionFilesWait(t *testing.T) {
	r, q := newQueue()
	r.token = ""
	q.Add(text("a.txt", 10))
	r.loop.Advance(time.Hour)
	if r.asked != 0 || q.Items()[0].State != Waiting {
		t.Fatalf("asked %d times; it is %+v", r.asked, q.Items()[0])
	}
	r.token = "secret"
	q.Online()
	r.last(t, 1)
}

func TestAFileThatNeverGetsThroughIsGivenUpAndCanBeRepeated(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 10))
	for n := 1; n <= giveUp+1; n++ {
		r.answer(r.last(t, n), Answer{})
		r.loop.Advance(retryMost)
	}
	if i := q.Items()[0]; i.State != Refused || i.Reason.Code != wire.CodeNoConnection {
		t.Fatalf("it is %+v", i)
	}
	q.Retry("id1")
	r.answer(r.last(t, giveUp+2), Answer{Status: 200})
	if len(q.Items()) != 0 {
		t.Fatalf("still there: %+v", q.Items()[0])
	}
}

func TestAnEntryMayComeBeforeTheAnswer(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 10), text("b.txt", 10))
	u := r.last(t, 1)
	q.Arrived("id1")
	q.Arrived("id1")
	if r.last(t, 2).Body.Name != "b.txt" || !u.cancelled {
		t.Fatal("the next one is not sent")
	}
	if got := q.Limits().UsedFiles; got != 1 {
		t.Fatalf("%d files are counted", got)
	}
}

func TestAFileThatIsDroppedMakesRoomForTheNext(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 10), text("b.txt", 10))
	u := r.last(t, 1)
	q.Drop("id1")
	q.Drop("nobody")
	if !u.cancelled || r.last(t, 2).Body.Name != "b.txt" {
		t.Fatal("the next one is not sent")
	}
	q.Close()
	r.loop.Advance(time.Hour)
	if !r.uploads[1].cancelled || len(q.Items()) != 0 || len(r.uploads) != 2 {
		t.Fatal("something goes on after the end")
	}
}

func TestARefusedFileDoesNotHoldUpTheNext(t *testing.T) {
	for code, final := range map[wire.Code]bool{wire.CodeFileRefused: true, wire.CodeFileScan: false, wire.CodeFileAgent: false} {
		r, q := newQueue()
		q.Add(text("a.txt", 10), text("b.txt", 10))
		r.answer(r.last(t, 1), refusal(wire.Means(code).HTTP, code, 0))
		if i := q.Items()[0]; i.State != Refused || i.Reason.Code != code || i.Reason.Final() != final {
			t.Fatalf("it is %+v", i)
		}
		r.last(t, 2)
	}
}

func TestAFileThatPausesStaysInItsPlaceWhenOthersAreAdded(t *testing.T) {
	r, q := newQueue()
	q.Add(text("a.txt", 10))
	r.answer(r.last(t, 1), refusal(503, wire.CodeUnavailable, 0))
	q.Add(text("b.txt", 10))
	r.loop.Run()
	if i := q.Items()[0]; i.State != Paused || i.Reason == nil || q.Items()[1].State != Waiting {
		t.Fatalf("they are %+v and %+v", i, q.Items()[1])
	}
	r.loop.Advance(time.Second)
	if u := r.last(t, 2); u.Body.Name != "a.txt" {
		t.Fatalf("%s is sent first", u.Body.Name)
	}
}
