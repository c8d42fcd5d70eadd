//go:build js && wasm

package browser

import (
	"reflect"
	"testing"

	"foyer/wasm/page"
)

type arrival struct {
	port  page.Port
	frame page.Frame
}

const infoJS = `{deployment: 'demo', origin: 'https://shop.example', pass: 'p', build: 'b', lock: 'frame-1'}`

func TestPortsFromBeforeAndAfterTheStart(t *testing.T) {
	w := newStage(t)
	js(t, `(self.early = new MessageChannel(), self.late = new MessageChannel(),
		self.early.port2.postMessage({t: 'hello', n: 1}),
		self.foyerPorts = [{port: self.early.port1, info: `+infoJS+`}])`)
	arrivals := make(chan arrival, 2)
	if err := w.Serve(func(p page.Port, f page.Frame) { arrivals <- arrival{p, f} }); err != nil {
		t.Fatal(err)
	}
	want := page.Frame{Deployment: "demo", Origin: "https://shop.example", Pass: "p", Build: "b"}
	first := next(t, arrivals)
	if first.frame != want {
		t.Fatalf("the frame is %+v", first.frame)
	}
	js(t, `self.foyerOnPort(self.late.port1, `+infoJS+`)`)
	second := next(t, arrivals)

	heard := make(chan map[string]any, 4)
	first.port.Listen(func(m map[string]any) { heard <- m })
	if m := next(t, heard); !reflect.DeepEqual(m, map[string]any{"t": "hello", "n": 1.0}) {
		t.Fatalf("heard %v", m)
	}
	second.port.Listen(func(m map[string]any) { heard <- m })
	js(t, `self.late.port2.postMessage('no object')`)
	js(t, `self.late.port2.postMessage({t: 'alive'})`)
	if m := next(t, heard); m["t"] != "alive" {
		t.Fatalf("heard %v", m)
	}
	first.port.Close()
	second.port.Close()
	second.port.Close()
}

func TestAPortSends(t *testing.T) {
	w := newStage(t)
	js(t, `(self.channel = new MessageChannel(), self.foyerPorts = [{port: self.channel.port1, info: {}}])`)
	ports := make(chan page.Port, 1)
	if err := w.Serve(func(p page.Port, _ page.Frame) { ports <- p }); err != nil {
		t.Fatal(err)
	}
	other := &port{worker: w, js: js(t, `self.channel.port2`)}
	heard := make(chan map[string]any, 1)
	other.Listen(func(m map[string]any) { heard <- m })
	p := next(t, ports)
	p.Listen(func(map[string]any) {})
	p.Send(map[string]any{"t": "view", "ops": []any{[]any{"new", 1, "div", 0, 0, map[string]any{}, nil}}})
	want := map[string]any{"t": "view", "ops": []any{[]any{"new", 1.0, "div", 0.0, 0.0, map[string]any{}, nil}}}
	if m := next(t, heard); !reflect.DeepEqual(m, want) {
		t.Fatalf("heard %#v", m)
	}
	p.Close()
	p.Send(map[string]any{"t": "too late"})
	other.Close()
}

func TestAFrameThatIsGoneIsNoticedByItsLock(t *testing.T) {
	w := newStage(t)
	held := make(chan struct{}, 1)
	onHeld := w.function(nil0(func() { held <- struct{}{} }))
	defer onHeld.Release()
	request := js(t, `(held) => navigator.locks.request('frame-2', () => new Promise((r) => { self.release = r; held() }))`)
	if _, err := request.Invoke(onHeld.Value()); err != nil {
		t.Fatal(err)
	}
	next(t, held)
	p := &port{worker: w, js: js(t, `new MessageChannel().port1`), lock: "frame-2"}
	gone := make(chan struct{}, 1)
	p.Closed(func() { gone <- struct{}{} })
	select {
	case <-gone:
		t.Fatal("gone while the lock was held")
	default:
	}
	js(t, `self.release()`)
	next(t, gone)
}

func TestTheFrameIsAsked(t *testing.T) {
	w := newStage(t)
	js(t, `(self.frames = new MessageChannel(),
		self.frames.port2.onmessage = ({data}) => self.frames.port2.postMessage({n: data.n, said: data.t}),
		self.foyerPorts = [{port: new MessageChannel().port1, info: {frame: self.frames.port1}}])`)
	ports := make(chan page.Port, 1)
	if err := w.Serve(func(p page.Port, _ page.Frame) { ports <- p }); err != nil {
		t.Fatal(err)
	}
	p := next(t, ports)
	p.Listen(func(map[string]any) {})
	heard := make(chan map[string]any, 2)
	frame := p.(page.FramePort)
	frame.AskFrame(map[string]any{"t": "one"}, func(m map[string]any) { heard <- m })
	frame.AskFrame(map[string]any{"t": "two"}, func(m map[string]any) { heard <- m })
	for _, want := range []string{"one", "two"} {
		if m := next(t, heard); m["said"] != want {
			t.Errorf("heard %v, want %s", m, want)
		}
	}
	p.Close()
	bare := &port{worker: w, js: js(t, `new MessageChannel().port1`), frame: js(t, `undefined`)}
	bare.AskFrame(map[string]any{"t": "three"}, func(m map[string]any) { heard <- m })
	if m := next(t, heard); m != nil {
		t.Errorf("no frame answered %v", m)
	}
}
