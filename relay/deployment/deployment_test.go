package deployment

import (
	"errors"
	"strings"
	"testing"

	"foyer/relay/config"
	"foyer/relay/wire"
)

func TestRequestMeansOneDeployment(t *testing.T) {
	d := mustDirectory(t, false,
		config.Deployment{Name: "a", Origins: []string{"https://a.example"}, APIKeys: []string{"key-a"}, OrganizationIDs: []string{"org-a"}, ServiceNames: []string{"chat-a"}},
		config.Deployment{Name: "b", Origins: []string{"https://b.example", "https://*.shared.example"}, APIKeys: []string{"key-b"}, OrganizationIDs: []string{"org-b"}, ServiceNames: []string{"chat-b"}},
		config.Deployment{Name: "c", Origins: []string{"https://*.shared.example"}},
	)
	cases := []struct {
		name  string
		hints Hints
		want  string // "" for none
	}{
		{"by name", Hints{Name: "b", Key: "org-a", APIKey: "key-a", Service: "chat-a", Origin: "https://a.example"}, "b"},
		{"a wrong name is not looked for elsewhere", Hints{Name: "x", Origin: "https://a.example"}, ""},
		{"by organization before API key", Hints{Key: "org-a", APIKey: "key-b"}, "a"},
		{"by organization where the key is unknown", Hints{Key: "old", Organization: "org-b", APIKey: "key-a"}, "b"},
		{"by API key before service", Hints{APIKey: "key-a", Service: "chat-b"}, "a"},
		{"by service before origin", Hints{Service: "chat-a", Origin: "https://b.example"}, "a"},
		{"an unknown key leads on", Hints{Key: "old", APIKey: "old", Origin: "https://b.example"}, "b"},
		{"by origin", Hints{Origin: "https://b.example"}, "b"},
		{"the first one that lists the origin", Hints{Origin: "https://x.shared.example"}, "b"},
		{"an origin that nobody lists", Hints{Origin: "https://other.example"}, ""},
		{"nothing", Hints{}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := d.Resolve(c.hints)
			if c.want == "" {
				if !errors.Is(err, &wire.Problem{Code: wire.CodeDeployment}) {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err != nil || got.Name != c.want {
				t.Errorf("got %+v, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestTheOnlyDeploymentIsMeantByDefault(t *testing.T) {
	d := mustDirectory(t, false, config.Deployment{Name: "only", Origins: []string{"https://a.example"}})
	got, err := d.Resolve(Hints{})
	if err != nil || got.Name != "only" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := d.ResolveFor(Hints{Origin: "https://other.example"}); !errors.Is(err, &wire.Problem{Code: wire.CodeOrigin}) {
		t.Errorf("another origin got %v", err)
	}
	if _, err := d.ResolveFor(Hints{Origin: "https://a.example"}); err != nil {
		t.Error(err)
	}
}

func TestNothingIsOpenByDefault(t *testing.T) {
	d := mustDirectory(t, false)
	if _, err := d.Resolve(Hints{Origin: "http://localhost"}); err == nil {
		t.Error("found a deployment where there is none")
	}
}

func TestOrigins(t *testing.T) {
	listed := []string{"https://shop.example", "http://intra.example:8080", "https://*.wide.example", "*.bare.example", "https://port.example:443"}
	cases := []struct {
		origin string
		live   bool // allowed as it is
		dev    bool // allowed with --dev
	}{
		{"https://shop.example", true, true},
		{"https://SHOP.example", true, true},
		{"https://shop.example:443", true, true},
		{"http://shop.example", false, false},
		{"https://shop.example:8443", false, false},
		{"https://shop.example.evil.example", false, false},
		{"https://evilshop.example", false, false},
		{"http://intra.example:8080", true, true},
		{"http://intra.example", false, false},
		{"https://a.wide.example", true, true},
		{"https://a.b.wide.example", true, true},
		{"https://wide.example", false, false},
		{"https://evilwide.example", false, false},
		{"https://.wide.example", false, false},
		{"https://a.bare.example", true, true},
		{"http://a.bare.example", false, false},
		{"https://port.example", true, true},
		{"http://localhost:8080", false, true},
		{"http://shop-a.localhost:1234", false, true},
		{"https://127.0.0.1", false, true},
		{"http://[::1]:99", false, true},
		{"http://localhost.evil.example", false, false},
		{"http://evillocalhost", false, false},
		{"null", false, false},
		{"", false, false},
		{"file://", false, false},
		{"https://shop.example/", false, false},
		{"https://shop.example?x", false, false},
		{"https://user@shop.example", false, false},
		{"https://shop.example#", false, false},
		{"https://shop.example;script-src *", false, false},
		{"javascript://shop.example", false, false},
	}
	live := mustDirectory(t, false, config.Deployment{Name: "d", Origins: listed}).All()[0]
	dev := mustDirectory(t, true, config.Deployment{Name: "d", Origins: listed}).All()[0]
	for _, c := range cases {
		if got := live.Allows(c.origin); got != c.live {
			t.Errorf("%q: allowed %v", c.origin, got)
		}
		if got := dev.Allows(c.origin); got != c.dev {
			t.Errorf("%q with --dev: allowed %v", c.origin, got)
		}
	}
}

func TestFaultyEntriesAreNamed(t *testing.T) {
	for _, entry := range []string{"", "*", "https://*", "shop.example", "https://a.*.example", "https://shop.example/path", "ftp://shop.example", "https://**.example.com"} {
		_, err := NewDirectory(config.File{Deployments: []config.Deployment{{Name: "shop", Origins: []string{entry}}}}, false)
		if err == nil || !strings.Contains(err.Error(), "shop") {
			t.Errorf("%q: %v", entry, err)
		}
	}
}

// TestEverySpellingMatchesOrIsRefused: an entry that was taken and matches no page would be searched for in vain.
func TestEverySpellingMatchesOrIsRefused(t *testing.T) {
	taken := []struct{ entry, origin string }{
		{"https://www.Example.com", "https://www.example.com"},
		{"HTTPS://www.example.com", "https://www.example.com"},
		{" https://www.example.com ", "https://www.example.com"},
		{"https://www.example.com/", "https://www.example.com"},
		{"https://www.example.com:443", "https://www.example.com"},
		{"https://www.example.com:443/", "https://www.example.com"},
		{"https://www.example.com:", "https://www.example.com"},
		{"https://www.example.com.", "https://www.example.com"},
		{"https://www.example.com:08443", "https://www.example.com:8443"},
		{"http://www.example.com:080", "http://www.example.com"},
		{"https://*.example.com:8443", "https://a.example.com:8443"},
		{"https://*.Example.com/", "https://a.b.example.com"},
		{"*.example.com:8443", "https://a.example.com:8443"},
		{"https://münchen.example", "https://xn--mnchen-3ya.example"},
		{"https://MÜNCHEN.example", "https://xn--mnchen-3ya.example"},
		{"https://mu\u0308nchen.example", "https://xn--mnchen-3ya.example"},
		{"https://*.straße.example", "https://shop.xn--strae-oqa.example"},
		{"https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"},
		{"https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"},
		{"https://XN--mnchen-3YA.example", "https://xn--mnchen-3ya.example"},
		{"https://r3---sn.example", "https://r3---sn.example"},
		{"https://my_shop.example", "https://my_shop.example"},
		{"http://[::1]:3000", "http://[::1]:3000"},
		{"http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"},
		{"http://[2001:DB8::0:1]", "http://[2001:db8::1]"},
		{"http://[::ffff:192.0.2.1]", "http://[::ffff:c000:201]"},
		{"http://192.168.1.5", "http://192.168.1.5"},
		{"http://intranet", "http://intranet"},
	}
	for _, c := range taken {
		d, err := NewDirectory(config.File{Deployments: []config.Deployment{{Name: "shop", Origins: []string{c.entry}}}}, false)
		if err != nil {
			t.Errorf("%q: %v", c.entry, err)
			continue
		}
		if !d.All()[0].Allows(c.origin) {
			t.Errorf("%q is taken as %s and does not let %s in", c.entry, d.All()[0].origins[0], c.origin)
		}
	}
	refused := []struct{ entry, hint string }{
		{"www.example.com", "https://"},
		{"localhost:3000", "https://"},
		{"//www.example.com", "https://"},
		{"https:/www.example.com", "https://"},
		{"https://shop.example/*", "write https://shop.example"},
		{"https://Shop.example:443/chat/", "write https://shop.example"},
		{"https://*.shop.example/chat", "write https://*.shop.example"},
		{"https://shop.example?x", "write https://shop.example"},
		{"https://shop.example#x", "write https://shop.example"},
		{"https://shop.example\\x", "write https://shop.example"},
		{"https://*.*.example.com", "https://*.example.com"},
		{"https://www.*.com", "https://*.example.com"},
		{"https://*shop.example", "https://*.example.com"},
		{"https://*", "https://*.example.com"},
		{"https://shop.example:*", "https://*.example.com"},
		{"*", "https://*.example.com"},
		{"*://shop.example", "https"},
		{"wss://shop.example", "https"},
		{"file:///index.html", "https"},
		{"null", "https://"},
		{"http://192.168.001.5", "192.168.1.5"},
		{"http://192.168.5", "192.168.1.5"},
		{"http://0xc0.0.2.1", "192.168.1.5"},
		{"http://*.192.168.1.5", "no subdomains"},
		{"http://::1:3000", "no host"},
		{"http://[::1%25eth0]", "IPv6"},
		{"https://shop.example:0", "port"},
		{"https://shop.example:65536", "port"},
		{"https://shop.example:https", "no host"},
		{"https://user@shop.example", "no host"},
		{"https://shop..example", "dots"},
		{"https://.example", "dots"},
		{"https://", "no host"},
		{"https://a.example, https://b.example", ""},
		{"https://a.example https://b.example", ""},
		{"https://a.example;b", ""},
		{"", "empty"},
	}
	for _, c := range refused {
		_, err := NewDirectory(config.File{Deployments: []config.Deployment{{Name: "shop", Origins: []string{c.entry}}}}, false)
		if err == nil || !strings.Contains(err.Error(), "shop") || !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%q: %v", c.entry, err)
		}
	}
}

func TestHostsOfContentAreWrittenAsBrowsersWriteThem(t *testing.T) {
	open := func(hosts ...string) (*Directory, error) {
		return NewDirectory(config.File{Deployments: []config.Deployment{{Name: "shop", Notifications: config.Notifications{Hosts: hosts}}}}, false)
	}
	d, err := open("https://Media.example.com:443/", "http://localhost:9000")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.All()[0].Notifications.Hosts, " "); got != "https://media.example.com http://localhost:9000" {
		t.Errorf("got %s", got)
	}
	for _, host := range []string{"https://media.example.com/x", "media.example.com", "https://a@media.example.com", "https://*.example.com", ""} {
		if _, err := open(host); err == nil || !strings.Contains(err.Error(), "hosts") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// FuzzEntry: what an operator writes is refused, or means an origin that a browser could send.
func FuzzEntry(f *testing.F) {
	for _, s := range []string{"https://*.wide.example:08443/", "https://münchen.example.", "http://[::ffff:1.2.3.4]", "*.a", "http://1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		p, err := parsePattern(entry)
		if err != nil {
			return
		}
		again, err := parsePattern(p.String())
		if err != nil || again != p {
			t.Fatalf("%q gave %v, which came back as %v, %v", entry, p, again, err)
		}
		one := p.String()
		if p.subs {
			one = strings.Replace(one, "*.", "a.", 1)
		}
		if o, ok := parseOrigin(one); !ok || !p.matches(o) {
			t.Fatalf("%q is taken and does not match %s", entry, one)
		}
	})
}

func TestFrameAncestorsAreWrittenAsTheDirectiveTakesThem(t *testing.T) {
	d := mustDirectory(t, false, config.Deployment{Name: "d", FrameAncestors: []string{"https://Portal.example:443", "*.wide.example"}})
	got := strings.Join(d.All()[0].FrameAncestors(), " ")
	if got != "https://portal.example https://*.wide.example" {
		t.Errorf("got %q", got)
	}
}

func TestReplaceKeepsTheOldStateOnAMistake(t *testing.T) {
	d := mustDirectory(t, false, config.Deployment{Name: "old"})
	if err := d.Replace(config.File{Deployments: []config.Deployment{{Name: "new", Origins: []string{"nonsense"}}}}); err == nil {
		t.Fatal("nonsense was accepted")
	}
	if _, err := d.Resolve(Hints{Name: "old"}); err != nil {
		t.Error("the old deployment is gone")
	}
	if err := d.Replace(config.File{Deployments: []config.Deployment{{Name: "new"}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Resolve(Hints{Name: "old"}); err == nil {
		t.Error("the old deployment is still there")
	}
}

func TestDevAddsTheDemo(t *testing.T) {
	demo, err := mustDirectory(t, true).Resolve(Hints{Name: DemoName})
	if err != nil {
		t.Fatal(err)
	}
	if !demo.Chat || !demo.Monitoring || !demo.TypingPreview || demo.Queue != DemoName {
		t.Errorf("the demo is %+v", demo)
	}
	own := mustDirectory(t, true, config.Deployment{Name: DemoName, Queue: "mine"})
	if got := own.All(); len(got) != 1 || got[0].Queue != "mine" {
		t.Error("the operator's own demo was replaced")
	}
}

func TestTheDemosFilesPassTheScanner(t *testing.T) {
	file, err := config.Parse([]byte("scanner: {url: http://scan.example}"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDirectory(file, true)
	if err != nil {
		t.Fatal(err)
	}
	demo, err := d.Resolve(Hints{Name: DemoName})
	if err != nil || demo.Scanner.URL != "http://scan.example" || demo.Scanner.Timeout == 0 {
		t.Errorf("scanner %+v, %v", demo.Scanner, err)
	}
}

func FuzzOrigin(f *testing.F) {
	for _, s := range []string{"https://a.wide.example", "null", "http://[::1]:80", "https://shop.example;x"} {
		f.Add(s)
	}
	d, err := NewDirectory(config.File{Deployments: []config.Deployment{{Name: "d", Origins: []string{"https://*.wide.example"}}}}, true)
	if err != nil {
		f.Fatal(err)
	}
	dep := d.All()[0]
	f.Fuzz(func(t *testing.T, origin string) {
		// Allowed origins end up in headers and in a page.
		_, host, _ := strings.Cut(origin, "://")
		if dep.Allows(origin) && strings.ContainsAny(host, " ;,'\"<>\r\n\\@/?#") {
			t.Fatalf("%q was let in", origin)
		}
		p, ok := parseOrigin(origin)
		if !ok {
			return
		}
		again, ok := parseOrigin(p.String())
		if !ok || again != p {
			t.Fatalf("%q gave %v, which came back as %v, %v", origin, p, again, ok)
		}
	})
}

func mustDirectory(tb testing.TB, dev bool, deployments ...config.Deployment) *Directory {
	tb.Helper()
	d, err := NewDirectory(config.File{Deployments: deployments}, dev)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}
