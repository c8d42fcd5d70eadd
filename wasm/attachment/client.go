package attachment

import (
	"strconv"

	"foyer/relay/wire"
)

// Client makes the requests of one participant. All fields are required.
type Client struct {
	Carrier Carrier
	Loop    Loop
	// Token is the connection's token of now, "" while there is none.
	Token func() string
}

// Download fetches a file; its name is in the log. done gets the file, or why there is none.
func (c *Client) Download(id string, done func(*File, *Refusal)) (cancel func()) {
	return c.do(Request{Method: "GET", Path: id, Blob: true}, nil, func(a Answer) {
		if a.ok() && a.Blob != nil {
			done(a.Blob, nil)
			return
		}
		r, _, _ := a.refusal()
		done(nil, r)
	})
}

// Delete takes back a file that this participant has sent. done gets nil when that has happened.
func (c *Client) Delete(id string, done func(*Refusal)) {
	c.do(Request{Method: "DELETE", Path: id}, nil, func(a Answer) {
		if a.ok() {
			done(nil)
			return
		}
		r, _, _ := a.refusal()
		done(r)
	})
}

// do makes a request in the participant's name. Without a token it is answered like one that found no relay.
func (c *Client) do(r Request, progress func(int64), done func(Answer)) (cancel func()) {
	r.Token = c.Token()
	if r.Token == "" {
		return c.Loop.After(0, func() { done(Answer{}) })
	}
	return c.Carrier.Carry(r, progress, done)
}

// Sent is a file in the log.
type Sent struct {
	ID, Name, Type string
	Size           int64 // bytes
}

// Of reads what an entry of wire.KindFile or wire.KindFileDeleted says of its file (Entry.Data); of a deleted one that
// is ID and Name.
func Of(data map[string]any) Sent {
	s := Sent{Size: whole(data["size"])}
	s.ID, _ = data["fileId"].(string)
	s.Name, _ = data["name"].(string)
	s.Type, _ = data["type"].(string)
	return s
}

// Deleted are the ids of the files that entries say were taken back.
func Deleted(entries []wire.Entry) map[string]bool {
	gone := map[string]bool{}
	for _, e := range entries {
		if e.Kind == wire.KindFileDeleted {
			gone[Of(e.Data).ID] = true
		}
	}
	return gone
}

// FormatSize says how large a file is, in a way that no language writes differently: whole kB below 10 MB, then whole
// MB, of 1024 each as in the operator's configuration.
func FormatSize(bytes int64) string {
	const kB, mB = 1 << 10, 1 << 20
	switch {
	case bytes < kB:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < 10*mB:
		return strconv.FormatInt((bytes+kB/2)/kB, 10) + " kB"
	}
	return strconv.FormatInt((bytes+mB/2)/mB, 10) + " MB"
}
