//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"foyer/wasm/page"
)

// port is a MessagePort to a page, as page.Port.
type port struct {
	worker  *Worker
	js      safejs.Value
	lock    string // held by the frame as long as it lives, "" where the browser has no locks
	receive safejs.Func
	open    bool

	frame   safejs.Value // a MessagePort to the frame itself, undefined where there is none
	asked   int
	answers map[int]func(map[string]any)
	answer  safejs.Func
}

// Serve hands every page's port on: those that worker.js has kept until now, and those to come. worker.js puts
// {port, info} into self.foyerPorts until self.foyerOnPort(port, info) is there; info is {deployment, origin, pass,
// build, lock, frame}.
func (w *Worker) Serve(connect func(page.Port, page.Frame)) error {
	take := func(js, info safejs.Value) {
		if missing(js) {
			return
		}
		connect(&port{worker: w, js: js, lock: stringOf(get(info, "lock")), frame: get(info, "frame")}, page.Frame{
			Deployment: stringOf(get(info, "deployment")),
			Origin:     stringOf(get(info, "origin")),
			Pass:       stringOf(get(info, "pass")),
			Build:      stringOf(get(info, "build")),
		})
	}
	// Never released: the worker calls it as long as it lives.
	onPort := w.function(func(args []safejs.Value) {
		if len(args) == 2 {
			take(args[0], args[1])
		}
	})
	if err := w.global.Set("foyerOnPort", onPort.Value()); err != nil {
		return err
	}
	for {
		kept, err := get(w.global, "foyerPorts").Call("shift")
		if err != nil || missing(kept) {
			return nil
		}
		take(get(kept, "port"), get(kept, "info"))
	}
}

// Send implements page.Port.
func (p *port) Send(msg map[string]any) {
	v, err := p.worker.toJS(msg)
	if err == nil {
		_, err = p.js.Call("postMessage", v)
	}
	if err != nil {
		p.worker.Console("error", "a message to the page was not sent: "+err.Error())
	}
}

// Listen implements page.Port.
func (p *port) Listen(receive func(msg map[string]any)) {
	p.open = true
	p.receive = p.worker.function(func(args []safejs.Value) {
		if msg, ok := p.worker.fromJS(get(first(args), "data")).(map[string]any); ok {
			receive(msg)
		}
	})
	_ = p.js.Set("onmessage", p.receive.Value()) // delivers what has arrived before, too
}

// Closed implements page.Port: the lock becomes free when the frame that holds it is gone.
func (p *port) Closed(f func()) {
	locks := get(get(p.worker.global, "navigator"), "locks")
	if p.lock == "" || missing(locks) {
		return
	}
	var granted safejs.Func
	granted = p.worker.function(func([]safejs.Value) {
		granted.Release()
		f()
	})
	_, _ = locks.Call("request", p.lock, granted.Value())
}

// Close implements page.Port.
func (p *port) Close() {
	if !p.open {
		return
	}
	p.open = false
	_ = p.js.Set("onmessage", safejs.Null())
	_, _ = p.js.Call("close")
	p.receive.Release()
	if p.answers != nil {
		_ = p.frame.Set("onmessage", safejs.Null())
		_, _ = p.frame.Call("close")
		p.answer.Release()
	}
}

// AskFrame implements page.FramePort.
func (p *port) AskFrame(question map[string]any, done func(answer map[string]any)) {
	if missing(p.frame) {
		done(nil)
		return
	}
	if p.answers == nil {
		p.answers = map[int]func(map[string]any){}
		p.answer = p.worker.function(func(args []safejs.Value) {
			m, _ := p.worker.fromJS(get(first(args), "data")).(map[string]any)
			n, _ := m["n"].(float64)
			if done := p.answers[int(n)]; done != nil {
				delete(p.answers, int(n))
				done(m)
			}
		})
		_ = p.frame.Set("onmessage", p.answer.Value())
	}
	p.asked++
	question["n"] = p.asked
	p.answers[p.asked] = done
	v, err := p.worker.toJS(question)
	if err == nil {
		_, err = p.frame.Call("postMessage", v)
	}
	if err != nil {
		delete(p.answers, p.asked)
		done(nil)
	}
}
