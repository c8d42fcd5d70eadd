package window

import (
	"strings"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

// takesFiles tells whether files can be sent into a conversation, as far as is known.
func (w *Window) takesFiles(c *desk.Conversation) bool {
	l := c.Uploads.Limits()
	return !c.Over() && (l == nil || l.Enabled)
}

// attachButton lets files be chosen, and says before which ones can be sent.
func (w *Window) attachButton(c *desk.Conversation) *view.Node {
	choose := view.Handler{Event: "files", Action: "attach"}
	b := with(txt("button", "fd-button fd-quiet fd-attach", w.t("Attach")), "type", "button")
	if l := c.Uploads.Limits(); l != nil {
		choose.Keys = l.Accept()
		// The title is the button's description for screen readers too.
		with(b, "title", w.fileLimits(l))
	}
	return keyed(on(b, choose), c.ID())
}

func (w *Window) fileLimits(l *attachment.Limits) string {
	return w.t("FileLimits", "n", number(int(l.MaxFiles)), "size", attachment.FormatSize(l.MaxFileSize),
		"total", attachment.FormatSize(l.MaxTotalSize), "types", strings.Join(l.Types, ", "))
}

// attach takes files for the conversation of the button, or for the one that they were dropped on or pasted into.
func (w *Window) attach(a view.Action) {
	session := a.Key
	if session == regionKey {
		session = w.desk.Selected
	}
	w.desk.Attach(session, attachment.Files(a.Files))
}

// upload cancels or repeats one.
func (w *Window) upload(a view.Action) {
	c := w.desk.Current()
	if c == nil {
		return
	}
	if a.Name == "upload-retry" {
		c.Uploads.Retry(a.Key)
		return
	}
	c.Uploads.Drop(a.Key)
	w.moveFocus(toMessage) // its button is gone
}

// uploads are the files on their way, nil where there are none.
func (w *Window) uploads(c *desk.Conversation) *view.Node {
	items := c.Uploads.Items()
	if len(items) == 0 {
		return nil
	}
	list := with(el("ul", "fd-uploads", "uploads-"+c.ID()), "aria-label", w.t("Uploads"))
	for _, i := range items {
		list.Children = append(list.Children, w.uploadItem(c, i))
	}
	return list
}

func (w *Window) uploadItem(c *desk.Conversation, i *attachment.Item) *view.Node {
	name := with(txt("span", "fd-file-name", i.File.Name), "dir", "auto")
	size := txt("span", "fd-file-size", attachment.FormatSize(i.File.Size))
	if i.State == attachment.Refused {
		// A file of the wrong type or size stays one.
		same := i.Reason.Code == wire.CodeFileType || i.Reason.Code == wire.CodeFileSize
		return el("li", "fd-upload fd-refused", i.ID, name, size,
			with(txt("span", "fd-upload-reason", w.refusal(c, i.Reason)), "role", "alert"),
			view.If(!same, uploadButton(w.t("Retry"), "upload-retry", i)),
			uploadButton(w.t("Discard"), "upload-drop", i))
	}
	bar := with(el("progress", "fd-progress", "progress"),
		"aria-label", w.t("UploadProgress", "file", i.File.Name), "max", "100")
	bar.Props = map[string]any{"value": percent(i)}
	return el("li", "fd-upload", i.ID, name, size, bar,
		txt("span", "fd-upload-state", w.uploadState(i)),
		uploadButton(w.t("Cancel"), "upload-drop", i))
}

func uploadButton(text, action string, i *attachment.Item) *view.Node {
	return with(button("fd-quiet", text, action), "aria-label", text+": "+i.File.Name)
}

func percent(i *attachment.Item) int {
	if i.File.Size == 0 {
		return 0
	}
	return int(100 * i.Sent / i.File.Size)
}

func (w *Window) uploadState(i *attachment.Item) string {
	switch {
	case i.State == attachment.Paused && !i.Reason.Away():
		return w.t(i.Reason.Key)
	case i.State == attachment.Paused:
		return w.t("Queued")
	case i.State == attachment.Waiting:
		return w.t("UploadWaiting")
	case i.Sent >= i.File.Size:
		return w.t("UploadChecking")
	}
	return number(percent(i)) + " %"
}

// refusal says why a file was not sent, and what could be.
func (w *Window) refusal(c *desk.Conversation, r *attachment.Refusal) string {
	text := w.t(r.Key)
	switch r.Code {
	case wire.CodeFileType, wire.CodeFileSize, wire.CodeFileCount, wire.CodeFileTotal:
		if l := c.Uploads.Limits(); l != nil {
			return text + " " + w.fileLimits(l)
		}
	}
	return text
}

// file draws one that is in the log.
func (w *Window) file(f attachment.Sent, deleted map[string]bool) *view.Node {
	n := el("div", "fd-text fd-file", "file",
		with(txt("span", "fd-file-name", f.Name), "dir", "auto"),
		txt("span", "fd-file-size", attachment.FormatSize(f.Size)))
	if deleted[f.ID] {
		n.Children = append(n.Children, txt("span", "fd-file-gone", w.t("FileGone")))
		return n
	}
	b := disabled(button("fd-quiet", w.t("Download"), "download"), w.desk.Fetching(f.ID))
	n.Children = append(n.Children, keyed(with(b, "aria-label", w.t("Download")+": "+f.Name), f.ID))
	return n
}

// words are a message's text, or a file's name.
func words(kind, text string, data map[string]any) string {
	if kind == wire.KindFile {
		return attachment.Of(data).Name
	}
	return text
}
