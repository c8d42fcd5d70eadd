package webchat

import (
	"maps"
	"strconv"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/page"
)

// Command answers a command of a page's bus. It is false, and c is not settled, for a command that is not the window's.
//
//	WebChat.open {form:{firstname, lastname, email, subject, nickname, autoSubmit}, formJSON, userData, markdown}
//	                                                              "already opened"
//	WebChat.close                                                 "already closed"
//	WebChat.minimize {minimized}   minimises, or restores with false; toggles without it
//	                                                              "already closed"
//	WebChat.endChat                                               "there is no active chat session to end"
//	WebChat.invite, WebChat.reInvite                              "Chat is already open. Ignoring invite command."
//	WebChat.injectMessage          see commandInject; gives the message's element
//	                                                              "No chat session to inject into"
//	WebChat.showChatButton {openDelay, duration}                  "Chat button is already visible. Ignoring command."
//	WebChat.hideChatButton {duration}                             "Chat button is already hidden. Ignoring command."
//	                               milliseconds: before the button comes, and for it to come or go
//	WebChat.showOverlay {html, hideFooter}                        "WebChat is not open"
//	WebChat.hideOverlay                                           "there is no overlay"
//	WebChat.updateUserData {…}     before a chat, or in it        why the relay refuses it
//	WebChat.configure {…}          settings, over those of the page   "Invalid configuration"
//	WebChat.registerContextHandler {handler}                      "a context handler is a function"
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
		a.commandMinimize(pane, c)
	case "WebChat.endChat":
		a.commandEnd(pane, c)
	case "WebChat.invite":
		a.commandInvite(pane, c, "Invite")
	case "WebChat.reInvite":
		a.commandInvite(pane, c, "RestoreTimeout")
	case "WebChat.injectMessage":
		a.commandInject(pane, c)
	case "WebChat.showChatButton":
		a.commandButton(pane, c, true)
	case "WebChat.hideChatButton":
		a.commandButton(pane, c, false)
	case "WebChat.showOverlay":
		a.commandOverlay(pane, c)
	case "WebChat.hideOverlay":
		a.commandHideOverlay(pane, c)
	case "WebChat.updateUserData":
		a.commandUserData(c)
	case "WebChat.configure":
		a.commandConfigure(pane, c)
	case "WebChat.registerContextHandler":
		a.commandContext(pane, c)
	default:
		return false
	}
	return true
}

// commandConfigure takes settings over those of the page.
func (a *App) commandConfigure(p *pane, c *page.Command) {
	more, _ := c.Data.(map[string]any)
	if len(more) == 0 {
		c.Settle(false, "Invalid configuration")
		return
	}
	if p.own == nil {
		p.own = map[string]any{}
	}
	maps.Copy(p.own, more)
	a.PageConfigured(p.page)
	c.Settle(true, nil)
}

// commandButton shows or hides the chat button on one page.
func (a *App) commandButton(p *pane, c *page.Command, show bool) {
	seen := a.window == Closed && p.buttonSeen()
	switch {
	case show && (seen || a.window != Closed):
		c.Settle(false, "Chat button is already visible. Ignoring command.")
		return
	case !show && !seen:
		c.Settle(false, "Chat button is already hidden. Ignoring command.")
		return
	}
	p.noButton, p.wantsButton = !show, show
	p.stopButton()
	p.fadeMs, _ = c.Field("duration").(float64)
	if ms, _ := c.Field("openDelay").(float64); show && ms > 0 {
		p.buttonDelay = a.o.Loop.After(time.Duration(ms)*time.Millisecond, func() {
			p.stopButton()
			a.changed()
		})
	}
	a.drawn(p, c, nil)
}

// stopButton ends the wait for the chat button.
func (p *pane) stopButton() {
	if p.buttonDelay != nil {
		p.buttonDelay()
		p.buttonDelay = nil
	}
}

// buttonSeen tells whether the page shows the button while the window is closed. Whether it has one at all is the
// loader's rule (front.js), which says so with the configuration.
func (p *pane) buttonSeen() bool {
	if p.noButton || p.wantsButton {
		return p.wantsButton
	}
	return p.page.Config("button")["none"] != true
}

// commandUserData attaches data to the chat, or to the next one.
func (a *App) commandUserData(c *page.Command) {
	data, ok := c.Data.(map[string]any)
	if inner, has := data["userData"].(map[string]any); has {
		data = inner
	}
	if !ok || len(data) == 0 {
		c.Settle(false, "malformed data object provided in userData property.")
		return
	}
	conv := a.client.Conversation()
	if conv == nil || conv.Over() {
		a.addUserData(data)
		c.Settle(true, nil)
		return
	}
	a.o.Link.Request(&wire.UserData{Session: conv.ID(), Data: data}, func(_ wire.Frame, problem *wire.Problem) {
		if problem != nil {
			c.Settle(false, string(problem.Code)+": "+problem.Text)
			return
		}
		c.Settle(true, nil)
	})
}

func (a *App) commandOpen(p *pane, c *page.Command) {
	if a.window == Open && p.shown {
		p.wantFocus(p.drawn.focus())
		a.changed()
		c.Settle(false, "already opened")
		return
	}
	a.prefill(p, c)
	a.setWindow(Open)
	p.wantFocus(a.content().focus())
	a.o.Connect()
	if form, ok := c.Field("form").(map[string]any); ok && form["autoSubmit"] == true && a.content() == isForm {
		a.story.autoSubmitted = true
		a.submit(p)
	}
	a.drawn(p, c, nil)
}

// prefill takes over what a page knows of its visitor.
func (a *App) prefill(p *pane, c *page.Command) {
	p.formJSON, _ = c.Field("formJSON").(map[string]any)
	p.markdown = c.Field("markdown") == true
	a.story.prefilled, a.story.autoSubmitted = false, false
	if form, ok := c.Field("form").(map[string]any); ok {
		for _, name := range []string{"firstname", "lastname", "email", "subject", "nickname"} {
			if text, ok := asText(form[name]); ok {
				a.form[name] = text
				a.story.prefilled = true
			}
		}
	}
	if data, ok := c.Field("userData").(map[string]any); ok {
		_, a.story.proactive = data[webEngagement]
		a.addUserData(data)
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
	a.drawn(p, c, nil)
}

// drawn resolves a command when the page shows what it has done.
func (a *App) drawn(p *pane, c *page.Command, value any) {
	p.settles = append(p.settles, func() { c.Settle(true, value) })
	a.changed()
}

func (a *App) commandMinimize(p *pane, c *page.Command) {
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
	a.drawn(p, c, nil)
}

// commandEnd ends the chat. The window of one that is over is closed: pages ask for that when they hear that the agent is
// done.
func (a *App) commandEnd(p *pane, c *page.Command) {
	conv := a.client.Conversation()
	switch {
	case a.client.Live():
		a.client.End()
		a.changed()
	case a.window != Closed && conv != nil && conv.Over():
		a.close(p)
	default:
		c.Settle(false, "there is no active chat session to end")
		return
	}
	a.drawn(p, c, nil)
}
