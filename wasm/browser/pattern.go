//go:build js && wasm

package browser

// Matches tells whether a regular expression of JavaScript is found in a text, upper and lower case alike. A faulty one is
// found nowhere. It runs in the worker, and holds up nothing else than Go.
func (w *Worker) Matches(source, text string) bool {
	re, err := get(w.global, "RegExp").New(source, "i")
	if err != nil {
		return false
	}
	found, err := re.Call("test", text)
	if err != nil {
		return false
	}
	is, _ := found.Bool()
	return is
}
