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
