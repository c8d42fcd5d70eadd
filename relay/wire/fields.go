//go:build !js

package wire

import (
	"bytes"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// appendFields writes a frame's fields behind b.
func appendFields(b []byte, f Frame) ([]byte, error) {
	var w bytes.Buffer
	if err := msgpack.NewEncoder(&w).Encode(f); err != nil {
		return nil, err
	}
	return append(b, w.Bytes()...), nil
}

// readFields reads them. Its error says what is wrong with them.
func readFields(fields []byte, f Frame) (err error) {
	defer func() {
		// The library walks bytes of strangers by reflection; whatever it stumbles over is their frame's fault.
		if p := recover(); p != nil {
			err = fmt.Errorf("not fields: %v", p)
		}
	}()
	d := msgpack.NewDecoder(bytes.NewReader(fields))
	d.UseLooseInterfaceDecoding(true) // numbers in free data are int64, uint64 or float64, whatever width they came in
	return d.Decode(f)
}
