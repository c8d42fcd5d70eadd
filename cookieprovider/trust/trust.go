// Package trust decides which pages iframe.html answers: those whose origin stands in its TRUSTED_DOMAINS.
//
// The frame (cookieprovider) asks it before it does anything else with a message. It must never trust an origin because
// it looks like one of the list: no part of a name, no pattern and no sub-domain counts, only what an entry says.
//
// # The rule for entries
//
//	https://shop.example        that origin, on the scheme's own port
//	https://shop.example:8443   that origin, on that port
//	http://shop.example         likewise; pages on plain http are trusted only where the entry says http
//	shop.example                https://shop.example
//	shop.example:8443           https://shop.example:8443
//	localhost, 127.0.0.1        https and http on every port: loopback is the machine itself. Also [::1] and *.localhost
//	                            names that are written out; with a port, that port on https and http.
//
// Upper case is as lower case, and a path behind the host is ignored. Everything else (a pattern, a user, a name in other
// letters than ASCII, which has to be written as xn--…) is no entry, and trusts nobody.
package trust

import "strings"

// List is what a frame trusts. The zero value trusts nobody.
type List struct{ entries []entry }

// entry is one line of the list. An empty scheme or port stands for every one of them.
type entry struct{ scheme, host, port string }

// maxEntry is in bytes; a host name has at most 253.
const maxEntry = 512

// Parse reads entries. faulty are those that are none, for the console.
func Parse(texts []string) (list List, faulty []string) {
	for _, text := range texts {
		e, ok := parseEntry(text)
		if !ok {
			faulty = append(faulty, text)
			continue
		}
		list.entries = append(list.entries, e)
	}
	return list, faulty
}

// Trusts tells whether the list has an origin, as a browser puts it into a message event: "https://shop.example:8443".
// An origin without a name ("null") and one of another scheme than http and https are never trusted.
func (l List) Trusts(origin string) bool {
	scheme, rest, found := strings.Cut(origin, "://")
	if !found || !isWeb(scheme) || len(origin) > maxEntry {
		return false
	}
	host, port, ok := splitHost(rest)
	if !ok {
		return false
	}
	if port == "" {
		port = ownPort(scheme)
	}
	for _, e := range l.entries {
		if e.host == host && (e.scheme == "" || e.scheme == scheme) && (e.port == "" || e.port == port) {
			return true
		}
	}
	return false
}

func parseEntry(text string) (entry, bool) {
	text = lower(strings.Trim(text, " \t\r\n"))
	if len(text) > maxEntry {
		return entry{}, false
	}
	scheme, rest, hasScheme := strings.Cut(text, "://")
	if !hasScheme {
		scheme, rest = "", text
	} else if !isWeb(scheme) {
		return entry{}, false
	}
	rest, _, _ = strings.Cut(rest, "/")
	host, port, ok := splitHost(rest)
	if !ok {
		return entry{}, false
	}
	if scheme == "" && !IsLoopback(host) {
		scheme = "https"
	}
	if port == "" && scheme != "" {
		port = ownPort(scheme)
	}
	return entry{scheme, host, port}, true
}

// splitHost takes "host" or "host:port" apart. It is false for what no browser would write into an origin.
func splitHost(text string) (host, port string, ok bool) {
	host = text
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return "", "", false
		}
		host, text = text[:end+1], text[end+1:]
		if text != "" {
			var colon bool
			if port, colon = strings.CutPrefix(text, ":"); !colon || !isPort(port) {
				return "", "", false
			}
		}
		return host, port, only(host[1:end], "0123456789abcdef:.")
	}
	if at := strings.LastIndexByte(text, ':'); at >= 0 {
		host, port = text[:at], text[at+1:]
		if !isPort(port) {
			return "", "", false
		}
	}
	return host, port, only(host, "abcdefghijklmnopqrstuvwxyz0123456789-._")
}

func isPort(s string) bool { return len(s) <= 5 && s != "" && s[0] != '0' && only(s, "0123456789") }

func isWeb(scheme string) bool { return scheme == "https" || scheme == "http" }

func ownPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// only tells whether s is not empty and has these characters only.
func only(s, chars string) bool { return s != "" && strings.Trim(s, chars) == "" }

// IsLoopback tells whether a host, without port, is the machine itself.
func IsLoopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "[::1]"
}

// lower is strings.ToLower for ASCII, without the tables for all other letters.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
