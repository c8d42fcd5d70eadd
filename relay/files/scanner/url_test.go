package scanner

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestStatusIsTheVerdict(t *testing.T) {
	for status, want := range map[int]struct{ clean, fails bool }{
		200: {true, false}, 400: {false, false}, 403: {false, false}, 406: {false, false}, 422: {false, false},
		204: {false, true}, 302: {false, true}, 401: {false, true}, 404: {false, true}, 429: {false, true},
		500: {false, true}, 503: {false, true},
	} {
		var got string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			got = r.Method + " " + r.Header.Get("Foyer-File-Name") + " " + r.Header.Get("Content-Length") + " " + string(b)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		clean, err := URL{URL: server.URL, Timeout: time.Minute}.Scan(t.Context(), file, strings.NewReader("hello"))
		server.Close()
		if clean != want.clean || (err != nil) != want.fails {
			t.Errorf("%d: clean %v, %v", status, clean, err)
		}
		if got != "POST %C3%BC%20b.txt 5 hello" {
			t.Errorf("%d: it was asked %q", status, got)
		}
	}
}

func TestAServiceThatIsNotThereIsAnError(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if clean, err := (URL{URL: server.URL, Timeout: time.Minute}).Scan(t.Context(), file, strings.NewReader("hello")); clean || err == nil {
		t.Errorf("clean %v, %v", clean, err)
	}
}

func TestAServiceThatHangsIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	clean, err := URL{URL: server.URL, Timeout: 50 * time.Millisecond}.Scan(t.Context(), file, strings.NewReader("hello"))
	if clean || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("clean %v, %v", clean, err)
	}
}

func TestAFileThatCannotBeReadIsNotPosted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	defer server.Close()
	if clean, err := (URL{URL: server.URL, Timeout: time.Minute}).Scan(t.Context(), file, broken{}); clean || err == nil {
		t.Errorf("clean %v, %v", clean, err)
	}
}
