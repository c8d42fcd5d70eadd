package deployment

import (
	"strings"
	"testing"

	"foyer/relay/config"
)

func TestOwnOrigin(t *testing.T) {
	cases := []struct {
		origin, host               string
		unlisted, listed, dev, hit bool // hit: answered where chat.example is listed
	}{
		{"https://chat.example", "chat.example", true, true, true, true},
		{"https://chat.example", "CHAT.example:443", true, true, true, true},
		{"https://chat.example", "127.0.0.1:8080", false, true, false, true}, // a proxy's own Host
		{"http://chat.example", "chat.example", false, false, true, true},
		{"https://chat.example", "chat.example:8080", false, true, false, false},
		{"https://rebound.example", "rebound.example", true, false, true, false},
		{"http://rebound.example", "rebound.example", false, false, true, false},
		{"http://rebound.example:8080", "rebound.example:8080", false, false, true, false},
		{"https://rebound.example", "chat.example", false, false, false, true},
		{"http://localhost:8080", "localhost:8080", true, true, true, true},
		{"http://localhost:9090", "localhost:8080", false, false, false, true},
		{"http://a.localhost:8080", "a.localhost:8080", true, true, true, true},
		{"http://10.1.2.3:8080", "10.1.2.3:8080", true, true, true, true},
		{"http://[::1]:8080", "[::1]:8080", true, true, true, true},
		{"http://localhost.evil.example", "localhost.evil.example", false, false, true, false},
		{"http://10.1.2.3.evil.example", "10.1.2.3.evil.example", false, false, true, false},
		{"https://chat.example", "", false, true, false, false},
		{"null", "null", false, false, false, false},
		{"", "", false, false, false, false},
		{"https://rebound.example", "rebound.example/x", false, false, false, false},
	}
	open := func(dev bool, urls ...string) *Directory {
		d, err := NewDirectory(config.File{PublicURLs: urls}, dev)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	unlisted, listed, dev := open(false), open(false, "https://Chat.example/"), open(true)
	for _, c := range cases {
		if got := unlisted.Own(c.origin, c.host); got != c.unlisted {
			t.Errorf("%s under %s, nothing listed: %v", c.origin, c.host, got)
		}
		if got := listed.Own(c.origin, c.host); got != c.listed {
			t.Errorf("%s under %s, listed: %v", c.origin, c.host, got)
		}
		if got := dev.Own(c.origin, c.host); got != c.dev {
			t.Errorf("%s under %s, --dev: %v", c.origin, c.host, got)
		}
		if got := listed.Answers(c.host); got != c.hit {
			t.Errorf("%s is answered: %v", c.host, got)
		}
		if !unlisted.Answers(c.host) || !dev.Answers(c.host) {
			t.Errorf("%s is not answered though nothing is listed", c.host)
		}
	}
}

// TestPublicURLsMayHaveAPath: a proxy may have the relay below a path of the company's own host.
func TestPublicURLsMayHaveAPath(t *testing.T) {
	for _, entry := range []string{"https://www.example.com/chat", "https://WWW.example.com:443/chat/deep/", "https://www.example.com"} {
		d, err := NewDirectory(config.File{PublicURLs: []string{entry}}, false)
		if err != nil || !d.Own("https://www.example.com", "127.0.0.1:8080") || !d.Answers("www.example.com") {
			t.Errorf("%q: %v", entry, err)
		}
	}
}

func TestFaultyPublicURLsAreNamed(t *testing.T) {
	for _, entry := range []string{"", "chat.example", "https://chat.example/foyer?x", "https://chat.example/#foyer", "https://*.example", "wss://chat.example", "https://a@chat.example"} {
		_, err := NewDirectory(config.File{PublicURLs: []string{entry}}, false)
		if err == nil || !strings.Contains(err.Error(), "public_urls") {
			t.Errorf("%q: %v", entry, err)
		}
	}
}

// FuzzHosts: a Host header makes no page the relay's own that public_urls does not list, unless nobody can point the name
// elsewhere.
func FuzzHosts(f *testing.F) {
	for _, host := range []string{"chat.example", "chat.example:443", "rebound.example", "127.0.0.1:8080", "[::1]:1", "localhost", "a.localhost",
		"evil.example#.localhost", "localhost.evil.example", "", ":", "[", "user@localhost", "127.0.0.1.evil.example"} {
		f.Add(host)
	}
	listed, err := NewDirectory(config.File{PublicURLs: []string{"https://chat.example"}}, false)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, host string) {
		for _, scheme := range []string{"https://", "http://"} {
			o, ok := parseOrigin(scheme + host)
			may := ok && (o.String() == "https://chat.example" || o.fixed())
			if listed.Own(scheme+host, host) && !may {
				t.Errorf("%s%s is taken for the relay's own", scheme, host)
			}
			if ok && IsLoopback(host) && !o.loopback() {
				t.Errorf("%s is taken for this machine", host)
			}
		}
		if all, err := parseOwn([]string{host}); err == nil {
			if again, err := parseOwn([]string{all[0].String()}); err != nil || again[0] != all[0] {
				t.Errorf("%q gave %v, which came back as %v, %v", host, all, again, err)
			}
		}
	})
}
