// Package jar is how iframe.html keeps a page's session in a cookie of its own site: which attributes it tries, how it
// finds its cookie again, and what a browser's behaviour says about sharing between sites.
//
// Over https each cookie has a guard beside it: a cookie whose name begins with __Host-, which no neighbour of the frame
// (evil.frame.example) can write. The guard is random, and what it does not stand in is not the frame's. So nobody can put
// a session of theirs in front of the visitor's by a cookie for the whole domain.
//
// The frame (cookieprovider) calls it with what the browser tells; the package touches no browser. It must never give out
// a cookie that the frame did not write: the frame may stand on a site with cookies of other kinds.
package jar

import (
	"strings"

	"foyer/cookieprovider/trust"
)

// Kept is what a name and a value may take together, in bytes as they are written: browsers keep 4,096 with attributes.
const Kept = 4000

// mark begins every value that the frame wrote.
const mark = "f1."

// Stamp is what stands in front of a value, in its cookie: that the frame wrote it, and its guard where there is one.
func Stamp(guard string) string {
	if guard == "" {
		return mark
	}
	return mark + guard + "."
}

// Guarded tells whether values have guards: not over plain http, where browsers take no cookie of a guard's name.
func Guarded(protocol string) bool { return protocol == "https:" }

// GuardName is the name of the cookie that guards the one of this name.
func GuardName(name string) string { return "__Host-" + name }

// WriteGuard gives what document.cookie is assigned to keep a guard.
func WriteGuard(name, guard string, partitioned bool) string {
	return GuardName(name) + "=" + guard + attributes("/", Attributes{Secure: true, None: true, Partitioned: partitioned})
}

// RemoveGuard gives what document.cookie is assigned to forget a guard.
func RemoveGuard(name string, partitioned bool) string {
	return WriteGuard(name, "", partitioned) + ";max-age=0"
}

// FindGuard gives a value's guard out of document.cookie, "" for none.
func FindGuard(cookies, name string) string {
	guard, _ := Find(cookies, GuardName(name), "")
	return guard
}

// Attributes are what a cookie is set with. The zero value is a cookie that only pages of the frame's own site have.
type Attributes struct {
	Secure      bool // over https, or to the machine itself
	None        bool // SameSite=None: also inside pages of other sites
	Partitioned bool // a jar for each site around the frame, so never shared
}

// Ways are the attributes to try, the first that the browser keeps counts. The plainer ones are for http on the machine
// itself, where not every browser takes Secure, and none takes SameSite=None without it inside other sites.
func Ways(protocol, host string) []Attributes {
	everywhere := Attributes{Secure: true, None: true}
	switch {
	case protocol == "https:":
		return []Attributes{everywhere}
	case trust.IsLoopback(host):
		return []Attributes{everywhere, {None: true}, {}}
	default:
		return []Attributes{{}}
	}
}

// ValidName tells whether a name, as encodeURIComponent gives it, can be that of a cookie.
func ValidName(name string) bool {
	return name != "" && len(name) <= 256 && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`=;,"\`, r)
	})
}

// Write gives what document.cookie is assigned to keep a value. Name and value must be as encodeURIComponent gives them.
// The cookie is for the frame's own address alone: pages of the same site may have one of the same name.
func Write(name, stamp, value, path string, a Attributes) string {
	return name + "=" + stamp + value + attributes(path, a)
}

// Remove gives what document.cookie is assigned to forget a value that was kept with these attributes.
func Remove(name, path string, a Attributes) string {
	return name + "=" + attributes(path, a) + ";max-age=0"
}

func attributes(path string, a Attributes) string {
	if strings.ContainsAny(path, ";\r\n") || !strings.HasPrefix(path, "/") {
		path = "/"
	}
	text := ";path=" + path
	if a.None {
		text += ";SameSite=None"
	}
	if a.Secure {
		text += ";Secure"
	}
	if a.Partitioned {
		text += ";Partitioned"
	}
	return text
}

// Find gives the value that Write kept with this stamp, out of document.cookie, as encodeURIComponent gave it.
func Find(cookies, name, stamp string) (value string, found bool) {
	for pair := range strings.SplitSeq(cookies, ";") {
		n, v, ok := strings.Cut(strings.TrimLeft(pair, " "), "=")
		if !ok || n != name {
			continue
		}
		if value, found = strings.CutPrefix(v, stamp); found {
			return value, true
		}
	}
	return "", false
}
