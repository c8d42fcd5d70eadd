//go:build js && wasm

package browser

import (
	"fmt"
	"time"

	"github.com/hack-pad/safejs"

	"foyer/wasm/transport"
)

// poller makes the long poll's requests.
type poller struct{ worker *Worker }

// Poller makes requests to the relay's native interface.
func (w *Worker) Poller() transport.Poller { return poller{w} }

// Do implements transport.Poller.
func (p poller) Do(r transport.PollRequest, done func(transport.PollAnswer, error)) (cancel func()) {
	w := p.worker
	options := map[string]any{"method": r.Method, "cache": "no-store", "credentials": "omit"}
	headers := map[string]string{}
	for name, value := range r.Header {
		headers[name] = value
	}
	if r.Body != nil {
		headers["Content-Type"] = "application/msgpack"
		options["body"] = r.Body
	}
	options["headers"] = headers
	return w.fetch(w.Base()+r.Path, options, func(response safejs.Value) {
		answer := transport.PollAnswer{
			Status: intOf(get(response, "status")),
			Header: func(name string) string {
				v, _ := get(response, "headers").Call("get", name)
				return stringOf(v)
			},
		}
		w.read(response, "arrayBuffer", func(body safejs.Value, err error) {
			answer.Body, _ = w.bytesFromJS(body)
			done(answer, err)
		})
	}, func(err error) { done(transport.PollAnswer{}, err) })
}

// FetchJSON gets a file of the relay, which JavaScript parses. done is called once, on the loop, with plain Go values.
func (w *Worker) FetchJSON(path string, done func(any, error)) {
	w.fetchFile(path, "json", func(v safejs.Value, err error) {
		var plain any
		if err == nil {
			plain = w.fromJS(v)
		}
		w.loop.Post(func() { done(plain, err) })
	})
}

// FetchText gets a file of the relay as it is. done is called once, on the loop.
func (w *Worker) FetchText(path string, done func(string, error)) {
	w.fetchFile(path, "text", func(v safejs.Value, err error) {
		text := stringOf(v)
		w.loop.Post(func() { done(text, err) })
	})
}

// fileWithin is how long a file may take: after a connection that broke without a word nothing comes at all.
const fileWithin = 20 * time.Second

// fetchFile gets a file of the relay and reads its body by the method of that name. An error names the file.
func (w *Worker) fetchFile(path, method string, done func(safejs.Value, error)) {
	stop := func() {}
	fail := func(err error) {
		stop()
		done(safejs.Undefined(), fmt.Errorf("fetch %s: %w", path, err))
	}
	cancel := w.fetch(w.Base()+path, map[string]any{"credentials": "omit"}, func(response safejs.Value) {
		if status := intOf(get(response, "status")); status != 200 {
			fail(fmt.Errorf("status %d", status))
			return
		}
		w.read(response, method, func(v safejs.Value, err error) {
			if err != nil {
				fail(err)
				return
			}
			stop()
			done(v, nil)
		})
	}, fail)
	stop = w.loop.After(fileWithin, cancel)
}

// fetch begins a request; one of done and failed is called, not before it returned.
func (w *Worker) fetch(url string, options map[string]any, done func(response safejs.Value), failed func(error)) (cancel func()) {
	controller, err := get(w.global, "AbortController").New()
	if err == nil {
		options["signal"] = get(controller, "signal")
	}
	js, err := w.toJS(options)
	var promise safejs.Value
	if err == nil {
		promise, err = w.global.Call("fetch", url, js)
	}
	if err != nil {
		w.loop.Post(func() { failed(err) })
		return func() {}
	}
	w.then(promise, done, failed)
	return func() { _, _ = controller.Call("abort") }
}

// read reads a response's body by the method of that name.
func (w *Worker) read(response safejs.Value, method string, done func(safejs.Value, error)) {
	promise, err := response.Call(method)
	if err != nil {
		done(safejs.Undefined(), err)
		return
	}
	w.then(promise,
		func(v safejs.Value) { done(v, nil) },
		func(err error) { done(safejs.Undefined(), err) })
}
