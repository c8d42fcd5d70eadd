//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"foyer/wasm/attachment"
)

// Carry implements attachment.Carrier. What JavaScript does of it stands in www/frame/carry.js.
func (w *Worker) Carry(r attachment.Request, progress func(sent int64), done func(attachment.Answer)) (cancel func()) {
	over := false // only read and written on the loop
	var told, ended safejs.Func
	end := func(then func()) {
		if over {
			return
		}
		over = true
		told.Release()
		ended.Release()
		then()
	}
	told = w.function(func(args []safejs.Value) {
		sent := int64(intOf(first(args)))
		w.loop.Post(func() {
			if !over && progress != nil {
				progress(sent)
			}
		})
	})
	ended = w.function(func(args []safejs.Value) {
		answer := w.answer(args)
		w.loop.Post(func() { end(func() { done(answer) }) })
	})
	abort, err := w.carry(r, told, ended)
	if err != nil {
		w.Console("warn", "a request about files: "+err.Error())
		w.loop.Post(func() { end(func() { done(attachment.Answer{}) }) })
	}
	return func() {
		end(func() { _, _ = abort.Invoke() })
	}
}

func (w *Worker) carry(r attachment.Request, told, ended safejs.Func) (abort safejs.Value, err error) {
	name, body := "", safejs.Null()
	if r.Body != nil {
		name = r.Body.Name
		if body, err = w.toJS(r.Body); err != nil {
			return body, err
		}
	}
	return w.global.Call("foyerCarry", r.Method, w.Base()+attachment.Path, r.Path, r.Session, r.Token, r.ClientID, name,
		body, r.Blob, told.Value(), ended.Value())
}

func (w *Worker) answer(args []safejs.Value) attachment.Answer {
	a := attachment.Answer{Status: intOf(args[0])}
	switch body := w.fromJS(args[1]).(type) {
	case map[string]any:
		a.JSON = body
	case *attachment.File:
		a.Blob = body
	}
	return a
}

// fileOf makes a File of a JavaScript File or Blob.
func fileOf(v safejs.Value) *attachment.File {
	size, _ := get(v, "size").Float()
	return &attachment.File{Name: stringOf(get(v, "name")), Type: stringOf(get(v, "type")), Size: int64(size), Content: v}
}
