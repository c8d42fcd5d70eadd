package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"foyer/relay/config"
	"foyer/relay/web"
	"foyer/relay/wire"
)

const publicName = "chat.example"

// newTable builds the whole relay, without running it, for its table of endpoints.
func newTable(t *testing.T) (*relay, string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "relay.yaml")
	text := `
public_urls: ["https://` + publicName + `"]
deployments:
  - name: shop
    origins: ["https://shop.example"]
    features: {chat: true, monitoring: true, callback: true}
    files: {enabled: true}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	r, err := build(context.Background(), config.Options{Config: file, Data: data}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, data
}

// reply is what a request was answered with.
type reply struct {
	status int
	code   wire.Code // of JSON or of a frame; "" where there is none
	header http.Header
}

// brokenBody ends in the middle.
type brokenBody struct{ io.Reader }

func (b brokenBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the client has gone")
	}
	return n, err
}

// ask makes a request from far away, as a program would; change makes it a bad one.
func ask(t *testing.T, r *relay, method, target string, body io.Reader, change func(*http.Request)) reply {
	t.Helper()
	q := httptest.NewRequest(method, target, body)
	q.Host, q.RemoteAddr = publicName, "192.0.2.7:99"
	if change != nil {
		change(q)
	}
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, q)
	a := reply{status: w.Code, header: w.Header()}
	switch kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); kind {
	case "application/json":
		var said struct{ Code wire.Code }
		_ = json.Unmarshal(w.Body.Bytes(), &said) // lists have no code
		a.code = said.Code
	case "application/msgpack":
		if f, err := wire.Decode(w.Body.Bytes()); err == nil {
			if e, ok := f.(*wire.Error); ok {
				a.code = e.Code
			}
		}
	}
	return a
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// addressOf gives the method and a path of a route.
func addressOf(route web.Route) (method, path string) {
	method, path, _ = strings.Cut(route.Pattern, " ")
	path = strings.TrimSuffix(path, "{$}")
	return method, pathParameter.ReplaceAllString(path, "x")
}

// rows counts what is stored, by table.
func rows(t *testing.T, dir string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, name := range []string{"foyer.db", "events.db"} {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, name)+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		tables, err := db.Query("select name from sqlite_master where type = 'table'")
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for tables.Next() {
			var table string
			if err := tables.Scan(&table); err != nil {
				t.Fatal(err)
			}
			all = append(all, table)
		}
		for _, table := range all {
			var n int
			if err := db.QueryRow("select count(*) from \"" + table + "\"").Scan(&n); err != nil {
				t.Fatal(err)
			}
			counts[name+" "+table] = n
		}
	}
	return counts
}

// TestEveryEndpointRefusesWhatItShould walks over the whole table, so that no endpoint is added without it.
func TestEveryEndpointRefusesWhatItShould(t *testing.T) {
	r, data := newTable(t)
	before := rows(t, data)
	table := r.site.Table()
	if len(table) < 40 {
		t.Fatalf("the table has %d endpoints", len(table))
	}
	for _, route := range table {
		t.Run(strings.ReplaceAll(route.Pattern, "/", "|"), func(t *testing.T) {
			method, path := addressOf(route)
			file := route.Who == web.Anyone && method == http.MethodGet && !route.OwnName // answered in text, as files are
			refused := func(what string, a reply) {
				t.Helper()
				if a.status >= 500 {
					t.Errorf("%s: %d %s", what, a.status, a.code)
				}
				if a.status >= 400 && a.code == "" && !file {
					t.Errorf("%s: %d without a code", what, a.status)
				}
				if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") == "" {
					t.Errorf("%s: headers are missing: %v", what, a.header)
				}
			}

			a := ask(t, r, "PATCH", path, nil, nil)
			refused("another method", a)
			if a.status != 405 || !strings.Contains(a.header.Get("Allow"), method) {
				t.Errorf("another method: %d, allowed are %q", a.status, a.header.Get("Allow"))
			}

			a = ask(t, r, method, path, nil, func(q *http.Request) { q.Host = "rebound.example" })
			refused("under a stranger's name", a)
			if (a.code == wire.CodeHost) != route.OwnName || (a.status == 421) != route.OwnName {
				t.Errorf("under a stranger's name: %d %s", a.status, a.code)
			}

			for what, change := range map[string]func(*http.Request){
				"nothing at all":      nil,
				"a foreign origin":    func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") },
				"an opaque origin":    func(q *http.Request) { q.Header.Set("Origin", "null") },
				"a wrong key":         func(q *http.Request) { q.Header.Set("X-API-Key", "wrong") },
				"a wrong token":       func(q *http.Request) { q.Header.Set("Authorization", "Bearer wrong\x00\xff") },
				"an unknown query":    func(q *http.Request) { q.URL.RawQuery = "colour=red" },
				"NUL and not UTF-8":   func(q *http.Request) { q.URL.RawQuery = "deployment=%00%ff&session=%00&origin=%ff&page_size=%00" },
				"a query that is not": func(q *http.Request) { q.URL.RawQuery = "deployment=%zz;&&==" },
				"a long query":        func(q *http.Request) { q.URL.RawQuery = "deployment=" + strings.Repeat("x", 20_000) },
			} {
				a := ask(t, r, method, path, nil, change)
				refused(what, a)
				inside := a.status < 400
				switch {
				case route.Who == web.Servers || route.Who == web.KeyHolders:
					if inside || a.status != 401 && a.status != 403 {
						t.Errorf("%s: %d", what, a.status)
					}
				case route.Who == web.AllowedOrigins && strings.HasSuffix(what, "origin"):
					if a.status != 403 || a.code != wire.CodeOrigin || a.header.Get("Access-Control-Allow-Origin") != "" {
						t.Errorf("%s: %d %s", what, a.status, a.code)
					}
				case method != http.MethodGet && inside:
					t.Errorf("%s: %d", what, a.status)
				}
			}

			if route.MaxBytes == 0 {
				if method == http.MethodPost || method == http.MethodPut {
					t.Error("the table has no size for its body")
				}
				return
			}
			for what, body := range map[string]io.Reader{
				"rubble":           strings.NewReader("\x00\xff\xfe{[\""),
				"a body that ends": brokenBody{strings.NewReader("[{")},
				"null":             strings.NewReader("null"),
				"deep":             strings.NewReader(strings.Repeat("[", 60_000)),
			} {
				a := ask(t, r, method, path, body, func(q *http.Request) { q.Header.Set("Content-Type", "application/json") })
				refused(what, a)
				if a.status < 400 {
					t.Errorf("%s: %d", what, a.status)
				}
			}
		})
	}
	for name, n := range rows(t, data) {
		if n != before[name] {
			t.Errorf("%s had %d rows and has %d", name, before[name], n)
		}
	}
}

// TestBodiesThatAreTooLarge comes with all that lets a request in, so that it is the size that is refused.
func TestBodiesThatAreTooLarge(t *testing.T) {
	r, data := newTable(t)
	key, err := r.access.AddKey(t.Context(), "crm", "shop")
	if err != nil {
		t.Fatal(err)
	}
	before := rows(t, data)
	for _, route := range r.site.Table() {
		method, path := addressOf(route)
		if route.MaxBytes == 0 || route.MaxBytes == config.MaxFileSize || strings.HasSuffix(path, "/send") { // see relay/gateway
			continue
		}
		large := bytes.Repeat([]byte(" "), int(route.MaxBytes)+1)
		a := ask(t, r, method, path+"?deployment=shop", bytes.NewReader(large), func(q *http.Request) {
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("Origin", "https://"+publicName)
			if route.Who == web.Servers {
				q.Header.Del("Origin")
				q.Header.Set("X-API-Key", key)
			}
		})
		if a.status < 400 || a.status >= 500 || a.code != wire.CodeTooLarge { // the vendor's interfaces have 400 for it
			t.Errorf("%s: %d %s", route.Pattern, a.status, a.code)
		}
	}
	for name, n := range rows(t, data) {
		if n != before[name] {
			t.Errorf("%s had %d rows and has %d", name, before[name], n)
		}
	}
}
