package deployment

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// pattern is one entry of an allow-list: an origin, or every subdomain of a host.
type pattern struct {
	scheme string
	host   string // lower case; for subdomains, ".example.com"
	port   string // "" is the scheme's own
	subs   bool
}

// parsePattern reads an entry of an allow-list: https://shop.example, http://shop.example:8080, https://*.example.com for
// every subdomain at whatever depth, and *.example.com, which means https. An error says how to write what was meant.
func parsePattern(entry string) (pattern, error) {
	p, why := spelled(entry)
	if why == "" {
		return p, nil
	}
	return pattern{}, fmt.Errorf("%.200q is not an origin such as https://shop.example or https://*.example.com: %s", entry, why)
}

// parseOrigin reads a serialized origin (RFC 6454, 6.2), as browsers send it. Everything else, "null" included, is none.
func parseOrigin(s string) (pattern, bool) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		return pattern{}, false
	}
	if u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" || strings.Contains(s, "#") {
		return pattern{}, false
	}
	for _, r := range u.Host {
		// What may stand in a host and a port. The origin ends up in headers and in a page, so nothing else comes through.
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]*", r) {
			return pattern{}, false
		}
	}
	p := pattern{scheme: u.Scheme, host: strings.ToLower(u.Hostname()), port: u.Port()}
	if p.port == "443" && p.scheme == "https" || p.port == "80" && p.scheme == "http" {
		p.port = ""
	}
	return p, true
}

func (p pattern) matches(o pattern) bool {
	if p.scheme != o.scheme || p.port != o.port {
		return false
	}
	if p.subs {
		return strings.HasSuffix(o.host, p.host) && len(o.host) > len(p.host)
	}
	return p.host == o.host
}

// String is the origin as browsers write it, or as frame-ancestors takes it ("https://*.example.com").
func (p pattern) String() string {
	host := p.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p.subs {
		host = "*" + host
	}
	if p.port != "" {
		host += ":" + p.port
	}
	return p.scheme + "://" + host
}

// site is about the registrable domain: two labels, or three below a country that has its own second level (co.uk,
// com.au). The list of all such domains would be larger than what hangs on it here: whether a visitor may be asked.
func (p pattern) site() string {
	host := strings.TrimPrefix(p.host, ".")
	if p.address().IsValid() {
		return host
	}
	labels := strings.Split(host, ".")
	n := len(labels)
	if n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 {
		return strings.Join(labels[n-3:], ".")
	}
	return strings.Join(labels[max(n-2, 0):], ".")
}

// loopback tells whether an origin is of this machine.
func (p pattern) loopback() bool {
	return p.host == "localhost" || strings.HasSuffix(p.host, ".localhost") || p.address().IsLoopback()
}

// IsLoopback tells whether a Host header names this machine by an address or a name that never leads anywhere else.
func IsLoopback(host string) bool {
	o, ok := parseOrigin("http://" + host)
	return ok && o.loopback()
}

// address is the host as an IP address; the zero one where it is a name.
func (p pattern) address() netip.Addr {
	a, err := netip.ParseAddr(p.host)
	if err != nil {
		return netip.Addr{}
	}
	return a
}
