// Package pattern guards the regular expressions that an operator writes about addresses and titles: in the DSL's url
// filters and in the tags of categories.
//
// wasm/dsl and wasm/category use it. The expressions are JavaScript's, run by the worker's own RegExp, never on the page's
// main thread. One that could run for ever must not run at all: nothing can stop it once it does.
package pattern

import "strings"

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

// Risky tells whether an expression is too long, or repeats what can be read in more than one way: what itself repeats, as
// in (a+)+ and (a?)*, or a choice, as in (a|a)* and (a|a){30}. These are the usual ways to keep a regular expression busy
// for longer than anybody waits. A choice of different things, (foo|bar)+, would do no harm; that is not looked into.
func Risky(source string) bool {
	if len(source) > maxSource {
		return true
	}
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
		case '{':
			open[len(open)-1] = open[len(open)-1] || strings.Contains(braces(source[i:]), ",")
		}
	}
	return false
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
