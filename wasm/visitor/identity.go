package visitor

import (
	"time"

	"foyer/relay/wire"
	"foyer/wasm/page"
	"foyer/wasm/transport"
)

// commandIdentify tells who the visitor is: {token}, a JWT that the customer's site has signed, "" for nobody any more. It
// is resolved when the relay has taken it, and rejected with the relay's code. Pages call it as App.identify.
const commandIdentify = "Foyer.identify"

const (
	renewBefore = 30 * time.Second // an identity ends, a page's function is asked for a newer one
	renewSoon   = 5 * time.Second  // at the earliest
)

// identifying brings what pages say of who the visitor is to the chat: main.identity of their configuration, which is a
// JWT or a function that gives one or a promise of one, and the command.
type identifying struct {
	v      *Visitor
	source *page.Page // whose function is asked again before an identity ends; nil where there is none
	fn     float64    // its number, see "References" in package page
	until  int64      // for how many ms the identity was good for which a renewal is planned
	stop   func()     // of the wait for it
}

func newIdentifying(v *Visitor) *identifying {
	i := &identifying{v: v, stop: func() {}}
	v.chat.Client().Watch(i.plan)
	return i
}

// configured looks at what a page's configuration says.
func (i *identifying) configured(p *page.Page) {
	switch said := p.Config("main")["identity"].(type) {
	case string:
		if said != "" {
			i.is(said, nil)
		}
	case map[string]any:
		fn, ok := page.FunctionOf(said)
		if !ok || i.source == p && i.fn == fn {
			return
		}
		i.source, i.fn = p, fn
		i.ask()
	}
}

// ask asks the page's function.
func (i *identifying) ask() {
	i.source.Call("fn", map[string]any{"fn": i.fn, "args": []any{}}, func(_ bool, value any) {
		if signed, _ := value.(string); signed != "" {
			i.is(signed, nil)
		}
	})
}

func (i *identifying) is(signed string, told func(wire.Code)) {
	i.v.chat.Client().Identify(signed, told)
	if s := i.v.link.Status().State; signed != "" && (s == transport.Closed || s == transport.Refused) {
		i.v.link.Start()
	}
}

// plan has a page's function asked in time.
func (i *identifying) plan() {
	ms := i.v.chat.Client().IdentifiedMs()
	if ms == i.until {
		return
	}
	i.stop()
	i.until, i.stop = ms, func() {}
	if ms == 0 {
		return
	}
	i.stop = i.v.o.Loop.After(max(time.Duration(ms)*time.Millisecond-renewBefore, renewSoon), func() {
		i.until = 0
		if i.source != nil {
			i.ask()
		}
	})
}

// heard shows the chat that the relay has found by the identity.
func (i *identifying) heard(f wire.Frame) {
	if w, ok := f.(*wire.Welcome); ok && w.Rung == wire.RungIdentity {
		i.v.chat.TakeUp(i.v.chat.Client().Handle())
	}
}

// gone forgets the function of a page that is no more; another page may have one.
func (i *identifying) gone(p *page.Page) {
	if i.source != p {
		return
	}
	i.source, i.fn = nil, 0
	for _, other := range i.v.site.Pages() {
		if fn, ok := page.FunctionOf(other.Config("main")["identity"]); ok {
			i.source, i.fn = other, fn
		}
	}
}

// command answers commandIdentify; false for any other.
func (i *identifying) command(c *page.Command) bool {
	if c.Name != commandIdentify {
		return false
	}
	signed, _ := c.Field("token").(string)
	i.is(signed, func(code wire.Code) {
		if code != "" {
			c.Settle(false, string(code))
			return
		}
		c.Settle(true, nil)
	})
	return true
}
