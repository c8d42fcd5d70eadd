//lint:file-ignore SA1019 nhooyr.io/websocket v1.8.17 is the pinned release; what is used here only moved to another module name.

package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"nhooyr.io/websocket"

	"foyer/relay/wire"
)

// TestAStrangersNameOpensNothing is what a page can do whose name its owner has given the relay's address: its browser
// sends the name as host and as origin.
func TestAStrangersNameOpensNothing(t *testing.T) {
	cases := []struct {
		name, urls, host, origin string
		role                     wire.Role
		status                   int // of the upgrade
		want                     wire.Code
	}{
		{"nothing listed, plain http, a chat", "", "rebound.example", "http://rebound.example", wire.RoleVisitor, 101, wire.CodeOrigin},
		{"nothing listed, plain http, the desktop", "", "rebound.example", "http://rebound.example", wire.RoleAgent, 101, wire.CodeOrigin},
		{"nothing listed, https", "", "chat.example", "https://chat.example", wire.RoleAgent, 101, ""},
		{"listed, the desktop", "https://chat.example", "chat.example", "https://chat.example", wire.RoleAgent, 101, ""},
		{"listed, the hosted chat", "https://chat.example", "chat.example", "https://chat.example", wire.RoleVisitor, 101, ""},
		{"listed, behind a proxy that has a name of its own for it", "https://chat.example", "127.0.0.1", "https://chat.example", wire.RoleAgent, 101, ""},
		{"listed, a stranger's name", "https://chat.example", "rebound.example", "https://rebound.example", wire.RoleAgent, 421, ""},
	}
	relays := map[string]*process{}
	for _, c := range cases {
		p := relays[c.urls]
		if p == nil {
			p = startNamed(t, c.urls)
			relays[c.urls] = p
		}
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			ws, r, err := websocket.Dial(ctx, p.url("/native/v1/socket"), &websocket.DialOptions{Host: c.host, HTTPHeader: http.Header{"Origin": {c.origin}}})
			if r == nil || r.StatusCode != c.status {
				t.Fatalf("%v %v", r, err)
			}
			if err != nil {
				return
			}
			defer ws.CloseNow()
			l := &line{tb: t, ws: ws, ctx: ctx, cancel: cancel}
			if err := l.say(&wire.Hello{Version: wire.Version, Role: c.role, Deployment: "shop", Origin: c.origin}); err != nil {
				t.Fatal(err)
			}
			f, err := l.hear(func(wire.Frame) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			var got wire.Code
			if e, ok := f.(*wire.Error); ok {
				got = e.Code
			}
			if got != c.want {
				t.Errorf("answered with %T %q", f, got)
			}
		})
	}
}

// startNamed runs a relay with one deployment, and with public_urls unless urls is "".
func startNamed(t *testing.T, urls string) *process {
	t.Helper()
	text := "deployments:\n  - {name: shop, origins: [\"https://shop.example\"], features: {chat: true}}\n"
	if urls != "" {
		text += "public_urls: [\"" + urls + "\"]\n"
	}
	path := filepath.Join(t.TempDir(), "relay.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return startRelay(t, "", "--config", path, "--data", t.TempDir())
}
