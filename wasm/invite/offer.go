package invite

import (
	"strings"

	"foyer/wasm/page"
	"foyer/wasm/view"
)

// Actions of the dialogs that a page itself asked for.
const (
	actAccept  = "invite.accept"
	actDecline = "invite.decline"
	actClose   = "invite.close"
)

// offer is what a page wants shown, and what is to happen where the visitor takes it.
type offer struct {
	overlay   bool
	sub, link string // a second line; the address that accepting opens
	run       string // the command that accepting runs
	options   any    // of that command
}

// offer answers Engage.invite and Engage.offer: a dialog in the words of the page. The command is resolved when the
// visitor has decided: "accepted", "declined", "closed" or "timeout".
//
//	title | headline | headLine, subheadline | subHeadline, body | message
//	accept, decline          texts of the buttons; decline "" or false for none
//	command, options         what accepting runs on the bus
//	callToAction | cta       of an offer: {text, url | command, options}
//	mode                     of an offer: "overlay" in the middle of the page, else a box at its edge
//	timeout                  seconds; 0, or none in an offer, for no end
//
// Rejections: "Chat is already open. Ignoring invite command.", "another invitation is shown", "nothing to say".
func (a *App) offer(p Page, c *page.Command) {
	data, _ := c.Data.(map[string]any)
	i := &invitation{page: p, command: c, offer: &offer{}}
	i.config = config{
		subject: first(data, "title", "headline", "headLine"), message: first(data, "body", "message"),
		accept: first(data, "accept", "acceptBtnCaption"), cancel: first(data, "decline", "cancelBtnCaption"),
	}
	if data["timeout"] != nil || c.Name == "Engage.invite" {
		i.config.timeout = seconds(data["timeout"])
	}
	i.offer.read(data)
	if text := first(i.offer.action(data), "text", "label"); text != "" {
		i.config.accept = text
	}
	switch {
	case i.config.subject == "" && i.config.message == "":
		c.Settle(false, "nothing to say")
	case a.o.Busy():
		c.Settle(false, "Chat is already open. Ignoring invite command.")
	case a.now != nil:
		c.Settle(false, "another invitation is shown")
	default:
		a.now = i
		a.show()
	}
}

func (o *offer) action(data map[string]any) map[string]any {
	for _, name := range []string{"callToAction", "cta"} {
		if m, ok := data[name].(map[string]any); ok {
			return m
		}
	}
	return nil
}

func (o *offer) read(data map[string]any) {
	o.overlay = strings.EqualFold(first(data, "mode", "type"), "overlay")
	o.sub = first(data, "subheadline", "subHeadline", "subHeadLine")
	from := o.action(data)
	if from == nil {
		from = data
	}
	o.run, o.link, o.options = first(from, "command"), first(from, "url"), from["options"]
	if o.options == nil {
		o.options = from["commandOptions"]
	}
}

// Input takes what the visitor did in a dialog that the page itself asked for. Those of notifications answer on the page.
func (a *App) Input(p Page, action view.Action) {
	i := a.now
	if i == nil || i.command == nil || i.page != p {
		return
	}
	a.end()
	switch action.Name {
	case actAccept:
		if i.offer.run != "" {
			p.Call("busCommand", map[string]any{"name": i.offer.run, "data": i.offer.options}, nil)
		}
		i.command.Settle(true, "accepted")
	case actDecline:
		i.command.Settle(true, "declined")
	default:
		i.command.Settle(true, "closed")
	}
}
