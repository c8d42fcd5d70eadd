package wire

import "reflect"

// appendFields writes a frame's fields behind b.
func appendFields(b []byte, f Frame) ([]byte, error) {
	return appendCompact(b, reflect.ValueOf(f).Elem()), nil
}

// readFields reads them. Its error says what is wrong with them.
func readFields(fields []byte, f Frame) error { return readCompact(fields, f) }
