package web

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// report posts what a browser says of a program, and gives the status.
func (s *testSite) report(body string) int {
	r := httptest.NewRequest(http.MethodPost, "/native/v1/crash", strings.NewReader(body))
	r.Host = "relay.example"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

func TestAProgramThatBrokeDownIsLoggedWithItsLines(t *testing.T) {
	var packed, log bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte("main.f\tfoyer/wasm/f.go\t2:10\t9:12\n"))
	must(t, err)
	must(t, z.Close())
	now := time.Unix(0, 0)
	s := newSite(t, func(o *Options) {
		o.Assets.(fstest.MapFS)["foyer.4455.lines.gz"] = &fstest.MapFile{Data: packed.Bytes()}
		o.Manifest.Files["foyer.lines.gz"] = "foyer.4455.lines.gz"
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Now = func() time.Time { return now }
	})
	for name, test := range map[string]struct {
		body   string
		status int
		logged string // "" for nothing
	}{
		"this build":        {`{"program":"/foyer.4455.wasm","text":"panic: x\nmain.f()\n\t?:0 +0x5\n"}`, 204, `foyer/wasm/f.go:12 +0x5`},
		"below a path":      {`{"program":"/chat/foyer.4455.wasm","text":"main.f()\n\t?:0"}`, 204, `foyer/wasm/f.go:10`},
		"another build":     {`{"program":"/foyer.0000.wasm","text":"main.f()\n\t?:0 +0x5"}`, 204, `?:0 +0x5`},
		"out of the folder": {`{"program":"/../../etc/foyer.4455.wasm","text":"main.f()\n\t?:0"}`, 204, `foyer/wasm/f.go:10`},
		"no program":        {`{"program":"/etc/passwd","text":"x"}`, 400, ""},
		"no text":           {`{"program":"/foyer.4455.wasm"}`, 400, ""},
		"no JSON":           {"x", 400, ""},
		"too much":          {`{"program":"/foyer.4455.wasm","text":"` + strings.Repeat("x", crashBytes) + `"}`, 413, ""},
	} {
		log.Reset()
		now = now.Add(time.Hour)
		if status := s.report(test.body); status != test.status {
			t.Errorf("%s: status %d", name, status)
		}
		if got := log.String(); !strings.Contains(got, test.logged) || (test.logged == "") != (got == "") {
			t.Errorf("%s: logged %q", name, got)
		}
	}
}

func TestReportsOfManyBrowsersDoNotFillTheLog(t *testing.T) {
	var log bytes.Buffer
	now := time.Unix(0, 0)
	client := 0
	s := newSite(t, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Now = func() time.Time { return now }
		o.Client = func(*http.Request) string {
			client++
			return strings.Replace("10.0.x.1", "x", string(rune('0'+client%10)), 1)
		}
	})
	for range 1000 {
		s.report(`{"program":"/foyer.4455.wasm","text":"panic"}`)
	}
	if n := strings.Count(log.String(), "broke down"); n == 0 || n > crashesAtOnce {
		t.Errorf("%d reports are in the log", n)
	}
}
