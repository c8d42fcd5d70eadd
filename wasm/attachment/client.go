package attachment

import (
	"strconv"

	"foyer/relay/wire"
)

const filesPath = "/native/v1/files"

// Client makes the requests of one participant. All fields are required.
type Client struct {
	Carrier Carrier
	Loop    Loop
	// Token is the connection's token of now, "" while there is none.
	Token func() string
}

// Download fetches a file; its name is in the log. done gets the file, or why there is none. Nothing is cancelled where
// nobody calls cancel.
func (c *Client) Download(id string, done func(*File, *Refusal)) (cancel func()) {
	return c.do(Request{Method: "GET", Path: filesPath + "/" + escape(id), Blob: true}, nil, func(a Answer) {
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
	c.do(Request{Method: "DELETE", Path: filesPath + "/" + escape(id)}, nil, func(a Answer) {
		if a.ok() {
			done(nil)
			return
		}
		r, _, _ := a.refusal()
		done(r)
	})
}

// Limits asks what may be sent in a session, and has been.
func (c *Client) Limits(session string, done func(*Limits, *Refusal)) {
	c.limits(session, func(l *Limits, a Answer) {
		if l != nil {
			done(l, nil)
			return
		}
		r, _, _ := a.refusal()
		done(nil, r)
	})
}

func (c *Client) limits(session string, done func(*Limits, Answer)) {
	c.do(Request{Method: "GET", Path: filesPath + "/limits?session=" + escape(session)}, nil, func(a Answer) {
		if a.ok() && a.JSON != nil {
			done(readLimits(a.JSON), a)
			return
		}
		done(nil, a)
	})
}

func (c *Client) upload(session, clientID string, f *File, progress func(int64), done func(Answer)) (cancel func()) {
	return c.do(Request{
		Method: "POST", Path: filesPath + "?session=" + escape(session), Body: f,
		Header: map[string]string{"Foyer-File-Name": escape(f.Name), "Foyer-Client-Id": clientID},
	}, progress, done)
}

// do makes a request in the participant's name. Without a token it is answered like one that found no relay.
func (c *Client) do(r Request, progress func(int64), done func(Answer)) (cancel func()) {
	token := c.Token()
	if token == "" {
		stopped := false
		c.Loop.Post(func() {
			if !stopped {
				done(Answer{})
			}
		})
		return func() { stopped = true }
	}
	if r.Header == nil {
		r.Header = map[string]string{}
	}
	r.Header["Authorization"] = "Bearer " + token
	return c.Carrier.Carry(r, progress, done)
}

// escape is what encodeURIComponent does; net/url would be large.
func escape(s string) string {
	const plain = "-_.!~*'()"
	const hex = "0123456789ABCDEF"
	var b []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		for j := 0; !letter && j < len(plain); j++ {
			letter = plain[j] == c
		}
		if letter {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return string(b)
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
