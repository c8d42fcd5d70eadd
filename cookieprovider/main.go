//go:build js && wasm

// Command cookieprovider is what runs inside iframe.html, the small frame of the relay's origin in customers' pages. For
// now it only answers hello, so that a page knows that it is there.
//
// It has to be small, since every page may load it: it lives on syscall/js alone, without fmt and without the client's
// packages. It must never answer anybody but the page that it is framed by, and only on the origin for which the relay
// served the frame (origin in its address, which the relay has checked).
//
//	frame to page: {t:"ready", v:1} once, when it runs
//	page to frame: {t:"hello", n}    frame to page: {t:"welcome", n, v:1}
package main

import "syscall/js"

const version = 1

func main() {
	window := js.Global()
	origin := originOf(window)
	if origin == "" {
		return
	}
	parent := window.Get("parent")
	window.Call("addEventListener", "message", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) > 0 && from(args[0], parent, origin) {
			answer(args[0].Get("data"), parent, origin)
		}
		return nil
	}))
	parent.Call("postMessage", map[string]any{"t": "ready", "v": version}, origin)
	select {} // the frame lives as long as its page
}

// originOf is the origin of the page that the relay served this frame for.
func originOf(window js.Value) string {
	query := js.Global().Get("URLSearchParams").New(window.Get("location").Get("search"))
	origin := query.Call("get", "origin")
	if origin.Type() != js.TypeString {
		return ""
	}
	return origin.String()
}

func from(event, parent js.Value, origin string) bool {
	sender := event.Get("origin")
	return event.Get("source").Equal(parent) && sender.Type() == js.TypeString && sender.String() == origin
}

func answer(data, parent js.Value, origin string) {
	if data.Type() != js.TypeObject {
		return
	}
	t := data.Get("t")
	if t.Type() != js.TypeString || t.String() != "hello" {
		return
	}
	parent.Call("postMessage", map[string]any{"t": "welcome", "n": data.Get("n"), "v": version}, origin)
}
