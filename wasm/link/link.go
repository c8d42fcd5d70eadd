// Package link finds the web addresses in what people write, and makes links of them: in the visitor's window and at the
// agent's desktop alike. A link leads to the web or to a mail program only, and shows where it leads as it was written:
// nothing in it can turn the direction of writing, or hide whose address it is.
package link

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"foyer/wasm/view"
)

// most is how many bytes an address may have; what is longer is no link.
const most = 2048

// At reads an address that stands at i in a text: where it leads, and how many bytes of the text it is, 0 where there is
// none. What a sentence or a bracket around it needs does not belong to it.
func At(text string, i int) (address string, length int) {
	rest := text[i:]
	bare := hasPrefix(rest, "www.")
	if !bare && !hasPrefix(rest, "https://") && !hasPrefix(rest, "http://") || wordEnds(text[:i]) {
		return "", 0
	}
	end := span(rest)
	if i > 0 && text[i-1] == '\'' { // the other quotation marks are in no address
		if closing := strings.IndexByte(rest[:end], '\''); closing > 0 {
			end = closing
		}
	}
	words := trim(rest[:end])
	address = words
	if bare && strings.Count(words, ".") > 1 {
		address = "https://" + words
	}
	if len(words) > most || !LeadsOut(address) {
		return "", 0
	}
	return address, len(words)
}

// LeadsOut tells whether an address is one of the web or of mail that may become a link.
func LeadsOut(address string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if !hasPrefix(address, scheme) {
			continue
		}
		rest := address[len(scheme):]
		return rest != "" && span(rest) == len(rest) && (scheme == "mailto:" || !namesUser(rest))
	}
	return false
}

// namesUser tells whether a name stands in front of the host: https://bank.example@elsewhere.example leads elsewhere.
func namesUser(rest string) bool {
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	return strings.Contains(host, "@")
}

// Anchor makes a link. A name that is the address itself is shown as it is, whatever is written around it.
func Anchor(address, name string) *view.Node {
	n := &view.Node{Tag: "a", Text: name, Attrs: map[string]string{"href": address}}
	if strings.HasSuffix(address, name) {
		n.With("dir", "ltr")
	}
	return n.With("target", "_blank", "rel", "noopener noreferrer")
}

// Show fills an element with a text and its links.
func Show(n *view.Node, text string) *view.Node {
	plain := 0 // where the text begins that is in no node yet
	say := func(until int) {
		if plain < until {
			n.Add(&view.Node{Tag: "span", Text: text[plain:until]})
		}
	}
	for i := 0; i < len(text); {
		address, length := At(text, i)
		if length == 0 {
			i++
			continue
		}
		say(i)
		n.Add(Anchor(address, text[i:i+length]))
		i += length
		plain = i
	}
	if plain == 0 {
		n.Text = text
		return n
	}
	say(len(text))
	return n
}

// Marks that end a sentence or part it, behind an address. Those of other scripts end an address wherever they stand: no
// space follows them.
const (
	stops      = ".,;:!?*_'"
	otherStops = "。，、！？：；｡､…‥・،؛؟۔।॥՝։።፣"
)

const closers, openers = ")]}", "([{"

// span is how far an address goes at most: until a space, a quotation mark, a bracket that was not opened in it, one of
// another script, or a sign that nobody sees. It looks no further than is of use.
func span(text string) int {
	text = text[:min(len(text), most+utf8.UTFMax)]
	var open [len(openers)]int
	for i, r := range text {
		if at := strings.IndexRune(openers, r); at >= 0 {
			open[at]++
			continue
		}
		if at := strings.IndexRune(closers, r); at >= 0 {
			if open[at] == 0 {
				return i
			}
			open[at]--
			continue
		}
		if ends(r) {
			return i
		}
	}
	return len(text)
}

func ends(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7F || strings.ContainsRune("<>\"`\\", r)
	}
	return r == utf8.RuneError || unicode.IsSpace(r) || strings.ContainsRune(otherStops, r) ||
		unicode.In(r, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf, unicode.Cf, unicode.Cc)
}

// trim takes off what stands behind an address: marks of the sentence, and a bracket that was opened and not closed.
func trim(words string) string {
	for {
		before := words
		words = strings.TrimRight(words, stops+openers)
		if words == before {
			return words
		}
	}
}

// wordEnds tells whether a text ends within a word of ASCII. Other scripts may write an address without a space before it.
func wordEnds(s string) bool {
	if s == "" {
		return false
	}
	c := s[len(s)-1]
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// hasPrefix compares ASCII without regard to case.
func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
