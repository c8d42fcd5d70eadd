// Package pattern guards the regular expressions that an operator writes about addresses and titles: in the DSL's url
// filters and in the tags of categories.
//
// wasm/dsl and wasm/category use it. The expressions are JavaScript's, run by the worker's own RegExp, never on the page's
// main thread. One that could run for ever must not run at all: nothing can stop it once it does.
package pattern

// Matcher tells whether a regular expression of JavaScript is found in a text, upper and lower case alike. A faulty
// expression is found nowhere.
type Matcher func(source, text string) bool

const (
	maxSource = 1000 // bytes of an expression
	maxText   = 4096 // bytes of a text that an expression is run on; the rest is not looked at
)

// In tells whether an expression that is not Risky is found in the text.
func (m Matcher) In(source, text string) bool {
	if Risky(source) {
		return false
	}
	return m(source, text[:min(len(text), maxText)])
}

// Risky tells whether an expression is too long, or repeats without end what itself repeats without end, as in (a+)+:
// the usual way to keep a regular expression busy for longer than anybody waits.
func Risky(source string) bool {
	if len(source) > maxSource {
		return true
	}
	repeats := []bool{false} // for each open group: something in it repeats without end
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '[':
			i = endOfClass(source, i)
		case '(':
			repeats = append(repeats, false)
		case ')':
			last := len(repeats) - 1
			if last == 0 {
				return true // no expression at all
			}
			inside := repeats[last]
			repeats = repeats[:last]
			if inside && endless(source[i+1:]) {
				return true
			}
			repeats[last-1] = repeats[last-1] || inside
		default:
			if endless(source[i:]) {
				repeats[len(repeats)-1] = true
			}
		}
	}
	return false
}

// endOfClass is the index of the ] that ends the class which begins at i, or of the last byte.
func endOfClass(source string, i int) int {
	for i++; i < len(source) && source[i] != ']'; i++ {
		if source[i] == '\\' {
			i++
		}
	}
	return i
}

// endless tells whether a text begins with a quantifier that has no upper bound: * + {n,}
func endless(s string) bool {
	if s == "" {
		return false
	}
	if s[0] != '{' {
		return s[0] == '*' || s[0] == '+'
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == ',' && i > 1:
			return i+1 < len(s) && s[i+1] == '}'
		case s[i] < '0' || s[i] > '9':
			return false
		}
	}
	return false
}
