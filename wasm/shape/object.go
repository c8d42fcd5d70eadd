package shape

// Object makes an object of keys and values in turn. In WebAssembly it takes a third of the code of a map literal, and
// there are many.
func Object(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}
