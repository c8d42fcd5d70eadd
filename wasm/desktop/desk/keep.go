package desk

import (
	"strconv"
	"strings"

	"foyer/wasm/chat"
)

// Keys of what the tab keeps over a reload. Those with a session behind them end in its id.
const (
	keepToken    = "token"
	keepAgent    = "agent" // whose the rest is
	keepReady    = "ready"
	keepSelected = "selected"
	keepDraft    = "draft."
	keepUnsent   = "unsent."
	keepSeen     = "seen."
)

func (d *Desk) keep(key, value string) {
	if d.kept[key] == value {
		return
	}
	if value == "" {
		delete(d.kept, key)
	} else {
		d.kept[key] = value
	}
	d.o.Keep.Keep(key, value)
}

// forgetOthers drops what was kept for sessions that are no longer this agent's.
func (d *Desk) forgetOthers() {
	for key := range d.kept {
		_, session, ok := strings.Cut(key, ".")
		if ok && d.conversation(session) == nil {
			d.keep(key, "")
		}
	}
}

// encodeUnsent writes an outbox as a text, a line for each message: its id, a space, and the quoted text.
func encodeUnsent(messages []chat.Unsent) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.ClientID + " " + strconv.Quote(m.Text) + "\n")
	}
	return b.String()
}

// decodeUnsent reads what encodeUnsent wrote and leaves out lines that it did not write.
func decodeUnsent(s string) []chat.Unsent {
	var messages []chat.Unsent
	for line := range strings.Lines(s) {
		id, quoted, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || id == "" {
			continue
		}
		if text, err := strconv.Unquote(quoted); err == nil {
			messages = append(messages, chat.Unsent{ClientID: id, Text: text})
		}
	}
	return messages
}
