//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"foyer/wasm/transport"
)

const abnormalClosure = 1006 // RFC 6455, 7.4.1: no close frame came

// dialer opens the browser's own WebSockets.
type dialer struct {
	worker *Worker
	url    string
}

// Dialer opens sockets to the relay's native interface.
func (w *Worker) Dialer() transport.Dialer {
	// "http" becomes "ws", "https" becomes "wss".
	return dialer{worker: w, url: "ws" + w.Base()[len("http"):] + "/native/v1/socket"}
}

type socket struct {
	js        safejs.Value
	functions []safejs.Func
}

// Dial implements transport.Dialer.
func (d dialer) Dial(l transport.Listener) transport.Socket {
	js, err := get(d.worker.global, "WebSocket").New(d.url)
	if err != nil {
		d.worker.loop.Post(func() { l.Closed(abnormalClosure) })
		return &socket{js: safejs.Null()}
	}
	s := &socket{js: js}
	_ = js.Set("binaryType", "arraybuffer")
	s.on(d.worker, "onopen", func(safejs.Value) { l.Open() })
	s.on(d.worker, "onmessage", func(event safejs.Value) {
		b, ok := d.worker.bytesFromJS(get(event, "data"))
		if ok { // a text message is not of this protocol
			l.Message(b)
		}
	})
	s.on(d.worker, "onclose", func(event safejs.Value) {
		s.detach()
		l.Closed(intOf(get(event, "code")))
	})
	return s
}

func (s *socket) on(w *Worker, name string, f func(event safejs.Value)) {
	fn := w.function(func(args []safejs.Value) { f(first(args)) })
	s.functions = append(s.functions, fn)
	_ = s.js.Set(name, fn.Value())
}

// Send implements transport.Socket.
func (s *socket) Send(b []byte) {
	array, err := get(safejs.Global(), "Uint8Array").New(len(b))
	if err != nil {
		return
	}
	if _, err := safejs.CopyBytesToJS(array, b); err != nil {
		return
	}
	_, _ = s.js.Call("send", array) // fails on a socket that is closing, which its end will tell
}

// Close implements transport.Socket.
func (s *socket) Close() {
	s.detach()
	_, _ = s.js.Call("close")
}

// detach frees the functions; the socket calls none of them any more.
func (s *socket) detach() {
	for _, name := range []string{"onopen", "onmessage", "onclose"} {
		_ = s.js.Set(name, safejs.Null())
	}
	for _, f := range s.functions {
		f.Release()
	}
	s.functions = nil
}
