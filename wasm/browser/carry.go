//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"foyer/wasm/attachment"
)

// headersReceived is XMLHttpRequest.HEADERS_RECEIVED, the last state in which the answer's form can be chosen.
const headersReceived = 2

// Carry implements attachment.Carrier, with an XMLHttpRequest: fetch does not tell how much of a body has left.
func (w *Worker) Carry(r attachment.Request, progress func(sent int64), done func(attachment.Answer)) (cancel func()) {
	c := &carriage{worker: w, request: r, progress: progress, done: done}
	if err := c.begin(); err != nil {
		w.Console("warn", r.Method+" "+r.Path+": "+err.Error())
		w.loop.Post(func() { c.end(attachment.Answer{}) })
	}
	return func() {
		if c.over {
			return
		}
		c.over = true
		c.release()
		_, _ = c.js.Call("abort")
	}
}

// carriage is one request of Carry. Its fields are only used on the loop, but js and functions, which are there before
// anything happens.
type carriage struct {
	worker    *Worker
	request   attachment.Request
	progress  func(int64)
	done      func(attachment.Answer)
	js        safejs.Value
	listeners []listener
	over      bool
}

// listener is a function that an object of the browser calls for an event.
type listener struct {
	target safejs.Value
	name   string
	f      safejs.Func
}

func (c *carriage) begin() (err error) {
	w := c.worker
	if c.js, err = get(w.global, "XMLHttpRequest").New(); err != nil {
		return err
	}
	if _, err = c.js.Call("open", c.request.Method, w.Origin()+c.request.Path); err != nil {
		return err
	}
	for name, value := range c.request.Header {
		if _, err = c.js.Call("setRequestHeader", name, value); err != nil {
			return err
		}
	}
	_ = c.js.Set("responseType", "json")
	c.on(c.js, "onreadystatechange", c.chooseForm)
	c.on(c.js, "onloadend", func(safejs.Value) {
		answer := c.answer()
		w.loop.Post(func() { c.end(answer) })
	})
	if c.progress != nil {
		c.on(get(c.js, "upload"), "onprogress", c.told)
	}
	body := safejs.Null()
	if c.request.Body != nil {
		if body, err = w.toJS(c.request.Body); err != nil {
			return err
		}
	}
	_, err = c.js.Call("send", body)
	return err
}

// chooseForm makes a wanted file a blob; a refusal stays JSON.
func (c *carriage) chooseForm(safejs.Value) {
	if c.request.Blob && intOf(get(c.js, "readyState")) == headersReceived && intOf(get(c.js, "status")) == 200 {
		_ = c.js.Set("responseType", "blob")
	}
}

// told takes one event of progress.
func (c *carriage) told(event safejs.Value) {
	sent := int64(intOf(get(event, "loaded")))
	c.worker.loop.Post(func() {
		if !c.over {
			c.progress(sent)
		}
	})
}

func (c *carriage) answer() attachment.Answer {
	a := attachment.Answer{Status: intOf(get(c.js, "status"))}
	switch body := c.worker.fromJS(get(c.js, "response")).(type) {
	case map[string]any:
		a.JSON = body
	case *attachment.File:
		a.Blob = body
	}
	return a
}

func (c *carriage) end(a attachment.Answer) {
	if c.over {
		return
	}
	c.over = true
	c.release()
	c.done(a)
}

func (c *carriage) on(target safejs.Value, name string, f func(event safejs.Value)) {
	fn := c.worker.function(func(args []safejs.Value) { f(first(args)) })
	c.listeners = append(c.listeners, listener{target, name, fn})
	_ = target.Set(name, fn.Value())
}

// release takes the listeners off, so that the browser calls none of them any more.
func (c *carriage) release() {
	for _, l := range c.listeners {
		_ = l.target.Set(l.name, safejs.Null())
		l.f.Release()
	}
	c.listeners = nil
}

// fileOf makes a File of a JavaScript File or Blob.
func fileOf(v safejs.Value) *attachment.File {
	size, _ := get(v, "size").Float()
	return &attachment.File{Name: stringOf(get(v, "name")), Type: stringOf(get(v, "type")), Size: int64(size), Content: v}
}
