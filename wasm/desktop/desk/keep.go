package desk

import "strings"

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
