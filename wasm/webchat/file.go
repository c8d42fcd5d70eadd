package webchat

import (
	"strconv"
	"strings"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/view"
)

// Uploads gives the files on their way in the session that goes on, nil where none can be sent. Another session than
// before has a queue of its own; what was on its way in the old one stops.
func (a *App) Uploads() *attachment.Queue {
	conv := a.client.Conversation()
	if a.queue != nil && (conv == nil || conv.Over() || conv.ID() != a.queueOf) {
		a.queue.Close()
		a.queue = nil
	}
	if a.queue == nil && a.o.Files != nil && conv != nil && !conv.Over() {
		a.queue, a.queueOf, a.asked = attachment.NewQueue(a.o.Files, conv.ID(), a.o.NewID, a.uploadsChanged), conv.ID(), ""
		a.queue.Hear(a.hooks.FileAnswered)
	}
	return a.queue
}

// followUploads asks what may be sent when that may be something else now, forgets files that are in the log, and goes on
// when the connection is back.
func (a *App) followUploads() {
	q := a.Uploads()
	if q == nil || a.client.Status() != chat.Online {
		a.asked = ""
		return
	}
	conv := a.client.Conversation()
	if now := conv.State(); now != a.asked {
		a.asked = now
		q.Ask()
		q.Online()
	}
	for _, i := range append([]*attachment.Item(nil), q.Items()...) {
		if l, there := conv.Line(i.ID); there && l.Seq > 0 {
			q.Arrived(i.ID)
		}
	}
}

// takesFiles tells whether the visitor can send files on this page, now or as soon as an agent is there.
func (d painter) takesFiles() bool {
	q := d.a.queue
	if q == nil || d.a.holds() != isTalk || (d.s.webchat != nil && !d.s.on("uploadsEnabled")) {
		return false
	}
	l := q.Limits()
	return l != nil && l.Enabled
}

// attachButton lets the visitor choose files, and says before which ones can be sent.
func (d painter) attachButton() *view.Node {
	if !d.takesFiles() {
		return nil
	}
	l := d.a.queue.Limits()
	b := view.Box("button", "cx-icon-button cx-attach", icon(drawAttach))
	b.On = []view.Handler{{Event: "files", Action: actAttach, Keys: l.Accept()}}
	// The title is the button's description for screen readers too.
	return b.With("type", "button", "aria-label", d.t.Get("FileAttach"), "title", d.fileLimits(l))
}

// leftToRight and end stand around what is written from left to right, in whatever text it is: 10 MB.
const leftToRight, end = "\u2066", "\u2069"

func (d painter) fileLimits(l *attachment.Limits) string {
	text := d.t.Get("FileLimits")
	for _, v := range [][2]string{
		{"MaxFilesAllowed", strconv.FormatInt(l.MaxFiles, 10)}, {"MaxSizePerFile", attachment.FormatSize(l.MaxFileSize)},
		{"MaxAttachmentsSize", attachment.FormatSize(l.MaxTotalSize)}, {"FileTypes", strings.Join(l.Types, ", ")},
	} {
		text = strings.ReplaceAll(text, "<%"+v[0]+"%>", leftToRight+v[1]+end)
	}
	return text
}

// uploadList shows the files on their way, and those that were refused with the reason.
func (d painter) uploadList() *view.Node {
	if d.a.queue == nil || len(d.a.queue.Items()) == 0 {
		return nil
	}
	list := view.Box("ul", "cx-uploads").With("aria-label", d.t.Get("FilesAria"))
	for _, i := range d.a.queue.Items() {
		list.Add(d.upload(i).Keyed(i.ID))
	}
	return list
}

