package scanner

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"foyer/relay/files"
)

// URL posts each file to a service: 200 says that it is clean; a 4xx that speaks of the file says that it is refused;
// anything else is an error, a redirect too. The request has the file's Content-Length, Content-Type
// application/octet-stream, and the percent-encoded name in Foyer-File-Name.
type URL struct {
	URL     string
	Timeout time.Duration
}

// Scan implements files.Scanner.
func (u URL) Scan(ctx context.Context, f files.File, content io.Reader) (clean bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, u.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.URL, io.NopCloser(content))
	if err != nil {
		return false, fmt.Errorf("scanner: %w", err)
	}
	r.ContentLength = f.Size
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("Foyer-File-Name", url.PathEscape(f.Name))
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return false, fmt.Errorf("scanner: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, outputBytes) // so that the connection can be used again
	switch {
	case answer.StatusCode == http.StatusOK:
		return true, nil
	case refuses(answer.StatusCode):
		return false, nil
	}
	return false, fmt.Errorf("scanner: it answered %s", answer.Status)
}

// refuses tells whether a status says no to the file, rather than to the way we ask.
func refuses(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired,
		http.StatusRequestTimeout, http.StatusLengthRequired, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}
