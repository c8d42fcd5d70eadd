//go:build !js

package browser

//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; the module moved to another name without changes to what is used here.

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nhooyr.io/websocket"
)

// TestInChromium runs this package's tests for js/wasm (those in *_js_test.go) in a worker of a real browser, and is
// skipped where there is none.
func TestInChromium(t *testing.T) {
	chromium := findChromium()
	if chromium == "" {
		t.Skip("there is no chromium here")
	}
	b := &bench{t: t, program: buildTests(t), over: make(chan outcome, 1)}
	server := httptest.NewServer(b.routes())
	defer server.Close()

	// Not the test's own folder: what is left of the browser's processes may still write while that is removed.
	profile, err := os.MkdirTemp("", "foyer-browser-test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(profile) }()
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--no-first-run", "--user-data-dir="+profile, server.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		server.CloseClientConnections()
	}()

	select {
	case o := <-b.over:
		t.Log("\n" + strings.Join(o.Lines, "\n"))
		if o.Code != 0 {
			t.Fatalf("the tests ended with code %d", o.Code)
		}
		if !strings.Contains(strings.Join(o.Lines, "\n"), "--- PASS") {
			t.Fatal("no test ran")
		}
	case <-time.After(5 * time.Minute):
		t.Fatal("the browser did not report in five minutes")
	}
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func buildTests(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "browser.test.wasm")
	cmd := exec.Command("go", "test", "-c", "-o", program, ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the tests for js/wasm: %v\n%s", err, out)
	}
	return program
}

// outcome is what the worker reports.
type outcome struct {
	Code  int
	Lines []string
}

// bench serves the tests and what they talk to.
type bench struct {
	t       *testing.T
	program string
	over    chan outcome
}

const benchPage = `<!doctype html><title>tests</title><script>new Worker('/worker.js')</script>`

const benchWorker = `
importScripts('/wasm_exec.js', '/carry.js');
const lines = [];
const log = console.log;
console.log = (...words) => { lines.push(words.join(' ')); log(...words); };
const report = (code) => fetch('/over', { method: 'POST', body: JSON.stringify({ code, lines }) });
(async () => {
  const go = new Go();
  let code = 0;
  go.argv = ['browser.test', '-test.v'];
  go.exit = (c) => { code = c; };
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/test.wasm'), go.importObject);
  await go.run(instance);
  await report(code);
})().catch((error) => { lines.push(String(error)); report(99); });
`

func (b *bench) routes() http.Handler {
	m := http.NewServeMux()
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
		}
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.t.Fatal(err)
	}
	file := func(kind, path string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			http.ServeFile(w, r, path)
		}
	}
	m.HandleFunc("GET /{$}", text("text/html", benchPage))
	m.HandleFunc("GET /worker.js", text("text/javascript", benchWorker))
	m.HandleFunc("GET /wasm_exec.js", file("text/javascript", filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js")))
	m.HandleFunc("GET /carry.js", file("text/javascript", "../../www/frame/carry.js"))
	m.HandleFunc("GET /test.wasm", file("application/wasm", b.program))
	m.HandleFunc("GET /texts/some.json", text("application/json", `{"a":[1,"zwei",null],"b":{"c":true}}`))
	m.HandleFunc("GET /native/v1/socket", b.socket)
	m.HandleFunc("GET /closing", b.closing)
	m.HandleFunc("/native/v1/echo", b.echo)
	m.HandleFunc("/native/v1/never", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	m.HandleFunc("POST /native/v1/files", b.upload)
	m.HandleFunc("GET /native/v1/files/{id}", b.download)
	m.HandleFunc("POST /over", func(_ http.ResponseWriter, r *http.Request) {
		var o outcome
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			o = outcome{Code: 98, Lines: []string{err.Error()}}
		}
		b.over <- o
	})
	return m
}

// socket says every message back, and drops the connection when it hears "drop".
func (b *bench) socket(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = c.CloseNow() }()
	c.SetReadLimit(1 << 20)
	for {
		kind, msg, err := c.Read(r.Context())
		if err != nil {
			return
		}
		if string(msg) == "drop" {
			return
		}
		if c.Write(r.Context(), kind, msg) != nil {
			return
		}
	}
}

// closing opens a socket and closes it with 4405 at once. It is written out, since the library answers the browser's own
// close frame with a second one, for which browsers say 1006.
func (b *bench) closing(w http.ResponseWriter, r *http.Request) {
	conn, buf, err := w.(http.Hijacker).Hijack()
	if err != nil {
		b.t.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455, 1.3
	_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	_, _ = buf.Write([]byte{0x88, 2, 4405 >> 8, 4405 & 0xff})
	_ = buf.Flush()
	_, _ = io.Copy(io.Discard, io.LimitReader(buf, 8)) // the browser's close frame: header, mask, code
}

// upload says how much came, and what was said of it.
func (b *bench) upload(w http.ResponseWriter, r *http.Request) {
	size, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"size": size, "said": strings.Join([]string{
		r.URL.Query().Get("session"), r.Header.Get("Authorization"), r.Header.Get("Foyer-Client-Id"), r.Header.Get("Foyer-File-Name"),
	}, "|")})
}

// download has one file; one never comes, one breaks off, all others are not there.
func (b *bench) download(w http.ResponseWriter, r *http.Request) {
	switch r.PathValue("id") {
	case "there":
		_, _ = io.WriteString(w, "file")
	case "never":
		<-r.Context().Done()
	case "broken":
		panic(http.ErrAbortHandler)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":"no_file"}`)
	}
}

// echo answers with the request's body, and with its method and headers in headers.
func (b *bench) echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Foyer-Batch", r.Method+" "+r.Header.Get("Foyer-Ack")+" "+r.Header.Get("Content-Type"))
	w.WriteHeader(http.StatusTeapot)
	_, _ = io.Copy(w, r.Body)
}
