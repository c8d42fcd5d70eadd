package upload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"foyer/relay/files"
)

// gate is a scanner that lets the test see the file, and decide.
type gate struct {
	reached chan<- files.File
	release <-chan bool
}

func (g gate) Scan(ctx context.Context, f files.File, content io.Reader) (bool, error) {
	if _, err := io.Copy(io.Discard, content); err != nil {
		return false, err
	}
	g.reached <- f
	return <-g.release, nil
}

// startService starts a scanner that refuses what holds the given text.
func startService(t *testing.T, virus string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(b), virus) {
			w.WriteHeader(http.StatusNotAcceptable)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
