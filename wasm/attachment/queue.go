package attachment

import "time"

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
	Paused               // it did not get through, for Item.Reason; it is tried again by itself
	Refused              // it will not be sent, for Item.Reason
	Dropped              // taken back; no longer in its queue
)

// Item is a file on its way.
type Item struct {
	ID     string // client message id, which its entry in the log has too
	File   *File
	State  State
	Sent   int64    // bytes
	Reason *Refusal // of Paused and Refused, else nil

	checked bool // the limits were asked about it
}

// Queue is the files on their way into one session, sent one at a time and in order.
type Queue struct {
	client  *Client
	session string
	newID   func() string
	changed func()
	heard   func(*Item) // nil where nobody wants to know

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

// Hear has f called with each file that the relay has taken, or refused for good.
func (q *Queue) Hear(f func(*Item)) { q.heard = f }

func (q *Queue) tell(i *Item) {
	if q.heard != nil {
		q.heard(i)
	}
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
	q.client.do(Request{Method: "GET", Path: "limits", Session: q.session}, nil, func(a Answer) {
		q.asking = false
		if a.ok() && a.JSON != nil {
			q.limits = readLimits(a.JSON)
			q.check(nil)
		} else {
			q.failedToAsk(a)
		}
		q.changed()
	})
}

// failedToAsk matters only where a file waits for the answer.
func (q *Queue) failedToAsk(a Answer) {
	if !q.unchecked() {
		return
	}
	reason, retry, wait := a.refusal()
	if retry {
		q.pause(wait)
		return
	}
	q.check(reason)
}

func (q *Queue) unchecked() bool {
	for _, i := range q.items {
		if !i.checked {
			return true
		}
	}
	return false
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
	if i := q.find(id); i != nil {
		q.remove(i)
		i.State = Dropped
	}
}

// Retry tries a refused file once more.
func (q *Queue) Retry(id string) {
	if i := q.find(id); i != nil && i.State == Refused {
		i.State, i.Reason, i.checked = Waiting, nil, false
		q.Ask()
		q.changed()
	}
}

// Arrived forgets a file whose entry is in the log, which may come before the answer to its upload.
func (q *Queue) Arrived(clientID string) {
	if i := q.find(clientID); i != nil {
		q.sent(i)
	}
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

func (q *Queue) find(id string) *Item {
	for _, i := range q.items {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// remove takes a file out of the queue, and goes on with the next one.
func (q *Queue) remove(i *Item) {
	if i.State == Sending && q.cancel != nil {
		q.cancel()
		q.cancel = nil
	}
	var rest []*Item
	for _, other := range q.items {
		if other != i {
			rest = append(rest, other)
		}
	}
	q.items = rest
	q.next()
	q.changed()
}

// check holds the files that are new against the limits, counting those that are before them; where there are no limits
// for them, they are refused for this reason.
func (q *Queue) check(reason *Refusal) {
	var left Limits
	if q.limits != nil {
		left = *q.limits
	}
	for _, i := range q.items {
		if !i.checked {
			q.judge(i, reason, left)
		}
		if i.State != Refused {
			left.take(i.File)
		}
	}
	q.next()
}

// judge holds one file against what is left, or refuses it for a reason that is known.
func (q *Queue) judge(i *Item, reason *Refusal, left Limits) {
	i.checked, i.State, i.Reason = true, Waiting, reason
	if reason == nil {
		i.Reason = left.refuses(i.File)
	}
	if i.Reason != nil {
		i.State = Refused
	}
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
	i.State, i.Sent, i.Reason = Sending, 0, nil
	upload := Request{Method: "POST", Session: q.session, ClientID: i.ID, Body: i.File}
	q.cancel = q.client.do(upload, func(sent int64) {
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
		i.State, i.Reason = Paused, reason
		q.pause(wait)
		return
	}
	i.State, i.Reason = Refused, reason
	q.tell(i)
	q.tries = 0
	q.next()
	q.changed()
}

// sent counts a file that is in the log, and forgets it.
func (q *Queue) sent(i *Item) {
	if q.limits != nil {
		q.limits.take(i.File)
	}
	q.tries = 0
	q.tell(i)
	q.remove(i)
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
	if q.unchecked() {
		q.Ask()
	}
	q.next()
	q.changed()
}
