package config

import (
	"net/netip"
	"strings"
	"testing"
)

func TestServerAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"10.1.2.3": "10.1.2.3/32", "10.1.2.3/16": "10.1.0.0/16", "::1": "::1/128", "fd00::/8": "fd00::/8", "'::ffff:10.0.0.1'": "10.0.0.1/32",
	} {
		f, err := Parse([]byte("server_addresses: [\"" + strings.Trim(text, "'") + "\"]\n"))
		if err != nil || len(f.ServerAddresses) != 1 || netip.Prefix(f.ServerAddresses[0]).String() != want {
			t.Errorf("%s: %v, %v", text, f.ServerAddresses, err)
		}
	}
	for _, text := range []string{"localhost", "10.1.2", "10.0.0.0/33", "{}", "''"} {
		if _, err := Parse([]byte("deployments: []\nserver_addresses:\n  - " + text + "\n")); err == nil || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzAddresses(f *testing.F) {
	for _, text := range []string{"10.1.2.3", "10.0.0.0/8", "fe80::1%eth0", "::/0", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseAddresses(text)
		if err == nil && (!p.IsValid() || !p.Contains(p.Addr())) {
			t.Errorf("%q gives %v", text, p)
		}
	})
}
