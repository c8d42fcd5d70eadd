package attachment

import (
	"slices"
	"time"
)

// Pauses between attempts to send the same file.
const (
	retryFirst = time.Second
	retryMost  = 15 * time.Second
	giveUp     = 8 // failed attempts in a row while there is a connection: perhaps the file itself cannot be read any more
)

// State is how far a file on its way has come.
type State int

const (
	Waiting State = iota // for the limits, or for its turn
	Sending              // Item.Sent of Item.File.Size bytes have left
	Paused               // the connection broke; it is tried again by itself
	Refused              // it will not be sent: Item.Reason
)

// Item is a file on its way.
type Item struct {
	ID     string // client message id, which its entry in the log has too
	File   *File
	State  State
	Sent   int64 // bytes
	Reason *Refusal

	checked bool // the limits were asked about it
}

// Queue is the files on their way into one session, sent one at a time and in order.
type Queue struct {
	client  *Client
	session string
	newID   func() string
	changed func()

	items  []*Item
	limits *Limits // as last heard
	asking bool
	tries  int    // failed ones in a row
	cancel func() // of the upload under way
	stop   func() // of the pause
}

// NewQueue makes an empty queue. newID gives client message ids, never one twice; changed is called when something that
// is shown is different.
func NewQueue(c *Client, session string, newID func() string, changed func()) *Queue {
	return &Queue{client: c, session: session, newID: newID, changed: changed}
}

// Items are the files that are not in the log, in the order in which they were added. The caller must not change them.
func (q *Queue) Items() []*Item { return q.items }

// Limits are what the relay said last, nil while it is not known.
func (q *Queue) Limits() *Limits { return q.limits }

// Ask asks for the limits, so that they can be told before somebody chooses a file.
func (q *Queue) Ask() {
	if q.asking {
		return
	}
	q.asking = true
	q.client.limits(q.session, func(l *Limits, a Answer) {
		q.asking = false
		if l != nil {
			q.limits = l
			q.check()
			q.changed()
			return
		}
		q.failedToAsk(a)
	})
}

// failedToAsk matters only where a file waits for the answer.
func (q *Queue) failedToAsk(a Answer) {
	reason, retry, wait := a.refusal()
	waits := func(i *Item) bool { return i.State == Waiting && !i.checked }
	if !slices.ContainsFunc(q.items, waits) {
		return
	}
	if retry {
		q.pause(wait)
		return
	}
	for _, i := range q.items {
		if waits(i) {
			i.State, i.Reason = Refused, reason
		}
	}
	q.changed()
}

// Add sends files, or shows them as refused.
func (q *Queue) Add(files ...*File) {
	if len(files) == 0 {
		return
	}
	for _, f := range files {
		q.items = append(q.items, &Item{ID: q.newID(), File: f})
	}
	q.Ask()
	q.changed()
}

// Drop cancels a file or forgets a refused one. What the relay has already stays sent: its entry comes by the log.
func (q *Queue) Drop(id string) {
	i := q.index(id)
	if i < 0 {
		return
	}
	if q.items[i].State == Sending {
		q.cancel()
		q.cancel = nil
	}
	q.items = slices.Delete(q.items, i, i+1)
	q.next()
	q.changed()
}

// Retry tries a refused file once more.
func (q *Queue) Retry(id string) {
	i := q.index(id)
	if i < 0 || q.items[i].State != Refused {
		return
	}
	q.items[i].State, q.items[i].Reason, q.items[i].checked = Waiting, nil, false
	q.Ask()
	q.changed()
}

// Arrived forgets a file whose entry is in the log, which may come before the answer to its upload.
func (q *Queue) Arrived(clientID string) {
	i := q.index(clientID)
	if i < 0 || clientID == "" {
		return
	}
	q.sent(q.items[i])
}

// Online says that the connection is back: what paused goes on at once.
func (q *Queue) Online() {
	if q.stop == nil {
		return
	}
	q.resume()
}

// Close cancels everything: the session is over, or not shown any more.
func (q *Queue) Close() {
	if q.cancel != nil {
		q.cancel()
	}
	if q.stop != nil {
		q.stop()
	}
	q.items, q.cancel, q.stop = nil, nil, nil
}

func (q *Queue) index(id string) int {
	return slices.IndexFunc(q.items, func(i *Item) bool { return i.ID == id })
}

// check holds the files that are new against the limits, counting those that are before them.
func (q *Queue) check() {
	left := *q.limits
	for _, i := range q.items {
		switch {
		case i.State == Refused:
			continue
		case !i.checked:
			i.checked = true
			i.Reason = left.refuses(i.File)
		}
		if i.Reason != nil {
			i.State = Refused
			continue
		}
		left.take(i.File)
	}
	q.next()
}

// next sends the first file that may be sent, if none is under way.
func (q *Queue) next() {
	if q.cancel != nil || q.stop != nil {
		return
	}
	for _, i := range q.items {
		if i.checked && (i.State == Waiting || i.State == Paused) {
			q.send(i)
			return
		}
	}
}

func (q *Queue) send(i *Item) {
	i.State, i.Sent = Sending, 0
	q.cancel = q.client.upload(q.session, i.ID, i.File, func(sent int64) {
		i.Sent = min(sent, i.File.Size)
		q.changed()
	}, func(a Answer) {
		q.cancel = nil
		q.answered(i, a)
	})
}

func (q *Queue) answered(i *Item, a Answer) {
	if a.ok() {
		q.sent(i)
		return
	}
	reason, retry, wait := a.refusal()
	if retry && q.tries < giveUp {
		i.State = Paused
		q.pause(wait)
		return
	}
	i.State, i.Reason = Refused, reason
	q.tries = 0
	q.next()
	q.changed()
}

// sent takes a file out of the queue: it is in the log.
func (q *Queue) sent(i *Item) {
	if i.State == Sending && q.cancel != nil {
		q.cancel() // the entry came first; its answer says nothing new
		q.cancel = nil
	}
	if q.limits != nil {
		q.limits.take(i.File)
	}
	q.tries = 0
	q.items = slices.DeleteFunc(q.items, func(x *Item) bool { return x == i })
	q.next()
	q.changed()
}

// pause waits for the next attempt, at least so long.
func (q *Queue) pause(least time.Duration) {
	wait := max(min(retryFirst<<min(q.tries, 4), retryMost), least)
	if q.client.Token() != "" {
		q.tries++
	}
	if q.stop != nil {
		q.stop()
	}
	q.stop = q.client.Loop.After(wait, q.resume)
	q.changed()
}

// resume asks anew where a file waits for the limits, and sends what may be sent.
func (q *Queue) resume() {
	q.stop()
	q.stop = nil
	if slices.ContainsFunc(q.items, func(i *Item) bool { return i.State == Waiting && !i.checked }) {
		q.Ask()
	}
	q.next()
	q.changed()
}
