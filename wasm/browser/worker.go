//go:build js && wasm

package browser

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/hack-pad/safejs"

	"foyer/wasm/loop"
)

// Worker is the global scope of the worker in which Go runs.
type Worker struct {
	loop   loop.Loop
	global safejs.Value
}

// NewWorker takes hold of the worker. Panics in callbacks become crashes of the loop.
func NewWorker(l loop.Loop) *Worker {
	return &Worker{loop: l, global: safejs.Global()}
}

// Base is the relay's address, from which the worker was loaded, without a slash at the end: an origin, and a path where
// a proxy has the relay below one.
func (w *Worker) Base() string {
	location := get(w.global, "location")
	path := stringOf(get(location, "pathname"))
	return stringOf(get(location, "origin")) + path[:max(strings.LastIndexByte(path, '/'), 0)]
}

// Console writes a line; level is info, warn or error.
func (w *Worker) Console(level, text string) {
	_, _ = get(w.global, "console").Call(level, "[foyer] "+text)
}

// function makes a JavaScript function of f. It must be released when nothing calls it any more.
func (w *Worker) function(f func(args []safejs.Value)) safejs.Func {
	fn, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		defer func() {
			if p := recover(); p != nil {
				crash := fmt.Sprintf("in a callback: %v\n%s", p, debug.Stack())
				w.loop.Post(func() { panic(crash) })
			}
		}()
		f(args)
		return nil
	})
	if err != nil {
		w.Console("error", "make a function: "+err.Error())
	}
	return fn
}

// then waits for a promise. One of the two is called, once.
func (w *Worker) then(promise safejs.Value, done func(safejs.Value), failed func(error)) {
	var onDone, onFailed safejs.Func
	release := func() {
		onDone.Release()
		onFailed.Release()
	}
	onDone = w.function(func(args []safejs.Value) {
		release()
		done(first(args))
	})
	onFailed = w.function(func(args []safejs.Value) {
		release()
		failed(errorOf(first(args)))
	})
	if _, err := promise.Call("then", onDone.Value(), onFailed.Value()); err != nil {
		release()
		failed(err)
	}
}

func first(args []safejs.Value) safejs.Value {
	if len(args) == 0 {
		return safejs.Undefined()
	}
	return args[0]
}

// get reads a property; undefined where there is none.
func get(v safejs.Value, name string) safejs.Value {
	p, err := v.Get(name)
	if err != nil {
		return safejs.Undefined()
	}
	return p
}

// missing is true for undefined and null.
func missing(v safejs.Value) bool { return v.IsUndefined() || v.IsNull() }

// stringOf is the value of a string, "" for everything else.
func stringOf(v safejs.Value) string {
	if v.Type() != safejs.TypeString {
		return ""
	}
	s, _ := v.String()
	return s
}

// intOf is the value of a number, 0 for everything else.
func intOf(v safejs.Value) int {
	n, _ := v.Int()
	return n
}

// errorOf turns what was thrown into an error.
func errorOf(v safejs.Value) error {
	if m := stringOf(get(v, "message")); m != "" {
		return fmt.Errorf("%s: %s", stringOf(get(v, "name")), m)
	}
	return fmt.Errorf("%s", stringOf(v))
}
