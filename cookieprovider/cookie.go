//go:build js && wasm

package main

import (
	"syscall/js"

	"foyer/cookieprovider/jar"
)

// probe is the cookie with which test finds out what the browser keeps; it is gone when test is.
const probe = "foyer-cookie-test"

func cookies() string { return text(window.Get("document").Get("cookie")) }

func setCookie(line string) { window.Get("document").Set("cookie", line) }

func location(part string) string { return text(window.Get("location").Get(part)) }

func ways() []jar.Attributes { return jar.Ways(location("protocol"), location("hostname")) }

func path() string { return location("pathname") }

// stamp is what the value of this name has to begin with. It is false where there can be none, because it has no guard.
func stamp(name string) (string, bool) {
	guard := jar.FindGuard(cookies(), name)
	return jar.Stamp(guard), guard != "" || !jar.Guarded(location("protocol"))
}

// kept gives the value that the frame has kept.
func kept(name string) (value string, found bool) {
	if by, ok := stamp(name); ok {
		return jar.Find(cookies(), name, by)
	}
	return "", false
}

func load(name string) (any, string) {
	value, found := kept(name)
	if !found {
		return nil, ""
	}
	return decode(value), ""
}

// save gives the reason where the browser does not keep it.
func save(name, value string) string {
	switch {
	case !jar.ValidName(name):
		return "no name of a cookie"
	case len(name)+len(value) > jar.Kept:
		return "too long for a cookie"
	case keep(name, value) == nil:
		return "the browser keeps no cookie here"
	}
	return ""
}

// keep writes a cookie in the first way that the browser accepts, and gives that; nil where it accepts none.
func keep(name, value string) *jar.Attributes {
	for _, way := range ways() {
		write(name, value, way)
		if found, ok := kept(name); ok && found == value {
			return &way
		}
	}
	return nil
}

// write writes a cookie in one way, behind its guard.
func write(name, value string, way jar.Attributes) {
	if _, ok := stamp(name); !ok {
		setCookie(jar.WriteGuard(name, text(window.Get("crypto").Call("randomUUID")), way.Partitioned))
	}
	by, _ := stamp(name)
	setCookie(jar.Write(name, by, value, path(), way))
}

// forget removes the value, unless another one was kept since.
func forget(name, value string) string {
	if found, ok := kept(name); !ok || found != value {
		return ""
	}
	remove(name, ways()...)
	return ""
}

func remove(name string, kept ...jar.Attributes) {
	for _, way := range kept {
		setCookie(jar.Remove(name, path(), way))
		setCookie(jar.RemoveGuard(name, way.Partitioned))
	}
}

// test finds out what cookies are worth in this frame.
func test(sameSite bool) map[string]any {
	seen := jar.Observed{Kept: keep(probe, "1"), Access: access(), SameSite: sameSite}
	forget(probe, "1")
	if seen.Kept == nil {
		own := jar.Attributes{Secure: true, None: true, Partitioned: true}
		write(probe, "1", own)
		_, seen.Partitioned = kept(probe)
		remove(probe, own)
	}
	secure, site := false, "Lax"
	if seen.Kept != nil {
		secure = seen.Kept.Secure
		if seen.Kept.None {
			site = "None"
		}
	}
	return map[string]any{
		"sharing":  string(jar.Judge(seen)),
		"secure":   secure,
		"sameSite": site,
		"access":   [...]string{"unknown", "given", "refused"}[seen.Access],
	}
}

func access() jar.Access {
	if window.Get("document").Get("hasStorageAccess").Type() != js.TypeFunction {
		return jar.Unknown
	}
	has, ok := await(window.Get("document").Call("hasStorageAccess"))
	switch {
	case !ok:
		return jar.Unknown
	case has.Truthy():
		return jar.Given
	default:
		return jar.Refused
	}
}

// useGrantedAccess takes the site's own cookies into use where the visitor has said yes before. It never makes the browser
// ask: that needs a click in a frame that is seen.
func useGrantedAccess() {
	defer func() { _ = recover() }() // without the interface everything stays as it is
	if access() != jar.Refused {
		return
	}
	query := window.Get("Object").New()
	query.Set("name", "storage-access")
	state, ok := await(window.Get("navigator").Get("permissions").Call("query", query))
	if ok && text(state.Get("state")) == "granted" {
		await(window.Get("document").Call("requestStorageAccess"))
	}
}

// await waits for a promise. It must not run on the browser's own call into the program, which would wait for ever.
func await(promise js.Value) (value js.Value, ok bool) {
	done := make(chan struct{})
	settle := func(fulfilled bool) js.Func {
		return js.FuncOf(func(_ js.Value, args []js.Value) any {
			ok = fulfilled
			if len(args) > 0 {
				value = args[0]
			}
			close(done)
			return nil
		})
	}
	yes, no := settle(true), settle(false)
	defer yes.Release()
	defer no.Release()
	promise.Call("then", yes, no)
	<-done
	return value, ok
}
