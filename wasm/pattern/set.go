package pattern

import "unicode"

// set is a set of characters.
type set struct {
	ranges []rune // pairs of the first and the last
	parts  []*set // sets that are part of it
	not    bool   // all others
}

// As JavaScript has them.
var (
	digits         = []rune{'0', '9'}
	wordCharacters = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	lineEnds       = []rune{'\n', '\n', '\r', '\r', 0x2028, 0x2029}
	spaces         = []rune{'\t', '\r', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f,
		0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff}
)

func (s *set) add(part *set) {
	if part.not {
		s.parts = append(s.parts, part)
	} else {
		s.ranges = append(s.ranges, part.ranges...)
	}
}

// has tells whether a character is in the set, upper and lower case alike.
func (s *set) has(c rune) bool {
	return (s.holds(c) || s.holds(unicode.ToLower(c)) || s.holds(unicode.ToUpper(c))) != s.not
}

func (s *set) holds(c rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] <= c && c <= s.ranges[i+1] {
			return true
		}
	}
	for _, part := range s.parts {
		if part.has(c) {
			return true
		}
	}
	return false
}

func isWordCharacter(c rune) bool { return (&set{ranges: wordCharacters}).holds(c) }
