//go:build js && wasm

package browser

// Day writes the day of a time (Unix milliseconds) in a language, in the browser's time zone: "Monday, March 3". In a
// language that the browser does not know, it is written in the browser's own.
func (w *Worker) Day(ms int64, lang string) string {
	options, err := w.toJS(map[string]any{"weekday": "long", "day": "numeric", "month": "long"})
	if err != nil {
		return ""
	}
	format := get(get(w.global, "Intl"), "DateTimeFormat")
	formatter, err := format.New(lang, options)
	if err != nil {
		if formatter, err = format.New(); err != nil {
			return ""
		}
	}
	text, err := formatter.Call("format", ms)
	if err != nil {
		return ""
	}
	return stringOf(text)
}
