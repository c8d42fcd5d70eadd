package window

import (
	"strings"

	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// Handle does what the agent asked for. Actions that the window does not know are ignored: they belong to an older tree.
func (w *Window) Handle(a view.Action) {
	d := w.desk
	switch a.Name {
	case "signin":
		d.SignIn(a.Fields["username"], a.Fields["password"])
	case "signout":
		w.signedOut()
	case "ready":
		d.SetReady(true)
	case "notready":
		d.SetReady(false)
	case "accept":
		d.Accept(a.Key)
	case "reject":
		d.Reject(a.Key)
	case "select":
		d.Select(a.Key)
		w.open()
	case "write":
		w.write(a.Key, a.Value)
	case "send":
		w.send(a.Key, a.Fields["message"])
	case "split":
		w.split()
	case "as-file":
		w.sendAsFile(a)
	case "retry", "discard":
		w.again(a)
	case "attach":
		w.attach(a)
	case "download":
		d.FetchFile(a.Key)
	case "upload-drop", "upload-retry":
		w.upload(a)
	case "earlier":
		if c := d.Current(); c != nil {
			c.FetchEarlier(nil)
		}
	case "call-reached", "call-not-reached", "call-wrong-number":
		w.callDone(a)
	case "done":
		d.Done(d.Selected)
	case "help":
		w.toggleHelp()
	case "key":
		w.pressed(a.Press)
	case "show-list":
		w.pane = paneList
	case "show-conversation":
		w.pane = paneConversation
	case "show-details":
		w.pane = paneDetails
	default:
		return
	}
	w.redraw()
}

func (w *Window) signedOut() {
	w.desk.SignOut()
	w.pane, w.help, w.notice = paneList, false, ""
	w.moveFocus(toUsername)
}

func (w *Window) toggleHelp() {
	if w.help {
		w.closeHelp()
		return
	}
	w.help = true
	w.moveFocus(toHelp)
}

func (w *Window) write(session, text string) {
	if (draft{session, text}) == w.sent {
		return
	}
	w.sent = draft{}
	w.desk.Write(session, text)
}

// send sends a message, unless it is too long: then it stays in the input, and the agent hears why.
func (w *Window) send(session, text string) {
	if chat.Units(text) > w.limit() {
		w.desk.Write(session, text)
		w.o.Page.Announce(w.sayTooLong(text), true)
		return
	}
	w.sent = draft{session, text}
	w.desk.Send(session, text)
}

// split sends what is too long as several messages.
func (w *Window) split() {
	c := w.desk.Current()
	if c == nil {
		return
	}
	parts := chat.Split(c.Draft, w.limit())
	if len(parts) > chat.MostParts {
		return
	}
	for _, part := range parts {
		w.send(c.ID(), part)
	}
	w.moveFocus(toMessage)
}

// sendAsFile sends what is too long as a file, once: of a double click, the second finds nothing any more.
func (w *Window) sendAsFile(a view.Action) {
	c, files := w.desk.Current(), attachment.Files(a.Files)
	if c == nil || len(files) == 0 || !c.Uploads.Limits().Takes(files[0]) || chat.Units(c.Draft) <= w.limit() {
		return
	}
	w.desk.Attach(c.ID(), files)
	w.desk.Write(c.ID(), "")
	w.moveFocus(toMessage)
}

// again sends a refused message once more, or forgets it. Its line's key ends in its client message id.
func (w *Window) again(a view.Action) {
	c := w.desk.Current()
	id, ok := strings.CutPrefix(a.Key, "c")
	if c == nil || !ok {
		return
	}
	if a.Name == "retry" {
		c.Retry(id)
		return
	}
	c.Discard(id)
}
