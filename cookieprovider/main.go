//go:build js && wasm

// Command cookieprovider is what runs inside iframe.html: a plain page, on any static host, that keeps the sessions of
// several sites' pages in a cookie of its own site. The pages speak to it through cookie-provider.min.js.
//
// Its decisions are in the packages below it, which are tested without a browser: trust (who is answered) and jar (how a
// cookie is kept and what it is worth). Here is only what asks the browser. It has to be small: it lives on syscall/js
// alone, without fmt. It must never answer, in any way, a page that is not trusted: not even with a refusal.
//
//	page to frame: {foyer:"cookies", v:1, t:"hello"} with a MessagePort, to the frame's exact origin
//	frame on that port: {v:1, t:"welcome"}
//	page on that port: {n, t, name, value}    frame: {n, ok, value}; value is the reason where ok is false
//
//	get    name         what is kept, or null
//	set    name, value  keeps it
//	clear  name, value  forgets it if it is this value
//	test                {sharing, secure, sameSite, access}: what cookies are worth here
//
// iframe.min.js leaves in foyerCookies what came before this program ran, and a function that gives TRUSTED_DOMAINS.
package main

import (
	"syscall/js"

	"foyer/cookieprovider/trust"
)

const version = 1

var window = js.Global()

func main() {
	handover := window.Get("foyerCookies")
	receive := func(event js.Value) { greet(event, handover) }
	window.Call("addEventListener", "message", js.FuncOf(func(_ js.Value, args []js.Value) any {
		receive(args[0])
		return nil
	}))
	early := handover.Get("early")
	handover.Set("early", js.Null())
	for i := range early.Length() {
		receive(early.Index(i))
	}
	select {} // the frame lives as long as its page
}

// greet takes a page's hello, and the port that came with it.
func greet(event, handover js.Value) {
	data, port := event.Get("data"), event.Get("ports").Index(0)
	if data.Type() != js.TypeObject || text(data.Get("foyer")) != "cookies" || text(data.Get("t")) != "hello" {
		return
	}
	if v := data.Get("v"); v.Type() != js.TypeNumber || v.Int() != version {
		return
	}
	origin := text(event.Get("origin"))
	if !event.Get("source").Equal(window.Get("parent")) || !trusted(handover).Trusts(origin) || port.Type() != js.TypeObject {
		return
	}
	go func() {
		useGrantedAccess()
		serve(port, origin)
	}()
}

// trusted is the list as it is now: the page may have declared it behind the script that includes this program.
func trusted(handover js.Value) trust.List {
	domains := handover.Call("domains")
	if !js.Global().Get("Array").Call("isArray", domains).Bool() {
		complain("TRUSTED_DOMAINS is not there, or no array: no page is trusted")
		return trust.List{}
	}
	texts := make([]string, domains.Length())
	for i := range texts {
		texts[i] = text(domains.Index(i))
	}
	list, faulty := trust.Parse(texts)
	for _, f := range faulty {
		complain("no entry of TRUSTED_DOMAINS: " + f)
	}
	return list
}

// serve answers a trusted page for as long as it lives.
func serve(port js.Value, origin string) {
	sameSite := origin == text(window.Get("location").Get("origin"))
	port.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		data := args[0].Get("data")
		if data.Type() == js.TypeObject {
			go reply(port, data, sameSite)
		}
		return nil
	}))
	port.Call("postMessage", map[string]any{"v": version, "t": "welcome"})
}

func reply(port, data js.Value, sameSite bool) {
	value, problem := answer(data, sameSite)
	if problem != "" {
		value = problem
	}
	port.Call("postMessage", map[string]any{"n": data.Get("n"), "ok": problem == "", "value": value})
}

// answer gives what is asked for, or says why not.
func answer(data js.Value, sameSite bool) (value any, problem string) {
	defer func() {
		if recover() != nil { // a browser that denies the frame its cookies throws
			value, problem = nil, "the browser does not allow it"
		}
	}()
	name, given := encode(data.Get("name")), encode(data.Get("value"))
	switch text(data.Get("t")) {
	case "get":
		return load(name)
	case "set":
		return nil, save(name, given)
	case "clear":
		return nil, forget(name, given)
	case "test":
		return test(sameSite), ""
	default:
		return nil, "unknown request"
	}
}

// text gives a string of JavaScript, "" for anything else.
func text(v js.Value) string {
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

func encode(v js.Value) string { return window.Call("encodeURIComponent", text(v)).String() }

func decode(s string) string { return window.Call("decodeURIComponent", s).String() }

func complain(what string) { window.Get("console").Call("error", "[foyer] iframe.html: "+what) }
