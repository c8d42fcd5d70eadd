package chat

import "foyer/relay/wire"

// Log is the part of a session's log that this client has: entries one behind the other, without a gap and without
// doubles. It may begin later than the session did (Log.First).
type Log struct {
	entries []wire.Entry
}

// Entries gives the entries in order; the caller must not change them.
func (l *Log) Entries() []wire.Entry { return l.entries }

// First is the Seq of the oldest entry here, 0 if there is none.
func (l *Log) First() int64 {
	if len(l.entries) == 0 {
		return 0
	}
	return l.entries[0].Seq
}

// Last is the Seq of the newest entry here, 0 if there is none.
func (l *Log) Last() int64 {
	if len(l.entries) == 0 {
		return 0
	}
	return l.entries[len(l.entries)-1].Seq
}

// Begin makes entries the whole log; they must follow one another.
func (l *Log) Begin(entries []wire.Entry) {
	l.entries = append([]wire.Entry(nil), entries...)
}

// Append adds what is new of entries, which are in order. It gives back what was new, and whether something between
// the last entry here and the next one is missing: then nothing from there on was added, and the gap has to be fetched.
func (l *Log) Append(entries []wire.Entry) (added []wire.Entry, gap bool) {
	for _, e := range entries {
		last := l.Last()
		if e.Seq <= last {
			l.complete(e)
			continue
		}
		if e.Seq > last+1 {
			return added, true
		}
		l.entries = append(l.entries, e)
		added = append(added, e)
	}
	return added, false
}

// Prepend adds older entries; only those that end right before the first one here are taken.
func (l *Log) Prepend(entries []wire.Entry) {
	first := l.First()
	n := len(entries)
	for n > 0 && entries[n-1].Seq >= first {
		n--
	}
	if n == 0 || entries[n-1].Seq != first-1 {
		return
	}
	l.entries = append(append([]wire.Entry(nil), entries[:n]...), l.entries...)
}

// complete fills in an entry that was made from an acknowledgement, which tells no id.
func (l *Log) complete(e wire.Entry) {
	i := e.Seq - l.First()
	if i < 0 || e.ID == "" || l.entries[i].ID != "" {
		return
	}
	l.entries[i] = e
}
