//go:build js && wasm

package browser

import (
	"testing"

	"foyer/wasm/attachment"
)

// carry makes a request and waits for its answer.
func carry(t *testing.T, w *Worker, r attachment.Request, progress func(int64)) attachment.Answer {
	t.Helper()
	ends := make(chan attachment.Answer, 1)
	w.Carry(r, progress, func(a attachment.Answer) { ends <- a })
	return next(t, ends)
}

// file is a File of the browser, as a page would send it.
func file(t *testing.T, w *Worker, expression string) *attachment.File {
	t.Helper()
	f, ok := w.fromJS(js(t, expression)).(*attachment.File)
	if !ok {
		t.Fatalf("%s is no file", expression)
	}
	return f
}

func TestAFileGoesThroughGoWithoutBeingRead(t *testing.T) {
	w := newStage(t)
	f := file(t, w, "new File(['grüße'], 'a.txt', {type: 'text/plain'})")
	if f.Name != "a.txt" || f.Type != "text/plain" || f.Size != 7 {
		t.Fatalf("it is %+v", f)
	}
	v, err := w.toJS(map[string]any{"data": f})
	if err != nil {
		t.Fatal(err)
	}
	if !w.is(get(v, "data"), "File") {
		t.Fatal("it does not go back as the file that it was")
	}
	if blob := file(t, w, "new Blob(['abc'])"); blob.Name != "" || blob.Size != 3 {
		t.Fatalf("a blob is %+v", blob)
	}
	if _, ok := w.fromJS(js(t, "({})")).(map[string]any); !ok {
		t.Fatal("an empty object is a file")
	}
}

func TestAnUploadTellsHowFarItIs(t *testing.T) {
	w := newStage(t)
	const size = 3 << 20
	told := make(chan int64, 1000)
	a := carry(t, w, attachment.Request{
		Method: "POST", Session: "s 1", Token: "secret", ClientID: "id",
		Body: file(t, w, "new File([new Uint8Array(3 << 20)], 'a ü')"),
	}, func(sent int64) { told <- sent })
	if a.Status != 201 || a.JSON["said"] != "s 1|Bearer secret|id|a%20%C3%BC" || a.JSON["size"] != float64(size) {
		t.Fatalf("the answer is %+v", a)
	}
	last := int64(0)
	for range len(told) {
		sent := <-told
		if sent < last {
			t.Fatalf("%d bytes after %d", sent, last)
		}
		last = sent
	}
	if last != size {
		t.Fatalf("%d bytes were told", last)
	}
}

func TestAWantedFileIsABlobAndARefusalIsNot(t *testing.T) {
	w := newStage(t)
	get := attachment.Request{Method: "GET", Path: "there", Blob: true}
	if a := carry(t, w, get, nil); a.Blob == nil || a.Blob.Size != 4 || a.JSON != nil {
		t.Fatalf("the answer is %+v", a)
	}
	get.Path = "not/there"
	if a := carry(t, w, get, nil); a.Status != 404 || a.JSON["code"] != "no_file" || a.Blob != nil {
		t.Fatalf("the refusal is %+v", a)
	}
}

func TestARequestWithoutAnAnswerHasNoStatus(t *testing.T) {
	w := newStage(t)
	for _, r := range []attachment.Request{
		{Method: "GET", Path: "broken"},
		{Method: "NOT ALLOWED"},
		{Method: "GET", Token: "not\na token"},
	} {
		if a := carry(t, w, r, nil); a.Status != 0 || a.JSON != nil {
			t.Errorf("%s %s: %+v", r.Method, r.Path, a)
		}
	}
}

func TestARequestThatIsCancelledSaysNothingMore(t *testing.T) {
	w := newStage(t)
	ends := make(chan attachment.Answer, 2)
	done := func(a attachment.Answer) { ends <- a }
	cancelled := make(chan struct{})
	w.loop.Post(func() {
		cancel := w.Carry(attachment.Request{Method: "GET", Path: "never"}, nil, done)
		cancel()
		cancel()
		close(cancelled)
	})
	<-cancelled
	w.Carry(attachment.Request{Method: "GET", Path: "gone"}, nil, done)
	if a := next(t, ends); a.Status != 404 {
		t.Fatalf("the cancelled one said %+v", a)
	}
	if len(ends) != 0 {
		t.Fatal("something else was told")
	}
}
