package upload_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/relay/files"
	"foyer/relay/files/scanner"
	"foyer/relay/wire"
)

func TestAFileReachesTheOtherSide(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	r.mustAccept(v)
	content := pdf(3 * files.ChunkBytes)
	a := r.upload(v, v.token, "c-1", "Rechnung für Jörg.pdf", content)
	if a.status != http.StatusCreated || a.json["name"] != "Rechnung für Jörg.pdf" || a.json["type"] != "application/pdf" ||
		a.json["size"] != float64(len(content)) || a.json["clientId"] != "c-1" || a.json["seq"] != float64(3) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	log := r.log(v.session)
	if len(log) != 1 || log[0].Data["fileId"] != a.id() || log[0].ClientID != "c-1" || log[0].From.ID != v.participant {
		t.Errorf("the log has %+v", log)
	}

	got := r.get(a.id(), r.token)
	if got.status != http.StatusOK || !bytes.Equal(got.body, content) {
		t.Errorf("%d, %d bytes", got.status, len(got.body))
	}
	for name, want := range map[string]string{
		"Content-Type":            "application/pdf",
		"Content-Disposition":     "attachment; filename*=utf-8''Rechnung%20f%C3%BCr%20J%C3%B6rg.pdf",
		"X-Content-Type-Options":  "nosniff",
		"Cache-Control":           "private, no-store",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s is %q", name, got.header.Get(name))
		}
	}
	q := r.request("GET", "/native/v1/files/"+a.id(), v.token, nil)
	q.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", files.ChunkBytes-2, files.ChunkBytes+1))
	if part := r.do(q); part.status != http.StatusPartialContent || !bytes.Equal(part.body, content[files.ChunkBytes-2:files.ChunkBytes+2]) {
		t.Errorf("a part: %d %q", part.status, part.body)
	}
}

func TestAnAgentSendsAFile(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	wantCode(t, "before the chat is the agent's", r.upload(v, r.token, "c", "a.txt", []byte("hi")), wire.CodeNoSession)
	r.mustAccept(v)
	a := r.upload(v, r.token, "c", "a.txt", []byte("hi"))
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := r.get(a.id(), v.token); string(got.body) != "hi" {
		t.Errorf("%d %s", got.status, got.body)
	}
	wantCode(t, "delete what the other sent", r.do(r.request("DELETE", "/native/v1/files/"+a.id(), v.token, nil)), wire.CodeForbidden)
}

func TestAResentFileIsInTheLogOnce(t *testing.T) {
	r := newRelay(t)
	r.change(func(l *files.Rules) { l.MaxFiles = 1 })
	v := r.mustStart("start")
	first := r.upload(v, v.token, "c", "a.txt", []byte("hi"))
	again := r.upload(v, v.token, "c", "a.txt", []byte("hi"))
	if first.status != http.StatusCreated || again.status != http.StatusOK || string(first.body) != string(again.body) {
		t.Errorf("%d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
	r.must(r.chats.End(t.Context(), v.session, v.participant))
	if late := r.upload(v, v.token, "c", "a.txt", []byte("hi")); late.status != http.StatusOK {
		t.Errorf("after the end: %d %s", late.status, late.body)
	}
	wantCode(t, "a new one after the end", r.upload(v, v.token, "d", "a.txt", []byte("hi")), wire.CodeSessionEnded)
	if log := r.log(v.session); len(log) != 1 {
		t.Errorf("the log has %+v", log)
	}
}

func TestAFileThatIsSentManyTimesAtOnceIsKeptOnce(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			a := r.upload(v, v.token, "c", "a.pdf", pdf(files.ChunkBytes))
			if a.status != http.StatusCreated && a.status != http.StatusOK && a.code() != string(wire.CodeConflict) {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	if a := r.upload(v, v.token, "c", "a.pdf", pdf(files.ChunkBytes)); a.status != http.StatusOK && a.status != http.StatusCreated {
		t.Errorf("the last one: %d %s", a.status, a.body)
	}
	if log := r.log(v.session); len(log) != 1 {
		t.Errorf("the log has %+v", log)
	}
	if l := r.limits(v); l["usedFiles"] != float64(1) {
		t.Errorf("used %v", l)
	}
}

func TestTenFilesAtOnce(t *testing.T) {
	r := newRelay(t)
	r.change(func(l *files.Rules) { l.MaxFiles = 7 })
	v := r.mustStart("start")
	answers := make([]answer, 10)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = r.upload(v, v.token, clientID(i), "a.pdf", pdf(files.ChunkBytes+i*10)) })
	}
	all.Wait()
	kept := 0
	for i, a := range answers {
		if a.status == http.StatusCreated {
			kept++
			if got := r.get(a.id(), v.token); !bytes.Equal(got.body, pdf(files.ChunkBytes+i*10)) {
				t.Errorf("file %d came back different", i)
			}
			continue
		}
		wantCode(t, "one too many", a, wire.CodeFileCount)
	}
	if kept != 7 || len(r.log(v.session)) != 7 {
		t.Errorf("%d were kept, %d are in the log", kept, len(r.log(v.session)))
	}
}