func (d painter) upload(i *attachment.Item) *view.Node {
	n := view.Box("li", "cx-upload", fileName(i.File.Name), fileSize(i.File.Size))
	if i.State == attachment.Refused {
		why := d.t.Get(i.Reason.Key)
		switch i.Reason.Code {
		case wire.CodeFileType, wire.CodeFileSize, wire.CodeFileCount, wire.CodeFileTotal:
			why += " " + d.fileLimits(d.a.queue.Limits())
		}
		n.Add(view.Say("span", "cx-upload-reason", why).With("role", "alert"))
		if !i.Reason.Final() {
			n.Add(d.fileButton("MessageRetry", actAgainFile, i.File.Name))
		}
		return n.Add(d.fileButton("MessageDiscard", actDropFile, i.File.Name))
	}
	percent := 0
	if i.File.Size > 0 {
		percent = int(100 * i.Sent / i.File.Size)
	}
	bar := view.Box("progress", "cx-progress").
		With("max", "100", "aria-label", d.t.With("FileProgress", "FilenameFull", i.File.Name))
	bar.Props = map[string]any{"value": percent}
	return n.Add(bar, view.Say("span", "cx-upload-state", d.uploadState(i, percent)),
		d.fileButton("FileCancel", actDropFile, i.File.Name))
}

// uploadState says how far a file is, or what it waits for.
func (d painter) uploadState(i *attachment.Item, percent int) string {
	switch {
	case i.State == attachment.Paused && !i.Reason.Away():
		return d.t.Get(i.Reason.Key)
	case i.State == attachment.Paused:
		return d.t.Get("FilePaused")
	case i.State == attachment.Waiting:
		return d.t.Get("FileWaiting")
	case percent == 100:
		return d.t.Get("FileChecking")
	}
	return strconv.Itoa(percent) + " %"
}

func (d painter) fileButton(name, action, file string) *view.Node {
	return d.button("cx-btn-link", name, action).With("aria-label", d.t.Get(name)+": "+file)
}

func fileName(name string) *view.Node {
	return view.Say("span", "cx-file-name", name).With("dir", "auto")
}

func fileSize(bytes int64) *view.Node {
	return view.Say("span", "cx-file-size", attachment.FormatSize(bytes)).With("dir", "ltr")
}

// file shows one that is in the log.
func (d painter) file(l *chat.Line) *view.Node {
	f := attachment.Of(l.Data)
	n := view.Box("div", "cx-message-text cx-file", fileName(f.Name), fileSize(f.Size))
	switch {
	case d.p.deleted[f.ID]:
		n.Add(view.Say("span", "cx-file-gone", d.t.Get("FileGone")))
	case d.a.o.Files != nil:
		n.Add(d.fileButton("FileDownload", actDownload, f.Name).Keyed(f.ID))
		if l.Mine() && d.a.client.Live() {
			n.Add(d.fileButton("FileDelete", actDeleteFile, f.Name).Keyed(f.ID))
		}
	}
	return n
}

// actOnFile does what the visitor wants with files.
func (a *App) actOnFile(p *pane, act view.Action) {
	q := a.Uploads()
	switch act.Name {
	case actDownload:
		a.download(p, act.Key)
	case actDeleteFile:
		a.o.Files.Delete(act.Key, func(why *attachment.Refusal) { a.tellRefusal(p, why) })
	case actAttach:
		if q != nil {
			q.Add(attachment.Files(act.Files)...)
		}
	case actDropFile:
		if q != nil {
			q.Drop(act.Key)
		}
		p.wantFocus(onInput) // its button is gone
	case actAgainFile:
		if q != nil {
			q.Retry(act.Key)
		}
	}
}

// download fetches a file and has the page offer it.
func (a *App) download(p *pane, id string) {
	conv := a.client.Conversation()
	if conv == nil {
		return
	}
	a.o.Files.Download(id, func(f *attachment.File, why *attachment.Refusal) {
		if why != nil {
			a.tellRefusal(p, why)
			return
		}
		name := "file"
		for _, e := range conv.Entries() {
			if sent := attachment.Of(e.Data); e.Kind == wire.KindFile && sent.ID == id {
				name = sent.Name
			}
		}
		p.page.Call("save", map[string]any{"name": name, "type": f.Type, "data": f}, nil)
	})
}

// tellRefusal says above the transcript why a file could not be had, until the next one.
func (a *App) tellRefusal(p *pane, why *attachment.Refusal) {
	p.problem = ""
	if why != nil {
		p.problem = why.Key
	}
	a.changed()
}
