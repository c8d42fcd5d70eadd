package deployment

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// People write origins in more ways than browsers do. Every spelling that can mean only one thing is taken to mean that:
// an entry that was taken and matches no page would be searched for in vain.

// asBrowsers maps names with letters beyond ASCII as browsers do (UTS 46, non-transitional).
var asBrowsers = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// spelled gives what an entry means, or why it means nothing that could be matched.
func spelled(entry string) (p pattern, why string) {
	entry = strings.TrimSpace(entry)
	p, path, why := spelledAddress(entry)
	if why == "" && path != "" {
		why = "pages are told apart by scheme, host and port alone: write " + p.String()
	}
	return p, why
}

// spelledAddress is spelled for what may go on with a path, "" for none or a slash.
func spelledAddress(entry string) (p pattern, path, why string) {
	switch {
	case entry == "":
		return p, "", "it is empty"
	case entry == "*":
		return p, "", "it would let every site in; list them, or all subdomains of one as https://*.example.com"
	case strings.HasPrefix(entry, "*."):
		entry = "https://" + entry
	}
	scheme, rest, found := strings.Cut(entry, "://")
	if !found {
		return p, "", "the scheme is missing: write https:// in front of the host"
	}
	rest, subs := strings.CutPrefix(rest, "*.")
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		rest, path = rest[:i], rest[i:]
	}
	if strings.Contains(rest, "*") {
		return p, "", "one star in front of a host stands for all its subdomains, at whatever depth: write https://*.example.com"
	}
	if p, why = spelledHost(scheme, rest); why != "" {
		return p, "", why
	}
	if subs {
		if p.address().IsValid() {
			return p, "", "an address has no subdomains"
		}
		p.host, p.subs = "."+p.host, true
	}
	return p, strings.TrimSuffix(path, "/"), ""
}

// spelledHost reads scheme, host and port.
func spelledHost(scheme, rest string) (p pattern, why string) {
	scheme = strings.ToLower(scheme)
	if scheme != "https" && scheme != "http" {
		return p, "pages have the scheme https, or http"
	}
	u, err := url.Parse(scheme + "://" + rest)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return p, "no host can be read in it"
	}
	host, why := browsersHost(u.Hostname(), strings.HasPrefix(u.Host, "["))
	if why != "" {
		return p, why
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return p, "a port is 1 to 65535"
		}
		host += ":" + strconv.FormatUint(n, 10)
	}
	p, ok := parseOrigin(scheme + "://" + host)
	if !ok || strings.Contains(p.host, "*") {
		return p, "a host has letters, digits, dots, dashes and underscores"
	}
	return p, ""
}

// browsersHost writes a host as browsers do, an IPv6 address in brackets. https://url.spec.whatwg.org/#host-parsing
func browsersHost(host string, bracketed bool) (written, why string) {
	if bracketed {
		a, err := netip.ParseAddr(host)
		if err != nil || a.Zone() != "" {
			return "", "no IPv6 address can be read in the brackets"
		}
		return "[" + browsersIPv6(a) + "]", ""
	}
	host, err := asBrowsers.ToASCII(strings.TrimSuffix(host, "."))
	if again, failed := asBrowsers.ToASCII(host); err != nil || failed != nil || again != host {
		return "", "no page can have this host"
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" {
			return "", "between two dots of a host stands something"
		}
	}
	if last := labels[len(labels)-1]; isNumber(last) {
		if a, err := netip.ParseAddr(host); err != nil || !a.Is4() {
			return "", "an address is four decimal numbers without zeros in front, such as 192.168.1.5"
		}
	}
	return host, ""
}

// isNumber tells whether browsers take a host that ends so for an IPv4 address.
func isNumber(label string) bool {
	digits := strings.Trim(label, "0123456789") == ""
	return digits || strings.HasPrefix(label, "0x") && strings.Trim(label[2:], "0123456789abcdef") == ""
}

// browsersIPv6 is the short form, in which browsers write no part as an IPv4 address.
func browsersIPv6(a netip.Addr) string {
	if !a.Is4In6() {
		return a.String()
	}
	b := a.As16()
	part := func(i int) string { return strconv.FormatUint(uint64(b[i])<<8|uint64(b[i+1]), 16) }
	return "::ffff:" + part(12) + ":" + part(14)
}
