// Package pattern runs the regular expressions that an operator writes about addresses and titles: in the DSL's url filters
// and in the tags of categories.
//
// wasm/dsl and wasm/category use it. The expressions are JavaScript's. Nearly all are run here, in a time that grows with
// the text and with nothing else, whatever they say; those that look ahead or behind, or refer to what a group has found,
// by the worker's own RegExp, where nothing can stop one that runs for ever: so one that could is not run at all.
package pattern

import "strings"

// Matcher tells whether a regular expression of JavaScript is found in a text, upper and lower case alike. A faulty
// expression is found nowhere.
type Matcher func(source, text string) bool

const (
	maxSource = 1000 // bytes of an expression
	maxText   = 4096 // bytes of a text that an expression is run on; the rest is not looked at

	maxForeignText    = 500 // the same for an expression that the Matcher runs
	maxForeignRepeats = 3   // of * + {n,} in it: the time grows with that power of the text, and more
)

// In tells whether an expression is found in the text. Matcher runs those that this package does not read, unless Risky.
func (m Matcher) In(source, text string) bool {
	if len(source) > maxSource {
		return false
	}
	if p := compile(source); p != nil {
		return p.in(text[:min(len(text), maxText)])
	}
	return !Risky(source) && m(source, text[:min(len(text), maxForeignText)])
}

// Risky tells whether an expression could keep a browser busy for longer than anybody waits: it has many repetitions without
// an end, or repeats what can be read in more than one way: what itself repeats, as in (a+)+ and (a?)*, or a choice, as in
// (a|a)* and (a|a){30}. A choice of different things, (foo|bar)+, would do no harm; that is not looked into.
func Risky(source string) bool {
	endless := 0
	open := []bool{false} // for each open group: what it holds can be read in more than one way
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '[':
			i = endOfClass(source, i)
		case '(':
			open = append(open, false)
			i = afterOpening(source, i)
		case ')':
			last := len(open) - 1
			if last == 0 {
				return true // no expression at all
			}
			inside := open[last]
			open = open[:last]
			if inside && repeated(source[i+1:]) {
				return true
			}
			open[last-1] = open[last-1] || inside
		case '|', '*', '+', '?':
			open[len(open)-1] = true
			if source[i] == '*' || source[i] == '+' {
				endless++
			}
		case '{':
			inside := braces(source[i:])
			open[len(open)-1] = open[len(open)-1] || strings.Contains(inside, ",")
			if strings.HasSuffix(inside, ",") {
				endless++
			}
		}
	}
	return endless > maxForeignRepeats
}

// afterOpening is the index of the last byte of a group's opening, as of (?: or (?<name>, whose ? repeats nothing.
func afterOpening(source string, i int) int {
	if i+1 < len(source) && source[i+1] == '?' {
		return i + 1
	}
	return i
}

// braces gives what a quantifier in braces at the beginning of a text says: "2", "2," or "2,5"; "" where there is none.
func braces(s string) string {
	inside, _, closed := strings.Cut(strings.TrimPrefix(s, "{"), "}")
	if s[0] != '{' || !closed || strings.Trim(inside, "0123456789,") != "" || strings.HasPrefix(inside, ",") {
		return ""
	}
	return inside
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

// repeated tells whether a text begins with a quantifier that repeats: * + {n} {n,} {n,m}
func repeated(s string) bool {
	return s != "" && (s[0] == '*' || s[0] == '+' || braces(s) != "")
}