func TestWhoHasNoBusinessWithAFileLearnsNothing(t *testing.T) {
	r := newRelay(t)
	v, other := r.mustStart("start"), r.mustStart("other")
	id := r.upload(v, v.token, "c", "a.txt", []byte("hi")).id()
	file := "/native/v1/files/" + id

	pass, err := r.access.Pass(t.Context(), "demo", "https://shop.example")
	r.must(err)
	for name, token := range map[string]string{"no token": "", "nonsense": "x.y.z", "a pass": pass.Value} {
		wantCode(t, name, r.upload(v, token, "d", "a.txt", []byte("hi")), wire.CodeToken)
		wantCode(t, name, r.do(r.request("GET", file, token, nil)), wire.CodeToken)
		wantCode(t, name, r.do(r.request("DELETE", file, token, nil)), wire.CodeToken)
		wantCode(t, name, r.do(r.request("GET", "/native/v1/files/limits?session="+v.session, token, nil)), wire.CodeToken)
	}
	for name, token := range map[string]string{"another visitor": other.token, "an agent who does not have it": r.token} {
		wantCode(t, name, r.upload(v, token, "d", "a.txt", []byte("hi")), wire.CodeNoSession)
		wantCode(t, name, r.do(r.request("GET", file, token, nil)), wire.CodeNoFile)
		wantCode(t, name, r.do(r.request("DELETE", file, token, nil)), wire.CodeNoFile)
		wantCode(t, name, r.do(r.request("GET", "/native/v1/files/limits?session="+v.session, token, nil)), wire.CodeNoSession)
	}
	wantCode(t, "a file that never was", r.get("none", v.token), wire.CodeNoFile)

	q := r.request("GET", file, v.token, nil)
	q.Header.Set("Origin", "https://evil.example")
	wantCode(t, "another origin", r.do(q), wire.CodeOrigin)
	q = r.request("GET", file, v.token, nil)
	q.Header.Set("Origin", r.url)
	if a := r.do(q); a.status != http.StatusOK {
		t.Errorf("the relay's own origin: %d", a.status)
	}
}

func TestWhatIsNotAllowedIsRefusedAndNotKept(t *testing.T) {
	r := newRelay(t)
	r.change(func(l *files.Rules) { l.MaxFileBytes, l.MaxTotalBytes = 1000, 1500 })
	v := r.mustStart("start")
	for _, test := range []struct {
		what, name string
		content    []byte
		code       wire.Code
	}{
		{"extension", "a.exe", []byte("MZ"), wire.CodeFileType},
		{"no extension", "a", []byte("hi"), wire.CodeFileType},
		{"contents", "a.png", []byte("<html><script>alert(1)</script>"), wire.CodeFileType},
		{"too large", "a.pdf", pdf(2000), wire.CodeFileSize},
		{"empty", "a.txt", []byte{}, wire.CodeFileSize},
		{"no name", "", []byte("hi"), wire.CodeBadRequest},
		{"only a folder", "../", []byte("hi"), wire.CodeBadRequest},
	} {
		wantCode(t, test.what, r.upload(v, v.token, "c", test.name, test.content), test.code)
	}
	wantCode(t, "client id", r.upload(v, v.token, strings.Repeat("c", 300), "a.txt", []byte("hi")), wire.CodeBadRequest)
	q := r.uploadRequest(v, v.token, "c", "a.txt", strings.NewReader("hi"))
	q.Header.Set("Foyer-File-Name", "100%.txt")
	wantCode(t, "name that is not encoded", r.do(q), wire.CodeBadRequest)
	q = r.uploadRequest(v, v.token, "c", "a.pdf", io.MultiReader(bytes.NewReader(pdf(2000)))) // without Content-Length
	wantCode(t, "too large without saying so", r.do(q), wire.CodeBadRequest)
	r.wantNothingLeft(v)

	if a := r.upload(v, v.token, "c", "a.pdf", pdf(900)); a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	wantCode(t, "together too large", r.upload(v, v.token, "d", "a.pdf", pdf(900)), wire.CodeFileTotal)
	if log := r.log(v.session); len(log) != 1 {
		t.Errorf("the log has %+v", log)
	}
	r.change(func(l *files.Rules) { l.Enabled = false })
	wantCode(t, "switched off", r.upload(v, v.token, "e", "a.txt", []byte("hi")), wire.CodeFilesOff)
}

