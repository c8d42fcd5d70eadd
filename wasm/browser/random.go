//go:build js && wasm

package browser

import (
	"encoding/hex"
	"strings"

	"github.com/hack-pad/safejs"
)

// UUID is a random UUID (RFC 9562, version 4).
func (w *Worker) UUID() string {
	b := w.random(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// Hex32 is a random id in the form of monitoring events: 32 upper-case hex digits.
func (w *Worker) Hex32() string {
	return strings.ToUpper(hex.EncodeToString(w.random(16)))
}

// random is n bytes from the browser's source, which also insecure contexts have.
func (w *Worker) random(n int) []byte {
	b := make([]byte, n)
	array, err := w.bytesToJS(b)
	if err == nil {
		_, err = get(w.global, "crypto").Call("getRandomValues", array)
	}
	if err == nil {
		_, err = safejs.CopyBytesToGo(b, array)
	}
	if err != nil {
		panic("the browser gives no random numbers: " + err.Error())
	}
	return b
}
