package page

import "strings"

// References stand for what cannot leave the page; protocol.json has one of each kind. These functions are the only ones
// that know how they look: everything else in wasm makes and reads references with them.

// Keys of references.
const (
	refFunction   = "$fn"
	refElement    = "$el"
	refExpression = "$re"
	refSelected   = "$select"
	refNamed      = "$page"
)

// What pages name in the arguments of their functions.
const (
	NamedJQuery        = "$"
	NamedBus           = "CXBus"
	NamedCommon        = "Common"
	NamedCookie        = "Cookie"
	NamedCookieOptions = "CookieOptions"
)

// Named stands for one of the page's own things, in the arguments of its functions.
func Named(name string) any { return map[string]any{refNamed: name} }

// Selected stands for the first element that a CSS selector finds: in what Go draws, else on the page.
func Selected(selector string) any { return map[string]any{refSelected: selector} }

// ElementOf stands for the element with an id, whatever characters it is made of.
func ElementOf(id string) any { return Selected(WithAttribute("id", id)) }

// WithAttribute is the CSS selector of the elements of which an attribute has this value.
func WithAttribute(name, value string) string {
	return "[" + name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\a `).Replace(value) + `"]`
}

// Expression stands for a regular expression.
func Expression(source, flags string) any {
	return map[string]any{refExpression: map[string]any{"source": source, "flags": flags}}
}

// FunctionOf is the number of a function of the page; false where v is none.
func FunctionOf(v any) (n float64, ok bool) { return numbered(v, refFunction) }

// ElementNumber is the number of an element of the page; false where v is none.
func ElementNumber(v any) (n float64, ok bool) { return numbered(v, refElement) }

// ExpressionOf is a regular expression of the page; false where v is none.
func ExpressionOf(v any) (source, flags string, ok bool) {
	m, _ := v.(map[string]any)
	re, _ := m[refExpression].(map[string]any)
	source, ok = re["source"].(string)
	flags, _ = re["flags"].(string)
	return source, flags, ok
}

// IsReference tells whether v stands for something that cannot leave the page.
func IsReference(v any) bool {
	m, _ := v.(map[string]any)
	return m[refFunction] != nil || m[refElement] != nil
}

func numbered(v any, key string) (float64, bool) {
	m, _ := v.(map[string]any)
	n, ok := m[key].(float64)
	return n, ok
}