func TestVisitorsWaitForTheAgentWhereOneIsNeeded(t *testing.T) {
	r := newRelay(t)
	r.change(func(l *files.Rules) { l.NeedAgent = true })
	v := r.mustStart("start")
	wantCode(t, "alone", r.upload(v, v.token, "c", "a.txt", []byte("hi")), wire.CodeFileAgent)
	if l := r.limits(v); l["enabled"] != true || l["ready"] != false || l["needAgent"] != true {
		t.Errorf("limits: %v", l)
	}
	r.mustAccept(v)
	if a := r.upload(v, v.token, "c", "a.txt", []byte("hi")); a.status != http.StatusCreated {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestLimitsAreToldBeforeSending(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	r.upload(v, v.token, "c", "a.txt", []byte("hello"))
	got := fmt.Sprint(r.limits(v))
	want := fmt.Sprint(map[string]any{"enabled": true, "ready": true, "maxFiles": 20., "usedFiles": 1., "maxFileSize": 4. * (1 << 20),
		"maxTotalSize": 16. * (1 << 20), "usedSize": 5., "types": []any{"pdf", "png", "txt"}, "needAgent": false})
	if got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestADeletedFileIsGone(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	r.mustAccept(v)
	id := r.upload(v, v.token, "c", "a.pdf", pdf(files.ChunkBytes)).id()
	for range 2 { // the answer to the first one may be lost
		if a := r.do(r.request("DELETE", "/native/v1/files/"+id, v.token, nil)); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	wantCode(t, "for its sender", r.get(id, v.token), wire.CodeNoFile)
	wantCode(t, "for the other", r.get(id, r.token), wire.CodeNoFile)
	log := r.log(v.session)
	if len(log) != 2 || log[1].Kind != wire.KindFileDeleted || log[1].Data["fileId"] != id || log[1].Data["name"] != "a.pdf" {
		t.Errorf("the log has %+v", log)
	}
	if _, err := r.store.Files().Chunk(t.Context(), id, 0); err == nil {
		t.Error("its bytes are still there")
	}
	r.wantNothingLeft(v)
}

// cutUpload sends the beginning of an upload and drops the connection.
func (r *relay) cutUpload(v visitor, clientID string, announced int, content []byte) {
	r.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	r.must(err)
	_, err = fmt.Fprintf(conn, "POST /native/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nFoyer-File-Name: a.pdf\r\n"+
		"Foyer-Client-Id: %s\r\nContent-Length: %d\r\n\r\n", v.token, clientID, announced)
	r.must(err)
	_, err = conn.Write(content)
	r.must(err)
	r.must(conn.Close())
}

func TestACutUploadLeavesNothingAndCanBeSentAgain(t *testing.T) {
	r := newRelay(t)
	r.change(func(l *files.Rules) { l.MaxFiles = 1 })
	v := r.mustStart("start")
	content := pdf(3 * files.ChunkBytes)
	for _, n := range []int{0, 10, files.ChunkBytes, 2*files.ChunkBytes + 5, len(content) - 1} {
		r.cutUpload(v, "c", len(content), content[:n])
	}
	// While the relay may still wait for the rest of those: the same file again.
	a := r.upload(v, v.token, "c", "a.pdf", content)
	for tries := 0; a.code() == string(wire.CodeConflict) && tries < 10; tries++ { // one of those came later than this
		a = r.upload(v, v.token, "c", "a.pdf", content)
	}
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := r.get(a.id(), v.token); !bytes.Equal(got.body, content) {
		t.Errorf("%d, %d bytes", got.status, len(got.body))
	}
	if log := r.log(v.session); len(log) != 1 {
		t.Errorf("the log has %+v", log)
	}
	r.do(r.request("DELETE", "/native/v1/files/"+a.id(), v.token, nil))
	r.wantNothingLeft(v)
}

func TestNothingIsOfferedBeforeItIsWholeAndScanned(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	reached, release := make(chan files.File), make(chan bool)
	r.change(func(l *files.Rules) { l.Scanner = gate{reached, release} })
	for _, clean := range []bool{false, true} {
		done := make(chan answer)
		go func() { done <- r.upload(v, v.token, fmt.Sprint(clean), "a.pdf", pdf(files.ChunkBytes)) }()
		f := <-reached
		wantCode(t, "while it is scanned", r.get(f.ID, v.token), wire.CodeNoFile)
		if log := r.log(v.session); len(log) != 0 {
			t.Errorf("the log has %+v", log)
		}
		release <- clean
		a := <-done
		if clean && a.status != http.StatusCreated {
			t.Errorf("%d %s", a.status, a.body)
		}
		if !clean {
			wantCode(t, "refused", a, wire.CodeFileRefused)
			r.wantNothingLeft(v)
		}
	}
}

func TestRealScanners(t *testing.T) {
	const virus = "X5O!P%@AP infected"
	service := startService(t, virus)
	for name, test := range map[string]struct {
		scanner files.Scanner
		content string
		code    wire.Code // "" for kept
	}{
		"program, clean":   {scanner.Command{Args: []string{"sh", "-c", "! grep -q infected"}, Timeout: time.Minute}, "fine", ""},
		"program, refused": {scanner.Command{Args: []string{"sh", "-c", "! grep -q infected"}, Timeout: time.Minute}, virus, wire.CodeFileRefused},
		"program, broken":  {scanner.Command{Args: []string{"sh", "-c", "exit 2"}, Timeout: time.Minute}, "fine", wire.CodeFileScan},
		"path, refused":    {scanner.Command{Args: []string{"sh", "-c", `! grep -q infected "$0"`, "{file}"}, Timeout: time.Minute}, virus, wire.CodeFileRefused},
		"service, clean":   {scanner.URL{URL: service, Timeout: time.Minute}, "fine", ""},
		"service, refused": {scanner.URL{URL: service, Timeout: time.Minute}, virus, wire.CodeFileRefused},
		"service, gone":    {scanner.URL{URL: "http://127.0.0.1:1/", Timeout: time.Minute}, "fine", wire.CodeFileScan},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRelay(t)
			r.change(func(l *files.Rules) { l.Scanner = test.scanner })
			v := r.mustStart("start")
			a := r.upload(v, v.token, "c", "a.txt", []byte(test.content))
			if test.code == "" {
				if a.status != http.StatusCreated {
					t.Errorf("%d %s", a.status, a.body)
				}
				return
			}
			wantCode(t, name, a, test.code)
			if a.json["retry"] != wire.Means(test.code).Retry {
				t.Errorf("retry is %v", a.json["retry"])
			}
			r.wantNothingLeft(v)
		})
	}
}

func TestFilesOnTheirWayBorrowMemory(t *testing.T) {
	r := newRelay(t)
	v := r.mustStart("start")
	body := bytes.Repeat([]byte("x"), 10<<10)
	r.room.Store(8 << 10)
	if a := r.upload(v, v.token, "c", "a.txt", body); a.status != http.StatusTooManyRequests || a.code() != string(wire.CodeRate) || a.header.Get("Retry-After") == "" {
		t.Errorf("more than there is: %d %v", a.status, a.json)
	}
	r.room.Store(12 << 10)
	var id string
	for range 3 { // what was borrowed is given back
		a := r.upload(v, v.token, "c", "a.txt", body)
		if a.status >= 300 {
			t.Fatalf("status %d: %v", a.status, a.json)
		}
		id = a.id()
	}
	r.room.Store(8 << 10)
	if a := r.get(id, v.token); a.status != http.StatusTooManyRequests {
		t.Errorf("reading more than there is: %d", a.status)
	}
}
