package visit

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Parameters are the query parameters that are recorded of addresses. With a list those and no others are, whatever they
// look like; nil is all of them but what looks like a secret or names a person. It is the only place that knows what an
// address may tell: every interface that takes events comes through Service.Record.
type Parameters []string

// leftOut stands in a path or a fragment for what is not recorded, so that the others keep their places.
const leftOut = "*"

// dataReferrer is the key of PageEntered's data that holds an address.
const dataReferrer = "referrer"

// Cleaned is an event whose addresses say no more than they may. Its data is changed in a copy.
func (p Parameters) Cleaned(e Event) Event {
	e.URL = p.Clean(e.URL)
	if from, ok := e.Data[dataReferrer].(string); ok && e.Type == System {
		e.Data = maps.Clone(e.Data)
		e.Data[dataReferrer] = p.Clean(from)
	}
	return e
}

// Clean is an address without its user, and without what of path, query and fragment is not recorded. What it leaves is
// as it was written; an address that is clean stays as it is.
func (p Parameters) Clean(address string) string {
	address, fragment, hasFragment := strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	address = cleanPath(address)
	if query = p.cleanQuery(query); query != "" {
		address += "?" + query
	}
	if hasFragment {
		address += "#" + p.cleanFragment(fragment)
	}
	return address
}

// cleanFragment takes a fragment for what it looks like: a route with a query of its own, a query, or a name.
func (p Parameters) cleanFragment(fragment string) string {
	route, query, hasQuery := strings.Cut(fragment, "?")
	if !hasQuery && strings.Contains(fragment, "=") {
		return p.cleanQuery(fragment)
	}
	route = cleanPath(route)
	if query = p.cleanQuery(query); query != "" {
		route += "?" + query
	}
	return route
}

func (p Parameters) cleanQuery(query string) string {
	if query == "" {
		return ""
	}
	var left []string
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' }) {
		if p.keeps(pair) {
			left = append(left, pair)
		}
	}
	return strings.Join(left, "&")
}

func (p Parameters) keeps(pair string) bool {
	name, value, _ := strings.Cut(pair, "=")
	name, value = plain(strings.ReplaceAll(name, "+", " ")), plain(strings.ReplaceAll(value, "+", " "))
	if p != nil {
		return slices.ContainsFunc(p, func(kept string) bool { return strings.EqualFold(kept, name) })
	}
	return !isSecretName(name) && !tells(name) && !tells(value) && Parameters(nil).clean(value)
}

// clean tells whether a value that is an address itself, such as where a sign-in leads, has nothing to hide.
func (p Parameters) clean(value string) bool {
	return !strings.ContainsAny(value, "?#&=") || p.Clean(value) == value && p.cleanQuery(value) == value
}

// cleanPath is the part of an address in front of its query. A part that comes behind the name of a secret is one.
func cleanPath(address string) string {
	scheme, rest, hasHost := strings.Cut(address, "://")
	if !hasHost {
		scheme, rest = "", address
	}
	parts := strings.Split(rest, "/")
	first := 0
	if hasHost {
		parts[0] = parts[0][strings.LastIndex(parts[0], "@")+1:]
		scheme += "://"
		first = 1
	}
	for i := first; i < len(parts); i++ {
		file, matrix, _ := strings.Cut(parts[i], ";") // as in /shop;jsessionid=…
		if matrix != "" && Parameters(nil).cleanQuery(matrix) != matrix {
			parts[i] = file
		}
		if part := plain(file); part != "" && (tells(part) || i > first && isSecretWord.MatchString(plain(parts[i-1]))) {
			parts[i] = leftOut
		}
	}
	return scheme + strings.Join(parts, "/")
}

// isSecretWord finds a part of a path behind which a secret comes: /reset-password/…, /token/….
var isSecretWord = regexp.MustCompile(`(?i)^([a-z]+[-_])*(tokens?|password|passwort|secret|session|otp|jwt|signature|magic|verify|reset|unsubscribe)([-_][a-z]+)*$`)

// plain is a text without percent escapes, as often as it was escaped; as it is where an escape is none.
func plain(text string) string {
	for range 3 {
		read, err := url.PathUnescape(text)
		if err != nil || read == text {
			return text
		}
		text = read
	}
	return text
}

var (
	// secretPart finds what is a secret in the name of any parameter, however it goes on: access_token, resetPassword.
	secretPart = regexp.MustCompile(`(?i)token|passw|passphrase|secret|session|sessid|signature|credential|api_?-?key|authori[sz]ation|e[-_]?mail|one_?time|jwt|saml`)
	// secretName finds short names, which are parts of many innocent words, where they stand alone: code, but not postcode.
	secretName = regexp.MustCompile(`(?i)(^|[^a-z])(codes?|keys?|pass|pwd|pin|otp|totp|sid|sess|sig|sign|hash|hmac|auth|bearer|nonce|ticket|csrf|xsrf|magic|mail|user|username|login)($|[^a-z])`)
	words      = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	email      = regexp.MustCompile(`[^\s/@?&=:;,]+@[^\s/@?&=:;,]+\.[^\s/@?&=:;,.]{2,}`)
	uuid       = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	longNumber = regexp.MustCompile(`[0-9]{16,}`)
	run        = regexp.MustCompile(`[A-Za-z0-9_~+/=-]{16,}`)
)

func isSecretName(name string) bool {
	return secretPart.MatchString(name) || secretName.MatchString(words.ReplaceAllString(name, "${1}_${2}"))
}

// tells tells whether a value names a person or looks like a secret.
func tells(value string) bool {
	return email.MatchString(value) || uuid.MatchString(value) || longNumber.MatchString(value) ||
		slices.ContainsFunc(run.FindAllString(value, -1), isRandom)
}

// isRandom tells what a random source has written from what people write: in words and numbers the kind of character
// stays for longer, and changes mostly where a dash or the like divides them.
func isRandom(text string) bool {
	const word = 3 // characters of a kind that may be a word or a number
	changes, before, same := 0, byte(0), 0
	for i := range len(text) {
		kind := kindOf(text[i])
		if kind == before {
			same++
			continue
		}
		if before != 0 && kind != 0 && same < word && (before != 'A' || kind != 'a') {
			changes++
		}
		before, same = kind, 1
	}
	return changes >= max(3, len(text)/8)
}

// kindOf is 'a', 'A' or '0' for a small letter, a capital and a digit; 0 for all others.
func kindOf(c byte) byte {
	switch {
	case c >= 'a' && c <= 'z':
		return 'a'
	case c >= 'A' && c <= 'Z':
		return 'A'
	case c >= '0' && c <= '9':
		return '0'
	}
	return 0
}
