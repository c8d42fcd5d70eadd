package throttle

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
)

// Proxies knows whose word about a request's origin counts. The zero value trusts this machine only. Its methods may be
// called while Trust is.
type Proxies struct {
	networks atomic.Pointer[[]netip.Prefix]
}

// Trust takes the operator's networks in place of those before. This machine is trusted always.
func (p *Proxies) Trust(networks []netip.Prefix) { p.networks.Store(&networks) }

// Client is the IP address that a request is counted for. X-Forwarded-For is read from the right, where the nearest proxy
// has written: as long as the one who speaks is trusted, the address that it names takes its place. What stands further
// to the left could be anybody's invention and is not looked at. Where no address can be read it is RemoteAddr's host.
func (p *Proxies) Client(r *http.Request) string {
	at, ok := parseHop(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trusts(at) {
			break
		}
		next, ok := parseHop(strings.TrimSpace(hop))
		if !ok {
			break
		}
		at = next
	}
	return at.String()
}

// Unnamed tells whether a request was passed on by a proxy of the operator's that does not say for whom: all visitors
// behind it count as one. What this machine asks itself, by a name of its own and not for a page, is no such request.
func (p *Proxies) Unnamed(r *http.Request) bool {
	at, ok := parseHop(r.RemoteAddr)
	if !ok || !p.trusts(at) || r.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	return !leadsHere(r.Host) || r.Header.Get("Origin") != "" && !leadsHere(hostOf(r.Header.Get("Origin")))
}

func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// leadsHere tells whether a host, with or without a port, is this machine by a name or address that leads nowhere else.
func leadsHere(host string) bool {
	if a, ok := parseHop(host); ok {
		return a.IsLoopback()
	}
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func (p *Proxies) trusts(a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	networks := p.networks.Load()
	return networks != nil && slices.ContainsFunc(*networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// parseHop reads an address, with or without a port, as proxies write it: 192.0.2.1, 192.0.2.1:99, 2001:db8::1,
// [2001:db8::1], [2001:db8::1]:99.
func parseHop(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return a.Unmap().WithZone(""), true
}

// Network is the part of an address that one household or server has to itself, which limits are counted for: an IPv4
// address, or 64 bits of an IPv6 one, whose other 64 are free for everybody to choose.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() {
		return address
	}
	n, _ := a.Prefix(64) // fails for more bits than there are
	return n.String()
}
