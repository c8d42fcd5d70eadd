package webchat

import (
	"strconv"

	"foyer/wasm/page"
)

// Command answers a command of a page's bus. It is false, and c is not settled, for a command that is not the window's.
//
//	WebChat.open {form:{firstname, lastname, email, subject, nickname, autoSubmit}, userData}   "already opened"
//	WebChat.close                                                                               "already closed"
//	WebChat.minimize {minimized}   minimises, or restores with false; toggles without it        "already closed"
//	WebChat.endChat                                               "there is no active chat session to end"
func (a *App) Command(p Page, c *page.Command) bool {
	pane := a.pane(p)
	if pane == nil {
		return false
	}
	switch c.Name {
	case "WebChat.open":
		a.commandOpen(pane, c)
	case "WebChat.close":
		a.commandClose(pane, c)
	case "WebChat.minimize":
		a.commandMinimize(c)
	case "WebChat.endChat":
		a.commandEnd(c)
	default:
		return false
	}
	return true
}

func (a *App) commandOpen(p *pane, c *page.Command) {
	if a.window == Open && p.shown {
		p.wantFocus(p.drawn.focus())
		a.changed()
		c.Settle(false, "already opened")
		return
	}
	a.prefill(c)
	a.setWindow(Open)
	p.wantFocus(a.content().focus())
	a.o.Connect()
	if form, ok := c.Field("form").(map[string]any); ok && form["autoSubmit"] == true && a.content() == isForm {
		a.start(p)
	}
	a.changed()
	c.Settle(true, nil)
}

// prefill takes over what a page knows of its visitor.
func (a *App) prefill(c *page.Command) {
	if form, ok := c.Field("form").(map[string]any); ok {
		for _, name := range []string{"firstname", "lastname", "email", "subject", "nickname"} {
			if text, ok := asText(form[name]); ok {
				a.form[name] = text
			}
		}
	}
	if data, ok := c.Field("userData").(map[string]any); ok {
		a.userData = data
	}
}

// asText takes what pages write where a text is meant.
func asText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

func (a *App) commandClose(p *pane, c *page.Command) {
	if a.window == Closed {
		c.Settle(false, "already closed")
		return
	}
	a.close(p)
	c.Settle(true, nil)
}

func (a *App) commandMinimize(c *page.Command) {
	if a.window == Closed {
		c.Settle(false, "already closed")
		return
	}
	switch c.Field("minimized") {
	case true:
		a.setWindow(Minimized)
	case false:
		a.setWindow(Open)
	default:
		a.toggle()
	}
	c.Settle(true, nil)
}

func (a *App) commandEnd(c *page.Command) {
	if !a.client.Live() {
		c.Settle(false, "there is no active chat session to end")
		return
	}
	a.client.End()
	a.changed()
	c.Settle(true, nil)
}
