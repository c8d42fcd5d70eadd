//go:build js && wasm

package browser

// Time reads a date and time as a field has it ("2026-11-21T15:30"), in the zone of the browser, summer time and all. It is
// Unix milliseconds; 0 for what is none.
func (w *Worker) Time(text string) int64 {
	date, err := get(w.global, "Date").New(text)
	if err != nil {
		return 0
	}
	ms, err := date.Call("getTime")
	if err != nil {
		return 0
	}
	f, err := ms.Float()
	if err != nil || f != f { // no date
		return 0
	}
	return int64(f)
}
