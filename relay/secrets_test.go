//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nhooyr.io/websocket"

	"foyer/relay/access"
	"foyer/relay/config"
	"foyer/relay/wire"
)

// journal is a log that is written by many and read at the end.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// teller speaks the native protocol to a relay of the test's own.
type teller struct {
	t   *testing.T
	ws  *websocket.Conn
	ctx context.Context
}

func tell(t *testing.T, at, origin string) *teller {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ws, _, err := websocket.Dial(ctx, at+"/native/v1/socket", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	ws.SetReadLimit(wire.MaxFrame)
	t.Cleanup(func() { _ = ws.CloseNow() }) // it may be closed
	return &teller{t: t, ws: ws, ctx: ctx}
}

// answerTo says something and gives the first frame that answers it: one of the type, or an error.
func answerTo[F wire.Frame](c *teller, f wire.Frame) (answer F, problem *wire.Error) {
	c.t.Helper()
	b, err := wire.Encode(f)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.ws.Write(c.ctx, websocket.MessageBinary, b); err != nil {
		c.t.Fatal(err)
	}
	for {
		_, b, err := c.ws.Read(c.ctx)
		if err != nil {
			c.t.Fatalf("no answer to %T: %v", f, err)
		}
		got, err := wire.Decode(b)
		if err != nil {
			c.t.Fatal(err)
		}
		switch got := got.(type) {
		case *wire.Error:
			return answer, got
		case F:
			return got, nil
		}
	}
}

// TestTheLogKeepsSecrets tells a whole story with words that stand nowhere else, lets as much of it go wrong as can, and
// looks for the words in everything that was logged, at whatever level.
func TestTheLogKeepsSecrets(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "relay.yaml")
	text := `
deployments:
  - name: shop
    origins: ["https://shop.example"]
    features: {chat: true, monitoring: true, callback: true, typing_preview: true}
    files: {enabled: true, need_agent: false}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log journal
	r, err := build(t.Context(), config.Options{Config: file, Data: filepath.Join(dir, "data")},
		slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r.site)
	defer server.Close()
	if _, err := r.access.EnsureAgent(t.Context(), access.Spec{Username: "dana", Name: "Dana", Password: "zebra-password"}); err != nil {
		t.Fatal(err)
	}
	key, err := r.access.AddKey(t.Context(), "crm", "shop")
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"zebra", key} // all words of the story begin so

	const origin = "https://shop.example"
	hello := &wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "shop", Origin: origin,
		Device: strings.Repeat("D", 32), Visit: strings.Repeat("A", 32), Page: strings.Repeat("1", 32)}
	request := func(method, path, body string, header ...string) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			q.Header.Set(header[i], header[i+1])
		}
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, a.Body) // what it says is not of interest here
		a.Body.Close()
	}
	visitor, agent := tell(t, server.URL, origin), tell(t, server.URL, "")
	if _, p := answerTo[*wire.Welcome](visitor, hello); p != nil {
		t.Fatal(p)
	}
	started, p := answerTo[*wire.Started](visitor, &wire.Start{Ref: 1, ClientID: "c1", FirstName: "zebra-first", LastName: "zebra-last",
		Email: "zebra@example.com", Subject: "zebra-subject", Nickname: "zebra-nick", UserData: map[string]any{"zebra-key": "zebra-value"}})
	if p != nil {
		t.Fatal(p)
	}
	secrets = append(secrets, started.Token, started.Snapshot.Handle)
	session := started.Snapshot.Session
	if _, p := answerTo[*wire.Welcome](agent, &wire.Hello{Version: wire.Version, Role: wire.RoleAgent}); p != nil {
		t.Fatal(p)
	}
	if _, p := answerTo[*wire.Welcome](agent, &wire.SignIn{Ref: 1, Username: "dana", Password: "zebra-wrong"}); p == nil {
		t.Fatal("signed in with a wrong password")
	}
	welcome, p := answerTo[*wire.Welcome](agent, &wire.SignIn{Ref: 2, Username: "dana", Password: "zebra-password"})
	if p != nil {
		t.Fatal(p)
	}
	secrets = append(secrets, welcome.Token)

	// The same once more when the database is gone: then there is most to be logged.
	for _, broken := range []bool{false, true} {
		if broken {
			if err := r.store.Close(); err != nil {
				t.Fatal(err)
			}
		}
		_, p = answerTo[*wire.Ack](visitor, &wire.Send{Ref: 2, Session: session, ClientID: "m1", Kind: wire.KindMessage, Text: "zebra-text"})
		if (p != nil) != broken {
			t.Errorf("sending, with the database gone %v: %v", broken, p)
		}
		_, p = answerTo[*wire.CallbackMade](visitor, &wire.RequestCallback{Ref: 3, ClientID: "k1", Name: "zebra-caller", Phone: "+49 721 555 0100", Email: "zebra@example.com"})
		if (p != nil) != broken {
			t.Errorf("asking for a call, with the database gone %v: %v", broken, p)
		}
		answerTo[*wire.Ack](visitor, &wire.Events{Ref: 4, Events: []wire.Event{{ID: strings.Repeat("E", 32), Type: "BUSINESS", Name: "zebra-event",
			Page: hello.Page, Visit: hello.Visit, Device: hello.Device, Ms: 1, URL: "https://shop.example/?zebra-query", Data: map[string]any{"zebra": "zebra"}}}})
		answerTo[*wire.Ack](visitor, &wire.Send{Ref: 5, Session: "zebra-session", ClientID: "m2", Kind: wire.KindMessage, Text: "zebra-text"})
		request("POST", "/native/v1/files?session="+session, "zebra-content", "Authorization", "Bearer "+started.Token, "Foyer-File-Name", "zebra.txt")
		request("POST", "/native/v1/files?session="+session, "zebra-content", "Authorization", "Bearer zebra-token", "Foyer-File-Name", "zebra.txt")
		request("GET", "/metrics", "", "X-API-Key", key, "X-Forwarded-For", "192.0.2.7")
		request("GET", "/metrics", "", "X-API-Key", "zebra-key", "X-Forwarded-For", "192.0.2.7")
		request("POST", "/native/v1/poll", "zebra-hello")
		request("POST", "/native/v1/events?deployment=shop", `[{"zebra":`, "Origin", origin, "Content-Type", "text/plain")
		for _, change := range []func(*wire.Hello){
			func(h *wire.Hello) { h.Token = "zebra-token" },
			func(h *wire.Hello) { h.Token = started.Token },
			func(h *wire.Hello) { h.Handle = "zebra-handle" },
			func(h *wire.Hello) { h.Handle = started.Snapshot.Handle },
			func(h *wire.Hello) { h.Identity = "zebra-identity" },
		} {
			h := *hello
			change(&h)
			b, err := wire.Encode(&h)
			if err != nil {
				t.Fatal(err)
			}
			request("POST", "/native/v1/poll", string(b), "Origin", origin)
		}
		late := tell(t, server.URL, "")
		if _, p := answerTo[*wire.Welcome](late, &wire.Hello{Version: wire.Version, Role: wire.RoleAgent}); p == nil {
			answerTo[*wire.Welcome](late, &wire.SignIn{Ref: 1, Username: "dana", Password: "zebra-password"})
		}
	}
	said := log.String()
	if !strings.Contains(said, "level=") || len(said) < 500 {
		t.Errorf("too little was logged to prove anything:\n%s", said)
	}
	for _, secret := range secrets {
		if secret == "" {
			t.Error("one of the secrets was never given")
		} else if i := strings.Index(said, secret); i >= 0 {
			t.Errorf("the log has %.20q: …%s…", secret, said[max(0, i-300):min(len(said), i+100)])
		}
	}
}
