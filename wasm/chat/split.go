package chat

import (
	"strings"
	"unicode/utf16"
)

// MostParts is into how many messages a text that is too long may be split; with more of them a file is the better way.
const MostParts = 20

// Units is the length of a text as browsers count it, in units of UTF-16: never less than its characters.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// Split parts a text into messages of at most so many units: between paragraphs where there are such, else between lines,
// else between words. What parts them, and spaces around them, are in none. It looks for no more than MostParts+1.
func Split(text string, limit int) []string {
	var parts []string
	for text = strings.TrimSpace(text); text != "" && len(parts) <= MostParts; {
		end := fits(text, limit)
		if end < len(text) {
			end = lastBreak(text[:end])
		}
		parts = append(parts, strings.TrimSpace(text[:end]))
		text = strings.TrimSpace(text[end:])
	}
	return parts
}

// fits is how many bytes of a text have at most so many units, at least one character.
func fits(text string, limit int) int {
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > limit && i > 0 {
			return i
		}
	}
	return len(text)
}

// lastBreak is where a text is best broken: not in its first half, so that no part is small.
func lastBreak(text string) int {
	for _, sign := range []string{"\n\n", "\n", ". ", "。", " "} {
		if i := strings.LastIndex(text, sign); i >= len(text)/2 {
			return i + len(sign)
		}
	}
	return len(text)
}
