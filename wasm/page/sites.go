package page

import (
	"foyer/wasm/loop"
)

// Port is the line to one page: a MessagePort, or a fake in tests.
type Port interface {
	// Send posts a message of plain values (nil, bool, numbers, string, []byte, []any, map[string]any). The port must
	// not keep the map. On a port whose other end is gone it does nothing.
	Send(msg map[string]any)
	// Listen delivers messages from now on, in order, from any goroutine. It is called once.
	Listen(receive func(msg map[string]any))
	// Closed calls f once when the other end is known to be gone, if the browser can tell. It is called once.
	Closed(f func())
	// Close ends the line.
	Close()
}

// FramePort is what a Port may be beside: a line to the frame itself, which can do what neither page nor worker can.
type FramePort interface {
	// AskFrame asks the frame (www/frame/bridge.js); done is called once with its answer, nil where it cannot be asked.
	// It is not called any more once the port is closed. It may be called from any goroutine.
	AskFrame(question map[string]any, done func(answer map[string]any))
}

// Frame is what bridge.html says of the page that it is in, with its port. The relay checked it.
type Frame struct {
	Deployment string
	Origin     string
	Pass       string // proves the origin to the relay
	Build      string // of the client, told to pages
}

// Sites are all sites of one worker, and the door for new pages.
type Sites struct {
	loop  loop.Loop
	open  func(*Site) Handler
	all   map[siteKey]*Site
	ports map[*connection]bool
}

type siteKey struct{ deployment, origin string }

// NewSites makes the door. open is asked for the handler of each new site, before its first page says hello.
func NewSites(l loop.Loop, open func(*Site) Handler) *Sites {
	return &Sites{loop: l, open: open, all: map[siteKey]*Site{}, ports: map[*connection]bool{}}
}

// Connect takes a port. Its page exists once it said hello. It may be called from any goroutine.
func (s *Sites) Connect(port Port, frame Frame) {
	s.loop.Post(func() {
		c := &connection{sites: s, port: port, frame: frame}
		s.ports[c] = true
		c.stop = s.loop.After(silence, c.end) // a frame whose page never speaks
		port.Listen(func(m map[string]any) { s.loop.Post(func() { c.received(m) }) })
		port.Closed(func() { s.loop.Post(c.end) })
	})
}

// Abandon tells every page that Go is about to stop, so that its frame starts the worker anew. It is for the end of the
// loop, and also works when the loop has crashed.
func (s *Sites) Abandon(reason string) {
	for c := range s.ports {
		c.port.Send(map[string]any{"t": MsgGone, "reason": reason})
		c.port.Close()
	}
	clear(s.ports)
}

func (s *Sites) site(f Frame) *Site {
	k := siteKey{f.Deployment, f.Origin}
	site := s.all[k]
	if site == nil {
		site = &Site{
			sites: s, deployment: f.Deployment, origin: f.Origin, pass: f.Pass,
			stored: map[string]string{}, mirrors: map[string]any{},
		}
		s.all[k] = site
		site.handler = s.open(site)
	}
	return site
}

// connection is a port and the page that speaks on it, if it has said hello.
type connection struct {
	sites *Sites
	port  Port
	frame Frame
	page  *Page
	stop  func() // of the wait for a hello
}

func (c *connection) received(m map[string]any) {
	if !c.sites.ports[c] {
		return
	}
	if text(m, "t") == MsgHello {
		h := readHello(m)
		c.hello(h)
		for _, v := range h.then {
			if m, ok := v.(map[string]any); ok && !c.page.gone {
				c.page.received(m)
			}
		}
		return
	}
	switch {
	case c.page == nil: // hello comes first
	case c.page.gone:
		// It was silent for too long (frozen, or asleep) and speaks again: it has to say who it is.
		c.port.Send(map[string]any{"t": MsgGone, "reason": "silent"})
	default:
		c.page.heard = c.sites.loop.Now()
		c.page.received(m)
		if c.page.gone {
			c.end()
		}
	}
}

// hello makes the page. A page that says it again starts anew.
func (c *connection) hello(h hello) {
	c.stop()
	if c.page != nil {
		c.page.leave()
	}
	frame := c.frame
	if frame.Pass == "" {
		frame.Pass = h.pass
	}
	site := c.sites.site(frame)
	if frame.Pass != "" {
		site.pass = frame.Pass
	}
	p := &Page{
		site: site, port: c.port,
		address: h.address, ids: h.ids, newVisit: h.newVisit, handoff: h.handoff, tracked: h.tracked, tracker: h.tracker, deployment: h.deployment,
		views: map[string]*shown{}, calls: map[int]func(bool, any){},
		heard: c.sites.loop.Now(), end: c.end,
	}
	c.page = p
	p.send(MsgWelcome, map[string]any{"v": Version, "build": frame.Build})
	p.watch(silence)
	site.add(p, h.stored)
	site.handler.Hello(p, h.events)
}

// end forgets the port.
func (c *connection) end() {
	if !c.sites.ports[c] {
		return
	}
	delete(c.sites.ports, c)
	c.stop()
	if c.page != nil {
		c.page.leave()
	}
	c.port.Close()
}
