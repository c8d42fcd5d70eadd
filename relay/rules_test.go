package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"foyer/relay/config"
	"foyer/relay/engage"
	"foyer/relay/wire"
)

// call makes a request; header holds names and values in turn.
func (p *process) call(method, path, body string, header ...string) (status int, answer string) {
	p.tb.Helper()
	q, err := http.NewRequest(method, p.url(path), strings.NewReader(body))
	if err != nil {
		p.tb.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		p.tb.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		p.tb.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestRulesLookAtWhatWasRecorded(t *testing.T) {
	data := t.TempDir()
	rules := filepath.Join(data, "relay.yaml")
	write := func(when string) {
		t.Helper()
		text := "rules:\n  - name: help\n    when: " + when + "\n    do: [{notify: [{channel: hi}]}]\n"
		if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`event.name == "AddToCart"`)
	p := startRelay(t, "", "--dev", "--data", data, "--config", rules)
	visit := strings.Repeat("A", 32)
	event := fmt.Sprintf(`[{"eventID":"%s","eventType":"BUSINESS","eventName":"AddToCart","pageID":"%s","visitID":"%s","globalVisitID":"%s","timestamp":1,"url":"http://shop-a.localhost/"}]`,
		strings.Repeat("1", 32), strings.Repeat("B", 32), visit, strings.Repeat("C", 32))
	if status, text := p.call("POST", "/native/v1/events?deployment=demo", event, "Origin", "http://shop-a.localhost", "Content-Type", "text/plain"); status != 204 {
		t.Fatalf("%d %s", status, text)
	}
	if status, text := p.call("POST", "/server/data/notification/notify/"+visit, `[{"channel":"x"}]`, "x-api-key", "demo"); status != 200 || text != "" {
		t.Errorf("notify: %d %s", status, text)
	}
	if status, text := p.call("GET", "/server/data/visits/"+visit+"/events", "", "Authorization", "Bearer demo"); status != 200 || !strings.Contains(text, "AddToCart") {
		t.Errorf("history: %d %s", status, text)
	}
	out, err := relayRun(t, "", "rules", "dry-run", "--data", data, "--config", rules)
	if err != nil || !strings.Contains(out, "1 visits") || !strings.Contains(out, "help fires") || !strings.Contains(out, "notify hi") {
		t.Errorf("dry run: %v\n%s", err, out)
	}
	out, err = relayRun(t, "", "rules", "dry-run", "--data", data, "--config", rules, "--brief", "--days", "1")
	if want := "\n1 visits\nhelp fires 1 times\n"; err != nil || out != want {
		t.Errorf("brief dry run: %v\n%q, want %q", err, out, want)
	}
	out, err = relayRun(t, "", "rules", "report", "--data", data, "--goal", "Buy")
	if fields := strings.Fields(out); err != nil || !strings.HasSuffix(strings.Join(fields, " "), "Buy afterwards help engaged 1 0 0 0 0 0 0 (0.0 %)") {
		t.Errorf("report: %v\n%s", err, out)
	}
	p.signal(os.Interrupt)
	p.wait()

	// The demo's deployment is gone, and with it the days after which its events would be deleted.
	p = startRelay(t, "", "--data", data)
	p.signal(os.Interrupt)
	p.wait()
	if log := p.log.String(); !strings.Contains(log, "events are kept of deployments that relay.yaml does not name") || !strings.Contains(log, "[demo]") {
		t.Errorf("the log is %s", log)
	}

	write("1 +")
	for _, args := range [][]string{{"rules", "dry-run", "--data", data, "--config", rules}, {"serve", "--listen", "127.0.0.1:0", "--data", data, "--config", rules}} {
		if _, err := relayRun(t, "", args...); err == nil || !strings.Contains(err.Error(), `rule "help": line 3: when: unexpected token`) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestAPageIsToldByRulesAndServers(t *testing.T) {
	data := t.TempDir()
	rules := filepath.Join(data, "relay.yaml")
	text := "rules:\n  - {name: help, pattern: {kind: counter, events: [AddToCart], count: 2}, do: [{notify: [{channel: from a rule, data: {n: 1}}]}]}\n"
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startRelay(t, "", "--dev", "--data", data, "--config", rules)
	page := dialVisitor(t, p, nil)
	visit, pageID := strings.Repeat("A", 32), strings.Repeat("1", 32)
	wantNotified := func(channel string) {
		t.Helper()
		f, err := page.hear(func(f wire.Frame) bool { _, ok := f.(*wire.Notify); return ok })
		if err != nil {
			t.Fatal(err)
		}
		if n := f.(*wire.Notify); n.Channel != channel || n.Visit != visit || n.Page != pageID {
			t.Errorf("told %+v, want %q", n, channel)
		}
	}
	for i := range 3 {
		e := wire.Event{ID: fmt.Sprintf("%032X", i), Type: "BUSINESS", Name: "AddToCart", Page: pageID, Visit: visit,
			Device: strings.Repeat("D", 32), Ms: int64(i), URL: "http://shop-a.localhost/"}
		if err := page.say(&wire.Events{Ref: 1, Events: []wire.Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	wantNotified("from a rule") // and only once: what comes next is the server's
	if _, text := p.call("GET", "/metrics", ""); !strings.Contains(text, `foyer_rule_verdicts_total{rule="help",verdict="fires"} 1`) {
		t.Errorf("not counted in %s", text)
	}
	if status, text := p.call("POST", "/server/data/notification/notify/"+visit, `[{"page":"`+pageID+`","channel":"from a server"}]`, "x-api-key", "demo"); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	wantNotified("from a server")
}

func TestTheDemoKeyIsForDevelopmentOnly(t *testing.T) {
	data := t.TempDir()
	for _, start := range []struct {
		args   []string
		status int
	}{{nil, 403}, {[]string{"--dev"}, 200}, {nil, 403}, {[]string{"--dev"}, 200}} {
		p := startRelay(t, "", append(start.args, "--data", data)...)
		if status, text := p.call("GET", "/server/data/visits", "", "x-api-key", "demo"); status != start.status {
			t.Errorf("%v: %d %s", start.args, status, text)
		}
		p.signal(os.Interrupt)
		p.wait()
	}
}

func TestDemoRulesCompile(t *testing.T) {
	file, err := config.Parse([]byte(demoRules))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engage.Compile(file.Rules)
	if err != nil || len(rules) != 1 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
}
