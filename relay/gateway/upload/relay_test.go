package upload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foyer/relay/access"
	"foyer/relay/chat"
	"foyer/relay/chat/chattest"
	"foyer/relay/clock"
	"foyer/relay/config"
	"foyer/relay/files"
	"foyer/relay/gateway/upload"
	"foyer/relay/quota"
	"foyer/relay/store"
	"foyer/relay/wire"
)

// relay is a relay with a real store and real HTTP, as far as files need one.
type relay struct {
	t      *testing.T
	store  *store.Store
	chats  *chat.Service
	access *access.Service
	url    string
	agent  string // id
	token  string // the agent's

	room  atomic.Int64 // memory of one network, in bytes
	mu    sync.Mutex
	rules files.Rules
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	r := &relay{t: t, rules: files.Rules{Enabled: true, MaxFiles: 20, MaxFileBytes: 4 << 20, MaxTotalBytes: 16 << 20,
		Types: []string{"pdf", "png", "txt"}}}
	var err error
	r.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	r.must(err)
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	now, ids := clock.System{}, chat.UUIDs{}
	r.chats = chat.NewService(chat.Options{Store: r.store.Chat(), Live: &chattest.Live{}, Clock: now, IDs: ids})
	r.access, err = access.NewService(access.Options{Store: r.store.Access(), Clock: now, IDs: ids, Cost: 4})
	r.must(err)
	domain := files.NewService(files.Options{Store: r.store.Files(), Chats: r.chats, Clock: now, IDs: ids, Rules: r.current})
	r.room.Store(16 << 20)
	memory := quota.NewMemory(func() config.Limits {
		return config.Limits{NetworkWaiting: config.Size(r.room.Load()), Waiting: 1 << 30}
	}, nil)
	g := upload.New(upload.Options{Files: domain, Memory: &memory, Access: r.access, Own: func(origin, host string) bool { return origin == "http://"+host }, NowMs: now.NowMs,
		IdentityRequired: func(deployment string) bool { return deployment == "members" }})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /native/v1/files", g.Upload)
	mux.HandleFunc("GET /native/v1/files/limits", g.Limits)
	mux.HandleFunc("GET /native/v1/files/{id}", g.Download)
	mux.HandleFunc("DELETE /native/v1/files/{id}", g.Delete)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.url = server.URL

	agent, err := r.access.EnsureAgent(t.Context(), access.Spec{Username: "demo", Name: "Dana", Password: "demo"})
	r.must(err)
	token, err := r.access.AgentToken(t.Context(), agent)
	r.must(err)
	r.agent, r.token = agent.ID, token.Value
	return r
}

func (r *relay) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *relay) current(string) (files.Rules, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rules, nil
}

func (r *relay) change(f func(*files.Rules)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.rules)
}

// visitor is one with a session, and the token for it.
type visitor struct{ session, participant, token string }

func (r *relay) mustStart(startID string) visitor {
	r.t.Helper()
	s, err := r.chats.Start(r.t.Context(), chat.StartRequest{Deployment: "demo", Queue: "demo", StartID: startID})
	r.must(err)
	token, err := r.access.VisitorToken(r.t.Context(), "demo", s.Session.ID, s.Visitor.ID)
	r.must(err)
	return visitor{s.Session.ID, s.Visitor.ID, token.Value}
}

func (r *relay) mustAccept(v visitor) {
	r.t.Helper()
	_, err := r.chats.Offer(r.t.Context(), v.session, r.agent, "offer", time.Now().Add(time.Minute).UnixMilli())
	r.must(err)
	_, err = r.chats.Accept(r.t.Context(), v.session, "offer", chat.Participant{ID: r.agent, Nickname: "Dana"})
	r.must(err)
}

// log gives the kinds of a session's entries from the third one on, behind those who joined.
func (r *relay) log(session string) []chat.Entry {
	r.t.Helper()
	entries, err := r.store.Chat().EntriesAfter(r.t.Context(), session, 0, 1000)
	r.must(err)
	var sent []chat.Entry
	for _, e := range entries {
		if e.Kind == wire.KindFile || e.Kind == wire.KindFileDeleted {
			sent = append(sent, e)
		}
	}
	return sent
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (a answer) code() string {
	code, _ := a.json["code"].(string)
	return code
}

func (a answer) id() string {
	id, _ := a.json["fileId"].(string)
	return id
}

func (r *relay) do(q *http.Request) answer {
	r.t.Helper()
	response, err := http.DefaultClient.Do(q)
	r.must(err)
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header}
	a.body, err = io.ReadAll(response.Body)
	r.must(err)
	if response.Header.Get("Content-Type") == "application/json" {
		r.must(json.Unmarshal(a.body, &a.json))
	}
	return a
}

func (r *relay) request(method, path, token string, body io.Reader) *http.Request {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, body)
	r.must(err)
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	return q
}

func (r *relay) upload(v visitor, token, clientID, name string, content []byte) answer {
	r.t.Helper()
	return r.do(r.uploadRequest(v, token, clientID, name, bytes.NewReader(content)))
}

func (r *relay) uploadRequest(v visitor, token, clientID, name string, content io.Reader) *http.Request {
	r.t.Helper()
	q := r.request("POST", "/native/v1/files?session="+v.session, token, content)
	q.Header.Set("Foyer-File-Name", url.PathEscape(name))
	if clientID != "" {
		q.Header.Set("Foyer-Client-Id", clientID)
	}
	return q
}

func (r *relay) get(id, token string) answer {
	r.t.Helper()
	return r.do(r.request("GET", "/native/v1/files/"+id, token, nil))
}

func (r *relay) limits(v visitor) map[string]any {
	r.t.Helper()
	a := r.do(r.request("GET", "/native/v1/files/limits", v.token, nil))
	if a.status != http.StatusOK {
		r.t.Fatalf("limits: %d %s", a.status, a.body)
	}
	return a.json
}

// wantNothingLeft waits until nothing is left of failed uploads: the answer, or the end of a connection, may come first.
func (r *relay) wantNothingLeft(v visitor) {
	r.t.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		used, err := r.store.Files().Usage(r.t.Context(), v.session, v.participant)
		r.must(err)
		doomed, err := r.store.Files().Doomed(r.t.Context(), 100)
		r.must(err)
		if used == (files.Usage{}) && len(doomed) == 0 {
			return
		}
		select {
		case <-deadline:
			r.t.Fatalf("used %+v, to be removed %v", used, doomed)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func pdf(n int) []byte {
	return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("0123456789"), n/10)...)
}

func wantCode(t *testing.T, what string, a answer, code wire.Code) {
	t.Helper()
	if a.status != wire.Means(code).HTTP || a.code() != string(code) || a.json["key"] != wire.Means(code).Key {
		t.Errorf("%s: %d %s, not %s", what, a.status, strings.TrimSpace(string(a.body)), code)
	}
}

func clientID(n int) string { return fmt.Sprintf("client-%d", n) }
