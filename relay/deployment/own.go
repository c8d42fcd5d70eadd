package deployment

import (
	"fmt"
	"slices"
	"strings"
)

// The relay's own pages (desktop, hosted chat, frames) may do what pages of customers may not. Which ones are its own
// cannot be told from a request alone: a stranger may give any name the relay's address (DNS rebinding), so that the
// browser takes the stranger's page and the relay for one origin. public_urls of relay.yaml settles it.

// Own tells whether an origin, as browsers send it, is the relay's own. host is the request's Host header. An origin is
// the relay's own
//
//   - where public_urls lists it, whatever the host: some proxies put another one into the request;
//   - where it is the host itself, and an IP address or a name of this machine, which nobody can point elsewhere;
//   - where it is the host itself, under https, and nothing is listed: who rebinds a name has no certificate for it here;
//   - where it is the host itself, with --dev.
func (d *Directory) Own(origin, host string) bool {
	o, ok := parseOrigin(origin)
	if !ok {
		return false
	}
	listed := d.current.Load().own
	if slices.Contains(listed, o) {
		return true
	}
	h, ok := parseOrigin(o.scheme + "://" + host)
	if !ok || h != o || host == "" {
		return false
	}
	return d.dev || o.fixed() || len(listed) == 0 && o.scheme == "https"
}

// Answers tells whether the relay is meant by a request's Host header: public_urls lists it, or nothing is listed, or it
// is an IP address or a name of this machine.
func (d *Directory) Answers(host string) bool {
	listed := d.current.Load().own
	if d.dev || len(listed) == 0 {
		return true
	}
	for _, scheme := range []string{"https", "http"} {
		h, ok := parseOrigin(scheme + "://" + host)
		if ok && host != "" && (h.fixed() || slices.Contains(listed, h)) {
			return true
		}
	}
	return false
}

// Named tells whether public_urls lists anything.
func (d *Directory) Named() bool { return len(d.current.Load().own) > 0 }

// fixed tells whether the host always leads to the same machine: an IP address, or this machine's name.
func (p pattern) fixed() bool { return p.loopback() || p.address().IsValid() }

// parseOwn reads public_urls. A path, below which a proxy has the relay, is taken and tells nothing here: browsers know
// origins only, and every address that the relay's pages name is relative to their own.
func parseOwn(urls []string) ([]pattern, error) {
	all := make([]pattern, 0, len(urls))
	for _, u := range urls {
		o, path, why := spelledAddress(strings.TrimSpace(u))
		if why == "" && o.subs {
			why = "it names more than one host"
		}
		if why == "" && strings.ContainsAny(path, "?#\\") {
			why = "there is more in it than a path"
		}
		if why != "" {
			return nil, fmt.Errorf("public_urls: %.200q is not an address such as https://foyer.example.com or https://www.example.com/chat: %s", u, why)
		}
		all = append(all, o)
	}
	return all, nil
}
