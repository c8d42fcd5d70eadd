package throttle

// Watch is told how limits are used. limit is its key in relay.yaml (limits.…), whose what it is counted for. Its methods
// may be called by many goroutines at once and must not block.
type Watch interface {
	// Nearly: 80 % are used. Told once, until what is used has gone back to nothing, or the day is over.
	Nearly(limit, whose string)
	// Reached: something was refused.
	Reached(limit, whose string)
}

// Nobody watches where nobody does.
type Nobody struct{}

// Nearly implements Watch.
func (Nobody) Nearly(string, string) {}

// Reached implements Watch.
func (Nobody) Reached(string, string) {}

// nearly tells whether 80 % of most are used.
func nearly(used, most int64) bool { return used >= most-most/5 }
