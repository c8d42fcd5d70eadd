package wire

import "reflect"

// appendFields writes a frame's fields behind b.
func appendFields(b []byte, f Frame) ([]byte, error) {
	return appendCompact(b, reflect.ValueOf(f).Elem()), nil
}

// readFields reads them. Its error says what is wrong with them.
func readFields(fields []byte, f Frame) error { return readCompact(fields, f) }

// checkLists has nothing to refuse: what the browser reads comes from the relay, which keeps its frames within their
// bounds.
func checkLists([]byte, Frame) *Problem { return nil }

func refused(_ []byte, _ Frame, p *Problem) (Frame, error) { return nil, p }
