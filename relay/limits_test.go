package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"foyer/relay/wire"
)

// A limit of relay.yaml holds, is told to the client, counted, and said in the log before it is reached.
func TestLimitsAreToldCountedAndSaid(t *testing.T) {
	config := filepath.Join(t.TempDir(), "relay.yaml")
	if err := os.WriteFile(config, []byte("limits: {connections_per_network: 10}"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startRelay(t, "", "--dev", "--data", t.TempDir(), "--config", config)
	hello, err := wire.Encode(&wire.Hello{Version: wire.Version, Role: wire.RoleVisitor, Deployment: "demo", Origin: pageOrigin})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 11 {
		q, err := http.NewRequest(http.MethodPost, p.url("/native/v1/poll"), bytes.NewReader(hello))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Origin", pageOrigin)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Body.Close(); err != nil {
			t.Error(err)
		}
		want := http.StatusOK
		if n == 10 {
			want = http.StatusTooManyRequests
		}
		if a.StatusCode != want || (a.Header.Get("Retry-After") == "") != (n < 10) {
			t.Errorf("connection %d: status %d, Retry-After %q", n+1, a.StatusCode, a.Header.Get("Retry-After"))
		}
	}
	p.log.waitFor(t, "80 % of limits.connections_per_network are used")
	_, metrics := get(t, p.url("/metrics"))
	for _, want := range []string{
		`foyer_limit_nearly_total{limit="connections_per_network"} 1`, `foyer_limit_reached_total{limit="connections_per_network"} 1`,
		`foyer_limit_reached_total{limit="bytes_per_day_network"} 0`, "foyer_waiting_bytes ",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics does not say %s", want)
		}
	}
}
