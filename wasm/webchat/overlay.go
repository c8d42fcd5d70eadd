package webchat

import (
	"foyer/wasm/page"
	"foyer/wasm/view"
)

// overlay is what the page's script has laid over the window: WebChat.showOverlay {html, hideFooter}.
type overlay struct {
	html       any
	hideFooter bool
}

const overlayID = "cx-webchat-overlay"

func (a *App) commandOverlay(p *pane, c *page.Command) {
	html := c.Field("html")
	_, isElement := html.(map[string]any)
	_, isText := html.(string)
	switch {
	case a.window == Closed:
		c.Settle(false, "WebChat is not open")
		return
	case !isText && !isElement:
		c.Settle(false, "an overlay needs html")
		return
	}
	p.overlay = &overlay{html: html, hideFooter: c.Field("hideFooter") == true}
	a.drawn(p, c, nil)
}

func (a *App) commandHideOverlay(p *pane, c *page.Command) {
	if p.overlay == nil {
		c.Settle(false, "there is no overlay")
		return
	}
	p.overlay = nil
	if p.hasFocus {
		p.wantFocus(p.drawn.focus())
	}
	a.drawn(p, c, nil)
}

func (d painter) overlay() *view.Node {
	content := d.supplied("cx-overlay-content", overlayID+"-content", d.p.overlay.html)
	return view.Box("div", "cx-overlay", content).With("id", overlayID).Keyed("overlay")
}
