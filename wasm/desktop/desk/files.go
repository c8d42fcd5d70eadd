package desk

import (
	"slices"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
)

// onlineToken is what requests about files carry: without a connection they would only fail.
func (d *Desk) onlineToken() string {
	if d.Connection != Online {
		return ""
	}
	return d.token
}

// Attach sends files into a conversation.
func (d *Desk) Attach(session string, files []*attachment.File) {
	if c := d.conversation(session); c != nil && !c.Over() && !c.Finishing {
		c.Uploads.Add(files...)
	}
}

// FetchFile gets a file of the current conversation; it comes as FileFetched.
func (d *Desk) FetchFile(id string) {
	c := d.Current()
	if c == nil || d.fetching[id] {
		return
	}
	i := slices.IndexFunc(c.Entries(), func(e wire.Entry) bool {
		return e.Kind == wire.KindFile && attachment.Of(e.Data).ID == id
	})
	if i < 0 {
		return
	}
	sent := attachment.Of(c.Entries()[i].Data)
	d.fetching[id] = true
	d.files.Download(id, func(f *attachment.File, r *attachment.Refusal) {
		delete(d.fetching, id)
		if r != nil {
			d.notify(Event{Kind: Trouble, Problem: &wire.Problem{Code: r.Code}})
			return
		}
		d.notify(Event{Kind: FileFetched, Sent: sent, File: f})
	})
	d.changed()
}

// Fetching tells whether a file is being fetched.
func (d *Desk) Fetching(id string) bool { return d.fetching[id] }

func (d *Desk) uploadsChanged(c *Conversation) {
	if d.conversation(c.ID()) == c {
		d.finish(c)
	}
	d.changed()
}

// uploading tells whether a file is still on its way to the relay.
func (c *Conversation) uploading() bool {
	return slices.ContainsFunc(c.Uploads.Items(), func(i *attachment.Item) bool { return i.State != attachment.Refused })
}

// filesArrived forgets the uploads that are in the log by now.
func (c *Conversation) filesArrived() {
	for _, i := range slices.Clone(c.Uploads.Items()) {
		if slices.ContainsFunc(c.Entries(), func(e wire.Entry) bool { return e.ClientID == i.ID }) {
			c.Uploads.Arrived(i.ID)
		}
	}
}
