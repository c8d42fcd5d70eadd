package chattest

import (
	"fmt"
	"sync"

	"foyer/relay/chat"
)

// Live writes down what it is told, one line for each call. It implements chat.Live, and is safe for several goroutines.
type Live struct {
	mu    sync.Mutex
	lines []string
}

var _ chat.Live = (*Live)(nil)

// Note adds a line; for fakes that embed a Live.
func (l *Live) Note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

// Take gives the lines so far and forgets them.
func (l *Live) Take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

// Committed notes "committed <state> <seq>:<kind> …".
func (l *Live) Committed(s chat.Session, entries []chat.Entry) {
	line := "committed " + string(s.State)
	for _, e := range entries {
		line += fmt.Sprintf(" %d:%s", e.Seq, e.Kind)
	}
	l.Note("%s", line)
}

// Typing notes "typing <kind> <on> <text>".
func (l *Live) Typing(_ string, from chat.Participant, on bool, text string) {
	l.Note("typing %s %t %s", from.Kind, on, text)
}

// Delivered notes "delivered <kind> <seq>".
func (l *Live) Delivered(_ string, from chat.Participant, seq int64) {
	l.Note("delivered %s %d", from.Kind, seq)
}

// Draft notes "draft <kind> <connection> <text>".
func (l *Live) Draft(_ string, from chat.Participant, connection, text string) {
	l.Note("draft %s %s %s", from.Kind, connection, text)
}
