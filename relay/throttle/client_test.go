package throttle

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestAddressThatCounts(t *testing.T) {
	cases := []struct{ remote, forwarded, want string }{
		{"192.0.2.1:99", "", "192.0.2.1"},
		{"192.0.2.1:99", "198.51.100.7", "192.0.2.1"},
		{"127.0.0.1:99", "", "127.0.0.1"},
		{"127.0.0.1:99", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"127.0.0.1:99", "203.0.113.9, 198.51.100.7, 10.1.0.1", "198.51.100.7"},
		{"10.1.0.1:99", "203.0.113.9, 198.51.100.7", "198.51.100.7"},
		{"10.1.0.1:99", "198.51.100.7, 10.1.0.2, 10.1.0.3", "198.51.100.7"},
		{"10.1.0.1:99", "10.1.0.2", "10.1.0.2"},
		{"10.2.0.1:99", "198.51.100.7", "10.2.0.1"},
		{"[::ffff:10.1.0.1]:99", "198.51.100.7", "198.51.100.7"},
		{"[::1]:99", "2001:db8::1", "2001:db8::1"},
		{"[::1]:99", "[2001:db8::1]:443", "2001:db8::1"},
		{"127.0.0.1:99", "198.51.100.7:51000", "198.51.100.7"},
		{"127.0.0.1:99", "nonsense", "127.0.0.1"},
		{"127.0.0.1:99", "198.51.100.7, nonsense", "127.0.0.1"},
		{"127.0.0.1:99", "198.51.100.7,", "127.0.0.1"},
		{"@", "198.51.100.7", "@"},
	}
	p := &Proxies{}
	p.Trust([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	for _, c := range cases {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := p.Client(r); got != c.want {
			t.Errorf("%+v: counted for %s", c, got)
		}
	}
	r := &http.Request{RemoteAddr: "10.1.0.1:99", Header: http.Header{"X-Forwarded-For": {"198.51.100.7"}}}
	if got := new(Proxies).Client(r); got != "10.1.0.1" {
		t.Errorf("nobody is listed, and a neighbour is believed: %s", got)
	}
	r = &http.Request{RemoteAddr: "127.0.0.1:99", Header: http.Header{"X-Forwarded-For": {"203.0.113.9", "198.51.100.7"}}}
	if got := p.Client(r); got != "198.51.100.7" {
		t.Errorf("of two headers: %s", got)
	}
}

func TestProxiesThatDoNotSayForWhom(t *testing.T) {
	p := &Proxies{}
	p.Trust([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	for _, c := range []struct {
		remote, host, forwarded, origin string
		want                            bool
	}{
		{"127.0.0.1:99", "foyer.example", "", "", true},
		{"127.0.0.1:99", "foyer.example", "198.51.100.7", "", false},
		{"127.0.0.1:99", "127.0.0.1:8080", "", "https://shop.example", true}, // it puts another Host in as well
		{"127.0.0.1:99", "127.0.0.1:8080", "", "", false},
		{"[::1]:99", "localhost:8080", "", "http://shop.localhost:8081", false},
		{"10.1.0.1:99", "foyer.example", "", "", true},
		{"10.2.0.1:99", "foyer.example", "", "", false}, // no proxy of ours
		{"@", "foyer.example", "", "", false},
	} {
		r := &http.Request{RemoteAddr: c.remote, Host: c.host, Header: http.Header{}}
		for name, value := range map[string]string{"X-Forwarded-For": c.forwarded, "Origin": c.origin} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if got := p.Unnamed(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestNetworkThatLimitsAreCountedFor(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::": "2001:db8:1:2::/64", "@": "@", "": "",
	} {
		if got := Network(address); got != want {
			t.Errorf("%s counts for %s", address, got)
		}
	}
}

func FuzzClient(f *testing.F) {
	f.Add("127.0.0.1:1", "198.51.100.7, 10.1.0.1")
	f.Add("10.1.0.1:1", "[2001:db8::1]:9,,x")
	f.Add("", ", ,")
	p := &Proxies{}
	p.Trust([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")})
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		got := p.Client(r)
		direct := p.Client(&http.Request{RemoteAddr: remote})
		at, err := netip.ParseAddr(direct)
		if got != direct && (err != nil || !p.trusts(at)) {
			t.Errorf("%q was believed to have passed on a request of %q", direct, got)
		}
	})
}
