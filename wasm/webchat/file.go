package webchat

import (
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// attachButton lets the visitor choose files.
func (d painter) attachButton() *view.Node { return nil }

// file shows one that is in the log.
func (d painter) file(l *chat.Line) *view.Node {
	f := attachment.Of(l.Data)
	return view.Box("div", "cx-file", view.Say("span", "cx-file-name", f.Name).With("dir", "auto"),
		view.Say("span", "cx-file-size", attachment.FormatSize(f.Size)))
}
