package trust

import (
	"strings"
	"testing"
)

func TestEntriesTrustTheirOriginAndNoOther(t *testing.T) {
	for _, tt := range []struct {
		entry    string
		trusted  []string
		stranger []string
	}{
		{
			entry:   "https://shop.example",
			trusted: []string{"https://shop.example", "https://shop.example:443"},
			stranger: []string{
				"http://shop.example", "https://shop.example:8443", "https://www.shop.example", "https://shop.example.",
				"https://shop.example.evil.test", "https://evilshop.example", "https://shop.exampl", "https://shop.example.com",
				"https://shop-example", "https://shopxexample", "https://evil.test#shop.example", "https://evil.test/shop.example",
				"https://shop.example@evil.test", "null", "", "https://", "file://", "https://null", "about:blank",
				"https://shop.example:", "https://shop.example:0443", "https://shop.example/", "https://SHOP.example",
				"ftp://shop.example", "https:shop.example", "chrome-extension://shop.example", "https://xn--shp-fka.example",
			},
		},
		{entry: "https://shop.example:8443", trusted: []string{"https://shop.example:8443"}, stranger: []string{"https://shop.example", "http://shop.example:8443", "https://shop.example:84430"}},
		{entry: "http://shop.example", trusted: []string{"http://shop.example", "http://shop.example:80"}, stranger: []string{"https://shop.example", "http://shop.example:443", "http://shop.example:8080"}},
		{entry: "shop.example", trusted: []string{"https://shop.example"}, stranger: []string{"http://shop.example", "https://shop.example:8443", "https://a.shop.example"}},
		{entry: "shop.example:8443", trusted: []string{"https://shop.example:8443"}, stranger: []string{"http://shop.example:8443", "https://shop.example"}},
		{entry: " HTTPS://Shop.Example/de/index.html?x ", trusted: []string{"https://shop.example"}, stranger: []string{"https://shop.example/de"}},
		{entry: "localhost", trusted: []string{"http://localhost", "http://localhost:5500", "https://localhost:1"}, stranger: []string{"http://localhost.evil.test", "http://a.localhost", "http://127.0.0.1"}},
		{entry: "127.0.0.1:5500", trusted: []string{"http://127.0.0.1:5500", "https://127.0.0.1:5500"}, stranger: []string{"http://127.0.0.1", "http://127.0.0.1:55"}},
		{entry: "http://127.0.0.1", trusted: []string{"http://127.0.0.1"}, stranger: []string{"http://127.0.0.1:5500", "https://127.0.0.1"}},
		{entry: "shop-a.localhost", trusted: []string{"http://shop-a.localhost:8080"}, stranger: []string{"http://shop-b.localhost:8080"}},
		{entry: "[::1]", trusted: []string{"http://[::1]:5500", "https://[::1]"}, stranger: []string{"http://[::2]", "http://::1"}},
		{entry: "domain-a", trusted: []string{"https://domain-a"}, stranger: []string{"http://domain-a"}},
		{entry: "shop.example.", trusted: []string{"https://shop.example."}, stranger: []string{"https://shop.example"}},
	} {
		list, faulty := Parse([]string{tt.entry})
		if len(faulty) > 0 {
			t.Errorf("%q is no entry", tt.entry)
		}
		for _, origin := range tt.trusted {
			if !list.Trusts(origin) {
				t.Errorf("%q does not trust %q", tt.entry, origin)
			}
		}
		for _, origin := range tt.stranger {
			if list.Trusts(origin) {
				t.Errorf("%q trusts %q", tt.entry, origin)
			}
		}
	}
}

func TestWhatIsNoEntryTrustsNobody(t *testing.T) {
	for _, text := range []string{
		"", " ", "*", "https://*", "*.shop.example", "https://*.shop.example", "null", "//shop.example/", "ftp://shop.example",
		"https://user@shop.example", "https://shop.example:99999999", "https://shop.example:", "https://", "käse.example",
		"[::1", "[::1]5500", "shop.example:port", "a b", strings.Repeat("a", maxEntry+1),
	} {
		list, faulty := Parse([]string{text})
		if text == "null" { // a name like another, though not a wise one: it is https://null and not the origin "null"
			if list.Trusts("null") {
				t.Error("the origin null is trusted")
			}
			continue
		}
		if len(faulty) != 1 || len(list.entries) != 0 {
			t.Errorf("%q is taken for an entry", text)
		}
	}
}

func FuzzTrust(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://shop.example", "https://shop.example"}, {"shop.example:8443", "https://shop.example:8443"}, {"[::1]", "http://[::1]:1"},
		{"*", "null"}, {"localhost", "http://localhost:5500"}, {"https://a/b", "https://a.b"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, origin string) {
		list, _ := Parse([]string{text})
		if !list.Trusts(origin) {
			return
		}
		_, host, ok := strings.Cut(origin, "://")
		if !ok || !strings.Contains(strings.ToLower(text), strings.SplitN(strings.Trim(host, "[]"), ":", 2)[0]) {
			t.Fatalf("the entry %q trusts %q", text, origin)
		}
	})
}
